// What it costs a run that somebody watches it: the same run with nobody, and with a page that is
// told four times a second, as `--watch` tells it.
//
// Times are those of the process, the server's thread included. No counters: how often a run is
// asked depends on how long it takes.
#include <benchmark/benchmark.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "bench/support/built_in.hpp"
#include "sim/cli/watch/watch_state.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/presets.hpp"

namespace squall::bench {
namespace {

using namespace std::chrono_literals;

// Asks until it is destroyed, as the server does for its pages.
class Asking {
 public:
  explicit Asking(WatchState& state)
      : thread_([this, &state] {
          std::unique_lock lock(mutex_);
          while (!over_cv_.wait_for(lock, 250ms, [this] { return over_; })) {
            benchmark::DoNotOptimize(state.text());
          }
        }) {}
  ~Asking() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    over_cv_.notify_all();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable over_cv_;
  bool over_ = false;
  std::thread thread_;
};

Scenario busy() {
  return built_in("steady-zipf", {{"/params/users", "20000"}, {"/params/rooms", "1000"}});
}

RunRecord plain(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
                const PlayOptions& options) {
  return play(scenario, spec, seed, options);
}

void nobody(benchmark::State& state) {
  const Scenario scenario = busy();
  const StrategySpec& spec = preset_named("broadcast")->spec;
  for (auto _ : state) benchmark::DoNotOptimize(plain(scenario, spec, 1, {}));
}

void a_page(benchmark::State& state) {
  const Scenario scenario = busy();
  const StrategySpec& spec = preset_named("broadcast")->spec;
  WatchState watch;
  watch.begin(scenario, "sim", 1);
  const Asking asking(watch);
  const PlayFunction watched = watch.watched(plain);
  for (auto _ : state) benchmark::DoNotOptimize(watched(scenario, spec, 1, {}));
}

BENCHMARK(nobody)->Name("watch/nobody")->MeasureProcessCPUTime()->Unit(
    benchmark::kMillisecond);
BENCHMARK(a_page)->Name("watch/a_page")->MeasureProcessCPUTime()->Unit(
    benchmark::kMillisecond);

}  // namespace
}  // namespace squall::bench
