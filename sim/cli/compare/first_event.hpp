// The first event in which two runs of one strategy and seed part, by playing both again.
//
// Only the simulator can do this, and only for a side whose stored fingerprint it still reproduces:
// else the nearest that is stored is named, the first metric that differs.
#pragma once

#include <string>

#include "sim/cli/compare/compare_input.hpp"

namespace squall {

// One sentence about the first strategy that differs and belongs to `report`; empty when nothing
// differs.
std::string first_differing_event(const ComparedRun& base, const ComparedRun& fresh,
                                  const ChangeReport& report);

}  // namespace squall
