// RunRecords -> Result: every metric of every strategy and seed, losses, bytes, verdicts.
//
// The only way a Result is made; renderers see nothing else. Pure, no clock, no file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

// `records[strategy][seed]`, in the order of `specs` and `seeds`. A strategy may have fewer records
// than seeds when the run was cut short: the result is then not complete and says so, as it does
// for every violated law.
Result make_result(const Scenario& scenario, const std::vector<StrategySpec>& specs,
                   const std::vector<std::uint64_t>& seeds,
                   const std::vector<std::vector<RunRecord>>& records);

// What makes a scenario another one: its text, and the files that it names, by their pointers.
std::string scenario_sha256(std::string text, const std::map<std::string, std::string>& beside);

}  // namespace squall
