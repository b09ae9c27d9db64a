// What the parts of `squall sweep` share: the team that plays, and the search for a threshold.
//
// The command itself is sweep.cpp; squall-mpi (sim/mpi/) plays the same command with another team.
#pragma once

#include "sim/cli/commands/commands.hpp"
#include "sim/farm/sweep_cells.hpp"

namespace squall {

// What is said last of a command line that cannot be played.
inline constexpr const char* kNothingSwept = "bad command line or scenario; nothing was run";

// Who plays the cells: threads of this process, unless another team was named before.
CellTeam& cell_team();
// Called at most once, by main() of squall-mpi, before any command runs.
void use_cell_team(CellTeam& team);

// `squall sweep SCENARIO --bisect PTR=LOW..HIGH --until EXPR` (sweep_bisect.cpp).
Exit bisect_command(const Invocation& invocation);

}  // namespace squall
