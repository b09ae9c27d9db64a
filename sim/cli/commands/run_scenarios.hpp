// The scenarios of `squall run`, as the engines that were chosen play them.
//
// Both engines side by side have the delays of loopback, whatever the file says. What a scenario
// expects may hold with its own delays alone: then it is not judged at those of the comparison.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/run_request.hpp"

namespace squall {

// A scenario, and what it was given beyond its file.
struct AskedScenario {
  Scenario scenario;
  std::vector<Override> overrides;
  std::string not_judged = {};  // a line for each expectation that is left out, for the reader
};

// All scenarios, or nothing when one of them has a mistake.
std::optional<std::vector<AskedScenario>> read_asked(const Invocation& invocation,
                                                     const RunRequest& request, Exit& exit);

// Plays both in virtual time: the scenario as it is asked for, and with the delays of its file. An
// expectation that holds there, and not here, speaks of those delays. Anything but --engine both
// is given back as it is.
AskedScenario without_own_delays(const AskedScenario& asked, const Invocation& invocation,
                                 const RunRequest& request);

}  // namespace squall
