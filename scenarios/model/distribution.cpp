// Inverse CDFs, their tables, and Zipf ranks. Built once per run with exact_math, sampled with
// integers.
//
// A table is 4096 bins of equal probability, linear inside. The first and the last bin hold the
// tails and are computed anew for every sample (one in 2048), so extremes are not flattened.
#include "scenarios/model/distribution.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "strategies/core/check.hpp"
#include "strategies/core/exact_math.hpp"

namespace squall {
namespace {

constexpr std::size_t kTableBins = 4096;
// No draw from a tail is larger: 28 days in nanoseconds, longer than any run, so that sums of
// draws stay times.
constexpr double kLargest = 28.0 * 24 * 3600 * 1e9;

std::int64_t rounded(double value) {
  return static_cast<std::int64_t>(std::clamp(value, 0.0, kLargest) + 0.5);
}

double inverse_cdf(const Distribution& distribution, double probability, double normal) {
  const double scale = static_cast<double>(distribution.first);
  if (distribution.kind == Distribution::Kind::exponential) {
    return -scale * exact::log(1.0 - probability);
  }
  return scale * exact::exp(distribution.sigma * normal);
}

// Standard normal quantiles i / 4096, the same for every lognormal: worth computing only once.
const std::array<double, kTableBins>& normal_table() {
  static const std::array<double, kTableBins> table = [] {
    std::array<double, kTableBins> values{};
    for (std::size_t i = 1; i < kTableBins / 2; ++i) {
      const double z = exact::normal_quantile(static_cast<double>(i) / kTableBins);
      values[i] = z;
      values[kTableBins - i] = -z;
    }
    return values;
  }();
  return table;
}

bool has_table(const Distribution& distribution) {
  return distribution.kind == Distribution::Kind::exponential ||
         distribution.kind == Distribution::Kind::lognormal;
}

}  // namespace

double Distribution::mean() const {
  const double low = static_cast<double>(first);
  switch (kind) {
    case Kind::fixed:
    case Kind::exponential: return low;
    case Kind::uniform: return low + (static_cast<double>(second) - low) / 2.0;
    case Kind::lognormal: return low * exact::exp(0.5 * sigma * sigma);
    case Kind::never: break;
  }
  return std::numeric_limits<double>::infinity();
}

Sampler::Sampler(const Distribution& distribution) : distribution_(distribution) {
  if (!has_table(distribution)) {
    low_ = distribution.is_never() ? std::numeric_limits<std::int64_t>::max() : distribution.first;
    SQUALL_CHECK(low_ >= 0);
    if (distribution.kind == Distribution::Kind::uniform) {
      SQUALL_CHECK(distribution.second >= distribution.first);
      span_ = static_cast<std::uint64_t>(distribution.second - distribution.first) + 1;
    }
    return;
  }
  SQUALL_CHECK(distribution.first >= 0 && distribution.sigma >= 0.0);
  const bool normal = distribution.kind == Distribution::Kind::lognormal;
  quantiles_.resize(kBins);
  for (std::size_t i = 1; i < kBins; ++i) {
    const double probability = static_cast<double>(i) / kBins;
    quantiles_[i] =
        rounded(inverse_cdf(distribution, probability, normal ? normal_table()[i] : 0.0));
  }
}

std::int64_t Sampler::exact(std::uint64_t bits) const {
  // The middle of the 2^-52 wide slice: never 0 or 1, and exact in a double.
  const double probability = (static_cast<double>(bits >> 12) + 0.5) * 0x1.0p-52;
  const bool normal = distribution_.kind == Distribution::Kind::lognormal;
  return rounded(
      inverse_cdf(distribution_, probability, normal ? exact::normal_quantile(probability) : 0.0));
}

ZipfSampler::ZipfSampler(std::uint32_t count, double exponent) : cumulative_(count) {
  SQUALL_CHECK(count > 0 && exponent >= 0.0);
  std::vector<double> running(count);
  double total = 0.0;
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    total += exact::pow(static_cast<double>(rank) + 1.0, -exponent);
    running[rank] = total;
  }
  for (std::uint32_t rank = 0; rank + 1 < count; ++rank) {
    const double bound = running[rank] / total * 0x1.0p64;
    cumulative_[rank] = bound < 0x1.0p64 ? static_cast<std::uint64_t>(bound)
                                         : std::numeric_limits<std::uint64_t>::max();
  }
  cumulative_.back() = std::numeric_limits<std::uint64_t>::max();
}

std::uint32_t ZipfSampler::sample(std::uint64_t bits) const {
  // All bits set belong to the last rank, whose bound 2^64 does not fit.
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, bits);
  return static_cast<std::uint32_t>(found - cumulative_.begin());
}

double ZipfSampler::share(std::uint32_t rank) const {
  SQUALL_CHECK(rank < cumulative_.size());
  const double low = rank == 0 ? 0.0 : static_cast<double>(cumulative_[rank - 1]);
  const double high =
      rank + 1 == cumulative_.size() ? 0x1.0p64 : static_cast<double>(cumulative_[rank]);
  return (high - low) * 0x1.0p-64;
}

}  // namespace squall
