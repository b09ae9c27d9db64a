// A node's link to the broker that is cut again and again: more often than the numbers of events
// count. What a cut costs is tests/laws/output_limit_test.cpp.
#include <gtest/gtest.h>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// Every publication is more than the broker keeps for a reader: each costs the link, which is back
// a few milliseconds later. 65,536 cuts used to be the end of the run.
TEST(BrokerLinks, may_be_cut_more_often_than_half_a_number_counts) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "cut-again",
    "time": {"warmup": "1s", "measure": "160s", "drain": "2s", "deadline": "1s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"policy": "round_robin"},
                "broker": {"output_hard": "1B", "output_soft": "1B", "reconnect": "50us"},
                "net": {"node_broker": "50us", "client_node": "1ms"}},
    "people": {"u": {"count": 2}},
    "rooms": {"r": {"sizes": [[2, 1]]}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "size": "10B", "rate": "1000/s"}]
  })json");

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_GT(
      lost_by(run, Mechanism::subscriber_buffer_killed) + lost_by(run, Mechanism::not_subscribed),
      2 * 65'536U);
}

// The link is back 250 us after the broker, and what was kept leaves 100 us apart; but 20 us later
// the broker is away again.
RunRecord away_again(const StrategySpec& spec) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "away-again",
    "time": {"warmup": "5s", "measure": "20s", "drain": "10s"},
    "cluster": {"nodes": {"count": 2, "costs": {"publish": "100us"}},
                "broker": {"persistent": true, "reconnect": "50us"},
                "net": {"node_broker": "50us", "client_node": "1ms"}},
    "clients": {"ann": {"on": "n1"}, "bob": {"on": "n2"}},
    "script": [
      {"at": "10s", "as": "away", "do": "broker_down", "for": "2s"},
      {"at": "11s", "do": "send", "by": "ann", "to": "user:bob", "repeat": 5, "every": "10ms"},
      {"at": "12000270us", "as": "again", "do": "broker_down", "for": "2s"},
      {"at": "12000350us", "do": "send", "by": "ann", "to": "user:bob"}]})json");
  const RunRecord run = play(scenario, spec, 1);
  EXPECT_TRUE(complete(run));
  EXPECT_EQ(totals(run).owed, 6U);
  return run;
}

TEST(BrokerLinks, that_end_again_at_once_give_back_what_was_on_its_way_out) {
  const RunRecord run = away_again(strategy("broadcast:streams"));

  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_EQ(value("order.fifo_violations", run), 0.0);
}

TEST(BrokerLinks, that_are_down_are_to_blame_for_a_queue_that_overflows) {
  StrategySpec spec = strategy("broadcast:streams");
  spec.options["offline_queue"] = 2;

  const RunRecord run = away_again(spec);

  EXPECT_GT(lost_by(run, Mechanism::publisher_buffer_overflow), 0U);
  for (const LossRow& loss : run.losses) EXPECT_NE(loss.trigger, kStructural);
}

}  // namespace
}  // namespace squall::testing
