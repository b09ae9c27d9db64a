// How a command ends whose command line is wrong: a sentence on standard error, and exit code 2.
// What is wrong with a scenario file is problem_output's and scenario_input's to say.
#pragma once

#include <string>

#include "sim/cli/commands/commands.hpp"

namespace squall {

// `nothing` is for the last line: "bad command line; nothing was run".
Exit usage_error(const Console& console, const std::string& sentence, const std::string& nothing);

}  // namespace squall
