// Twelve slow nodes on one machine: each sleeps 10 ms for every message that it reads, and what
// messages wait there is what the simulation says of the service time that really was slept.
//
// The only law about wall-clock time is this ratio; a run whose generator was late is no witness:
// it is played again, and SKIPPED aloud when the machine stays busy.
#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "sim/live/run/engine.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using namespace std::chrono_literals;

constexpr Duration kWork = 10ms;
constexpr Duration kOneWay = 50us;
constexpr double kMeanTolerance = 0.05;
constexpr double kTailTolerance = 0.10;
constexpr Duration kLate = 2ms;  // p99 of the generator, a fifth of a piece of work
constexpr int kAttempts = 3;

// Every message is read once, by the node of its sender, and pushed to those of its room who are
// there: so that nothing but reading takes time.
StrategySpec own_node() {
  StrategySpec spec = strategy("sticky_hash");
  spec.placement = "round_robin";
  return spec;
}

Scenario slow_nodes(double rho, Duration work) {
  const double rate = 12 * rho / std::chrono::duration<double>(kWork).count();
  const std::string one_way = std::to_string(kOneWay.count()) + "ns";
  return loaded(
      R"json({
        "squall": 1, "name": "slow-nodes",
        "time": {"warmup": "5s", "measure": "15s", "drain": "3s", "deadline": "3s"},
        "cluster": {"nodes": {"count": 12, "cost_profile": "beast-plain"},
                    "lb": {"policy": "round_robin"}},
        "people": {"u": {"count": 2000, "arrive": "uniform(0s,3s)", "downlink": "10Gbit/s"}},
        "client": {"heartbeat": {"every": "60s", "timeout": "30s"}},
        "rooms": {"r": {"sizes": [[25, 80]]}},
        "traffic": [{"as": "chat", "from": "member", "to": "room:r", "size": "100B"}]
      })json",
      {{"/traffic/0/rate", std::to_string(static_cast<int>(rate)) + "/s"},
       {"/cluster/net/client_node", one_way},
       {"/cluster/nodes/costs/frame_read", std::to_string(work.count()) + "ns"}});
}

// Of the simulation: what is not work.
double mean_wait_of(const RunRecord& run, Duration work) {
  return value("latency.stage.ingress_cpu.mean", run) - static_cast<double>(work.count());
}

class Dilated : public ::testing::TestWithParam<double> {};

TEST_P(Dilated, nodes_make_messages_wait_as_long_as_simulated_ones) {
  live::NodeMeter meter;
  live::LiveOptions options;
  options.loops = 1;  // logins come in one order, and so to the nodes that the simulation gives
  options.dilate = true;
  options.meter = &meter;
  const Scenario scenario = slow_nodes(GetParam(), kWork);
  std::int64_t late = 0;
  RunRecord live_run;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    live_run = live::play(scenario, own_node(), 1, options);
    late = live_run.live.lateness.quantile(0.99);
    if (late <= kLate.count()) break;
    std::cout << "attempt " << attempt << ": the generator was late by "
              << static_cast<double>(late) / 1e6 << " ms (p99)\n";
  }
  const auto slept = Duration{static_cast<std::int64_t>(meter.dilated.slept.mean())};
  const RunRecord simulated = play(slow_nodes(GetParam(), slept), own_node(), 1, {});

  const double expected = mean_wait_of(simulated, slept);
  const double mean = meter.dilated.wait.mean();
  // From sender to recipient: the wait for being read, the work, and the push's wait behind it.
  const double expected_tail = value("latency.delivered.p99", simulated);
  const double tail = value("latency.delivered.p99", live_run);
  std::cout << "rho " << GetParam() << ": slept " << slept.count() / 1e6 << " ms; mean wait "
            << mean / 1e6 << " ms, simulated " << expected / 1e6 << " ms ("
            << (mean / expected - 1) * 100 << " %); delivered p99 " << tail / 1e6
            << " ms, simulated " << expected_tail / 1e6 << " ms ("
            << (tail / expected_tail - 1) * 100 << " %); generator late by "
            << static_cast<double>(late) / 1e6 << " ms (p99)\n";

  if (late > kLate.count()) GTEST_SKIP() << "SKIPPED: this machine is too busy to judge 10 ms";
  EXPECT_GT(meter.dilated.wait.count(), 1000U);
  EXPECT_NEAR(mean, expected, kMeanTolerance * expected);
  EXPECT_NEAR(tail, expected_tail, kTailTolerance * expected_tail);
}

INSTANTIATE_TEST_SUITE_P(Rho, Dilated, ::testing::Values(0.3, 0.6, 0.8));

}  // namespace
}  // namespace squall::testing
