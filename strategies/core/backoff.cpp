// The back-off formulas, in integers and exact double arithmetic. See backoff.hpp.
// The first attempts multiply, which is exact; what comes after them is a power, so that the
// thousandth attempt costs no more than the first.
#include "strategies/core/backoff.hpp"

#include <algorithm>

#include "strategies/core/check.hpp"
#include "strategies/core/exact_math.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

constexpr std::uint32_t kMultiplied = 64;
constexpr Duration kLongestWait = std::chrono::hours{24 * 365};

// first * factor^attempt, never above the cap. In constant time: a client may try for days.
Duration bounded_exponential(const Backoff& backoff, std::uint32_t attempt, Duration most) {
  double delay = static_cast<double>(backoff.first.count());
  const double cap = static_cast<double>(most.count());
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
Duration spread(const Backoff& backoff, std::uint32_t attempt, std::uint64_t draw) {
  const Duration cap = backoff.cap;
  const double least = 1 - backoff.jitter;
  const double enough = static_cast<double>(kLongestWait.count());
  const double most = least > 0 ? static_cast<double>(cap.count()) / least : enough;
  const Duration limit{static_cast<std::int64_t>(std::min(most, enough))};
  const Duration grown = bounded_exponential(backoff, attempt, limit);
  const Duration off{
      static_cast<std::int64_t>(static_cast<double>(grown.count()) * backoff.jitter)};
  return std::min(cap, uniform(grown - off, grown + off, draw));
}

const Wait& entry_of(const Backoff& backoff, std::size_t attempt) {
  SQUALL_CHECK(!backoff.delays.empty());
  return backoff.delays[std::min(attempt, backoff.delays.size() - 1)];
}

Duration drawn(const Backoff& backoff, std::uint32_t attempt, Duration previous,
               std::uint64_t draw) {
  const Duration bound = bounded_exponential(backoff, attempt, backoff.cap);
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
    case BackoffKind::table: {
      const Wait& wait = entry_of(backoff, attempt);
      return uniform(wait.low, wait.high, draw);
    }
  }
  return Duration{0};
}

}  // namespace

Duration backoff_delay(const Backoff& backoff, std::uint32_t attempt, Duration previous,
                       std::uint64_t draw) {
  const Duration wait = drawn(backoff, attempt, previous, draw);
  if (backoff.least == Duration{0}) return wait;
  return std::min(backoff.cap, backoff.least + wait);
}

Duration longest_wait(const Backoff& backoff) {
  switch (backoff.kind) {
    case BackoffKind::none: return backoff.least;
    case BackoffKind::fixed: return backoff.first + backoff.least;
    case BackoffKind::table: {
      Duration longest{0};
      for (const Wait& wait : backoff.delays) longest = std::max(longest, wait.high);
      return longest + backoff.least;
    }
    case BackoffKind::exponential:
    case BackoffKind::equal_jitter:
    case BackoffKind::full_jitter:
      if (backoff.factor > 1) break;
      return std::min(backoff.first + backoff.least, backoff.cap);
    case BackoffKind::decorrelated:
    case BackoffKind::plus_minus: break;
  }
  return backoff.cap;
}

Duration mean_wait(const Backoff& backoff, std::size_t attempt) {
  const Wait& wait = entry_of(backoff, attempt);
  return (wait.low + wait.high) / 2;
}

}  // namespace squall
