// What a strategy plays of a scenario otherwise than the others: the defaults of a product, or the
// key "with" of a strategy. People, traffic and faults stay those of the scenario, so that one seed
// is still one story for all strategies.
//
// A product's default yields to what the scenario's file (or --set) says itself of the same thing.
#pragma once

#include "scenarios/model/scenario.hpp"
#include "strategies/core/spec.hpp"

namespace squall {

// The scenario with every setting of the strategy that is played.
Scenario with_settings(Scenario scenario, const StrategySpec& spec);

// Calls `use` with the scenario that this strategy plays.
template <typename Use>
auto as_played_by(const StrategySpec& spec, const Scenario& scenario, const Use& use) {
  if (spec.settings.empty()) return use(scenario);
  const Scenario own = with_settings(scenario, spec);
  return use(own);
}

// One more piece: `value` is JSON that the tables have read before.
void apply_setting(Scenario& scenario, const std::string& pointer, const std::string& value);

// Marks of all strategies which settings are played, by what the file says itself.
void let_settings_yield(Scenario& scenario);

}  // namespace squall
