// Who is billed for the losses of a run, by the name of the trigger.
//
// For tests of blame; what was lost to which mechanism is lost_by() of play.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/play.hpp"

namespace squall::testing {

// Of all that was lost, what is billed to triggers whose name begins so.
inline double billed_to(std::string_view family, const Scenario& scenario, const RunRecord& run) {
  const std::vector<std::string> names = trigger_names(scenario);
  double lost = 0, billed = 0;
  for (const LossRow& row : run.losses) {
    lost += static_cast<double>(row.pairs);
    if (names[index(row.trigger)].starts_with(family)) billed += static_cast<double>(row.pairs);
  }
  return billed / lost;
}

}  // namespace squall::testing
