// The back-off formulas, in integers and exact double arithmetic. See backoff.hpp.
// Multiplication is repeated instead of calling pow, which differs between libraries.
#include "strategies/core/backoff.hpp"

#include <algorithm>

#include "strategies/core/rng.hpp"

namespace squall {
namespace {

// first * factor^attempt, never above the cap. Repeated multiplication is exact everywhere.
Duration bounded_exponential(const Backoff& backoff, std::uint32_t attempt) {
  double delay = static_cast<double>(backoff.first.count());
  const double cap = static_cast<double>(backoff.cap.count());
  for (std::uint32_t i = 0; i < attempt && delay < cap; ++i) delay *= backoff.factor;
  return Duration{static_cast<std::int64_t>(std::min(delay, cap))};
}

Duration uniform(Duration low, Duration high, std::uint64_t draw) {
  const auto width = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (high - low).count()));
  return low + Duration{static_cast<std::int64_t>(below(draw, width + 1))};
}

}  // namespace

Duration backoff_delay(const Backoff& backoff, std::uint32_t attempt, Duration previous,
                       std::uint64_t draw) {
  const Duration bound = bounded_exponential(backoff, attempt);
  switch (backoff.kind) {
    case BackoffKind::none: return Duration{0};
    case BackoffKind::fixed: return backoff.first;
    case BackoffKind::exponential: return bound;
    case BackoffKind::equal_jitter: return uniform(bound / 2, bound, draw);
    case BackoffKind::full_jitter: return uniform(Duration{0}, bound, draw);
    case BackoffKind::decorrelated:
      return std::min(backoff.cap,
                      uniform(backoff.first, 3 * std::max(previous, backoff.first), draw));
  }
  return Duration{0};
}

}  // namespace squall
