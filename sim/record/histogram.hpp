// A log-linear histogram of non-negative integers (the HDR idea): 2^7 sub-buckets per octave,
// relative error < 0.8 %, exact count, sum, min and max, mergeable exactly.
//
// One quantile definition everywhere: the value of the ceil(q * n)-th smallest sample, reported as
// the middle of its bucket, clamped to [min, max]; so it is neither above nor below on the whole.
// The smallest and the largest sample are themselves.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "strategies/core/check.hpp"

namespace squall {

class Histogram {
 public:
  // Inline: called for every delivered pair.
  void record(std::int64_t value, std::uint64_t times = 1) {
    SQUALL_CHECK(value >= 0);
    if (times == 0) return;
    const std::size_t bucket = bucket_of(value);
    if (bucket >= counts_.size()) counts_.resize(bucket + 1);
    counts_[bucket] += times;
    min_ = count_ == 0 ? value : std::min(min_, value);
    max_ = std::max(max_, value);
    count_ += times;
    sum_ += static_cast<__int128>(value) * times;
  }
  void merge(const Histogram& other);
  // Of one that is made again from its buckets: its largest sample, which lies in the last bucket.
  void widen(std::int64_t max) {
    SQUALL_CHECK(count_ > 0 && bucket_of(max) == bucket_of(max_));
    max_ = std::max(max_, max);
  }

  std::uint64_t count() const { return count_; }
  std::int64_t min() const { return count_ == 0 ? 0 : min_; }
  std::int64_t max() const { return count_ == 0 ? 0 : max_; }
  __int128 sum() const { return sum_; }
  double mean() const;
  // How many samples lie in buckets up to the one of this value.
  std::uint64_t count_up_to(std::int64_t value) const;
  // The value at this rank (1-based, <= count()).
  std::int64_t at_rank(std::uint64_t rank) const;
  std::int64_t quantile(double q) const;  // 0 < q <= 1; 0 when empty

  struct Bucket {
    std::int64_t low, high;  // inclusive
    std::uint64_t count;
  };
  std::vector<Bucket> buckets() const;  // the non-empty ones, ascending

 private:
  static constexpr int kSubBits = 7;
  static constexpr std::uint64_t kSubBuckets = std::uint64_t{1} << kSubBits;

  // value >> shift lies in [128, 256); the buckets of one shift follow those of the shift before.
  static std::size_t bucket_of(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    const int shift = std::max(0, static_cast<int>(std::bit_width(bits)) - (kSubBits + 1));
    return static_cast<std::size_t>(shift) * kSubBuckets + static_cast<std::size_t>(bits >> shift);
  }
  static int shift_of(std::size_t bucket);
  static std::int64_t low_of(std::size_t bucket);
  static std::int64_t high_of(std::size_t bucket);

  std::vector<std::uint64_t> counts_;  // grown on demand
  std::uint64_t count_ = 0;
  std::int64_t min_ = 0, max_ = 0;
  __int128 sum_ = 0;
};

}  // namespace squall
