// Pairs by seed, not by position: two runs may have started from different first seeds.
// What a quantile needs is statistics.hpp.
#include "report/compare/gate_sample.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "report/measure/comparison.hpp"
#include "report/measure/statistics.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

std::vector<double> known_values(const MetricValues& values) {
  std::vector<double> known;
  for (const std::optional<double>& value : values.per_seed) {
    if (value) known.push_back(*value);
  }
  return known;
}

void pair_up(const std::optional<double>& base, const std::optional<double>& fresh,
             GateSample& sample) {
  ++sample.common;
  sample.equal = sample.equal && base == fresh;
  if (base.has_value() != fresh.has_value()) ++sample.missing;
  if (!base || !fresh) return;
  if (std::isinf(*base) && std::isinf(*fresh)) {
    ++sample.both_infinite;
    return;
  }
  sample.base.push_back(*base);
  sample.fresh.push_back(*fresh);
}

// "latency.obliged.p99.9" -> 0.999; empty when the name does not end in a percentile.
std::optional<double> quantile_of(const std::string& metric) {
  const std::size_t at = metric.rfind(".p");
  if (at == std::string::npos) return std::nullopt;
  const char* begin = metric.data() + at + 2;
  const char* end = metric.data() + metric.size();
  double percent = 0;
  const auto [stop, code] = std::from_chars(begin, end, percent);
  if (code != std::errc() || stop != end || percent <= 0 || percent >= 100) return std::nullopt;
  return percent / 100;
}

}  // namespace

const StrategyResult* strategy_named(const Result& result, const std::string& strategy) {
  const auto found = std::ranges::find(result.strategies, strategy, &StrategyResult::strategy);
  return found == result.strategies.end() ? nullptr : &*found;
}

std::optional<GateSample> gate_sample(const Result& base, const Result& fresh,
                                      const std::string& strategy, const std::string& metric,
                                      std::string& why) {
  const MetricValues* values[2] = {nullptr, nullptr};
  const Result* sides[2] = {&base, &fresh};
  const char* side_names[2] = {"the base", "the new run"};
  for (int side = 0; side < 2; ++side) {
    const StrategyResult* found = strategy_named(*sides[side], strategy);
    if (found != nullptr) values[side] = find_metric(*found, metric);
    if (values[side] != nullptr) continue;
    why = std::string(side_names[side]) +
          (found == nullptr ? " did not play this strategy" : " does not know this metric");
    return std::nullopt;
  }
  GateSample sample;
  sample.equal = true;
  sample.all_base = known_values(*values[0]);
  sample.all_fresh = known_values(*values[1]);
  const std::size_t base_seeds = std::min(base.seeds.size(), values[0]->per_seed.size());
  for (std::size_t i = 0; i < base_seeds; ++i) {
    const auto found = std::ranges::find(fresh.seeds, base.seeds[i]);
    const auto other = static_cast<std::size_t>(found - fresh.seeds.begin());
    if (other >= values[1]->per_seed.size()) continue;
    pair_up(values[0]->per_seed[i], values[1]->per_seed[other], sample);
  }
  sample.equal = sample.equal && sample.common > 0;
  const bool same = sample.common == base_seeds && fresh.seeds.size() == base.seeds.size();
  if (same && sample.missing == 0 && values[0]->pooled && values[1]->pooled) {
    sample.base_level = values[0]->pooled->value;
    sample.fresh_level = values[1]->pooled->value;
  }
  return sample;
}

double resolution_of(const std::string& metric, const std::string& unit) {
  return unit == "ns" && quantile_of(metric) ? 1.0 / 128 : 0.0;
}

std::string unsupported_quantile(const Result& result, const std::string& strategy,
                                 const std::string& metric) {
  const std::optional<double> quantile = quantile_of(metric);
  const StrategyResult* found = strategy_named(result, strategy);
  if (!quantile || found == nullptr || !metric.starts_with("latency.")) return {};
  const MetricValues* owed = find_metric(*found, "pairs.owed");
  if (owed == nullptr) return {};
  std::uint64_t least = UINT64_MAX;
  for (const std::optional<double>& value : owed->per_seed) {
    if (value) least = std::min(least, static_cast<std::uint64_t>(*value));
  }
  if (least == UINT64_MAX || supported(*quantile, least)) return {};
  return fmt::format(
      "not supported by the sample: a replication owes {} pairs, this quantile needs {}",
      grouped(least), grouped(samples_needed(*quantile)));
}

}  // namespace squall
