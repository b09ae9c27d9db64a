// What tells one run from the others of a report that holds several, of one scenario or of more.
// The names of scenarios are the renderers' own business.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "report/measure/result.hpp"

namespace squall {

// "run 2 of 3, 2026-11-22 10:44:12 UTC, 10 replications from seed 1, /params/users=400"
// Where they were not played by one engine, that of each: "run 1 of 2, virtual time, ..."
std::string run_label(std::span<const Result> results, std::size_t index);

bool mixes_engines(std::span<const Result> results);
const char* engine_of(const Result& result);  // "sim" or "live"

}  // namespace squall
