// A silent death is seen by the node after U[T, T + I]: on average T + I/2, and by Little's law the
// ghosts are as many as die silently in that time.
#include <gtest/gtest.h>

#include "scenarios/model/laws.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr double kInterval = 25, kTimeout = 10, kUplink = 0.045;

// Nobody comes back before the ghost is found: a newer session would end it early.
constexpr const char* kNet = R"json("cluster": { "nodes": { "count": 2 },
    "net": { "client_node": "fixed(45ms)" } },
  "client": { "heartbeat": { "every": "25s", "timeout": "10s" },
              "backoff": { "kind": "fixed", "first": "50s" } })json";

double seconds(__int128 ns) { return static_cast<double>(ns) * 1e-9; }

class OneDeath : public ::testing::TestWithParam<int> {};

TEST_P(OneDeath, IsSeenOneIntervalAndTheTimeoutAfterTheLastHeartbeat) {
  const int after_last = GetParam();  // seconds since the node last heard of the client
  // Five handshake legs, the upgrade, the subscription and the welcome: ready at -60 s + 0.36 s.
  const double ready_s = -60 + 8 * kUplink + 0.0006;
  const double dies_s = ready_s + 3 * kInterval + kUplink + after_last;
  const Scenario scenario = loaded(
      R"({"squall": 1, "name": "death", "why": "one phone",
          "time": { "warmup": "60s", "measure": "120s", "drain": "60s" },
          "clients": { "phone": {} },
          "script": [ { "at": ")" +
      std::to_string(static_cast<int>(dies_s * 1000)) +
      R"(ms", "do": "disconnect", "by": "phone", "how": "silent", "as": "death" } ], )" + kNet +
      "}");

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_EQ(run.disconnects, 1U);
  EXPECT_NEAR(seconds(run.ghost_ns), kInterval + kTimeout - after_last, 0.01);
}

INSTANTIATE_TEST_SUITE_P(Phase, OneDeath, ::testing::Values(1, 6, 12, 18, 24));

TEST(SilentDeaths, AreSeenAfterTheTimeoutAndHalfAnIntervalOnAverage) {
  const double law = laws::detection_mean_s({.interval_s = kInterval, .timeout_s = kTimeout});
  const Scenario scenario = loaded(
      R"json({"squall": 1, "name": "deaths", "why": "many phones change their network",
          "time": { "warmup": "120s", "measure": "150s", "drain": "60s" },
          "people": { "phones": { "count": 1000, "arrive": "uniform(0s,50s)" } },
          "script": [ { "at": "20s", "do": "disconnect", "on": "phones", "share": 0.5,
                        "how": "silent", "as": "change" } ], )json" +
      std::string(kNet) + "}");

  const auto means = over_seeds(scenario, strategy("broadcast"), 10, [](const RunRecord& run) {
    return seconds(run.ghost_ns) / static_cast<double>(run.disconnects);
  });

  EXPECT_TRUE(agrees(means, law, 0.03));
}

TEST(SilentDeaths, GhostsAreRateTimesDetectionByLittlesLaw) {
  const Scenario scenario = loaded(
      R"json({"squall": 1, "name": "ghosts", "why": "phones die silently all the time",
          "time": { "warmup": "300s", "measure": "300s", "drain": "60s" },
          "people": { "phones": { "count": 1000, "drop": "exp(500s)", "silent_drop": 1 } }, )json" +
      std::string(kNet) + "}");

  const auto ratios = over_seeds(scenario, strategy("broadcast"), 10, [](const RunRecord& run) {
    const double measure = seconds(run.measure.count());
    const double ghosts = laws::ghosts({.interval_s = kInterval, .timeout_s = kTimeout},
                                       static_cast<double>(run.disconnects) / measure);
    return seconds(run.ghost_ns) / measure / ghosts;
  });

  EXPECT_TRUE(agrees(ratios, 1.0, 0.08));
}

}  // namespace
}  // namespace squall::testing
