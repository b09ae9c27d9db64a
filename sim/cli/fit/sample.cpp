// Running means and squares (Welford), so that a record of any length costs nothing to remember.
// Likelihoods need no more than these sums. See sample.hpp.
#include "sim/cli/fit/sample.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace squall::fit {
namespace {

constexpr double kAtLeast = 1e-6;       // what has no length is taken for this
constexpr double kHardlyVaries = 0.02;  // deviation over mean of what is called fixed
constexpr double kMuchIsCut = 0.2;
constexpr std::uint64_t kFew = 20;  // values that tell no shape

double root(double value) { return std::sqrt(std::max(value, 0.0)); }

std::int64_t whole(double value) {
  return static_cast<std::int64_t>(std::llround(std::max(value, 0.0)));
}

// Logarithms of the likelihood per value; the largest wins.
double of_exponential(const Sample& sample) { return -std::log(sample.mean()) - 1; }
double of_uniform(const Sample& sample) {
  const double middle = (sample.least() + sample.most()) / 2;
  const double error = 3 * sample.deviation() / root(double(sample.size()));
  if (std::fabs(middle - sample.mean()) > error) return -std::numeric_limits<double>::infinity();
  return -std::log(std::max(sample.most() - sample.least(), kAtLeast));
}
double of_lognormal(const Sample& sample) {
  constexpr double kHalfLogTwoPiE = 1.4189385332046727;
  return -sample.log_mean() - std::log(std::max(sample.log_deviation(), kAtLeast)) - kHalfLogTwoPiE;
}

Distribution likeliest(const Sample& sample, double scale) {
  using Kind = Distribution::Kind;
  if (sample.deviation() <= kHardlyVaries * sample.mean()) {
    return Distribution::fixed(whole(sample.mean() * scale));
  }
  const Distribution exponential{Kind::exponential, whole(sample.mean() * scale), 0, 0};
  const double as_exponential = of_exponential(sample), as_uniform = of_uniform(sample),
               as_lognormal = of_lognormal(sample);
  if (sample.size() < kFew || as_exponential >= std::max(as_uniform, as_lognormal)) {
    return exponential;
  }
  if (as_uniform >= as_lognormal) {
    return {Kind::uniform, whole(sample.least() * scale), whole(sample.most() * scale), 0};
  }
  // The mean is kept, as sums of sessions and bytes are what people compare.
  const double sigma = std::min(std::round(sample.log_deviation() * 1000) / 1000, 3.0);
  return {Kind::lognormal, whole(sample.mean() * scale / std::exp(sigma * sigma / 2)), 0, sigma};
}

}  // namespace

void Sample::add(double value) {
  value = std::max(value, kAtLeast);
  least_ = size_ == 0 ? value : std::min(least_, value);
  most_ = size_ == 0 ? value : std::max(most_, value);
  const double n = static_cast<double>(++size_);
  const double by = value - mean_;
  mean_ += by / n;
  squares_ += by * (value - mean_);
  const double log_by = std::log(value) - log_mean_;
  log_mean_ += log_by / n;
  log_squares_ += log_by * (std::log(value) - log_mean_);
}

void Sample::add_cut(double value, bool ended) {
  ++cut_;
  cut_ended_ += ended ? 1 : 0;
  cut_sum_ += std::max(value, 0.0);
}

double Sample::deviation() const {
  return size_ < 2 ? 0 : root(squares_ / static_cast<double>(size_ - 1));
}

double Sample::log_deviation() const {
  return size_ < 2 ? 0 : root(log_squares_ / static_cast<double>(size_ - 1));
}

double Sample::mean_by_exposure() const {
  if (ends() == 0) return std::numeric_limits<double>::infinity();
  return (sum() + cut_sum_) / static_cast<double>(ends());
}

Fitted memoryless(double mean, std::uint64_t events, double scale) {
  const double part = kNormal95 / root(static_cast<double>(std::max<std::uint64_t>(events, 1)));
  const Distribution distribution{Distribution::Kind::exponential, whole(mean * scale), 0, 0};
  return {distribution, mean, mean * std::max(1 - part, 0.0), mean * (1 + part)};
}

Fitted fitted(const Sample& sample, double scale) {
  const double ends = static_cast<double>(sample.ends());
  const bool much_is_cut = static_cast<double>(sample.cut()) > kMuchIsCut * ends;
  const Distribution shape = sample.size() == 0
                                 ? Distribution{Distribution::Kind::exponential, 0, 0, 0}
                                 : likeliest(sample, scale);
  const bool exponential = shape.kind == Distribution::Kind::exponential;
  if (sample.cut() > 0 && (exponential || much_is_cut)) {
    return memoryless(sample.mean_by_exposure(), sample.ends(), scale);
  }
  const double half = kNormal95 * sample.deviation() / root(static_cast<double>(sample.size()));
  return {shape, sample.mean(), std::max(sample.mean() - half, 0.0), sample.mean() + half};
}

}  // namespace squall::fit
