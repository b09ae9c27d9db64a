// Verdicts of one expectation gathered over strategies: passed or not, the worst value, who failed.
// Shared by the renderers that print thresholds.
#pragma once

#include <string>
#include <vector>

#include "report/measure/result.hpp"

namespace squall {

struct VerdictGroup {
  std::string that;
  std::vector<const Verdict*> failed;  // also those without data
  const Verdict* worst = nullptr;      // a failed one if there is any; furthest from its limit
  std::size_t strategies = 0;
  bool differ = false;  // not all strategies measured the same
};

// In the order of the first verdict of each group. Borrows from `result`.
std::vector<VerdictGroup> group_verdicts(const Result& result);

// "routed: the generator was late ...": why a live run may not be believed, whatever its verdicts
// say. Empty: it may.
std::string why_invalid(const Result& result);

}  // namespace squall
