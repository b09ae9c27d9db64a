// Populations that are different, on real sockets: who is pinned dials its node and no other, and a
// heartbeat of its own is kept by both ends.
#include <gtest/gtest.h>

#include <string>

#include "sim/live/run/engine.hpp"
#include "tests/support/live_witness.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario two_populations(const std::string& script) {
  return loaded(R"json({"squall": 1, "name": "own", "why": "kiosks stand beside n2",
    "time": {"warmup": "3s", "measure": "6s", "drain": "4s", "deadline": "2s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"policy": "round_robin"}},
    "people": {"kiosks": {"count": 10, "node": "n2", "arrive": "uniform(0s,1s)",
                          "client": {"heartbeat": {"every": "1s", "timeout": "900ms"},
                                     "backoff": {"kind": "fixed", "first": "200ms"}}},
               "others": {"count": 10, "arrive": "uniform(0s,1s)"}},
    "client": {"heartbeat": {"every": "10m"}},
    "rooms": {"r": {}},
    "traffic": [{"as": "chat", "to": "room:r", "rate": "20/s"}],
    "script": )json" +
                script + "}");
}

TEST(OwnClientsLive, who_is_pinned_is_on_its_node_and_counted_by_no_balancer) {
  const RunRecord run = play_in_time(two_populations("[]"), strategy("broadcast"), {});

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(run.node_rows[0].connections_end, 5U);
  EXPECT_EQ(run.node_rows[1].connections_end, 15U);
  EXPECT_EQ(run.disconnects, 0U);
}

TEST(OwnClientsLive, who_is_pinned_waits_for_its_node) {
  const RunRecord run =
      play_in_time(two_populations(R"([{"at": "1s", "do": "crash", "on": "n2", "for": "2s"}])"),
                   strategy("broadcast"), {});

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(run.disconnects, 15U);
  EXPECT_EQ(run.never_again, 0U);
  EXPECT_EQ(run.node_rows[1].connections_end, 10U);  // the others stay where they went
}

// Only kiosks have a heartbeat; a node that stands still for longer than theirs loses them.
TEST(OwnClientsLive, a_heartbeat_of_its_own_fails_alone) {
  const RunRecord run =
      play_in_time(two_populations(R"([{"at": "1s", "do": "pause", "on": "n2", "for": "3s"}])"),
                   strategy("broadcast"), {});

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(run.disconnects, 10U);
}

// The same, of two individuals on one node.
TEST(OwnClientsLive, the_heartbeat_of_an_individual_fails_alone) {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "own", "why": "one is impatient",
    "time": {"warmup": "3s", "measure": "6s", "drain": "4s", "deadline": "2s"},
    "cluster": {"nodes": {"count": 1}},
    "clients": {"ann": {"client": {"heartbeat": {"every": "1s", "timeout": "900ms"},
                                   "backoff": {"kind": "fixed", "first": "200ms"}}},
                "bob": {}},
    "client": {"heartbeat": {"every": "10m"}},
    "script": [{"at": "1s", "do": "pause", "on": "n1", "for": "3s"}]})json");

  const RunRecord run = play_in_time(scenario, strategy("broadcast"), {});

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(run.disconnects, 1U);
}

}  // namespace
}  // namespace squall::testing
