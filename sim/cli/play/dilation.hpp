// What --dilate plays of a scenario, and what not: a complaint for each cost that is not slept.
// Plays nothing itself: sim/live/node/work_queue.hpp.
#pragma once

#include <string>
#include <vector>

#include "scenarios/model/problem.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall {

// As not_on_sockets() (scenarios/model/load.hpp) for nodes that sleep what reading costs: those
// costs may be given, all others may not.
std::vector<Problem> not_dilated(const Scenario& scenario, const std::string& text);

}  // namespace squall
