// PHOLD (phold.hpp) through squall's event queues and others, at three sizes.
//
// Read it as ratios between rows of one run. Every row plays the same slices of virtual time, so
// `events` and `fingerprint` are the same in all of them, on every machine; fifo and in_place have
// no order and play about as many. What other simulators do with it: peers/phold.
#include <benchmark/benchmark.h>

#include <fmt/core.h>
#include <string>

#include "bench/phold_queues.hpp"
#include "bench/phold_threads.hpp"

namespace squall::bench {
namespace {

// A counter is a double: so many bits of a fingerprint fit.
double shown(std::uint64_t fingerprint) {
  return static_cast<double>(fingerprint & ((std::uint64_t{1} << 53) - 1));
}

template <typename Queue>
void one_thread(benchmark::State& state, const PholdSize& size) {
  Phold phold(size);
  Queue queue(size);
  for (std::uint64_t number = 0; number < size.pending(); ++number) {
    const PholdNext next = phold.first(number);
    queue.schedule(next.delay, next.event);
  }
  std::uint64_t end = kPholdWarmup * kPholdSlice;
  const std::uint64_t warm = queue.play(phold, end);
  std::uint64_t events = 0;
  for (auto _ : state) events += queue.play(phold, end += kPholdSlice);
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["events"] = static_cast<double>(warm + events);
  state.counters["fingerprint"] = shown(phold.fingerprint());
}

void windows_on_threads(benchmark::State& state, const PholdSize& size, std::size_t threads) {
  PholdThreads phold(size, threads);
  std::uint64_t end = kPholdWarmup * kPholdSlice;
  const std::uint64_t warm = phold.play(end);
  std::uint64_t events = 0;
  for (auto _ : state) {
    const double before = phold.busy_seconds();
    events += phold.play(end += size.slices * kPholdSlice);
    state.SetIterationTime(phold.busy_seconds() - before);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["events"] = static_cast<double>(warm + events);
  state.counters["fingerprint"] = shown(phold.fingerprint());
}

std::string row(const PholdSize& size, const char* name) {
  return fmt::format("phold/{}x{}/{}", size.entities, size.each, name);
}

template <typename Queue>
void add(const PholdSize& size, const char* name) {
  benchmark::RegisterBenchmark(row(size, name).c_str(), one_thread<Queue>, size)
      ->Iterations(static_cast<std::int64_t>(size.slices))
      ->Unit(benchmark::kMillisecond);
}

void add_threads(const PholdSize& size, std::size_t threads, const char* name) {
  benchmark::RegisterBenchmark(row(size, name).c_str(), windows_on_threads, size, threads)
      ->Iterations(1)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

bool add_all() {
  for (const PholdSize& size : kPholdSizes) {
    add<PholdWindows>(size, "window_queue");
    add<PholdEventQueue>(size, "event_queue");
    add<PholdFourHeap>(size, "four_heap");
    add<PholdStdQueue>(size, "priority_queue");
    add<PholdFifo>(size, "fifo");
    add<PholdInPlace>(size, "in_place");
    add_threads(size, 1, "windows_1_thread");
    add_threads(size, 2, "windows_2_threads");
  }
  return true;
}
[[maybe_unused]] const bool added = add_all();

}  // namespace
}  // namespace squall::bench
