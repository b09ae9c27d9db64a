// The epoch of what a node writes into the registry to hold against others: its clock, when it
// began to hold it. Later wins (RegistryCall::set_if_newer).
#pragma once

#include <chrono>
#include <cstdint>

#include "strategies/core/types.hpp"

namespace squall {

// In microseconds; never 0, which is no epoch.
inline std::uint64_t epoch_of(Time began) {
  constexpr std::int64_t kBeforeWarmUp = 1'000'000'000'000;
  const auto since = std::chrono::floor<std::chrono::microseconds>(began).count();
  return static_cast<std::uint64_t>(kBeforeWarmUp + since);
}

}  // namespace squall
