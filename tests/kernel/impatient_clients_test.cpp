// A client that waits for less long than the balancer does takes its attempt along when it walks
// away, and nobody counts that against the node: so a lost host stays in the rotation.
//
// nginx closes the connection to the node with that of the client (499), and its `max_fails` counts
// only what failed by itself. Live clients are their own balancer, and do the same.
#include <gtest/gtest.h>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// Half of the people belong on n2, which is lost for 10 s; how often somebody asked for a node.
std::int64_t attempts_with(const std::string& patience) {
  const RunRecord run = play(loaded(R"({
    "squall": 1, "name": "impatient", "why": "A client gives up first.",
    "time": {"warmup": "5s", "measure": "20s", "drain": "10s"},
    "cluster": {"nodes": {"count": 2},
                "lb": {"connect_timeout": "2s", "fail_timeout": "60s"}},
    "client": {"connect_timeout": "5s", "heartbeat": {"every": "1s", "timeout": "500ms"},
               "backoff": {"kind": "fixed", "first": "100ms"}},
    "people": {"u": {"count": 20, "arrive": "0s"}}, "rooms": {"r": {"count": 10}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "10/s"}],
    "script": [{"at": "1s", "do": "host_loss", "on": "n2"},
               {"at": "11s", "do": "restart", "on": "n2"}]})",
                                    {{"/client/connect_timeout", patience}}),
                             strategy("sticky_hash"), 1);
  EXPECT_TRUE(complete(run));
  return static_cast<std::int64_t>(run.attempts);
}

TEST(ImpatientClients, TakeTheirAttemptsAlongAndTheBalancerLearnsNothing) {
  EXPECT_LT(attempts_with("5s"), 50);
  EXPECT_GT(attempts_with("1s"), 90);
}

}  // namespace
}  // namespace squall::testing
