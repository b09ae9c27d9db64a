// Below the churn floor: what a client misses while it reconnects is replayed out of its node's
// history, and what it had not been acknowledged is said again.
//
// Played from the built-in scenario churn-floor, made small. What no history can save stays: what
// was on a sender's broken line, and, beyond the window, all that the floor takes.
#include <gtest/gtest.h>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr std::uint64_t kSeeds = 2;

Scenario churning() {
  return built_in("churn-floor", {{"/params/users", "600"},
                                  {"/params/nodes", "4"},
                                  {"/params/rooms", "60"},
                                  {"/params/measure", "60s"},
                                  {"/params/chat", "20/s"},
                                  {"/params/dm", "100/s"},
                                  {"/params/drop", "exp(30s)"}});
}

StrategySpec forgetful() {
  StrategySpec spec = strategy("broadcast+resume+outbox");
  spec.resume = std::chrono::seconds{1};  // many a client is not back by then
  return spec;
}

void expect_balanced(const RunRecord& run) {
  for (const Violation& violation : run.violations) {
    ADD_FAILURE() << violation.law << ": " << violation.detail;
  }
  EXPECT_EQ(value("ledger.unattributed", run), 0);
  EXPECT_EQ(value("ledger.unresolved", run), 0);
  EXPECT_EQ(value("dup.surfaced", run), 0);
}

TEST(Resume, with_the_outbox_hardly_anything_is_lost_that_the_floor_takes) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunRecord plain = play(churning(), strategy("broadcast"), seed);
    const RunRecord run = play(churning(), strategy("broadcast+resume+outbox"), seed);

    expect_balanced(run);
    EXPECT_GT(value("loss.intent", plain), 0.01);
    EXPECT_LT(value("loss.intent", run), 1e-5);
    EXPECT_GT(value("resume.yes", run), 500);
    EXPECT_EQ(value("resume.no", run), 0);
    EXPECT_GT(value("delivered.recovered", run), 0.9 * value("loss.intent", plain));
    EXPECT_EQ(run.arrivals_hash, plain.arrivals_hash);
  }
}

TEST(Resume, without_the_outbox_only_what_was_on_the_senders_line_is_lost) {
  std::uint64_t lost = 0, on_the_line = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunRecord run = play(churning(), strategy("broadcast+resume"), seed);

    expect_balanced(run);
    lost += totals(run).lost;
    on_the_line += lost_by(run, Mechanism::uplink_in_flight_at_disconnect);
  }

  EXPECT_GT(on_the_line, 0U);
  EXPECT_EQ(lost, on_the_line);
}

TEST(Resume, beyond_its_window_it_says_no_and_the_loss_is_that_of_the_floor) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunRecord plain = play(churning(), strategy("broadcast"), seed);
    const RunRecord run = play(churning(), forgetful(), seed);

    expect_balanced(run);
    EXPECT_GT(value("resume.no", run), 50);
    EXPECT_GT(lost_by(run, Mechanism::resume_window_exceeded), totals(plain).lost / 4);
    EXPECT_EQ(lost_by(plain, Mechanism::resume_window_exceeded), 0U);
  }
}

}  // namespace
}  // namespace squall::testing
