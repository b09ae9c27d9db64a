// A log-linear histogram of non-negative integers (the HDR idea): 2^7 sub-buckets per octave,
// relative error < 0.8 %, exact count, sum, min and max, mergeable exactly.
//
// One quantile definition everywhere: the value of the ceil(q * n)-th smallest sample, reported as
// the highest value of its bucket, clamped to [min, max].
#pragma once

#include <cstdint>
#include <vector>

namespace squall {

class Histogram {
 public:
  void record(std::int64_t value) { record(value, 1); }
  void record(std::int64_t value, std::uint64_t times);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::int64_t min() const { return count_ == 0 ? 0 : min_; }
  std::int64_t max() const { return count_ == 0 ? 0 : max_; }
  __int128 sum() const { return sum_; }
  double mean() const;
  // The value at this rank (1-based, <= count()).
  std::int64_t at_rank(std::uint64_t rank) const;
  std::int64_t quantile(double q) const;  // 0 < q <= 1; 0 when empty

  struct Bucket {
    std::int64_t low, high;  // inclusive
    std::uint64_t count;
  };
  std::vector<Bucket> buckets() const;  // the non-empty ones, ascending

 private:
  std::vector<std::uint64_t> counts_;  // grown on demand
  std::uint64_t count_ = 0;
  std::int64_t min_ = 0, max_ = 0;
  __int128 sum_ = 0;
};

}  // namespace squall
