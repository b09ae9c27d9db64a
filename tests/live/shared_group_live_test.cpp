// One consumer group for all nodes on real sockets: the embedded broker gives each message to one
// of them, in turn.
//
// The same in virtual time: tests/laws/consumer_groups_test.cpp.
#include <gtest/gtest.h>

#include "tests/support/balanced.hpp"
#include "tests/support/live_witness.hpp"

namespace squall::testing {
namespace {

Scenario room_of_12() {
  return loaded(R"({
    "squall": 1, "name": "group", "why": "One room on four nodes of one group.",
    "time": {"warmup": "1s", "measure": "4s", "drain": "1s"},
    "cluster": {"nodes": {"count": 4}, "lb": {"policy": "round_robin"},
                "broker": {"group": "shared"}},
    "people": {"u": {"count": 12, "arrive": "0s"}}, "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "100/s",
                 "arrivals": "fixed"}]})");
}

TEST(SharedGroupLive, SaysEachMessageToOneNodeOfFour) {
  live::LiveOptions options;
  options.loops = 1;
  const RunRecord lived = play_in_time(room_of_12(), strategy("broadcast"), options);

  expect_balanced(lived);
  EXPECT_NEAR(double(totals(lived).lost) / double(totals(lived).owed), 0.75, 0.01);
  EXPECT_EQ(lost_by(lived, Mechanism::consumer_misassigned), totals(lived).lost);
}

TEST(SharedGroupLive, IsRefusedWhereTheBrokerHasNone) {
  live::LiveOptions options;
  options.broker = "redis://127.0.0.1:1";

  EXPECT_THROW(live::play(room_of_12(), strategy("broadcast"), 1, options), live::CannotRun);
}

}  // namespace
}  // namespace squall::testing
