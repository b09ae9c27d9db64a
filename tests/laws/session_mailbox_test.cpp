// Shared sessions with mailboxes in the store: everybody is reached, late by the time between two
// readings, at the price of a reading per client and log; whoever comes back finds his mail.
//
// The conversations are in tests/transcripts/.
#include <gtest/gtest.h>

#include "tests/planted/storms.hpp"
#include "tests/support/recovery.hpp"

namespace squall::testing {
namespace {

StrategySpec mailbox(Duration poll) {
  StrategySpec spec = strategy("session_share:mailbox");
  spec.options["poll"] = poll.count();
  return spec;
}

// Two nodes, direct messages, nothing fails.
Scenario quiet() {
  return loaded(scenario_with(R"(
    "time": {"warmup": "20s", "measure": "30s", "drain": "20s"},
    "cluster": {"nodes": {"count": 2}},
    "people": {"user": {"count": 60}}, "rooms": {"live": {"count": 4}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "60/s"},
                {"as": "chat", "from": "member", "to": "room:live", "rate": "10/s"}])"));
}

TEST(SessionMailbox, ReachesEverybodyOnWhateverNode) {
  const RunRecord plain = play(quiet(), strategy("session_share"), 1);
  const RunRecord run = play(quiet(), mailbox(std::chrono::seconds{1}), 1);

  expect_balanced_once(run);
  EXPECT_GT(value("loss.intent", plain), 0.4);
  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_EQ(value("order.fifo_violations", run), 0);
}

// Uniform over the time between two readings: half of it in the mean.
TEST(SessionMailbox, ComesLateByHalfTheTimeBetweenTwoReadings) {
  const RunRecord fast = play(quiet(), mailbox(std::chrono::milliseconds{500}), 1);
  const RunRecord slow = play(quiet(), mailbox(std::chrono::milliseconds{2500}), 1);

  const double waits = value("latency.delivered.p50", slow) - value("latency.delivered.p50", fast);
  EXPECT_NEAR(waits, 1.0e9, 0.1e9);
}

TEST(SessionMailbox, WithTheOutboxWhoComesBackMissesNothing) {
  StrategySpec spec = mailbox(std::chrono::seconds{1});
  spec.outbox = 100;
  for (std::uint64_t seed = 1; seed <= kRecoverySeeds; ++seed) {
    const RunRecord run = play(churning(), spec, seed);

    expect_recovered(run);
  }
}

// What the store had, and what is said meanwhile.
TEST(SessionMailbox, AStoreThatForgetsLosesWhatWasInItAndIsToBlame) {
  const Scenario scenario = loaded(scenario_with(R"(
    "time": {"warmup": "20s", "measure": "30s", "drain": "30s"},
    "cluster": {"nodes": {"count": 2}}, "people": {"user": {"count": 60}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "100/s"}],
    "script": [{"at": "10s", "as": "away", "do": "broker_down", "for": "2s"}])"));

  const RunRecord run = play(scenario, mailbox(std::chrono::seconds{1}), 1);

  expect_balanced_once(run);
  EXPECT_GT(lost_by(run, Mechanism::publish_failed), 100U);
  EXPECT_GT(lost_by(run, Mechanism::broker_lost), 10U);
  EXPECT_EQ(totals(run).lost,
            lost_by(run, Mechanism::publish_failed) + lost_by(run, Mechanism::broker_lost));
}

TEST(SessionMailbox, EveryStormLeavesBalancedBooks) {
  for (std::uint64_t number = 1; number <= 20; ++number) {
    const RunRecord run =
        play(*loaded_storm(random_storm(number)), mailbox(std::chrono::seconds{1}), 1);
    for (const Violation& violation : run.violations) {
      ADD_FAILURE() << number << ": " << violation.law << ": " << violation.detail;
    }
    EXPECT_EQ(value("ledger.unattributed", run), 0) << number;
  }
}

}  // namespace
}  // namespace squall::testing
