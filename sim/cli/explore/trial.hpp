// One candidate played and judged: does a property break, in which ways, and what was seen.
//
// A way is where pairs were lost and by what: "route_missing by disconnect"; of a property that is
// about something else, its metric: "dup.surfaced". What was seen is a set of cheap marks (causes,
// how many in powers of two); a search keeps who shows a new one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/cli/explore/ground.hpp"

namespace squall::explore {

struct Trial {
  bool counted = false;  // the loader took it, it ran to its end, and its drain was long enough
  bool broken = false;
  std::vector<std::string> ways;     // of a broken one, the largest loss first
  std::string sentence;              // what was measured, and the limit
  std::vector<std::uint64_t> marks;  // sorted, none twice
};

// A sentence when no broken one of these properties can ever show such a way, else empty.
std::string check_way(const std::string& way, const Json& properties);

// `scenario` has one strategy, and the properties as "expect". Pure; thread-safe.
Trial tried(const Json& scenario, std::uint64_t seed, const Vocabulary& vocabulary);

}  // namespace squall::explore
