// What a report says of the costs it was played with: measured (which profile, when, where), or
// uncalibrated. Made from the resolved scenario alone, so that a stored result says the same.
#pragma once

#include <string>

#include "report/measure/result.hpp"

namespace squall {

// Empty for a run on real sockets, where work costs what the machine takes, and where the result
// names no profile.
std::string costs_note(const Result& result);

}  // namespace squall
