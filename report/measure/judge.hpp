// Holds the expectations of a scenario against what was measured.
//
// Absolute expectations only; comparing with a baseline is not done here. Three outcomes: pass,
// fail, and no data, which counts as a failure unless the expectation allows it.
#pragma once

#include <vector>

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

// One verdict per expectation and strategy it is for, in the order of the file, then of `specs`;
// and one without data for every strategy under which nothing was measured at all.
// `records[strategy][seed]`; a replication that is missing there has no data.
//
//   seeds: mean   the mean over the seeds that have data is compared; of a quantile, that of all
//                 their samples together
//   seeds: all    every seed has to hold, also that it has data; `measured` is the worst one
//   metric ~ closed_form   |mean - closed form| <= max(half width of the 95 % interval,
//                          2 % of the closed form, 1e-9); always over the mean
std::vector<Verdict> judge(const Scenario& scenario, const std::vector<StrategySpec>& specs,
                           const std::vector<std::vector<RunRecord>>& records);

}  // namespace squall
