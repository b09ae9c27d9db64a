// OpenMetrics text: one gauge per metric, one sample per strategy and seed.
//
// Times are seconds, as the format wants base units. Missing values are left out. Meant for
// importing results, not for scraping: there are no timestamps.
#pragma once

#include <span>
#include <string>

#include "report/measure/result.hpp"

namespace squall {

// Ends with "# EOF". Several results get a label `run`, counted from 1.
std::string openmetrics(std::span<const Result> results);

}  // namespace squall
