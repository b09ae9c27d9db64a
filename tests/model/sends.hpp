// What a class of traffic says, as the tests of plans read it: without an engine, everything until
// the end of measure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scenarios/model/plan.hpp"

namespace squall::testing {

// Nobody is away.
inline std::vector<std::uint8_t> everybody(const Plan& plan) {
  return std::vector<std::uint8_t>(plan.endpoints(), 1);
}

// All that the first class says.
inline std::vector<Send> said(const Plan& plan, std::span<const std::uint8_t> online) {
  TrafficSource source(plan, 0);
  std::vector<Send> sends;
  while (source.upcoming() < plan.scenario().time.measure) {
    if (const auto send = source.next(online)) sends.push_back(*send);
  }
  return sends;
}
inline std::vector<Send> said(const Plan& plan) { return said(plan, everybody(plan)); }

}  // namespace squall::testing
