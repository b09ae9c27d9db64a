// A cluster that is away for longer than a client tries: who gives up is gone for the rest of the
// run, and what is said to it has one cause, reconnect_gap, with the outage to blame.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr int kBegins = 10, kMeasure = 180;

// All nodes are away for some seconds; a message to everybody in every second.
Scenario outage_of(int seconds, const std::string& policy) {
  return loaded(R"json({"squall": 1, "name": "outage", "why": "longer than clients try",
      "time": { "warmup": "60s", "measure": "180s", "drain": "120s" },
      "cluster": { "nodes": { "count": 2 }, "net": { "client_node": "fixed(20ms)" } },
      "people": { "users": { "count": 200, "arrive": "uniform(0s,10s)" } },
      "client": { "backoff": { "policy": ")json" +
                policy + R"json(" } },
      "strategies": ["broadcast"],
      "traffic": [ { "as": "news", "from": "server", "to": "all", "rate": "1/s",
                     "arrivals": "fixed" } ],
      "script": [ { "at": ")json" +
                std::to_string(kBegins) +
                R"json(s", "do": "crash", "on": "node[*]", "for": ")json" +
                std::to_string(seconds) + R"json(s", "as": "outage" } ] })json");
}

// Seconds of measure in which nobody heard anything.
double deaf_seconds(const RunRecord& run) {
  const Totals sum = totals(run);
  return static_cast<double>(sum.lost) / static_cast<double>(sum.owed) * kMeasure;
}

TEST(ClientsThatGiveUp, are_gone_when_the_outage_was_longer_than_they_try) {
  const RunRecord run = play(outage_of(60, "signalr"), strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_NEAR(deaf_seconds(run), kMeasure - kBegins, 2);
  EXPECT_EQ(run.ready_again.count(), 0U);
}

TEST(ClientsThatGiveUp, are_back_when_it_was_shorter) {
  const RunRecord run = play(outage_of(35, "signalr"), strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_NEAR(deaf_seconds(run), 42, 3);  // the fourth attempt
}

TEST(ClientsThatGiveUp, are_not_those_who_never_do) {
  const RunRecord run = play(outage_of(60, "phoenix"), strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_NEAR(deaf_seconds(run), 60 + 10, 3);  // the balancer has failed all nodes for 10 s
}

TEST(ClientsThatGiveUp, miss_what_is_said_for_one_cause_that_the_outage_is_blamed_for) {
  const Scenario scenario = outage_of(60, "signalr");
  const RunRecord run = play(scenario, strategy("broadcast"), 1);
  const std::vector<std::string> triggers = trigger_names(scenario);
  std::uint64_t gap = 0;

  for (const LossRow& row : run.losses) {
    const std::uint64_t pairs = row.pairs;
    if (row.mechanism == Mechanism::reconnect_gap) gap += pairs;
    EXPECT_EQ(triggers[index(row.trigger)], "fault:outage");
  }

  EXPECT_EQ(lost_by(run, Mechanism::unattributed), 0U);
  EXPECT_GT(static_cast<double>(gap), 0.6 * static_cast<double>(totals(run).lost));
}

}  // namespace
}  // namespace squall::testing
