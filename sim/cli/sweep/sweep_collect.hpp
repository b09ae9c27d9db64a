// The results of all cells become one SweepResult, in the order of the grid.
// It does not matter in which order they were played, nor that some are missing.
#pragma once

#include <optional>
#include <vector>

#include "report/sweep/sweep_result.hpp"
#include "sim/cli/sweep/sweep_cell.hpp"

namespace squall {

// `cells[i]` is the result of cell i of the plan; empty: not played. A sweep with missing cells or
// violated laws is not complete and says so.
SweepResult collect_sweep(const SweepPlan& plan,
                          const std::vector<std::optional<CellResult>>& cells);

}  // namespace squall
