// How long a client waits before it tries again. Defined by formula, because the web has
// contradictory code under the name "full jitter".
#pragma once

#include <cstdint>
#include <vector>

#include "strategies/core/types.hpp"

namespace squall {

enum class BackoffKind : std::uint8_t {
  none,
  fixed,
  exponential,
  equal_jitter,
  full_jitter,
  decorrelated,
  plus_minus,
  table
};

// One entry of a table: a wait drawn evenly between two bounds, which may be equal.
struct Wait {
  Duration low{0}, high{0};
  bool operator==(const Wait&) const = default;
};

struct Backoff {
  BackoffKind kind = BackoffKind::full_jitter;
  Duration first = std::chrono::seconds{1};  // uncalibrated
  double factor = 2;
  Duration cap = std::chrono::seconds{30};  // uncalibrated
  double jitter = 0.5;                      // of plus_minus; Socket.IO's randomizationFactor
  Duration least{0};                        // added to every wait; their sum stays below the cap
  std::vector<Wait> delays =
      {};  // of table: before attempt 0, 1, ...; the last stands for all after
  std::uint32_t give_up_after = 0;  // failed attempts, and it tries no more; 0: it never gives up
};

// Delay before attempt `attempt` (0 = the first one after a loss). With b = min(cap, first *
// factor^attempt): fixed = first · exponential = b · equal_jitter = b/2 + U(0, b/2) ·
// full_jitter = U(0, b) · decorrelated = min(cap, U(first, 3 * previous)) ·
// plus_minus = min(cap, g * U(1 - jitter, 1 + jitter)), g = first * factor^attempt: as Socket.IO
// does, where the cap is the last word · table = U(low, high) of its entry.
Duration backoff_delay(const Backoff& backoff, std::uint32_t attempt, Duration previous,
                       std::uint64_t draw);

// The longest that a client may wait before it tries again.
Duration longest_wait(const Backoff& backoff);
// The mean of a table's entry, `least` left out. Of a table with entries.
Duration mean_wait(const Backoff& backoff, std::size_t attempt);

}  // namespace squall
