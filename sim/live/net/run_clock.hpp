// The one clock of a live run: nanoseconds since the start of `measure`, warm-up negative.
//
// All threads of the process read the same monotonic clock, so stamps of nodes and clients can be
// compared. Nothing outside sim/live asks a clock.
#pragma once

#include <atomic>
#include <chrono>

#include "strategies/core/types.hpp"

namespace squall::live {

using SteadyTime = std::chrono::steady_clock::time_point;

class RunClock {
 public:
  explicit RunClock(SteadyTime start_of_measure)
      : zero_(start_of_measure.time_since_epoch().count()) {}

  Time now() const { return std::chrono::steady_clock::now() - zero(); }
  SteadyTime at(Time time) const { return zero() + time; }

  // Once, while the loops already run: it takes until then to open all links. Returns by how much
  // all times are smaller from now on; Loop::moved() corrects what was planned before.
  Duration start_measure_at(SteadyTime when) {
    const SteadyTime before = zero();
    zero_ = when.time_since_epoch().count();
    return when - before;
  }

 private:
  SteadyTime zero() const { return SteadyTime{Duration{zero_.load(std::memory_order_relaxed)}}; }

  std::atomic<std::int64_t> zero_;  // ns of the steady clock
};

}  // namespace squall::live
