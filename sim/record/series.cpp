// Bucket arithmetic of the coarse histogram. See series.hpp.
// Values below 32 have a bucket each; above, an octave is cut into 16 of equal width.
#include "sim/record/series.hpp"

#include <algorithm>

#include "strategies/core/check.hpp"

namespace squall {

void CoarseSamples::record(Inside, std::uint16_t bucket, std::uint32_t times) {
  add(bucket, times);
}

void CoarseSamples::add(std::uint16_t bucket, std::uint32_t times) {
  if (counts_.empty()) {
    first_ = bucket;
  } else if (bucket < first_) {
    counts_.insert(counts_.begin(), first_ - bucket, 0);
    first_ = bucket;
  }
  const std::size_t place = static_cast<std::size_t>(bucket - first_);
  if (place >= counts_.size()) counts_.resize(place + 1);
  counts_[place] += times;
  count_ += times;
}

void CoarseSamples::merge(const CoarseSamples& other) {
  for (std::size_t i = 0; i < other.counts_.size(); ++i) {
    if (other.counts_[i] > 0) {
      add(static_cast<std::uint16_t>(other.first_ + i), other.counts_[i]);
    }
  }
}

std::int64_t CoarseSamples::at_rank(std::uint64_t rank) const {
  SQUALL_CHECK(rank >= 1 && rank <= count_);
  std::uint64_t seen = 0;
  std::size_t place = 0;
  for (; place < counts_.size(); ++place) {
    seen += counts_[place];
    if (seen >= rank) break;
  }
  const std::size_t bucket = first_ + place;
  const std::size_t shift = bucket < 32 ? 0 : bucket / 16 - 1;
  const auto low = static_cast<std::int64_t>((bucket - shift * 16) << shift);
  return low + (std::int64_t{1} << shift) / 2;
}

std::int64_t CoarseSamples::quantile(std::uint32_t of_million) const {
  if (count_ == 0) return 0;
  const std::uint64_t rank = (count_ * of_million + 999'999) / 1'000'000;
  return at_rank(std::clamp<std::uint64_t>(rank, 1, count_));
}

}  // namespace squall
