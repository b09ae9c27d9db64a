// One room in one Socket.IO process, as large as this machine lets it be, against its simulation.
//
// Costs are fitted right before, in a room as large (`squall calibrate --room`). Half and four
// fifths of the capacity that the laws name are played, then more, where what is late grows.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/demand.hpp"
#include "sim/cli/calibrate/process_cpu.hpp"
#include "sim/cli/input/profile_input.hpp"
#include "sim/kernel/engine.hpp"
#include "tests/products/product_run.hpp"
#include "tests/products/with_cluster.hpp"
#include "tests/support/place.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {
namespace {

constexpr double kTime = 0.20, kCapacity = 0.10;  // allowed, of what was measured

const ProductRow& one_process() {
  static const ProductRow row = [] {
    ProductRow one = product_named("socketio_memory");
    one.nodes = 1;
    return one;
  }();
  return row;
}

// Our ends and the server's are in different processes, each with this limit.
int members() {
  constexpr rlim_t kOwn = 500;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::clamp<rlim_t>(limit.rlim_max, 2 * kOwn, 10'000 + kOwn) - kOwn);
}

std::string calibrated(const ProductCluster& cluster, const std::string& file, int room) {
  ProcessCommand command;
  command.words = {squall_binary(),
                   "calibrate",
                   "-o",
                   file,
                   "--target",
                   cluster.attached().targets.front().url,
                   "--dialect",
                   "socketio",
                   "--room",
                   std::to_string(room)};
  const ProcessResult done = run_process(command);
  std::cout << done.out << done.err;
  return register_profile(file, file);
}

Scenario room_of(int users, double per_second, const std::string& profile) {
  std::ifstream file(source_path("tests/products/room.json"));
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.3f/s", per_second);
  Scenario scenario = loaded({std::istreambuf_iterator<char>(file), {}},
                             {{"/params/rate", rate}, {"/people/u/count", std::to_string(users)}});
  scenario.cluster.nodes.cost_profile = profile;
  const Calibration* const costs = calibration_named(profile);
  if (costs->one_way > Duration{0}) {
    scenario.cluster.net.client_node =
        Distribution::fixed(static_cast<double>(costs->one_way.count()));
  }
  return scenario;
}

// Messages a second that fill the loop, beside what heartbeats take of it.
double capacity(int users, const std::string& profile) {
  const StrategySpec& spec = strategy("session_share");
  const double once = demand(room_of(users, 1, profile), spec).loops;
  const double twice = demand(room_of(users, 2, profile), spec).loops;
  return (1 - (2 * once - twice)) / (twice - once);
}

// Of an overload: with every second what is late grows by rate / capacity - 1 of one. Where nothing
// grows it is the rate, and the capacity is more.
double capacity_seen(const RunRecord& run, double per_second) {
  Samples complete;
  for (const Cell& cell : run.cells) complete.merge(cell.room_complete);
  const auto at = [&](double q) { return static_cast<double>(complete.quantile(q)) / 1e9; };
  const double messages = static_cast<double>(complete.count());
  const double growth = (at(0.95) - at(0.05)) / (0.9 * messages / per_second);
  return per_second / (1 + growth);
}

struct Told {
  double p50 = 0, mean_of = 0, last = 0, heard = 0;  // ns, ns, ns; pairs a second
};

Told told(const RunRecord& run) {
  Samples latency, complete;
  for (const Cell& cell : run.cells) {
    latency.merge(cell.latency), complete.merge(cell.room_complete);
  }
  const double measure_s = std::chrono::duration<double>(run.measure).count();
  return {static_cast<double>(latency.quantile(0.5)), mean(latency),
          static_cast<double>(complete.quantile(0.5)),
          static_cast<double>(latency.count()) / measure_s};
}

// `said`: why the measurement may not be believed; then it is shown and not judged.
void expect_near(const char* what, double simulated, double measured, double allowed,
                 const std::string& said) {
  std::printf("  %-16s simulated %12.4g measured %12.4g  %+.1f %%\n", what, simulated, measured,
              (simulated / measured - 1) * 100);
  std::fflush(stdout);
  if (!said.empty()) return;
  EXPECT_NEAR(simulated, measured, allowed * measured) << what;
}

struct Both {
  RunRecord simulated, measured;
  double busy = 0;  // CPU of the process, seconds in a second
};

Both played(const Scenario& scenario, const ProductCluster& cluster) {
  std::string error;
  MeasuredCpu servers(servers_of(cluster.attached().targets, error));
  live::LiveOptions options;
  options.on_measure = [&](bool begins) { servers.mark(begins); };
  Both both;
  both.simulated = play(scenario, strategy("session_share"), 1, {});
  both.measured = live::attach(scenario, foreign_spec(), 1, options, cluster.attached());
  const double measure_s = std::chrono::duration<double>(scenario.time.measure).count();
  if (const auto spent = servers.spent()) {
    both.busy = std::chrono::duration<double>(*spent).count() / measure_s;
  }
  return both;
}

class RoomProducts : public WithCluster {};

TEST_F(RoomProducts,
       a_room_of_ten_thousand_takes_as_long_as_is_simulated_and_fills_at_its_capacity) {
  start(one_process());
  if (cluster_ == nullptr) return;
  const TemporaryFolder folder;
  const std::string file = folder.path() / "room.json";
  const int users = members();
  ASSERT_EQ(calibrated(*cluster_, file, users), "");
  const double full = capacity(users, file);
  std::printf("%d members; the laws name %.3f messages a second\n", users, full);

  std::string invalid;
  for (const double share : {0.5, 0.8}) {
    const Both both = played(room_of(users, share * full, file), *cluster_);
    std::printf("at %.0f %% of it, CPU %.1f %%\n", share * 100, both.busy * 100);
    const std::string& bad = both.measured.live.invalid;
    if (!bad.empty()) invalid = bad;
    const Told sim = told(both.simulated), real = told(both.measured);
    expect_near("p50, ns", sim.p50, real.p50, kTime, bad);
    expect_near("mean, ns", sim.mean_of, real.mean_of, kTime, bad);
    expect_near("last one, ns", sim.last, real.last, kTime, bad);
    expect_near("heard a second", sim.heard, real.heard, kTime, bad);
    expect_near("CPU", share, both.busy, kTime, bad);
  }
  const double more = 1.2 * full;
  const Both both = played(room_of(users, more, file), *cluster_);
  const double seen = capacity_seen(both.measured, more);
  std::printf("at 120 %% of it\n");
  const std::string& bad = both.measured.live.invalid;
  expect_near("full at, laws", full, seen, kCapacity, bad);
  if (!bad.empty()) invalid = bad;
  if (!invalid.empty()) GTEST_SKIP() << "SKIPPED, INVALID: " << invalid;
}

}  // namespace
}  // namespace squall::testing
