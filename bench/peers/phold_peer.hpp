// What the PHOLD programs of other simulators share: what is measured, and the line they print.
//
// The load, its warm-up and its end are those of phold_bench.cpp, so that events and fingerprint
// have to be the same. Time is that of the processor: others may work on the same machine.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "bench/phold.hpp"

namespace squall::bench {

inline double processor_seconds() {
  std::timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// One of kPholdSizes, by its number; the program ends when there is no such one.
inline const PholdSize& phold_size_named(const char* number) {
  const std::size_t at = std::strtoul(number, nullptr, 10);
  if (at < kPholdSizes.size()) return kPholdSizes[at];
  std::fprintf(stderr, "there is no size number %s\n", number);
  std::exit(2);
}

// Counts what is played, in the warm-up and in the part that is measured.
class PholdMeter {
 public:
  explicit PholdMeter(const PholdSize& size) : phold(size) {}

  std::uint64_t warm_until() const { return kPholdWarmup * kPholdSlice; }
  std::uint64_t end() const { return warm_until() + phold.size().slices * kPholdSlice; }
  PholdNext play(std::uint64_t at, const PholdEvent& event) {
    ++events_;
    return phold.play(at, event);
  }
  void begin() {
    warm_events_ = events_;
    began_ = processor_seconds();
  }
  void report(const std::string& row) const {
    const double seconds = processor_seconds() - began_;
    std::printf("%ux%u %s %.0f %" PRIu64 " %" PRIu64 "\n", phold.size().entities, phold.size().each,
                row.c_str(), static_cast<double>(events_ - warm_events_) / seconds, events_,
                phold.fingerprint() & ((std::uint64_t{1} << 53) - 1));
  }

  Phold phold;

 private:
  std::uint64_t events_ = 0, warm_events_ = 0;
  double began_ = 0;
};

}  // namespace squall::bench
