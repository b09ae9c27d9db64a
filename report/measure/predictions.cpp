// One pass over the laws for each strategy. See predictions.hpp.
// The laws are scenarios/predict/.
#include "report/measure/predictions.hpp"

#include <algorithm>

#include "report/measure/statistics.hpp"
#include "scenarios/predict/prediction.hpp"
#include "strategies/core/backplane.hpp"

namespace squall {
namespace {

// Of servers of others nobody knows how they reach a client, and in how many bytes.
bool is_known(const StrategySpec& spec) {
  const BackplaneRow* const row = backplane_named(spec.backplane);
  return row != nullptr && row->uncovered(spec) != Mechanism::foreign_system;
}

void add(const std::vector<predict::Statement>& statements, StrategyResult& strategy) {
  for (const predict::Statement& statement : statements) {
    for (const predict::Figure& figure : statement.answer.figures) {
      const auto metric = std::ranges::find(strategy.metrics, figure.metric, &MetricValues::name);
      if (metric == strategy.metrics.end() || metric->predicted) continue;
      metric->predicted = rounded(figure.value);
    }
  }
}

}  // namespace

void add_predictions(const Scenario& scenario, Result& result) {
  for (StrategyResult& strategy : result.strategies) {
    const auto spec =
        std::ranges::find(scenario.strategies, strategy.strategy, &StrategySpec::name);
    if (spec == scenario.strategies.end() || !is_known(*spec)) continue;
    add(predict::predict({scenario, *spec}), strategy);
  }
}

}  // namespace squall
