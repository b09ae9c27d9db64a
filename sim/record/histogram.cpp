// Bucket arithmetic of the log-linear histogram. See histogram.hpp for what it promises.
//
// Values below 256 have a bucket each; above, an octave [2^k, 2^(k+1)) is cut into 128 of equal
// width, so a bucket is at most 1/128 = 0.78 % as wide as its values.
#include "sim/record/histogram.hpp"

namespace squall {
namespace {

// ceil(q * n), where a product that is an integer but for its last bit counts as that integer:
// 0.07 * 100 is 7.000000000000001 in binary, and still means the 7th sample.
std::uint64_t rank_of(double q, std::uint64_t count) {
  const double product = q * static_cast<double>(count);
  const auto nearest = static_cast<std::uint64_t>(product + 0.5);
  const double distance = product - static_cast<double>(nearest);
  if (distance <= product * 1e-15) return nearest;
  return nearest + 1;
}

}  // namespace

int Histogram::shift_of(std::size_t bucket) {
  return bucket < 2 * kSubBuckets ? 0 : static_cast<int>(bucket / kSubBuckets) - 1;
}

std::int64_t Histogram::low_of(std::size_t bucket) {
  const int shift = shift_of(bucket);
  const std::uint64_t mantissa = bucket - static_cast<std::uint64_t>(shift) * kSubBuckets;
  return static_cast<std::int64_t>(mantissa << shift);
}

std::int64_t Histogram::high_of(std::size_t bucket) {
  return low_of(bucket) + ((std::int64_t{1} << shift_of(bucket)) - 1);
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  sum_ += other.sum_;
}

double Histogram::mean() const {
  return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

std::int64_t Histogram::at_rank(std::uint64_t rank) const {
  SQUALL_CHECK(rank >= 1 && rank <= count_);
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  for (; bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) break;
  }
  if (rank == 1) return min_;
  if (rank == count_) return max_;
  const std::int64_t low = low_of(bucket);
  return std::clamp(low + (high_of(bucket) - low) / 2, min_, max_);
}

std::uint64_t Histogram::count_up_to(std::int64_t value) const {
  std::uint64_t seen = 0;
  const std::size_t end = value < 0 ? 0 : std::min(bucket_of(value) + 1, counts_.size());
  for (std::size_t bucket = 0; bucket < end; ++bucket) seen += counts_[bucket];
  return seen;
}

std::int64_t Histogram::quantile(double q) const {
  SQUALL_CHECK(q > 0.0 && q <= 1.0);
  if (count_ == 0) return 0;
  return at_rank(std::clamp<std::uint64_t>(rank_of(q, count_), 1, count_));
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> result;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) result.push_back({low_of(i), high_of(i), counts_[i]});
  }
  return result;
}

}  // namespace squall
