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

// Found by `squall explore`: a sender wrote a message again to a node that had not heard it yet, so
// that it stood in the history twice; who had heard the first one was served from the second.
TEST(Resume, who_has_heard_what_was_said_twice_goes_on_from_the_first_time) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "said-twice",
    "time": {"drain": "70s", "warmup": "10s", "measure": "30s"},
    "cluster": {"lb": {"policy": "random"}, "net": {"node_broker": "400ms"}, "nodes": {"count": 2}},
    "people": {"user": {"count": 6}}, "rooms": {"live": {"count": 2}},
    "client": {"heartbeat": {"every": "5s", "timeout": "3s"}},
    "traffic": [{"as": "dm", "rate": "2/s", "to": "user:online"},
                {"as": "chat", "from": "member", "rate": "2/s", "to": "room:live"}],
    "script": [{"at": "0s", "do": "disconnect", "on": "user"},
               {"at": "27500ms", "do": "disconnect", "on": "user", "share": 0.4},
               {"at": "0s", "do": "disconnect", "on": "user"},
               {"at": "28500ms", "do": "disconnect", "on": "user"}],
    "strategies": [{"as": "m", "backplane": "broadcast", "outbox": 100, "resume": "2m"}]
  })json");

  const RunRecord run = play(scenario, scenario.strategies.front(), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_GT(totals(run).owed, 100U);
  EXPECT_EQ(totals(run).lost, 0U);
}

}  // namespace
}  // namespace squall::testing
