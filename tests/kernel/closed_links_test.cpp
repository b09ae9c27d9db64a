// What a node has written into a link to the broker that it then gives up: the kernel goes on
// sending it, as it does for every socket that is closed in order.
//
// By hand: a word every 50 ms; the link is cut for 5 s and given up after 3 to 4 s of them.
#include <gtest/gtest.h>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

TEST(ClosedLinks, send_what_they_were_given) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "given-up",
    "time": {"warmup": "4s", "measure": "12s", "drain": "10s", "deadline": "30s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"policy": "round_robin"},
                "net": {"client_node": "1ms"},
                "broker": {"reconnect": "500ms", "keep_alive": "3s"}},
    "clients": {"a": {"on": "n2", "rooms": ["r"]}, "b": {"on": "n1", "rooms": ["r"]}},
    "script": [{"at": "0s", "do": "send", "by": "a", "to": "user:b", "size": "200B",
                "repeat": 240, "every": "50ms"},
               {"at": "2s", "do": "partition", "between": [["n2"], ["broker"]], "for": "5s"}]
  })json");

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  // What is said from then on, until the link is back half a second after the cut, has no link.
  EXPECT_TRUE(complete(run));
  EXPECT_GE(totals(run).lost, 20U + 10U);
  EXPECT_LE(totals(run).lost, 40U + 11U);
  EXPECT_EQ(lost_by(run, Mechanism::publish_failed), totals(run).lost);
}

}  // namespace
}  // namespace squall::testing
