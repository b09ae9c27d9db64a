// The hold model: pop the next event, schedule another a random delay later. The general queues.
//
// `spread`: delays of 0.1 to 2.1 ms. `heartbeats`: all events on whole milliseconds, so that
// thousands share one time. Read it as a ratio between two rows of one run: absolute times move
// with the machine. The classic load with entities, and the window queue: phold_bench.cpp.
//
// The iterations are fixed, two turns of the largest queue: a queue that sorts half a million
// events at once does it in one pop, and a run that ended after that pop measured no other.
#include <benchmark/benchmark.h>

#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "sim/kernel/event.hpp"
#include "sim/kernel/event_queue.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;

using DelayOf = Duration (*)(Time now, std::uint64_t draw);

Duration spread(Time, std::uint64_t draw) {
  const Rng rng(1, Purpose::arrival, 0);
  return Duration{100'000 + static_cast<std::int64_t>(below(rng.at(draw), 2'000'000))};
}

Duration heartbeats(Time now, std::uint64_t draw) {
  const Time at = now + spread(now, draw);
  return at - at % 1ms + 1ms - now;
}

void event_queue(benchmark::State& state, DelayOf delay_of) {
  EventQueue<Event> queue(Time{0});
  std::uint64_t draw = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    queue.schedule(delay_of(Time{0}, draw++), {EventKind::settle});
  }
  for (auto _ : state) {
    Time now;
    const Event event = queue.pop(now);
    queue.schedule(now + delay_of(now, draw++), event);
  }
  state.SetItemsProcessed(state.iterations());
}

// What the standard library offers, with the sequence number that a total order then needs.
void priority_queue(benchmark::State& state, DelayOf delay_of) {
  using Entry = std::pair<std::pair<Time, std::uint64_t>, std::uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  std::uint64_t draw = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i, ++draw) {
    queue.push({{delay_of(Time{0}, draw), draw}, 0});
  }
  for (auto _ : state) {
    const Entry entry = queue.top();
    queue.pop();
    const Time now = entry.first.first;
    queue.push({{now + delay_of(now, draw), draw}, entry.second});
    ++draw;
  }
  state.SetItemsProcessed(state.iterations());
}

void sizes(benchmark::internal::Benchmark* row) {
  row->Arg(1 << 14)->Arg(1 << 20)->Iterations(2 << 20);
}

BENCHMARK_CAPTURE(event_queue, spread, spread)->Apply(sizes);
BENCHMARK_CAPTURE(priority_queue, spread, spread)->Apply(sizes);
BENCHMARK_CAPTURE(event_queue, heartbeats, heartbeats)->Apply(sizes);
BENCHMARK_CAPTURE(priority_queue, heartbeats, heartbeats)->Apply(sizes);

}  // namespace
}  // namespace squall
