// What happened when: pairs of one traffic class, slice by slice of measure, with their latencies
// and the causes of what was lost.
//
// A second may be cut into ten slices and a run has hundreds of seconds, so the latencies of a
// slice are kept coarsely. Nothing here is in a fingerprint; the sums are those of the cells.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "sim/record/window.hpp"
#include "strategies/core/causes.hpp"

namespace squall {

// A histogram of 16 buckets an octave, so within 3.2 % of the truth. Only the buckets between the
// least and the largest are held. Mergeable exactly.
class CoarseSamples {
 public:
  static std::uint16_t bucket_of(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    const int shift = std::max(0, static_cast<int>(std::bit_width(bits)) - 5);
    return static_cast<std::uint16_t>(static_cast<std::uint64_t>(shift) * 16 + (bits >> shift));
  }
  void record(Inside, std::uint16_t bucket, std::uint32_t times = 1);
  void merge(const CoarseSamples& other);

  std::uint64_t count() const { return count_; }
  // The middle of the bucket that holds the value of this rank (1-based, <= count()).
  std::int64_t at_rank(std::uint64_t rank) const;
  // The ceil(of_million / 10^6 * count)-th smallest; 0 when empty.
  std::int64_t quantile(std::uint32_t of_million) const;

 private:
  void add(std::uint16_t bucket, std::uint32_t times);

  std::vector<std::uint32_t> counts_;  // from bucket first_ on
  std::uint16_t first_ = 0;
  std::uint64_t count_ = 0;
};

template <>
inline constexpr bool kWindowed<CoarseSamples> = true;

struct CauseCount {
  Mechanism mechanism = Mechanism::unattributed;
  Count pairs;
};

// Pairs born in one slice.
struct SliceRow {
  Count owed, lost, delivered;
  CoarseSamples latency;           // of the delivered ones, from t_intend
  std::vector<CauseCount> causes;  // of the lost ones, in the order in which they were met
};

struct TrafficSeries {
  std::uint16_t traffic = 0;
  std::vector<SliceRow> slices;  // as many as measure has
};

// How many slices of this width measure has; the last one may be shorter.
constexpr std::size_t slices_in(Duration measure, Duration slice) {
  return static_cast<std::size_t>((measure + slice - Duration{1}).count() / slice.count());
}

}  // namespace squall
