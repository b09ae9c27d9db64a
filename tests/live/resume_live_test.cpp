// Histories and outboxes on real sockets: clients that drop all the time miss nothing, and their
// positions go over the wire in subscribe and welcome.
//
// The same in virtual time: tests/laws/resume_test.cpp.
#include <gtest/gtest.h>

#include <future>

#include "tests/support/recovery.hpp"

namespace squall::testing {
namespace {

StrategySpec forgetful() {
  StrategySpec spec = strategy("broadcast+resume");
  spec.resume = std::chrono::milliseconds{50};
  return spec;
}

TEST(ResumeLive, WhatWasMissedIsReplayedAndBeyondTheWindowThatIsSaid) {
  const auto start = [](const StrategySpec& spec) {
    return std::async(std::launch::async, [=] { return lived(dropping(), spec); });
  };
  auto plain_run = start(strategy("broadcast"));
  auto both_run = start(strategy("broadcast+resume+outbox"));
  auto forgetful_run = start(forgetful());
  const RunRecord plain = plain_run.get(), both = both_run.get(), late = forgetful_run.get();

  EXPECT_GT(value("loss.intent", plain), 0.01);
  expect_balanced_among_us(both);
  EXPECT_LT(value("loss.intent", both), 0.1 * value("loss.intent", plain));
  EXPECT_EQ(lost_by(both, Mechanism::resume_window_exceeded), 0U);
  EXPECT_GT(value("resume.yes", both), 10);
  EXPECT_GT(value("delivered.recovered", both), 0);
  expect_balanced_among_us(late);
  EXPECT_GT(value("resume.no", late), 10);
  EXPECT_GT(lost_by(late, Mechanism::resume_window_exceeded), 0U);
}

}  // namespace
}  // namespace squall::testing
