// The smallest scenario that still breaks in the same way: fewest faults, nodes, clients, rooms and
// messages, shortest phases, roundest times, nothing that could be left out.
//
// Greedy and deterministic: what it tries depends on the scenario alone.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/cli/explore/ground.hpp"

namespace squall::explore {

struct Small {
  Json scenario;
  std::uint64_t seed = 1;
  std::uint64_t runs = 0;  // that it took
};

// Whether this one still breaks, in this way. Called for what may be no valid scenario, too.
using StillBreaks = std::function<bool(const Json& scenario, std::uint64_t seed)>;

Small shrunk(Json scenario, std::uint64_t seed, const StillBreaks& still);

}  // namespace squall::explore
