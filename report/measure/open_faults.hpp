// Faults whose loss is not over when measure ends: what one of them costs then grows with measure.
//
// A room that a deploy has split stays split until its members connect again. Found out from what
// was lost to causes that are that fault's alone: whether it still is, in the last tenth of the
// time since the fault began.
#pragma once

#include <string>
#include <vector>

#include "sim/record/run_record.hpp"

namespace squall {

// A sentence for each of them; `triggers`: the names of trigger_names().
std::vector<std::string> open_faults(const std::vector<RunRecord>& records,
                                     const std::vector<std::string>& triggers);

}  // namespace squall
