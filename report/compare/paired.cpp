// Small formulas around Boost's Student distribution.
// A sample without any spread is decided by its mean alone: the simulator can produce it.
#include "report/compare/paired.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace squall {
namespace {

boost::math::students_t distribution(const PairedSample& sample) {
  return boost::math::students_t(static_cast<double>(sample.count - 1));
}

}  // namespace

std::optional<PairedSample> paired_sample(std::span<const double> differences) {
  if (differences.size() < 2) return std::nullopt;
  const auto count = static_cast<double>(differences.size());
  double total = 0;
  for (const double difference : differences) {
    if (std::isinf(difference)) return std::nullopt;
    total += difference;
  }
  PairedSample sample{differences.size(), total / count, 0};
  double squares = 0;
  for (const double difference : differences) {
    squares += (difference - sample.mean) * (difference - sample.mean);
  }
  sample.error = std::sqrt(squares / (count - 1) / count);
  return sample;
}

PairedSample with_resolution(PairedSample sample, double half_width) {
  const double t = boost::math::quantile(distribution(sample), 0.975);
  sample.error = std::max(sample.error, half_width / t);
  return sample;
}

Range student_range(const PairedSample& sample, double alpha) {
  const double t = boost::math::quantile(boost::math::complement(distribution(sample), alpha / 2));
  return {sample.mean - t * sample.error, sample.mean + t * sample.error};
}

double p_above(const PairedSample& sample, double margin) {
  const double distance = sample.mean - margin;
  if (sample.error == 0) return distance > 0 ? 0 : 1;
  return boost::math::cdf(boost::math::complement(distribution(sample), distance / sample.error));
}

double p_below(const PairedSample& sample, double margin) {
  const double distance = sample.mean - margin;
  if (sample.error == 0) return distance < 0 ? 0 : 1;
  return boost::math::cdf(distribution(sample), distance / sample.error);
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double floor = 0;  // an adjusted value is never below that of a smaller p
  for (std::size_t step = 0; step < order.size(); ++step) {
    const double left = static_cast<double>(order.size() - step);
    floor = std::max(floor, std::min(1.0, left * p_values[order[step]]));
    adjusted[order[step]] = floor;
  }
  return adjusted;
}

}  // namespace squall
