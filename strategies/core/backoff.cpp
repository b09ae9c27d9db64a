// The back-off formulas, in integers and exact double arithmetic. See backoff.hpp.
// The first attempts multiply, which is exact; what comes after them is a power, so that the
// thousandth attempt costs no more than the first.
#include "strategies/core/backoff.hpp"

#include <algorithm>

#include "strategies/core/exact_math.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

constexpr std::uint32_t kMultiplied = 64;
constexpr Duration kLongestWait = std::chrono::hours{24 * 365};

// first * factor^attempt, never above the cap. In constant time: a client may try for days.
Duration bounded_exponential(const Backoff& backoff, std::uint32_t attempt) {
  double delay = static_cast<double>(backoff.first.count());
  const double cap = static_cast<double>(backoff.cap.count());
  if (delay == 0 || backoff.factor == 1) attempt = 0;
  const std::uint32_t multiplied = std::min(attempt, kMultiplied);
  for (std::uint32_t i = 0; i < multiplied && delay < cap; ++i) delay *= backoff.factor;
  if (attempt > multiplied && delay < cap) {
    // Beyond 2^60 the delay is above every cap, so the power stays within exp's range.
    const double growth = exact::log(backoff.factor) * static_cast<double>(attempt - multiplied);
    delay *= exact::exp(std::min(growth, 42.0));
  }
  return Duration{static_cast<std::int64_t>(std::min(delay, cap))};
}

Duration uniform(Duration low, Duration high, std::uint64_t draw) {
  const auto width = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (high - low).count()));
  return low + Duration{static_cast<std::int64_t>(below(draw, width + 1))};
}

// Beyond a growth that the smallest share of it takes above the cap, growing more changes nothing.
Duration spread(Backoff backoff, std::uint32_t attempt, std::uint64_t draw) {
  const Duration cap = backoff.cap;
  const double least = 1 - backoff.jitter;
  const double enough = static_cast<double>(kLongestWait.count());
  const double most = least > 0 ? static_cast<double>(cap.count()) / least : enough;
  backoff.cap = Duration{static_cast<std::int64_t>(std::min(most, enough))};
  const Duration grown = bounded_exponential(backoff, attempt);
  const Duration off{
      static_cast<std::int64_t>(static_cast<double>(grown.count()) * backoff.jitter)};
  return std::min(cap, uniform(grown - off, grown + off, draw));
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
    case BackoffKind::plus_minus: return spread(backoff, attempt, draw);
  }
  return Duration{0};
}

}  // namespace squall
