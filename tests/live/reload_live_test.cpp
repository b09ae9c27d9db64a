// A reload of the balancer on real sockets: what its old workers still have when they end is cut,
// on both ends, and nothing else.
//
// The same in virtual time: tests/kernel/failovers_test.cpp.
#include <gtest/gtest.h>

#include "tests/support/balanced.hpp"
#include "tests/support/billed.hpp"
#include "tests/support/live_witness.hpp"

namespace squall::testing {
namespace {

Scenario crowd(const std::string& reload) {
  return loaded(R"({
    "squall": 1, "name": "reload", "why": "Old workers end.",
    "time": {"warmup": "1s", "measure": "4s", "drain": "1s"},
    "cluster": {"nodes": {"count": 2}},
    "client": {"backoff": {"kind": "fixed", "first": "50ms"}},
    "people": {"old": {"count": 20, "arrive": "0s"}, "new": {"count": 10, "arrive": "2500ms"},
               "past": {"count": 10, "arrive": "0s", "node": "n2"}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "100/s"}],
    "script": [{"at": "1s", "as": "reload", "do": "lb_reload")" +
                reload + "}]}");
}

TEST(ReloadLive, CutsWhatOldWorkersStillHaveAsInVirtualTime) {
  const Scenario scenario = crowd(R"(, "for": "1500ms")");
  const RunRecord played = play(scenario, strategy("broadcast"), 1);
  const RunRecord lived = play_in_time(scenario, strategy("broadcast"), {});

  expect_balanced(lived);
  EXPECT_EQ(double(played.disconnects), 20);
  EXPECT_EQ(double(lived.disconnects), 20);
  EXPECT_EQ(billed_to("fault:reload", scenario, lived), 1.0);
  EXPECT_EQ(lost_by(lived, Mechanism::reconnect_gap) +
                lost_by(lived, Mechanism::uplink_in_flight_at_disconnect) +
                lost_by(lived, Mechanism::downlink_in_flight_at_disconnect) +
                lost_by(lived, Mechanism::pushed_to_ghost),
            totals(lived).lost);
}

TEST(ReloadLive, OfWorkersThatMayTakeTheirTimeCutsNobody) {
  const RunRecord lived = play_in_time(crowd(""), strategy("broadcast"), {});

  expect_balanced(lived);
  EXPECT_EQ(double(lived.disconnects), 0);
}

}  // namespace
}  // namespace squall::testing
