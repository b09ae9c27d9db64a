// What closed forms find doubtful about a scenario as it is played; lint_played.cpp says who plays
// what of it, and tells the reader. Internal to scenarios/model.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "scenarios/model/scenario.hpp"

namespace squall::language {

struct Finding {
  std::string pointer, code, message;
  auto operator<=>(const Finding&) const = default;
};

// In the order of lint.cpp. The scenario's strategies are those that play it, as it stands.
std::vector<Finding> findings_in(const Scenario& scenario);

// Of them what the run is too small to decide; lint_expect.cpp.
std::vector<Finding> findings_of_expectations(const Scenario& scenario);

std::string whole_number(double value);  // "1,200"

}  // namespace squall::language
