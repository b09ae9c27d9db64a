// What an expectation measured of a quantile that its samples do not tell: it is judged by what was
// seen, and that is shown by nobody. In a Verdict it is this value, which equals no other.
// Nor is anything told of a strategy under which nobody was owed anything.
#pragma once

#include <cmath>
#include <limits>

#include "report/measure/result.hpp"

namespace squall {

inline constexpr double kTooFew = std::numeric_limits<double>::quiet_NaN();

// What is expected of every run that was to send anything (judge.cpp): without a pair that was
// owed, no other number of the strategy means anything, and nobody is advised by it.
inline constexpr const char* kAnythingOwed = "pairs.owed > 0";

inline bool nothing_owed(const Result& result, const StrategyResult& strategy) {
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.strategy != strategy.strategy || verdict.that != kAnythingOwed) continue;
    if (verdict.outcome == Outcome::no_data) return true;
  }
  return false;
}

inline bool too_few(const Verdict& verdict) {
  return verdict.measured && std::isnan(*verdict.measured);
}

}  // namespace squall
