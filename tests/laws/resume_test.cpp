// Below the churn floor: what a client misses while it reconnects is replayed out of its node's
// history, and what it had not been acknowledged is said again.
//
// Played from the built-in scenario churn-floor, made small. What no history can save stays: what
// was on a sender's broken line, and, beyond the window, all that the floor takes.
#include <gtest/gtest.h>

#include "tests/support/recovery.hpp"

namespace squall::testing {
namespace {

StrategySpec forgetful() {
  StrategySpec spec = strategy("broadcast+resume+outbox");
  spec.resume = std::chrono::seconds{1};  // many a client is not back by then
  return spec;
}

TEST(Resume, with_the_outbox_hardly_anything_is_lost_that_the_floor_takes) {
  for (std::uint64_t seed = 1; seed <= kRecoverySeeds; ++seed) {
    const RunRecord plain = play(churning(), strategy("broadcast"), seed);
    const RunRecord run = play(churning(), strategy("broadcast+resume+outbox"), seed);

    EXPECT_GT(value("loss.intent", plain), 0.01);
    expect_recovered(run);
    EXPECT_GT(value("delivered.recovered", run), 0.9 * value("loss.intent", plain));
    EXPECT_EQ(run.arrivals_hash, plain.arrivals_hash);
  }
}

TEST(Resume, without_the_outbox_only_what_was_on_the_senders_line_is_lost) {
  expect_only_the_senders_line_loses(strategy("broadcast+resume"));
}

TEST(Resume, beyond_its_window_it_says_no_and_the_loss_is_that_of_the_floor) {
  for (std::uint64_t seed = 1; seed <= kRecoverySeeds; ++seed) {
    const RunRecord plain = play(churning(), strategy("broadcast"), seed);
    const RunRecord run = play(churning(), forgetful(), seed);

    expect_balanced_once(run);
    EXPECT_GT(value("resume.no", run), 50);
    EXPECT_GT(lost_by(run, Mechanism::resume_window_exceeded), totals(plain).lost / 4);
    EXPECT_EQ(lost_by(plain, Mechanism::resume_window_exceeded), 0U);
  }
}

}  // namespace
}  // namespace squall::testing
