// The setting in which squall and its peers are compared: who is in which room, on how many nodes.
//
// One plan is behind all systems, so the same clients talk to the same neighbors everywhere.
#pragma once

#include <cstdint>

#include "scenarios/model/scenario.hpp"

namespace squall::bench {

struct Setting {
  std::uint32_t clients = 1000;
  std::uint32_t rooms = 100;  // of equal size
  std::uint16_t nodes = 4;
  std::uint32_t bytes = 128;  // of a message
};

inline constexpr std::uint64_t kSeed = 1;

// As a scenario without times and traffic. Nobody acknowledges: the peers do not either.
Scenario scenario_of(const Setting& setting);

// The same, with a measured window of `measure` in which `rate` messages per second are sent.
Scenario scenario_of(const Setting& setting, double rate, Duration measure);

}  // namespace squall::bench
