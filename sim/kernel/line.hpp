// A line of so many bits per second, exactly: how long bytes take, and how many fit in a time.
//
// Integers only, rounded down to the nanosecond or byte; right for every rate of the scenario
// language (100 bit/s to 1 Tbit/s) and every size that a queue may have.
#pragma once

#include "scenarios/model/cost_profile.hpp"
#include "strategies/core/types.hpp"

namespace squall {

class Line {
 public:
  explicit Line(std::int64_t bits_per_second)
      : rate_(bits_per_second), buffer_(time(kSendBuffer)) {}

  Duration time(Bytes bytes) const {
    constexpr std::int64_t kByte = 8'000'000'000;  // bit-nanoseconds
    constexpr Bytes kNarrow = INT64_MAX / kByte;   // 1.1 GB
    if (0 <= bytes && bytes <= kNarrow) return Duration{bytes * kByte / rate_};
    const __int128 ns = static_cast<__int128>(bytes) * kByte / rate_;
    return ns > INT64_MAX ? Duration::max() : Duration{static_cast<std::int64_t>(ns)};
  }
  Bytes bytes(Duration time) const {
    return static_cast<Bytes>(static_cast<__int128>(time.count()) * rate_ / 8'000'000'000);
  }
  Duration buffer() const { return buffer_; }  // until a full send buffer of the kernel is out
  std::int64_t rate() const { return rate_; }

 private:
  std::int64_t rate_;
  Duration buffer_;
};

}  // namespace squall
