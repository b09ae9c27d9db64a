// How long a client waits before it tries again. Defined by formula, because the web has
// contradictory code under the name "full jitter".
#pragma once

#include <cstdint>

#include "strategies/core/types.hpp"

namespace squall {

enum class BackoffKind : std::uint8_t {
  none,
  fixed,
  exponential,
  equal_jitter,
  full_jitter,
  decorrelated,
  plus_minus
};

struct Backoff {
  BackoffKind kind = BackoffKind::full_jitter;
  Duration first = std::chrono::seconds{1};  // uncalibrated
  double factor = 2;
  Duration cap = std::chrono::seconds{30};  // uncalibrated
  double jitter = 0.5;                      // of plus_minus; Socket.IO's randomizationFactor
};

// Delay before attempt `attempt` (0 = the first one after a loss). With b = min(cap, first *
// factor^attempt): fixed = first · exponential = b · equal_jitter = b/2 + U(0, b/2) ·
// full_jitter = U(0, b) · decorrelated = min(cap, U(first, 3 * previous)) ·
// plus_minus = min(cap, g * U(1 - jitter, 1 + jitter)), g = first * factor^attempt: as Socket.IO
// does, where the cap is the last word.
Duration backoff_delay(const Backoff& backoff, std::uint32_t attempt, Duration previous,
                       std::uint64_t draw);

}  // namespace squall
