// What it costs to explain a message: a run as far as that message, and the same with a witness who
// follows it. The second is to take no more than 1.2 times the processor time of the first.
//
// The message is the first pair lost to a crash in the middle of the run; both rows play the same
// events, whose number is their counter.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "bench/support/built_in.hpp"
#include "sim/cli/explain/life.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/presets.hpp"

namespace squall::bench {
namespace {

const std::atomic<bool> kNobodyStops{false};

Scenario crash() {
  return built_in("crash-process", {{"/params/users", "400"},
                                    {"/params/rooms", "20"},
                                    {"/params/chat", "4/s"},
                                    {"/params/dm", "20/s"},
                                    {"/params/nodes", "4"}});
}

std::uint64_t followed(const Scenario& scenario, const StrategySpec& spec) {
  Follower follower({.cause = Mechanism::reconnect_gap}, kNobodyStops);
  PlayOptions options;
  options.witness = &follower;
  options.stop = &follower.stop();
  const RunRecord run = play(scenario, spec, 1, options);
  if (follower.take()) return run.events;
  std::fprintf(stderr, "explain_bench: nothing was lost\n");
  std::exit(1);
}

void the_run(benchmark::State& state) {
  const Scenario scenario = crash();
  const StrategySpec& spec = preset_named("broadcast")->spec;
  PlayOptions options;
  options.max_events = followed(scenario, spec);
  for (auto _ : state) benchmark::DoNotOptimize(play(scenario, spec, 1, options));
  state.SetItemsProcessed(state.iterations());
  state.counters["events"] = static_cast<double>(options.max_events);
}

void explained(benchmark::State& state) {
  const Scenario scenario = crash();
  const StrategySpec& spec = preset_named("broadcast")->spec;
  std::uint64_t events = 0;
  for (auto _ : state) events = followed(scenario, spec);
  state.SetItemsProcessed(state.iterations());
  state.counters["events"] = static_cast<double>(events);
}

BENCHMARK(the_run)
    ->Name("explain/the_run_up_to_it")
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(explained)
    ->Name("explain/followed")
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace squall::bench
