// From the text of a scenario to its plan: what happens before the first event of a run.
//
// Loading is the whole way: JSON, codecs, checks, lint. `allocations` of one load is exact for one
// standard library.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/support/allocations.hpp"
#include "bench/support/built_in.hpp"
#include "scenarios/model/load.hpp"
#include "scenarios/model/plan.hpp"

namespace squall {
namespace {

void scenario_load(benchmark::State& state, const std::string& name) {
  const std::string text = bench::text_of(name);
  const auto load = [&] {
    benchmark::DoNotOptimize(load_scenario_text(text, "bench.json", {}, bench::vocabulary()));
  };
  load();  // what is made once per program
  const bench::Allocations asked = bench::allocations_of(load);
  for (auto _ : state) load();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.counters["allocations"] = static_cast<double>(asked.count);
}

void scenario_schema_text(benchmark::State& state) {
  std::size_t bytes = 0;
  for (auto _ : state) bytes = scenario_schema(bench::vocabulary()).size();
  state.counters["bytes"] = static_cast<double>(bytes);
}

// Who is in which room, the script, the samplers: of 200,000 users, for each seed.
void plan_of_steady_zipf(benchmark::State& state) {
  const Scenario scenario = bench::built_in("steady-zipf");
  std::uint32_t endpoints = 0;
  for (auto _ : state) endpoints = Plan(scenario, 1).endpoints();
  state.SetItemsProcessed(state.iterations() * endpoints);
  state.counters["endpoints"] = endpoints;
}

BENCHMARK_CAPTURE(scenario_load, two_node_hello, std::string("two-node-hello"))
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(scenario_load, rolling_deploy_storm, std::string("rolling-deploy-storm"))
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(scenario_schema_text)->Unit(benchmark::kMicrosecond);
BENCHMARK(plan_of_steady_zipf)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace squall
