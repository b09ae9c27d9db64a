// What form each strategy of a result has, and what is said beside other forms: a design as
// articles describe it, hardened, or a product.
//
// From its row in strategies/presets.hpp, when a result is made and when a stored one is read:
// older builds did not write it down.
#pragma once

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall {

// `result` is that of `scenario.strategies[place]`. Nothing is said twice.
void add_form(const Scenario& scenario, std::size_t place, StrategyResult& result);

// Of all that the scenario has by their names.
void add_forms(const Scenario& scenario, Result& result);

}  // namespace squall
