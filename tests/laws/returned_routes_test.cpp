// What returns save: a route that is known to a node outlives the move of its client, and what went
// there comes back and goes out again.
//
// The conversations are in tests/transcripts/routed_nack_*.txt; on real sockets in
// tests/live/returned_live_test.cpp.
#include <gtest/gtest.h>

#include "tests/planted/planted.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

TEST(ReturnedRoutes, AMoveThatOutlivesItsRouteLosesNothingMoreToIt) {
  for (const char* name : {"route_stale", "route_stale-room"}) {
    const RunRecord plain = play(planted::load(name), strategy("routed"), 1);
    const RunRecord returned = play(planted::load(name), strategy("routed:nack"), 1);

    EXPECT_TRUE(complete(returned)) << name;
    EXPECT_GT(lost_by(plain, Mechanism::route_stale), 0U) << name;
    EXPECT_EQ(totals(returned).lost, 0U) << name;
    EXPECT_EQ(totals(returned).owed, totals(plain).owed) << name;
    EXPECT_EQ(value("dup.surfaced", returned), 0) << name;
  }
}

TEST(ReturnedRoutes, ARollingDeployLosesNothingToStaleRoutesAndLooksUpNoMoreOfThem) {
  const Scenario scenario = built_in("rolling-deploy-storm", {{"/params/desktop", "1200"},
                                                              {"/params/mobile", "800"},
                                                              {"/params/rooms", "100"},
                                                              {"/params/chat", "10/s"},
                                                              {"/params/dm", "100/s"}});

  const RunRecord plain = play(scenario, strategy("routed"), 1);
  const RunRecord returned = play(scenario, strategy("routed:nack"), 1);

  EXPECT_TRUE(complete(returned));
  EXPECT_GT(lost_by(plain, Mechanism::route_stale), 0U);
  EXPECT_EQ(lost_by(returned, Mechanism::route_stale), 0U);
  EXPECT_LE(value("route.stale_fraction", returned), value("route.stale_fraction", plain));
}

// A node stands still for 20 s, and its links are given up: what comes back from them has nowhere
// else to go. That is nobody's structure, and no route was stale.
TEST(ReturnedRoutes, WhatALinkThatIsDownGivesBackIsLostToWhoTookTheLink) {
  const Scenario scenario = loaded(scenario_with(R"json(
    "time": {"warmup": "60s", "measure": "60s", "drain": "60s", "deadline": "50s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "round_robin"},
                "net": {"client_node": "1ms"}},
    "client": {"heartbeat": {"every": "5s", "timeout": "2s"}, "connect_timeout": "1s",
               "backoff": {"kind": "fixed", "first": "500ms"}},
    "people": {"u": {"count": 200, "arrive": "uniform(0s,5s)"}},
    "traffic": [{"as": "dm", "to": "user:any", "rate": "100/s"}],
    "script": [{"at": "10s", "do": "pause", "on": "n2", "for": "20s", "as": "p"}],
    "strategies": ["routed:nack"])json"));

  const RunRecord run = play(scenario, strategy("routed:nack"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(lost_by(run, Mechanism::route_stale), 0U);
  EXPECT_GT(lost_by(run, Mechanism::peer_link_lost), 0U);
  for (const LossRow& lost : run.losses) {
    EXPECT_NE(lost.trigger, kStructural) << row(lost.mechanism).name;
  }
}

}  // namespace
}  // namespace squall::testing
