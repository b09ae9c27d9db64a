// Back-off, kind by kind, by its formula: bounds, means over many draws, the cap.
//
// The draws are real ones, so a mean is compared with a tolerance of about four standard errors.
#include "strategies/core/backoff.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "strategies/core/rng.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;

constexpr int kDraws = 20'000;
constexpr std::array kKinds = {BackoffKind::none,        BackoffKind::fixed,
                               BackoffKind::exponential, BackoffKind::equal_jitter,
                               BackoffKind::full_jitter, BackoffKind::decorrelated,
                               BackoffKind::plus_minus};

Backoff backoff(BackoffKind kind) { return {kind, 1s, 2, 30s}; }

std::vector<Duration> many(const Backoff& backoff, std::uint32_t attempt, Duration previous) {
  const Rng rng(1, Purpose::backoff, attempt);
  std::vector<Duration> delays;
  for (int i = 0; i < kDraws; ++i) {
    delays.push_back(
        backoff_delay(backoff, attempt, previous, rng.at(static_cast<std::uint64_t>(i))));
  }
  return delays;
}

struct Shape {
  double low, mean, high;  // seconds
};

Shape shape_of(const std::vector<Duration>& delays) {
  const auto seconds = [](Duration d) { return static_cast<double>(d.count()) / 1e9; };
  double sum = 0;
  for (const Duration delay : delays) sum += seconds(delay);
  const auto [low, high] = std::minmax_element(delays.begin(), delays.end());
  return {seconds(*low), sum / kDraws, seconds(*high)};
}

TEST(Backoff, none_never_waits) {
  for (std::uint32_t attempt = 0; attempt < 10; ++attempt) {
    EXPECT_EQ(backoff_delay(backoff(BackoffKind::none), attempt, 5s, ~0ULL), 0s);
  }
}

// Socket.IO: 1 s, doubling, plus or minus half, and then the cap of 5 s.
TEST(Backoff, plus_minus_is_that_much_longer_or_shorter_and_the_cap_is_the_last_word) {
  const Backoff socket_io{
      .kind = BackoffKind::plus_minus, .first = 1s, .factor = 2, .cap = 5s, .jitter = 0.5};

  const Shape first = shape_of(many(socket_io, 0, 0s));
  const Shape third = shape_of(many(socket_io, 2, 0s));
  const Shape tenth = shape_of(many(socket_io, 9, 0s));

  EXPECT_NEAR(first.low, 0.5, 0.01);
  EXPECT_NEAR(first.high, 1.5, 0.01);
  EXPECT_NEAR(first.mean, 1, 0.01);
  EXPECT_NEAR(third.low, 2, 0.01);
  EXPECT_NEAR(third.mean, 0.75 * 3.5 + 0.25 * 5, 0.03);  // one in four is beyond the cap
  EXPECT_EQ(tenth.low, 5);
  EXPECT_EQ(tenth.high, 5);
}

TEST(Backoff, fixed_waits_the_same_time_whatever_the_attempt) {
  for (std::uint32_t attempt = 0; attempt < 10; ++attempt) {
    EXPECT_EQ(backoff_delay(backoff(BackoffKind::fixed), attempt, 5s, 1234), 1s);
  }
}

TEST(Backoff, exponential_doubles_until_the_cap) {
  const Backoff doubling = backoff(BackoffKind::exponential);

  std::vector<Duration> delays;
  for (std::uint32_t attempt = 0; attempt < 7; ++attempt) {
    delays.push_back(backoff_delay(doubling, attempt, 0s, ~0ULL));
  }

  EXPECT_EQ(delays, (std::vector<Duration>{1s, 2s, 4s, 8s, 16s, 30s, 30s}));
  EXPECT_EQ(backoff_delay(doubling, 4'000'000'000U, 0s, 0), 30s);
}

// Where a kind waits between two bounds, any time as often as any other.
struct Spread {
  std::string_view between;
  BackoffKind kind;
  std::uint32_t attempt;
  Duration last;
  double low, high;  // seconds
};

class EvenSpread : public ::testing::TestWithParam<Spread> {};

TEST_P(EvenSpread, reaches_from_bound_to_bound_and_leans_to_neither) {
  const auto& [between, kind, attempt, last, low, high] = GetParam();

  const Shape shape = shape_of(many(backoff(kind), attempt, last));

  EXPECT_GE(shape.low, low);
  EXPECT_LT(shape.low, low + 0.01);
  EXPECT_NEAR(shape.mean, (low + high) / 2, 4 * (high - low) / std::sqrt(12.0 * kDraws));
  EXPECT_GT(shape.high, high - 0.01);
  EXPECT_LE(shape.high, high);
}

INSTANTIATE_TEST_SUITE_P(
    Backoff, EvenSpread,
    ::testing::Values(
        Spread{"equal_jitter_half_the_bound_and_the_bound", BackoffKind::equal_jitter, 3, 0s, 4, 8},
        Spread{"full_jitter_nothing_and_the_bound", BackoffKind::full_jitter, 3, 0s, 0, 8},
        Spread{"decorrelated_the_first_delay_and_three_times_the_last_one",
               BackoffKind::decorrelated, 9, 5s, 1, 15}),
    [](const auto& row) { return std::string(row.param.between); });

TEST(Backoff, decorrelated_without_a_last_delay_takes_the_first_one_for_it) {
  const Shape shape = shape_of(many(backoff(BackoffKind::decorrelated), 0, 0s));

  EXPECT_GE(shape.low, 1.0);
  EXPECT_NEAR(shape.mean, 2.0, 4 * 2.0 / std::sqrt(12.0 * kDraws));
  EXPECT_LE(shape.high, 3.0);
}

TEST(Backoff, decorrelated_piles_up_at_the_cap_when_three_times_the_last_one_is_beyond_it) {
  const std::vector<Duration> delays = many(backoff(BackoffKind::decorrelated), 9, 20s);

  const auto capped = std::count(delays.begin(), delays.end(), Duration{30s});

  // U(1 s, 60 s) is above 30 s in 30 of 59 cases.
  EXPECT_NEAR(static_cast<double>(capped) / kDraws, 30.0 / 59.0, 0.015);
}

RC_GTEST_PROP(Backoff, no_kind_waits_longer_than_its_cap_or_less_than_nothing, ()) {
  Backoff any;
  any.kind = *rc::gen::elementOf(kKinds);
  any.first = Duration{*rc::gen::inRange<std::int64_t>(0, 5'000'000'000)};
  any.factor = *rc::gen::elementOf(std::vector<double>{1, 1.5, 2, 10});
  any.cap = any.first + Duration{*rc::gen::inRange<std::int64_t>(0, 60'000'000'000)};
  const auto attempt = *rc::gen::inRange<std::uint32_t>(0, 200);
  const Duration previous{*rc::gen::inRange<std::int64_t>(0, any.cap.count() + 1)};

  const Duration delay =
      backoff_delay(any, attempt, previous, *rc::gen::arbitrary<std::uint64_t>());

  RC_ASSERT(delay >= 0s);
  RC_ASSERT(delay <= any.cap);
}

// Four thousand million multiplications, were it done by multiplying.
TEST(Backoff, the_last_attempt_that_can_be_counted_costs_no_more_than_the_first) {
  for (const double factor : {1.0, 1.0000001, 2.0}) {
    for (const Duration first : {Duration{0s}, Duration{1ns}, Duration{1s}}) {
      const Backoff slow{BackoffKind::exponential, first, factor, 30s};
      Duration sum{0};
      for (int i = 0; i < 1000; ++i) sum += backoff_delay(slow, 4'000'000'000U, 0s, 0);

      const bool grows = factor > 1 && first > 0s;
      EXPECT_EQ(sum, 1000 * (grows ? Duration{30s} : first)) << factor;
    }
  }
}

TEST(Backoff, a_slow_growth_goes_on_where_the_multiplications_end) {
  const Backoff slow{BackoffKind::exponential, 1s, 1.01, 24h};
  Duration last = backoff_delay(slow, 0, 0s, 0);
  for (std::uint32_t attempt = 1; attempt < 500; ++attempt) {
    const Duration next = backoff_delay(slow, attempt, 0s, 0);
    EXPECT_NEAR(static_cast<double>(next.count()) / static_cast<double>(last.count()), 1.01, 1e-8);
    last = next;
  }
}

}  // namespace
}  // namespace squall
