// Whole runs of the virtual-time engine: built-in scenarios, small, with every strategy they name.
//
// The counters are of seed 1 and exact, on every machine: events, deliveries, copies, bytes on all
// links, and the fingerprint of the record. One that changes means that results have changed.
#include <benchmark/benchmark.h>

#include <fmt/core.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/support/built_in.hpp"
#include "sim/kernel/engine.hpp"

namespace squall::bench {
namespace {

struct SmallRun {
  const char* scenario;
  std::vector<Override> overrides;
};

const std::vector<SmallRun>& small_runs() {
  static const std::vector<SmallRun> rows{
      {"two-node-hello", {}},
      {"one-over-n", {}},
      {"steady-zipf",
       {{"/params/users", "5000"}, {"/params/rooms", "250"}, {"/params/chat", "100/s"}}},
      {"rolling-deploy-storm",
       {{"/params/desktop", "1200"},
        {"/params/mobile", "800"},
        {"/params/rooms", "100"},
        {"/params/chat", "5/s"},
        {"/params/dm", "50/s"}}},
      {"churn-floor",
       {{"/params/users", "1000"},
        {"/params/rooms", "100"},
        {"/params/chat", "5/s"},
        {"/params/dm", "50/s"}}},
  };
  return rows;
}

std::uint64_t deliveries(const RunRecord& record) {
  std::uint64_t sum = 0;
  for (const Cell& cell : record.cells) sum += cell.live;
  return sum;
}

Bytes bytes_on_all_links(const RunRecord& record) {
  Bytes sum = 0;
  for (const auto& link : record.bytes) {
    for (const Bytes bytes : link.sent) sum += bytes;
  }
  return sum;
}

// A counter is a double: so many bits of a fingerprint fit.
double shown(std::uint64_t fingerprint) {
  return static_cast<double>(fingerprint & ((std::uint64_t{1} << 53) - 1));
}

void whole_run(benchmark::State& state, const Scenario& scenario, const StrategySpec& spec) {
  RunRecord record;
  for (auto _ : state) record = play(scenario, spec, 1);
  if (!complete(record)) return state.SkipWithError("the run is not complete");
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(deliveries(record)));
  state.counters["events"] = static_cast<double>(record.events);
  state.counters["deliveries"] = static_cast<double>(deliveries(record));
  state.counters["copies"] = static_cast<double>(record.copies + record.forks);
  state.counters["bytes"] = static_cast<double>(bytes_on_all_links(record));
  state.counters["fingerprint"] = shown(record.fingerprint);
}

bool add_all() {
  for (const SmallRun& row : small_runs()) {
    const auto scenario = std::make_shared<Scenario>(built_in(row.scenario, row.overrides));
    for (const StrategySpec& spec : scenario->strategies) {
      benchmark::RegisterBenchmark(
          fmt::format("run/{}/{}", row.scenario, spec.name).c_str(),
          [scenario, spec](benchmark::State& state) { whole_run(state, *scenario, spec); })
          ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}
[[maybe_unused]] const bool added = add_all();

}  // namespace
}  // namespace squall::bench
