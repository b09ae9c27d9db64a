// A log at the broker on real sockets: clients that drop all the time miss nothing around topics,
// and are told so when the log does not reach back. On the embedded broker.
//
// The same in virtual time: tests/laws/shared_history_test.cpp. On Redis: the contract of links
// (tests/contract/log_contract_test.cpp).
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

StrategySpec with(std::string_view preset, Duration window) {
  StrategySpec spec = strategy(preset);
  spec.outbox = 100;
  spec.resume = window;
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

TEST(SharedHistoryLive, WhatWasMissedIsReplayedAndBeyondTheWindowThatIsSaid) {
  const auto start = [](const StrategySpec& spec) {
    return std::async(std::launch::async, [=] { return lived(spec); });
  };
  auto topics_run = start(with("broadcast:interest+resume", std::chrono::minutes{2}));
  auto stream_run = start(with("broadcast:streams", std::chrono::minutes{2}));
  auto late_run = start(with("broadcast:interest+resume", std::chrono::milliseconds{50}));
  const RunRecord topics = topics_run.get(), stream = stream_run.get(), late = late_run.get();

  for (const RunRecord* run : {&topics, &stream}) {
    expect_balanced(*run);
    EXPECT_LT(value("loss.intent", *run), 0.002);
    EXPECT_EQ(lost_by(*run, Mechanism::resume_window_exceeded), 0U);
    EXPECT_GT(value("resume.yes", *run), 10);
    EXPECT_GT(value("delivered.recovered", *run), 0);
  }
  expect_balanced(late);
  EXPECT_GT(value("resume.no", late), 10);
  EXPECT_GT(lost_by(late, Mechanism::resume_window_exceeded), 0U);
}

}  // namespace
}  // namespace squall::testing
