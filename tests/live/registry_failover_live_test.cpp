// A replica takes the place of the embedded registry: who has moved in the last `lag` is where he
// was before, for all that it knows.
//
// The same in virtual time: tests/kernel/failovers_test.cpp.
#include <gtest/gtest.h>

#include "sim/live/resp/embedded_broker_store.hpp"
#include "tests/support/balanced.hpp"
#include "tests/support/billed.hpp"
#include "tests/support/live_witness.hpp"

namespace squall::testing {
namespace {

using std::chrono::seconds;

// Bob moves from n1 to another node; Ann writes to him after the failover.
Scenario after_bob_moved(const std::string& lag) {
  return loaded(R"({
    "squall": 1, "name": "failover", "why": "A lag of the registry's replica.",
    "time": {"warmup": "500ms", "measure": "3s", "drain": "500ms"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "round_robin"}},
    "client": {"backoff": {"kind": "fixed", "first": "10ms"}},
    "clients": {"ann": {"on": "n3"}, "bob": {"on": "n1"}},
    "script": [{"at": "500ms", "as": "kill", "do": "crash", "on": "n1"},
               {"at": "1s", "as": "failover", "do": "registry_failover", "for": "200ms",
                "lag": ")" +
                lag + R"("},
               {"at": "2500ms", "do": "send", "by": "ann", "to": "user:bob"}]})");
}

TEST(RegistryFailoverLive, OfAReplicaThatIsNotBehindLosesNothing) {
  const RunRecord lived = play_in_time(after_bob_moved("0s"), strategy("routed"), {});

  expect_balanced(lived);
  EXPECT_EQ(totals(lived).owed, 1U);
  EXPECT_EQ(totals(lived).lost, 0U);
}

TEST(RegistryFailoverLive, OfAReplicaThatIsBehindLeadsToWhereSomebodyWas) {
  const Scenario scenario = after_bob_moved("800ms");
  const RunRecord lived = play_in_time(scenario, strategy("routed"), {});

  expect_balanced(lived);
  EXPECT_EQ(totals(lived).lost, 1U);
  EXPECT_EQ(billed_to("fault:failover", scenario, lived), 1.0);
}

TEST(RegistryFailoverLive, IsRefusedWhereThereIsNoReplica) {
  live::LiveOptions options;
  options.broker = "redis://127.0.0.1:1";

  EXPECT_THROW(live::play(after_bob_moved("800ms"), strategy("routed"), 1, options),
               live::CannotRun);
}

TEST(ReplicaOfTheEmbeddedRegistry, LacksTheLastOfItsWrites) {
  live::BrokerStore store;
  store.remember(seconds{5});
  store.set(seconds{1}, "bob", "n1", kNever);
  store.set(seconds{8}, "bob", "n2", kNever);
  store.set(seconds{8}, "new", "n2", kNever);
  store.fields(seconds{8}, "room")["n2"] = "1";

  store.fall_behind(seconds{9}, seconds{4});

  EXPECT_EQ(*store.get(seconds{9}, "bob"), "n1");
  EXPECT_EQ(store.get(seconds{9}, "new"), nullptr);
  EXPECT_TRUE(store.fields(seconds{9}, "room").empty());
}

}  // namespace
}  // namespace squall::testing
