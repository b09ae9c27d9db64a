// The one clock of a live run: nanoseconds since the start of `measure`, warm-up negative.
//
// All threads of the process read the same monotonic clock, so stamps of nodes and clients can be
// compared. Nothing outside sim/live asks a clock.
#pragma once

#include <chrono>

#include "strategies/core/types.hpp"

namespace squall::live {

using SteadyTime = std::chrono::steady_clock::time_point;

class RunClock {
 public:
  explicit RunClock(SteadyTime start_of_measure) : zero_(start_of_measure) {}
  // Before the loops begin to play: it takes until then to open all links.
  void start_measure_at(SteadyTime when) { zero_ = when; }
  Time now() const {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - zero_);
  }
  SteadyTime at(Time time) const { return zero_ + time; }

 private:
  SteadyTime zero_;
};

}  // namespace squall::live
