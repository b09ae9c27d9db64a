// The one scenario that `predict` and `explore` are asked about, with --set and --strategy.
// What is played in numbers (`run`, `sweep`) is read where it is played.
#pragma once

#include <optional>
#include <string>

#include "sim/cli/commands/commands.hpp"
#include "sim/cli/input/vocabulary.hpp"

namespace squall {

// Empty: what is wrong was said on standard error, and `exit` is how to end. `nothing` is for the
// last line of a bad command line: "nothing was explored".
std::optional<Scenario> asked_scenario(const Invocation& invocation, const Vocabulary& vocabulary,
                                       const std::string& nothing, Exit& exit);

}  // namespace squall
