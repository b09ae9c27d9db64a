// The verbs of a script with one sentence each, for `squall list faults`.
// What a verb needs is checked by the loader, what it does is scenarios/model/plan.hpp.
#pragma once

#include <string_view>

#include "scenarios/model/scenario.hpp"

namespace squall {

std::string_view meaning(Verb verb);

}  // namespace squall
