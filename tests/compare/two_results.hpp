// Two results made by hand, for tests of gates: every number is chosen, no engine takes part.
// Numbers from real runs are in tests/long/gate_error_rates_test.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/compare/change.hpp"

namespace squall::testing {

using Values = std::vector<std::optional<double>>;

inline std::vector<std::uint64_t> seeds_from(std::uint64_t first, std::size_t count) {
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i < count; ++i) seeds.push_back(first + i);
  return seeds;
}

inline MetricValues metric(std::string name, std::string unit, Values values) {
  return {std::move(name), std::move(unit), std::move(values)};
}

// Values around 100 ms that differ between seeds as simulated ones do.
inline Values latencies(std::size_t count, double factor = 1, double step = 0) {
  Values values;
  for (std::size_t i = 0; i < count; ++i) {
    const double spread = static_cast<double>(i % 7) * 1e6;
    values.push_back((100e6 + spread) * (factor + step * static_cast<double>(i % 3)));
  }
  return values;
}

// One strategy, `routed`, with these metrics beside enough owed pairs for any quantile.
inline Result result(std::vector<MetricValues> metrics, std::uint64_t first_seed = 1) {
  Result made;
  made.scenario_name = "node-crash";
  made.resolved_scenario = R"({"name": "node-crash", "cluster": {"nodes": {"count": 3}}})";
  made.seeds = seeds_from(first_seed, metrics.front().per_seed.size());
  StrategyResult strategy;
  strategy.strategy = "routed";
  strategy.metrics = std::move(metrics);
  strategy.metrics.push_back(metric("pairs.owed", "1", Values(made.seeds.size(), 100000.0)));
  made.strategies.push_back(std::move(strategy));
  return made;
}

inline Gate gate(std::string name, double share = 0.05) {
  Gate made;
  made.metric = std::move(name);
  made.margin = "5%";
  made.margin_share = share;
  return made;
}

inline Gate absolute_gate(std::string name, double value) {
  Gate made;
  made.metric = std::move(name);
  made.margin_abs = "given";
  made.margin_value = value;
  return made;
}

}  // namespace squall::testing
