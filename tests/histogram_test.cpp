// The histogram: one quantile definition, small bounded error, exact and order-free merging.
//
// The laws are properties over random values of every size (rapidcheck).
#include "sim/record/histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace squall {
namespace {

// Values of every size: rapidcheck's own grow only slowly.
rc::Gen<std::vector<std::int64_t>> any_values() {
  const auto value = rc::gen::map(
      rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange(1, 64)),
      [](const std::pair<std::uint64_t, int>& drawn) {
        const std::uint64_t mixed = drawn.first * 0x9E3779B97F4A7C15ULL + 1;
        return static_cast<std::int64_t>(mixed >> drawn.second);
      });
  return rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(value));
}

Histogram histogram_of(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const std::int64_t value : values) histogram.record(value);
  return histogram;
}

bool same(const Histogram& a, const Histogram& b) {
  const auto left = a.buckets();
  const auto right = b.buckets();
  const auto equal = [](const Histogram::Bucket& x, const Histogram::Bucket& y) {
    return x.low == y.low && x.high == y.high && x.count == y.count;
  };
  return a.count() == b.count() && a.min() == b.min() && a.max() == b.max() &&
         a.sum() == b.sum() &&
         std::equal(left.begin(), left.end(), right.begin(), right.end(), equal);
}

Histogram merged(Histogram into, const Histogram& from) {
  into.merge(from);
  return into;
}

TEST(Histogram, AnEmptyOneIsAllZero) {
  const Histogram histogram;

  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.mean(), 0.0);
  EXPECT_EQ(histogram.quantile(0.5), 0);
  EXPECT_TRUE(histogram.buckets().empty());
}

TEST(Histogram, AQuantileIsTheCeilQNSmallestSample) {
  Histogram histogram;
  for (std::int64_t value = 1; value <= 100; ++value) histogram.record(value);

  EXPECT_EQ(histogram.quantile(0.5), 50);
  EXPECT_EQ(histogram.quantile(0.501), 51);
  EXPECT_EQ(histogram.quantile(0.99), 99);
  EXPECT_EQ(histogram.quantile(0.07), 7);  // 0.07 * 100 is 7.000000000000001
  EXPECT_EQ(histogram.quantile(1.0), 100);
  EXPECT_EQ(histogram.quantile(0.001), 1);
  EXPECT_EQ(histogram.at_rank(1), 1);
  EXPECT_EQ(histogram.at_rank(100), 100);
}

TEST(Histogram, CountSumAndMeanAreExact) {
  Histogram histogram;

  histogram.record(1'000'003, 5);
  histogram.record(7);
  histogram.record(9, 0);

  EXPECT_EQ(histogram.count(), 6U);
  EXPECT_TRUE(histogram.sum() == 5'000'022);
  EXPECT_DOUBLE_EQ(histogram.mean(), 5'000'022 / 6.0);
  EXPECT_EQ(histogram.min(), 7);
  EXPECT_EQ(histogram.max(), 1'000'003);
}

TEST(Histogram, TheSumOfTheLargestTimesDoesNotOverflow) {
  Histogram histogram;
  const std::int64_t largest = std::numeric_limits<std::int64_t>::max();

  histogram.record(largest, 1'000'000);

  EXPECT_TRUE(histogram.sum() == static_cast<__int128>(largest) * 1'000'000);
  EXPECT_EQ(histogram.quantile(0.5), largest);
}

TEST(Histogram, BucketsLieSideBySideAcrossAllOctaves) {
  Histogram histogram;
  for (std::int64_t value = 0; value < 70'000; ++value) histogram.record(value);

  std::int64_t expected_low = 0;
  for (const Histogram::Bucket& bucket : histogram.buckets()) {
    ASSERT_EQ(bucket.low, expected_low);
    expected_low = bucket.high + 1;
    if (bucket.high < 70'000) {
      ASSERT_EQ(bucket.count, static_cast<std::uint64_t>(bucket.high - bucket.low + 1));
    }
  }
}

RC_GTEST_PROP(HistogramLaw, EveryRankIsLessThanPoint8PercentFromTheSample, ()) {
  auto values = *any_values();
  const Histogram histogram = histogram_of(values);

  std::sort(values.begin(), values.end());

  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t reported = histogram.at_rank(i + 1);
    const auto apart = static_cast<double>(std::max(reported, values[i]) -
                                           std::min(reported, values[i]));
    RC_ASSERT(apart <= 0.008 * static_cast<double>(values[i]));
  }
}

RC_GTEST_PROP(HistogramLaw, QuantilesAreMonotoneAndWithinMinAndMax, ()) {
  const Histogram histogram = histogram_of(*any_values());
  std::int64_t last = histogram.min();

  for (int step = 1; step <= 1000; ++step) {
    const std::int64_t value = histogram.quantile(step / 1000.0);
    RC_ASSERT(value >= last);
    RC_ASSERT(value <= histogram.max());
    last = value;
  }

  RC_ASSERT(last == histogram.max());
}

RC_GTEST_PROP(HistogramLaw, MergingIsAssociativeAndCommutative, ()) {
  const Histogram a = histogram_of(*any_values());
  const Histogram b = histogram_of(*any_values());
  const Histogram c = histogram_of(*any_values());

  RC_ASSERT(same(merged(merged(a, b), c), merged(a, merged(b, c))));
  RC_ASSERT(same(merged(a, b), merged(b, a)));
  RC_ASSERT(same(merged(a, Histogram{}), a));
  RC_ASSERT(same(merged(Histogram{}, a), a));
}

RC_GTEST_PROP(HistogramLaw, MergingEqualsRecordingEverythingInOne, ()) {
  const auto first = *any_values();
  const auto second = *any_values();
  auto both = first;
  both.insert(both.end(), second.begin(), second.end());

  RC_ASSERT(same(merged(histogram_of(first), histogram_of(second)), histogram_of(both)));
}

}  // namespace
}  // namespace squall
