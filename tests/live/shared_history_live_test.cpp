// A log at the broker on real sockets: clients that drop all the time miss nothing around topics,
// and are told so when the log does not reach back. On the embedded broker.
//
// The same in virtual time: tests/laws/shared_history_test.cpp. On Redis: the contract of links
// (tests/contract/log_contract_test.cpp).
#include <gtest/gtest.h>

#include <future>

#include "tests/support/recovery.hpp"

namespace squall::testing {
namespace {

StrategySpec with(std::string_view preset, Duration window) {
  StrategySpec spec = strategy(preset);
  spec.outbox = 100;
  spec.resume = window;
  return spec;
}

TEST(SharedHistoryLive, WhatWasMissedIsReplayedAndBeyondTheWindowThatIsSaid) {
  const auto start = [](const StrategySpec& spec) {
    return std::async(std::launch::async, [=] { return lived(dropping(), spec); });
  };
  auto topics_run = start(with("broadcast:interest+resume", std::chrono::minutes{2}));
  auto stream_run = start(with("broadcast:streams", std::chrono::minutes{2}));
  auto late_run = start(with("broadcast:interest+resume", std::chrono::milliseconds{50}));
  const RunRecord topics = topics_run.get(), stream = stream_run.get(), late = late_run.get();

  for (const RunRecord* run : {&topics, &stream}) {
    expect_balanced_among_us(*run);
    EXPECT_LT(value("loss.intent", *run), 0.002);
    EXPECT_EQ(lost_by(*run, Mechanism::resume_window_exceeded), 0U);
    EXPECT_GT(value("resume.yes", *run), 10);
    EXPECT_GT(value("delivered.recovered", *run), 0);
  }
  expect_balanced_among_us(late);
  EXPECT_GT(value("resume.no", late), 10);
  EXPECT_GT(lost_by(late, Mechanism::resume_window_exceeded), 0U);
}

}  // namespace
}  // namespace squall::testing
