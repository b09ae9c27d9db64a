// Returns on real sockets: clients that drop all the time are sought where they were, and what went
// there comes back, by WebSocket and by HTTP between the nodes.
//
// The same in virtual time: tests/laws/returned_routes_test.cpp.
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "tests/support/recovery.hpp"

namespace squall::testing {
namespace {

RunRecord forwarded(const std::string& name, live::Forwarding forwarding) {
  live::LiveOptions options;
  options.forwarding = forwarding;
  return lived(dropping(), strategy(name), options);
}

TEST(ReturnedRoutesLive, WhatWentWhereNobodyWasComesBackAndArrives) {
  const auto start = [](const std::string& name, live::Forwarding forwarding) {
    return std::async(std::launch::async, [=] { return forwarded(name, forwarding); });
  };
  auto plain = start("routed", live::Forwarding::websocket);
  auto websocket = start("routed:nack", live::Forwarding::websocket);
  auto http = start("routed:nack", live::Forwarding::http);
  auto hardened = start("routed:hardened", live::Forwarding::websocket);

  EXPECT_GT(lost_by(plain.get(), Mechanism::route_stale), 0U);
  const std::vector<RunRecord> runs{websocket.get(), http.get(), hardened.get()};
  for (const RunRecord& run : runs) {
    for (const Violation& violation : run.violations) {
      ADD_FAILURE() << violation.law << ": " << violation.detail;
    }
    EXPECT_EQ(value("ledger.unattributed", run), 0);
    EXPECT_EQ(value("ledger.unresolved", run), 0);
    EXPECT_EQ(lost_by(run, Mechanism::route_stale), 0U);
    EXPECT_GT(totals(run).owed, 1000U);
  }
  const auto gap = [&](std::size_t run) { return lost_by(runs[run], Mechanism::reconnect_gap); };
  EXPECT_GT(gap(0), 0U);
  EXPECT_LT(gap(2), gap(0) / 10 + 1);  // what is for who is away waits for him
}

// Bob is away when the run ends, and what is for him waits at alice's node.
TEST(ReturnedRoutesLive, WhatStillWaitsForSomebodyIsNamedAndBreaksNoLaw) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "away", "why": "Somebody does not come back.",
    "time": {"warmup": "500ms", "measure": "1s", "drain": "500ms", "deadline": "400ms"},
    "cluster": {"nodes": {"count": 2}},
    "client": {"backoff": {"kind": "fixed", "first": "1h", "cap": "1h"}},
    "clients": {"alice": {"on": "n1"}, "bob": {"on": "n2"}},
    "script": [{"at": "200ms", "do": "disconnect", "by": "bob", "how": "close"},
               {"at": "600ms", "do": "send", "by": "alice", "to": "user:bob"}]})json");
  const StrategySpec spec = strategy("routed:hardened");

  for (const RunRecord& run : {play(scenario, spec, 1), live::play(scenario, spec, 1, {})}) {
    ASSERT_EQ(run.violations.size(), 1U);
    EXPECT_EQ(run.violations.front().law, kDrain);
    EXPECT_EQ(run.violations.front().detail,
              "still under way when it ends: 1 waiting for the registry");
  }
}

}  // namespace
}  // namespace squall::testing
