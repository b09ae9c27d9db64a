// Puts every cell in its place: point, strategy, seed.
// Also checks across cells that all strategies of a point and seed faced the same arrivals.
#include "sim/cli/sweep/sweep_collect.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <map>
#include <utility>

#include "report/measure/metrics.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/sha256.hpp"
#include "sim/cli/sweep/sweep_spreads.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

constexpr std::size_t kMostProblems = 20;  // that are written out

SweepStrategy empty_strategy(const std::string& name, std::size_t seeds) {
  SweepStrategy strategy{name, {}, {}, 0};
  for (const MetricRow& row : metric_rows()) {
    strategy.metrics.push_back({std::string(row.name), std::string(row.unit), {}});
    strategy.metrics.back().per_seed.resize(seeds);
  }
  strategy.fingerprints.resize(seeds);
  return strategy;
}

// Everything but the measured values.
SweepResult empty_result(const SweepPlan& plan) {
  SweepResult result;
  result.scenario_name = plan.scenario_name;
  result.scenario_sha256 = sha256_hex(plan.request.scenario_text);
  for (const SweepAxis& axis : plan.request.axes) {
    result.parameters.push_back({axis.pointer, axis.values});
  }
  for (const Override& entry : plan.request.overrides) {
    result.overrides.push_back(entry.pointer + "=" + entry.value);
  }
  result.seeds = plan.request.seeds;
  for (const SweepPoint& point : plan.points) {
    SweepPointResult& made = result.points.emplace_back();
    made.values = point.values;
    made.scenario_sha256 = point.sha256;
    for (const StrategySpec& spec : point.scenario.strategies) {
      made.strategies.push_back(empty_strategy(spec.name, result.seeds.size()));
      if (std::ranges::find(result.strategies, spec.name) == result.strategies.end()) {
        result.strategies.push_back(spec.name);
      }
    }
  }
  return result;
}

std::string where(const SweepPlan& plan, const SweepCell& cell) {
  return flags_of(plan.request, plan.points[cell.point].values);
}

void put(const CellResult& cell, std::size_t seed, SweepStrategy& strategy) {
  SQUALL_CHECK(cell.metrics.size() == strategy.metrics.size());
  for (std::size_t i = 0; i < cell.metrics.size(); ++i) {
    strategy.metrics[i].per_seed[seed] = cell.metrics[i];
  }
  strategy.fingerprints[seed] = cell.fingerprint;
  if (cell.unstable) ++strategy.unstable;
}

// Quantiles of all seeds together; `cells` are those of one point and strategy.
void pool(const std::vector<const CellResult*>& cells, SweepStrategy& strategy) {
  for (MetricValues& values : strategy.metrics) {
    const MetricRow& metric = *metric_named(values.name);
    if (metric.quantile == 0) continue;
    const std::size_t position = spread_position(metric);
    std::vector<std::optional<Spread>> spreads;
    for (const CellResult* cell : cells) spreads.push_back(spread_from(cell->spreads.at(position)));
    values.pooled = pooled(metric.quantile, spreads);
  }
}

// A bounded list: a mistake in a law would fill it with every cell.
void shorten(std::vector<std::string>& problems) {
  if (problems.size() <= kMostProblems) return;
  const std::size_t more = problems.size() - kMostProblems;
  problems.resize(kMostProblems);
  problems.push_back(fmt::format("and {} more", more));
}

}  // namespace

SweepResult collect_sweep(const SweepPlan& plan,
                          const std::vector<std::optional<CellResult>>& cells) {
  SQUALL_CHECK(cells.size() == plan.cells.size());
  SweepResult result = empty_result(plan);
  std::size_t missing = 0;
  std::string arrivals;  // of the first cell of this point and seed
  std::map<std::pair<std::size_t, std::size_t>, std::vector<const CellResult*>> seeds_of;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const SweepCell& cell = plan.cells[i];
    if (cell.strategy == 0) arrivals.clear();
    if (!cells[i]) {
      ++missing;
      continue;
    }
    put(*cells[i], cell.seed, result.points[cell.point].strategies[cell.strategy]);
    seeds_of[{cell.point, cell.strategy}].push_back(&*cells[i]);
    for (const std::string& problem : cells[i]->problems) {
      result.problems.push_back(where(plan, cell) + ": " + problem);
    }
    if (!cells[i]->problems.empty()) continue;  // half a run has faced half of them
    if (arrivals.empty()) arrivals = cells[i]->arrivals;
    if (arrivals != cells[i]->arrivals) {
      result.problems.push_back(
          fmt::format("{}: the strategies of seed {} did not face the same arrivals",
                      where(plan, cell), result.seeds[cell.seed]));
    }
  }
  for (const auto& [where, some] : seeds_of) {
    pool(some, result.points[where.first].strategies[where.second]);
  }
  shorten(result.problems);
  if (missing > 0) {
    result.problems.insert(result.problems.begin(),
                           fmt::format("{} of {} cells were not played", missing, cells.size()));
  }
  result.complete = result.problems.empty();
  return result;
}

}  // namespace squall
