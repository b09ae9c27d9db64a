// The percentile spectrum of a histogram in the text form of HdrHistogram (.hgrm), which existing
// plotters open. Not the compressed log format.
#pragma once

#include <string>

#include "sim/record/histogram.hpp"

namespace squall {

// Values are divided by `scale` (1e6: nanoseconds shown as milliseconds). Five lines per halving
// of the distance to 100 %, as HdrHistogram prints by default.
std::string hgrm(const Histogram& histogram, double scale);

}  // namespace squall
