// Histories and outboxes on real sockets: clients that drop all the time miss nothing, and their
// positions go over the wire in subscribe and welcome.
//
// The same in virtual time: tests/laws/resume_test.cpp.
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <iterator>

#include "tests/support/live_witness.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario dropping() {
  std::ifstream file(SQUALL_SOURCE_DIR "/tests/parity/base.json");
  return loaded({std::istreambuf_iterator<char>(file), {}},
                {{"/people/u/drop", "exp(3s)"}, {"/time/measure", "6s"}, {"/time/drain", "4s"}});
}

RunRecord lived(const StrategySpec& spec) {
  live::LiveOptions options;
  options.loops = 1;
  return play_in_time(dropping(), spec, options);
}

StrategySpec forgetful() {
  StrategySpec spec = strategy("broadcast+resume");
  spec.resume = std::chrono::milliseconds{50};
  return spec;
}

void expect_balanced(const RunRecord& run) {
  for (const Violation& violation : run.violations) {
    ADD_FAILURE() << violation.law << ": " << violation.detail;
  }
  EXPECT_EQ(value("ledger.unattributed", run), 0);
  EXPECT_EQ(value("ledger.unresolved", run), 0);
  EXPECT_EQ(run.live.strangers.all(), 0U);
}

TEST(ResumeLive, WhatWasMissedIsReplayedAndBeyondTheWindowThatIsSaid) {
  const auto start = [](const StrategySpec& spec) {
    return std::async(std::launch::async, [=] { return lived(spec); });
  };
  auto plain_run = start(strategy("broadcast"));
  auto both_run = start(strategy("broadcast+resume+outbox"));
  auto forgetful_run = start(forgetful());
  const RunRecord plain = plain_run.get(), both = both_run.get(), late = forgetful_run.get();

  EXPECT_GT(value("loss.intent", plain), 0.01);
  expect_balanced(both);
  EXPECT_LT(value("loss.intent", both), 0.1 * value("loss.intent", plain));
  EXPECT_EQ(lost_by(both, Mechanism::resume_window_exceeded), 0U);
  EXPECT_GT(value("resume.yes", both), 10);
  EXPECT_GT(value("delivered.recovered", both), 0);
  expect_balanced(late);
  EXPECT_GT(value("resume.no", late), 10);
  EXPECT_GT(lost_by(late, Mechanism::resume_window_exceeded), 0U);
}

}  // namespace
}  // namespace squall::testing
