// What laws say of the metrics of a result, beside what was measured: the functions of
// `squall predict`, asked for the scenario that was played.
//
// Silent where no law speaks of a metric; nothing here is compared or judged.
#pragma once

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall {

// Fills in MetricValues::predicted, for each strategy of the scenario that has results.
void add_predictions(const Scenario& scenario, Result& result);

}  // namespace squall
