// One window: what happens in warm-up and drain is played, and counted nowhere.
//
// The scenarios have a warm-up that is many times as long as their measure, so that a counter of
// the whole run cannot be taken for one of measure.
#include <gtest/gtest.h>

#include "tests/support/play.hpp"

namespace squall {
namespace {

using namespace testing;

// 100 messages a second for 100 s before measure, which lasts one second.
const char* const kPushes = R"json({"squall": 1, "name": "pushes",
  "time": {"warmup": "100s", "measure": "1s", "drain": "5s", "deadline": "4s"},
  "cluster": {"nodes": {"count": 2}},
  "people": {"u": {"count": 50, "arrive": "1s"}},
  "traffic": [{"as": "dm", "to": "user:any", "rate": "100/s"}], "strategies": ["broadcast"]})json";

// All are cut off in silence a minute before measure.
const char* const kCutOff = R"json({"squall": 1, "name": "cut_off",
  "time": {"warmup": "100s", "measure": "20s", "drain": "30s", "deadline": "9s"},
  "cluster": {"nodes": {"count": 3}},
  "people": {"u": {"count": 300, "arrive": "1s"}},
  "traffic": [{"as": "dm", "to": "user:any", "rate": "50/s"}],
  "strategies": ["broadcast", "routed"],
  "script": [{"at": "-60s", "do": "disconnect", "on": "u", "share": 1, "how": "silent", "as": "w"}],
  "client": {"heartbeat": {"every": "20s", "timeout": "5s"}}})json";

// Routes go stale all through the warm-up; hardly a lookup falls into the one millisecond.
const char *const kStale = R"json({"squall": 1, "name": "stale",
  "time": {"warmup": "100s", "measure": "1ms", "drain": "60s", "deadline": "30s"},
  "cluster": {"nodes": {"count": 20}, "lb": {"policy": "random"}, "registry": {"lease": "20h"}},
  "client": {"ack": "none", "heartbeat": {"every": "10h", "timeout": "1s"}},
  "people": {"u": {"count": 60, "drop": "exp(300s)",
                  "arrive" : "1s"
}
}
, "traffic" : [ {"as" : "dm", "to" : "user:any", "rate" : "20/s", "size" : "50B"} ],
              "strategies" : [ {"use" : "routed", "route_cache" : "30s", "as" : "r"} ]
})json";

struct Sums {
  double pushes = 0, ingress = 0;
};
Sums sums_of(const RunRecord& run) {
  Sums sums;
  for (const NodeRow& row : run.node_rows) {
    sums.pushes += static_cast<double>(row.pushes);
    sums.ingress += static_cast<double>(row.ingress);
  }
  return sums;
}

TEST(OneWindow, nodes_count_the_messages_and_the_frames_of_measure) {
  const RunRecord run = play(loaded(kPushes), strategy("broadcast"), 1);

  const Sums sums = sums_of(run);

  EXPECT_NEAR(sums.ingress, 100, 40);
  EXPECT_NEAR(sums.pushes, 100, 40);
}

TEST(OneWindow, no_node_wastes_more_than_it_works) {
  for (const Scenario& scenario :
       {loaded(kPushes),
        built_in("steady-zipf", {{"/params/users", "200"}, {"/params/nodes", "40"}})}) {
    const RunRecord run = play(scenario, strategy("broadcast"), 1);

    CountedTime wasted;
    for (const NodeRow& row : run.node_rows) {
      EXPECT_LE(row.wasted.count(), row.busy.count());
      wasted.add(row.wasted);
    }
    EXPECT_GT(wasted.count(), 0);
  }
}

TEST(OneWindow, the_nodes_of_a_steady_cluster_take_in_the_rate_of_the_scenario) {
  const Scenario scenario = built_in("steady-zipf", {{"/params/users", "2000"}});
  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  const double seconds = static_cast<double>(run.measure.count()) / 1e9;

  EXPECT_NEAR(sums_of(run).ingress / seconds, 200, 10);
}

TEST(OneWindow, who_was_cut_off_and_back_before_measure_is_no_return_of_measure) {
  const Scenario scenario = loaded(kCutOff);
  for (const char* name : {"broadcast", "routed"}) {
    const RunRecord run = play(scenario, strategy(name), 1);

    EXPECT_EQ(value("reconnects.per_client", run), 0);
    EXPECT_FALSE(measure(*metric_named("ready_again.p50"), run)) << name;
    EXPECT_EQ(value("ready_again.never", run), 0);
    EXPECT_FALSE(measure(*metric_named("first_login.p99"), run)) << "all logged in before";
    EXPECT_EQ(value("connections.attempts", run), 0) << name;
    EXPECT_GT(run.attempts, 300U) << "of the whole run, for the laws";
    EXPECT_EQ(run.faults.at(0).disconnects, 0U);
  }
}

TEST(OneWindow, lookups_before_measure_say_nothing_about_its_routes) {
  const Scenario scenario = loaded(kStale);

  const RunRecord run = play(scenario, scenario.strategies.at(0), 1);

  EXPECT_FALSE(measure(*metric_named("route.stale_fraction"), run));
  EXPECT_FALSE(measure(*metric_named("route.missing_fraction"), run));
  EXPECT_FALSE(measure(*metric_named("imbalance.deliveries.cv"), run));
}

}  // namespace
}  // namespace squall
