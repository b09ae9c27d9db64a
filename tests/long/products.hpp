// Which products a scenario can be played with, each with its own defaults where the file says
// nothing of the same thing.
#pragma once

#include <vector>

#include "scenarios/model/settings.hpp"
#include "scenarios/model/strategy_fit.hpp"
#include "strategies/products.hpp"

namespace squall::testing {

inline std::vector<StrategySpec> products_for(const Scenario& scenario) {
  Scenario asked = scenario;
  asked.strategies.clear();
  for (const ProductRow& row : products()) {
    if (!language::misfit(row.spec, scenario)) asked.strategies.push_back(row.spec);
  }
  let_settings_yield(asked);
  return asked.strategies;
}

}  // namespace squall::testing
