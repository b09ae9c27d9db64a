// Statistics of a result; statistics.hpp says what each number promises.
// Summaries of a MetricValues are made here too, so that all renderers agree on them.
#include "report/measure/statistics.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <charconv>
#include <cmath>

#include "report/measure/pooled.hpp"
#include "report/measure/result.hpp"
#include "strategies/core/check.hpp"

namespace squall {

double rounded(double value) {
  SQUALL_CHECK(!std::isnan(value));
  if (std::isinf(value)) return value;
  constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
  if (std::trunc(value) == value && std::abs(value) < kExactIntegers) {
    return value == 0 ? 0.0 : value;  // no negative zero
  }
  char text[64];
  constexpr auto kForm = std::chars_format::scientific;
  const auto end = std::to_chars(text, text + sizeof text, value, kForm, 11);
  double result = 0;
  std::from_chars(text, end.ptr, result);
  return result;
}

std::optional<Interval> student_interval(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const auto count = static_cast<double>(values.size());
  double total = 0;
  for (const double value : values) {
    if (std::isinf(value)) return std::nullopt;
    total += value;
  }
  const double mean = total / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const boost::math::students_t distribution(count - 1);
  const double t = boost::math::quantile(distribution, 0.975);
  const double half_width = t * std::sqrt(squares / (count - 1) / count);
  return Interval{rounded(mean), rounded(half_width)};
}

double rule_of_three(std::uint64_t trials) {
  SQUALL_CHECK(trials > 0);
  return rounded(std::min(1.0, 3.0 / static_cast<double>(trials)));
}

std::uint64_t samples_needed(double quantile) {
  SQUALL_CHECK(quantile > 0 && quantile < 1);
  return static_cast<std::uint64_t>(std::ceil(std::log(0.025) / std::log(quantile)));
}

bool supported(double quantile, std::uint64_t samples) {
  return samples >= samples_needed(quantile);
}

Summary as_seen(const MetricValues& values) {
  std::vector<double> known;
  bool infinite = false;
  for (const std::optional<double>& value : values.per_seed) {
    if (!value) continue;
    known.push_back(*value);
    infinite = infinite || std::isinf(*value);
  }
  Summary summary;
  if (values.pooled) {
    return {false, true, values.pooled->value, values.pooled->low, values.pooled->high};
  }
  if (known.empty()) return summary;
  summary.no_data = false;
  if (infinite) {
    summary.mean = std::numeric_limits<double>::infinity();
    return summary;
  }
  double total = 0;
  for (const double value : known) total += value;
  summary.mean = rounded(total / static_cast<double>(known.size()));
  if (const auto interval = student_interval(known)) {
    summary.low = rounded(interval->mean - interval->half_width);
    summary.high = rounded(interval->mean + interval->half_width);
  }
  return summary;
}

Summary summarize(const MetricValues& values) {
  if (supported(values)) return as_seen(values);
  Summary summary;
  summary.pooled = summary.too_few = true;
  return summary;
}

}  // namespace squall
