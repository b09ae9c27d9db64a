// The hash ring of nginx: what building it costs (once per run), and finding a key on it (once per
// connection attempt).
//
// `points` is exact and the same everywhere: 160 for each unit of weight, less collisions.
#include <benchmark/benchmark.h>

#include <fmt/core.h>
#include <string>
#include <vector>

#include "strategies/placement/nginx_ring.hpp"

namespace squall {
namespace {

constexpr std::size_t kKeys = 4096;  // a power of two

std::vector<Backend> backends(std::int64_t count) {
  std::vector<Backend> made;
  for (std::int64_t i = 0; i < count; ++i) {
    made.push_back({fmt::format("10.0.{}.{}:8080", i / 256, i % 256)});
  }
  return made;
}

void ring_build(benchmark::State& state) {
  const std::vector<Backend> nodes = backends(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(NginxRing(nodes));
  state.counters["points"] = static_cast<double>(NginxRing(nodes).points().size());
}

void ring_lookup(benchmark::State& state) {
  const NginxRing ring(backends(state.range(0)));
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kKeys; ++i) keys.push_back(fmt::format("room-{}", i));
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(ring.entry(keys[i++ % kKeys]));
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(ring_build)->Arg(4)->Arg(12)->Arg(100)->Unit(benchmark::kMicrosecond);
BENCHMARK(ring_lookup)->Arg(4)->Arg(12)->Arg(100);

}  // namespace
}  // namespace squall
