// The accept queue of a node, and the clock by which clients' kernels try again: by hand.
// Five clients come at one instant; a handshake takes 100 ms, and a way 20 ms.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

RunRecord five(const std::string& nodes, const std::string& patience = "30s") {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "accept", "why": "five at once",
    "time": {"warmup": "30s", "measure": "60s", "drain": "10s"},
    "cluster": {"nodes": {"count": 1, "cost_profile": "beast-plain",
                          "costs": {"handshake": "100ms"})json" +
                                   nodes + R"json(}, "net": {"client_node": "20ms"}},
    "client": {"connect_timeout": ")json" +
                                   patience + R"json(",
               "backoff": {"kind": "fixed", "first": "10s"}},
    "people": {"u": {"count": 5, "arrive": "0s"}},
    "script": [{"at": "5s", "do": "crash", "on": "n1", "for": "1ms", "as": "cut"}]})json");
  RunRecord run = play(scenario, strategy("session_share"), 1);
  EXPECT_TRUE(complete(run));
  return run;
}

double last(const RunRecord& run) { return value("ready_again.max", run) / 1e9; }
double median(const RunRecord& run) { return value("ready_again.p50", run) / 1e9; }

// Without a limit the k-th is through after k handshakes. With room for one beside the one that is
// served, the third and fourth are not answered until a second later, the fifth until three.
TEST(AcceptQueue, that_is_full_answers_nobody_and_kernels_try_again_after_1_and_3_seconds) {
  const RunRecord all = five("");
  const RunRecord one = five(R"(, "accept_queue": 1)");

  EXPECT_NEAR(last(one) - last(all), 3 + 0.1 - 0.5, 1e-3);
  EXPECT_NEAR(median(one) - median(all), 1 + 0.1 - 0.3, 0.01);  // to a bucket
}

TEST(AcceptQueue, with_room_for_all_changes_nothing) {
  EXPECT_EQ(everything(five(R"(, "accept_queue": 4)")), everything(five("")));
}

// The fifth gives up after two seconds, whatever its kernel would do at the third; after its
// back-off of ten it is alone.
TEST(AcceptQueue, does_not_outlast_the_patience_of_a_client) {
  const RunRecord run = five(R"(, "accept_queue": 1)", "2s");

  EXPECT_EQ(run.timed_out, 2U);  // at its first login, and after the crash
  EXPECT_NEAR(last(run) - last(five("")), 2 + 10 + 0.1 - 0.5, 0.1);
}

TEST(AcceptQueue, keeps_the_node_idle_while_clients_wait) {
  const RunRecord run = play(built_in("syn-retries"), strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_GT(value("ready_again.max", run), 15e9);
  EXPECT_LT(value("node.cpu.max", run), 0.05);
  const RunRecord none =
      play(built_in("syn-retries", {{"/params/accept_queue", "0"}}), strategy("broadcast"), 1);
  EXPECT_LT(value("ready_again.max", none), 2e9);
}

}  // namespace
}  // namespace squall::testing
