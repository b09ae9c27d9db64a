// The hold model: pop the next event, schedule another a random delay later, as PHOLD does.
// Read it as a ratio between two rows of one run: absolute times move with the machine.
#include <benchmark/benchmark.h>

#include <queue>
#include <utility>
#include <vector>

#include "sim/kernel/event.hpp"
#include "sim/kernel/event_queue.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

// A look-ahead of 0.1 ms and up to 2 ms on top.
Duration delay(std::uint64_t draw) {
  const Rng rng(1, Purpose::arrival, 0);
  return Duration{100'000 + static_cast<std::int64_t>(below(rng.at(draw), 2'000'000))};
}

void radix_heap(benchmark::State& state) {
  EventQueue<Event> queue(Time{0});
  std::uint64_t draw = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    queue.schedule(delay(draw++), {EventKind::settle});
  }
  for (auto _ : state) {
    Time now;
    const Event event = queue.pop(now);
    queue.schedule(now + delay(draw++), event);
  }
  state.SetItemsProcessed(state.iterations());
}

// What the standard library offers, with the sequence number that a total order then needs.
void priority_queue(benchmark::State& state) {
  using Entry = std::pair<std::pair<Time, std::uint64_t>, std::uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  std::uint64_t draw = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const Time at = delay(draw);
    queue.push({{at, draw++}, 0});
  }
  for (auto _ : state) {
    const Entry entry = queue.top();
    queue.pop();
    const Time at = entry.first.first + delay(draw);
    queue.push({{at, draw++}, entry.second});
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(radix_heap)->Arg(1 << 14)->Arg(1 << 20);
BENCHMARK(priority_queue)->Arg(1 << 14)->Arg(1 << 20);

}  // namespace
}  // namespace squall
