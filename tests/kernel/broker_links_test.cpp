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
  EXPECT_GT(lost_by(run, Mechanism::subscriber_buffer_killed) +
                lost_by(run, Mechanism::not_subscribed),
            2 * 65'536U);
}

}  // namespace
}  // namespace squall::testing
