// What tells one run from the others of a report that holds several, of one scenario or of more.
// The names of scenarios are the renderers' own business.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "report/measure/result.hpp"

namespace squall {

// "run 2 of 3, 2026-11-22 10:44:12 UTC, 10 replications from seed 1, /params/users=400"
std::string run_label(std::span<const Result> results, std::size_t index);

}  // namespace squall
