// The result of a sweep: every metric at every point of a grid, per strategy and seed.
//
// This is what sweep.json holds and what the tables and heat maps of a sweep are drawn from. No
// wall clock: equal requests give equal bytes, whoever played the cells, and in whatever order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/measure/result.hpp"

namespace squall {

struct SweepParameter {
  std::string pointer;              // e.g. /cluster/nodes/count
  std::vector<std::string> values;  // in the order of the command line
};

struct SweepStrategy {
  std::string strategy;
  std::vector<MetricValues> metrics;                     // in registry order
  std::vector<std::optional<std::string>> fingerprints;  // per seed; empty: not played
  std::size_t unstable = 0;                              // seeds in which a backlog grew
};

struct SweepPointResult {
  std::vector<std::string> values;  // one per parameter
  std::string scenario_sha256;      // of the resolved scenario
  std::vector<SweepStrategy> strategies;
};

struct SweepResult {
  std::string scenario_name;
  std::string scenario_sha256;  // of the exact input bytes
  std::vector<SweepParameter> parameters;
  std::vector<std::string> overrides;  // "/time/drain=5s", the same at every point
  std::vector<std::uint64_t> seeds;
  std::vector<std::string> strategies;   // of all points, in order of appearance
  std::vector<SweepPointResult> points;  // the last parameter turns fastest
  bool complete = true;
  std::vector<std::string> problems;  // why not complete
};

// The strategy at a point; nullptr where the point does not have it.
const SweepStrategy* strategy_at(const SweepPointResult& point, const std::string& strategy);
// A metric of it; nullptr when it has none of this name.
const MetricValues* metric_of(const SweepStrategy& strategy, const std::string& metric);

// sweep.json: one JSON document that ends with a line break; numbers as in result.json.
std::string to_json(const SweepResult& result);

// sweep.csv, one value a row: a column per parameter, then strategy, seed, metric, value, unit.
std::string csv(const SweepResult& result);

// The table on standard output: a row per point and strategy, the first `most_rows` of them.
std::string to_text(const SweepResult& result, std::size_t most_rows = 60);

}  // namespace squall
