// What an expectation measured of a quantile that its samples do not tell: it is judged by what was
// seen, and that is shown by nobody. In a Verdict it is this value, which equals no other.
#pragma once

#include <cmath>
#include <limits>

#include "report/measure/result.hpp"

namespace squall {

inline constexpr double kTooFew = std::numeric_limits<double>::quiet_NaN();

inline bool too_few(const Verdict& verdict) {
  return verdict.measured && std::isnan(*verdict.measured);
}

}  // namespace squall
