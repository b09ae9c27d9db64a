// Compares field by field, in the order a reader would: strategies, metrics, the rest.
// Stops at the first difference; a list of all would only repeat it.
#include "sim/cli/compare/difference.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

namespace squall {
namespace {

std::string shown(const std::optional<double>& value) {
  if (!value) return "no data";
  char text[64];
  std::snprintf(text, sizeof text, "%.12g", *value);
  return text;
}

std::string difference(const MetricValues& stored, const MetricValues& fresh,
                       const std::string& strategy, const std::vector<std::uint64_t>& seeds) {
  if (stored.name != fresh.name) {
    return fmt::format("{}: the metrics are not the same: {}, now {}", strategy, stored.name,
                       fresh.name);
  }
  const std::size_t both = std::min(stored.per_seed.size(), fresh.per_seed.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (stored.per_seed[i] == fresh.per_seed[i]) continue;
    const std::string seed = i < seeds.size() ? std::to_string(seeds[i]) : "?";
    return fmt::format("{}, {}, seed {}: stored {}, now {}", strategy, stored.name, seed,
                       shown(stored.per_seed[i]), shown(fresh.per_seed[i]));
  }
  if (stored.per_seed.size() == fresh.per_seed.size()) return {};
  return fmt::format("{}, {}: the number of replications is not the same", strategy, stored.name);
}

std::string difference(const StrategyResult& stored, const StrategyResult& fresh,
                       const std::vector<std::uint64_t>& seeds) {
  if (stored.strategy != fresh.strategy) {
    return fmt::format("strategy {}, now {}", stored.strategy, fresh.strategy);
  }
  const std::size_t both = std::min(stored.metrics.size(), fresh.metrics.size());
  for (std::size_t i = 0; i < both; ++i) {
    std::string text = difference(stored.metrics[i], fresh.metrics[i], stored.strategy, seeds);
    if (!text.empty()) return text;
  }
  if (stored.metrics.size() != fresh.metrics.size()) {
    return stored.strategy + ": the number of metrics is not the same";
  }
  if (stored.fingerprints != fresh.fingerprints) {
    return stored.strategy + ": the metrics are equal, the order of events is not (fingerprint)";
  }
  return {};
}

}  // namespace

std::string first_difference(const Result& stored, const Result& fresh) {
  if (stored.seeds != fresh.seeds) return "the seeds are not the same";
  const std::size_t both = std::min(stored.strategies.size(), fresh.strategies.size());
  for (std::size_t i = 0; i < both; ++i) {
    std::string text = difference(stored.strategies[i], fresh.strategies[i], stored.seeds);
    if (!text.empty()) return text;
  }
  if (stored.strategies.size() != fresh.strategies.size()) {
    return "the number of strategies is not the same";
  }
  if (stored.scenario_sha256 != fresh.scenario_sha256) return "the scenario is not the same";
  // As values: a stored one comes back with other white space.
  if (nlohmann::json::parse(stored.resolved_scenario, nullptr, false) !=
      nlohmann::json::parse(fresh.resolved_scenario, nullptr, false)) {
    return "the scenario with all defaults is not the same";
  }
  if (stored.problems != fresh.problems || stored.complete != fresh.complete) {
    return "the problems of the run are not the same";
  }
  return {};
}

}  // namespace squall
