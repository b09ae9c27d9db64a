// The distributions of the scenario language, sampled with integers and exact arithmetic only.
//
// `std::` distributions and libm differ between standard libraries; these do not. A sampler is an
// inverse CDF: a table of quantiles, linear between them, exact in the two outermost bins.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace squall {

// `first`, `second` are in the unit of the field (nanoseconds or bytes).
//   fixed(first) · uniform(first, second) · exponential(mean = first) ·
//   lognormal(median = first, sigma) · never: a duration that does not end
struct Distribution {
  enum class Kind : std::uint8_t { fixed, uniform, exponential, lognormal, never };
  Kind kind = Kind::fixed;
  std::int64_t first = 0;
  std::int64_t second = 0;
  double sigma = 0;

  static Distribution fixed(std::int64_t value) { return {Kind::fixed, value, 0, 0}; }
  static Distribution never() { return {Kind::never, 0, 0, 0}; }
  bool is_never() const { return kind == Kind::never; }
  double mean() const;  // infinity for never
  bool operator==(const Distribution&) const = default;
};

class Sampler {
 public:
  explicit Sampler(const Distribution& distribution);

  // From 64 uniform bits; never negative; INT64_MAX for never. Inline: it is the innermost call
  // of a run.
  std::int64_t sample(std::uint64_t bits) const {
    if (quantiles_.empty()) return low_ + scaled(bits, span_);
    const std::uint64_t bin = bits >> kRestBits;
    if (bin - 1 >= kBins - 2) return exact(bits);
    const std::int64_t low = quantiles_[bin];
    return low +
           scaled(bits << (64 - kRestBits), static_cast<std::uint64_t>(quantiles_[bin + 1] - low));
  }

 private:
  static constexpr std::uint64_t kBins = 4096;
  static constexpr int kRestBits = 52;  // the bits below those that choose one of 2^12 bins

  // floor(bits / 2^64 * span)
  static std::int64_t scaled(std::uint64_t bits, std::uint64_t span) {
    return static_cast<std::int64_t>((static_cast<unsigned __int128>(bits) * span) >> 64);
  }
  std::int64_t exact(std::uint64_t bits) const;

  Distribution distribution_;
  std::int64_t low_ = 0;  // fixed, uniform, never: low_ + [0, span_)
  std::uint64_t span_ = 1;
  std::vector<std::int64_t> quantiles_;  // [i]: quantile i / kBins; empty unless exponential or
                                         // lognormal; the ends are unused
};

// Zipf popularity over ranks 0..count-1, weight (rank+1)^-exponent; exponent 0 is uniform.
class ZipfSampler {
 public:
  ZipfSampler(std::uint32_t count, double exponent);
  std::uint32_t sample(std::uint64_t bits) const;
  double share(std::uint32_t rank) const;  // probability of this rank

 private:
  std::vector<std::uint64_t> cumulative_;  // upper bound of each rank's slice of 2^64
};

}  // namespace squall
