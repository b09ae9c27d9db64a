// "missing zero min max, then value and count of each bucket", as decimal numbers.
// See sweep_spreads.hpp for why.
#include "sim/cli/sweep/sweep_spreads.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <sstream>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

// The first metric of each kind of samples.
std::vector<const MetricRow*> kinds() {
  std::vector<const MetricRow*> found;
  for (const MetricRow& row : metric_rows()) {
    const auto known = [&](const MetricRow* other) { return other->spread == row.spread; };
    if (row.quantile != 0 && std::ranges::none_of(found, known)) found.push_back(&row);
  }
  return found;
}

std::string text_of(const Spread& spread) {
  const Histogram& seen = spread.seen;
  std::string text = fmt::format("{} {} {} {}", spread.missing, spread.zero_when_empty ? 1 : 0,
                                 seen.min(), seen.max());
  for (const Histogram::Bucket& bucket : seen.buckets()) {
    text += fmt::format(" {} {}", bucket.low, bucket.count);
  }
  return text;
}

}  // namespace

std::vector<std::string> spread_texts(const Measures& run) {
  std::vector<std::string> texts;
  for (const MetricRow* row : kinds()) {
    const std::optional<Spread> spread = spread_of(*row, run);
    texts.push_back(spread ? text_of(*spread) : "");
  }
  return texts;
}

std::size_t spread_position(const MetricRow& metric) {
  const std::vector<const MetricRow*> all = kinds();
  const auto found = std::ranges::find(all, metric.spread, &MetricRow::spread);
  SQUALL_CHECK(found != all.end());
  return static_cast<std::size_t>(found - all.begin());
}

std::optional<Spread> spread_from(const std::string& text) {
  std::istringstream words(text);
  Spread spread;
  std::int64_t least = 0;
  std::int64_t most = 0;
  if (!(words >> spread.missing >> spread.zero_when_empty >> least >> most)) return std::nullopt;
  std::int64_t value = 0;
  std::uint64_t count = 0;
  std::uint64_t all = 0;
  while (words >> value >> count) {
    if (value < 0 || least > most) return std::nullopt;
    spread.seen.record(std::clamp(value, least, most), count);
    all += count;
  }
  if (all > 0) spread.seen.widen(most);
  return spread;
}

}  // namespace squall
