// A quantile over several seeds: that of all their samples together, and an interval only where
// there are seeds enough. What the intervals cover is measured in tests/long/.
#include "report/measure/pooled.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <variant>
#include <vector>

#include "report/export/json.hpp"
#include "report/measure/comparison.hpp"
#include "tests/support/infinity.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

using testing::kInfinity;
using Spreads = std::vector<std::optional<Spread>>;

// `slow` of 1000 samples take 900, the others 100.
Spread spread(std::uint64_t slow, std::uint64_t missing = 0) {
  Spread made;
  made.seen.record(100, 1000 - slow - missing);
  made.seen.record(900, slow);
  made.missing = missing;
  return made;
}

TEST(Pooled, IsTheQuantileOfAllSamplesAndNotTheMeanOfTheSeeds) {
  const Spreads seeds{spread(100), spread(0), spread(0), spread(0)};  // p99: 900, 100, 100, 100

  const auto together = pooled(9900, seeds);

  ASSERT_TRUE(together);
  EXPECT_EQ(together->value, 900);  // 100 of 4000 are slow; the mean of the seeds would be 300
  EXPECT_EQ(together->samples, 4000U);
  EXPECT_FALSE(together->low) << "four seeds tell no honest interval";
}

TEST(Pooled, FallsOnWhatNeverCame) {
  EXPECT_EQ(pooled(9900, Spreads{spread(0, 100), spread(0)})->value, kInfinity);
  EXPECT_EQ(pooled(9000, Spreads{spread(0, 100), spread(0)})->value, 100);
}

TEST(Pooled, SkipsSeedsWithoutDataAndIsEmptyWithoutAny) {
  EXPECT_EQ(pooled(5000, Spreads{std::nullopt, spread(0)})->samples, 1000U);
  EXPECT_FALSE(pooled(5000, Spreads{std::nullopt, std::nullopt}));
  EXPECT_FALSE(pooled(5000, Spreads{Spread{}}));
}

TEST(Pooled, HasAnIntervalThatHoldsTheValueFromTenSeedsOn) {
  Spreads seeds;
  for (std::uint64_t seed = 0; seed < kFewestSeeds; ++seed) {
    Spread& made = seeds.emplace_back(Spread{}).value();
    for (std::int64_t i = 1; i <= 1000; ++i) {
      made.seen.record(i * static_cast<std::int64_t>(100 + seed * 7 % 10));
    }
  }

  const auto told = pooled(9900, seeds);

  ASSERT_TRUE(told && told->low && told->high);
  EXPECT_LT(*told->low, told->value);
  EXPECT_GT(*told->high, told->value);
  EXPECT_EQ(pooled(9900, seeds), told) << "the same on every call";
  EXPECT_FALSE(pooled(kWhole, seeds)->low) << "nobody knows how far a maximum may go";
  seeds.pop_back();
  EXPECT_FALSE(pooled(9900, seeds)->low);
}

TEST(Pooled, AnIntervalMayHaveNoEnd) {
  Spreads seeds(9, spread(0));
  seeds.push_back(spread(0, 60));  // 0.6 % of all samples never came, all of one seed

  const auto told = pooled(9900, seeds);

  ASSERT_TRUE(told && told->high);
  EXPECT_EQ(told->value, 100);
  EXPECT_EQ(*told->high, kInfinity);
}

TEST(Pooled, SeedsThatAreAllAlikeLeaveNoDoubt) {
  const auto told = pooled(9900, Spreads(10, spread(50)));

  EXPECT_EQ(told->low, told->high);
}

TEST(Pooled, IsWhatEveryoneReadsOfAQuantile) {
  const Result result = sample::result();
  const MetricValues& p50 = *find_metric(result.strategies[0], "ready_again.p50");

  ASSERT_TRUE(p50.pooled);
  const Summary summary = summarize(p50);
  EXPECT_TRUE(summary.pooled);
  EXPECT_EQ(summary.mean, p50.pooled->value);
  EXPECT_FALSE(summarize(*find_metric(result.strategies[0], "loss.intent")).pooled);
}

TEST(Pooled, ComesBackFromTheResultFile) {
  Result result = sample::result();
  MetricValues& p99 = result.strategies[1].metrics.at(0);
  p99.pooled = Pooled{5, 700, 4, kInfinity};

  const auto again = from_json(to_json(result));

  ASSERT_TRUE(std::holds_alternative<Result>(again));
  EXPECT_EQ(std::get<Result>(again).strategies[1].metrics.at(0).pooled, p99.pooled);
}

TEST(Supported, AsksTheSamplesOfTheMetricItself) {
  MetricValues values{"ready_again.p99", "ns", {5.0}, Pooled{5, 367, {}, {}}};
  EXPECT_FALSE(supported(values));
  values.pooled->samples = 368;
  EXPECT_TRUE(supported(values));

  values.name = "ready_again.max";
  values.pooled->samples = 1;
  EXPECT_TRUE(supported(values));
}

}  // namespace
}  // namespace squall
