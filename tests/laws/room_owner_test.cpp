// A room has one owner: what splits a hashed room without a fence is made whole within a moment
// with it, and what it costs are connections.
//
// The conversations are in tests/transcripts/.
#include <gtest/gtest.h>

#include "tests/planted/storms.hpp"
#include "tests/support/billed.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario splitting() {
  return built_in(
      "split-room",
      {{"/params/users", "300"}, {"/rooms/meeting/count", "30"}, {"/time/measure", "120s"}});
}

void expect_balanced(const RunRecord& run) {
  for (const Violation& violation : run.violations) {
    ADD_FAILURE() << run.strategy << ": " << violation.law << ": " << violation.detail;
  }
  EXPECT_EQ(value("ledger.unattributed", run), 0);
}

TEST(RoomOwner, ASplitRoomIsMadeWhole) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const RunRecord plain = play(splitting(), strategy("sticky_hash"), seed);
    const RunRecord fenced = play(splitting(), strategy("sticky_hash:fenced"), seed);

    expect_balanced(fenced);
    EXPECT_GT(lost_by(plain, Mechanism::split_room), 500U) << seed;
    EXPECT_LT(lost_by(fenced, Mechanism::split_room), lost_by(plain, Mechanism::split_room) / 10);
    EXPECT_LT(value("deaf.share", fenced), 0.001) << seed;  // until a close has arrived
    EXPECT_GT(value("reconnects.per_client", fenced), value("reconnects.per_client", plain));
  }
}

TEST(RoomOwner, NobodyIsSentAwayWhenNothingHappens) {
  const Scenario calm = built_in("a-hash-keeps-groups-together", {{"/params/users", "200"}});

  const RunRecord plain = play(calm, strategy("sticky_hash"), 1);
  const RunRecord fenced = play(calm, strategy("sticky_hash:fenced"), 1);

  expect_balanced(fenced);
  EXPECT_EQ(totals(fenced).lost, totals(plain).lost);
  EXPECT_EQ(value("reconnects.per_client", fenced), value("reconnects.per_client", plain));
}

// Bounded loads put clients of one room on several nodes.
TEST(RoomOwner, ARoomThatOverflowsIsRelayed) {
  const auto crowded = [](const char* hot) {
    return loaded(scenario_with(R"(
      "time": {"warmup": "60s", "measure": "30s", "drain": "20s"},
      "cluster": {"nodes": {"count": 3}, "lb": {"balance_factor": 110}},
      "people": {"user": {"count": 120}}, "rooms": {"live": {"count": 1}},
      "traffic": [{"as": "chat", "from": "member", "to": "room:live", "rate": "5/s"}],
      "strategies": [{"use": "sticky_hash:fenced", "as": "bounded", "placement":
                      "haproxy_consistent", "hot_room": )" +
                                std::string(hot) + "}, {\"use\": \"sticky_hash\", \"as\": " +
                                "\"split\", \"placement\": \"haproxy_consistent\"}]"));
  };
  const Scenario scenario = crowded("10");

  const RunRecord relayed = play(scenario, scenario.strategies.front(), 1);
  const RunRecord split = play(scenario, scenario.strategies.back(), 1);

  expect_balanced(relayed);
  EXPECT_GT(value("loss.intent", split), 0.4);
  EXPECT_LT(value("loss.intent", relayed), 0.001);
}

TEST(RoomOwner, EveryStormLeavesBalancedBooks) {
  for (std::uint64_t number = 1; number <= 20; ++number) {
    expect_balanced(play(*loaded_storm(random_storm(number)), strategy("sticky_hash:fenced"), 1));
  }
}

// n1 has died long ago, and costs nothing any more, when n3 is drained: what the fence moves then
// is n3's doing; and nobody else's, should n1 never have died.
TEST(RoomOwner, WhoIsSentAwayBlamesWhatMovedHisRoom) {
  const auto drained = [](const std::string& before) {
    return loaded(R"json({
      "squall": 1, "name": "sent-away",
      "time": {"warmup": "40s", "measure": "100s", "drain": "60s", "deadline": "60s"},
      "cluster": {"nodes": {"count": 4}, "net": {"client_node": "10ms"}},
      "client": {"backoff": {"kind": "fixed", "first": "1s"},
                 "heartbeat": {"every": "10s", "timeout": "3s"}},
      "people": {"u": {"count": 60}}, "rooms": {"r": {"count": 3}},
      "traffic": [{"as": "c", "from": "member", "to": "room:r", "rate": "20/s",
                   "arrivals": "fixed"}],
      "script": [)json" +
                  before +
                  R"({"at": "60s", "do": "drain", "on": "n3", "drain": "3s", "for": "10s",
                      "as": "late"}]})");
  };
  StrategySpec spec = strategy("sticky_hash:fenced");
  spec.options["hot_room"] = 1000;

  for (const char* const before :
       {"", R"({"at": "1s", "do": "crash", "on": "n1", "for": "1s", "as": "early"}, )"}) {
    const Scenario scenario = drained(before);
    const RunRecord run = play(scenario, spec, 1);
    EXPECT_GT(totals(run).lost, 0U);
    EXPECT_EQ(billed_to("fault:late", scenario, run), 1.0) << before;
  }
}

}  // namespace
}  // namespace squall::testing
