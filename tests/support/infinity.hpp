// What a quantile is when too many never came: more than every number.
// A short word for tests, which say it often.
#pragma once

#include <limits>

namespace squall::testing {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace squall::testing
