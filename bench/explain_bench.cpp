// What it costs to explain a message: a run as far as that message, and the same with a witness who
// follows it. The second is to take no more than 1.2 times the processor time of the first.
//
// The message is the first pair lost to a crash in the middle of the run; both rows play the same
// events, whose number is their counter. They are played in turn and the fastest of each counts, so
// that what else the machine does meanwhile falls on both.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
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

constexpr int kTurns = 40;

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

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Fastest {
  double run = 1e9;       // seconds of processor time
  double followed = 1e9;  // likewise
  std::uint64_t events = 0;
};

Fastest played_in_turn() {
  const Scenario scenario = crash();
  const StrategySpec& spec = preset_named("broadcast")->spec;
  Fastest fastest;
  PlayOptions options;
  options.max_events = fastest.events = followed(scenario, spec);
  for (int turn = 0; turn < kTurns; ++turn) {
    const double start = processor_seconds();
    benchmark::DoNotOptimize(play(scenario, spec, 1, options));
    const double between = processor_seconds();
    benchmark::DoNotOptimize(followed(scenario, spec));
    fastest.run = std::min(fastest.run, between - start);
    fastest.followed = std::min(fastest.followed, processor_seconds() - between);
  }
  return fastest;
}

void shown(benchmark::State& state, double Fastest::*which) {
  static const Fastest fastest = played_in_turn();
  for (auto _ : state) state.SetIterationTime(fastest.*which);
  state.SetItemsProcessed(state.iterations());
  state.counters["events"] = static_cast<double>(fastest.events);
}

BENCHMARK_CAPTURE(shown, the_run, &Fastest::run)
    ->Name("explain/the_run_up_to_it")
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(shown, followed, &Fastest::followed)
    ->Name("explain/followed")
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace squall::bench
