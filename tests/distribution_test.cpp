// The samplers: right mean, right quantiles, right tails, and the same numbers everywhere.
//
// The golden samples guard stored fingerprints; the bits they are made from are in rng_test.cpp.
#include "scenarios/model/distribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "strategies/core/exact_math.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

using Kind = Distribution::Kind;

constexpr Distribution kUniform{Kind::uniform, 100, 199, 0};
constexpr Distribution kExponential{Kind::exponential, 1'000'000'000, 0, 0};
constexpr Distribution kLognormal{Kind::lognormal, 45'000'000, 0, 0.4};

std::vector<std::int64_t> samples(const Distribution& distribution, std::uint64_t count) {
  const Sampler sampler(distribution);
  const Rng rng(1, Purpose::login, 0);
  std::vector<std::int64_t> result;
  for (std::uint64_t i = 0; i < count; ++i) result.push_back(sampler.sample(rng.at(i)));
  return result;
}

double mean_of(const std::vector<std::int64_t>& values) {
  double sum = 0;
  for (const std::int64_t value : values) sum += static_cast<double>(value);
  return sum / static_cast<double>(values.size());
}

// The bits whose value as a fraction of 2^64 is `probability`.
std::uint64_t bits_at(double probability) {
  return static_cast<std::uint64_t>(probability * 0x1.0p64);
}

TEST(Sampler, FixedIsTheValue) {
  const Sampler sampler(Distribution::fixed(7));

  EXPECT_EQ(sampler.sample(0), 7);
  EXPECT_EQ(sampler.sample(~0ULL), 7);
}

TEST(Sampler, NeverIsTheLargestTime) {
  const Sampler sampler(Distribution::never());

  EXPECT_EQ(sampler.sample(0), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(sampler.sample(~0ULL), std::numeric_limits<std::int64_t>::max());
}

TEST(Sampler, UniformReachesBothEndsAndNoFurther) {
  const Sampler sampler(kUniform);

  EXPECT_EQ(sampler.sample(0), 100);
  EXPECT_EQ(sampler.sample(~0ULL), 199);
  EXPECT_EQ(sampler.sample(1ULL << 63), 150);
}

TEST(Sampler, MeansAreThoseOfTheDistributions) {
  constexpr std::uint64_t kDraws = 400'000;

  // Three standard errors: sd / mean / sqrt(draws), sd / mean = 0.19, 1 and 0.42.
  EXPECT_NEAR(mean_of(samples(kUniform, kDraws)) / kUniform.mean(), 1.0, 0.001);
  EXPECT_NEAR(mean_of(samples(kExponential, kDraws)) / kExponential.mean(), 1.0, 0.005);
  EXPECT_NEAR(mean_of(samples(kLognormal, kDraws)) / kLognormal.mean(), 1.0, 0.002);
}

TEST(Distribution, StatesItsMean) {
  EXPECT_EQ(Distribution::fixed(7).mean(), 7.0);
  EXPECT_EQ(kUniform.mean(), 149.5);
  EXPECT_EQ(kExponential.mean(), 1e9);
  EXPECT_NEAR(kLognormal.mean(), 45e6 * std::exp(0.08), 1.0);
  EXPECT_EQ(Distribution::never().mean(), std::numeric_limits<double>::infinity());
}

TEST(Sampler, QuantilesAreThoseOfTheExponential) {
  const Sampler sampler(kExponential);

  for (double p = 0.00001; p < 1.0; p += 0.000997) {
    const double truth = -1e9 * std::log1p(-p);
    EXPECT_NEAR(static_cast<double>(sampler.sample(bits_at(p))), truth, truth * 1e-3 + 1) << p;
  }
}

TEST(Sampler, QuantilesAreThoseOfTheLognormal) {
  const Sampler sampler(kLognormal);

  for (double p = 0.00001; p < 1.0; p += 0.000997) {
    const double truth = 45e6 * std::exp(0.4 * exact::normal_quantile(p));
    EXPECT_NEAR(static_cast<double>(sampler.sample(bits_at(p))), truth, truth * 1e-3) << p;
  }
}

TEST(Sampler, TailsAreExactAndNotFlattened) {
  const Sampler exponential(kExponential);
  const Sampler lognormal(kLognormal);

  EXPECT_EQ(exponential.sample(0), 0);
  EXPECT_EQ(exponential.sample(~0ULL), 36'736'800'570);  // 53 ln 2 seconds
  EXPECT_EQ(lognormal.sample(0), 1'686'825);
  EXPECT_EQ(lognormal.sample(~0ULL), 1'200'480'234);
}

TEST(Sampler, MoreBitsAreNeverASmallerSample) {
  for (const Distribution& distribution : {kUniform, kExponential, kLognormal}) {
    const Sampler sampler(distribution);
    std::int64_t last = 0;
    for (std::uint64_t step = 0; step < 100'000; ++step) {
      const std::int64_t sample = sampler.sample(step * (~0ULL / 100'000));
      ASSERT_GE(sample, last) << step;
      last = sample;
    }
  }
}

TEST(Sampler, GivesTheRecordedSamples) {
  using List = std::vector<std::int64_t>;

  EXPECT_EQ(samples(kUniform, 4), (List{174, 106, 166, 121}));
  EXPECT_EQ(samples(kExponential, 4), (List{1347750969, 64747341, 1082690381, 241981498}));
  EXPECT_EQ(samples(kLognormal, 4), (List{58219350, 24377242, 53148315, 32815107}));
}

TEST(ZipfSampler, SharesFollowThePowerLawAndAddUp) {
  const ZipfSampler zipf(1000, 0.8);
  double sum = 0;

  for (std::uint32_t rank = 0; rank < 1000; ++rank) sum += zipf.share(rank);

  EXPECT_NEAR(sum, 1.0, 1e-12);
  EXPECT_NEAR(zipf.share(0) / zipf.share(9), std::pow(10.0, 0.8), 1e-9);
  EXPECT_NEAR(zipf.share(99) / zipf.share(999), std::pow(10.0, 0.8), 1e-9);
}

TEST(ZipfSampler, TheTopRoomOfTenThousandHoldsATenth) {
  const ZipfSampler zipf(10'000, 1.0);

  EXPECT_NEAR(zipf.share(0), 0.102, 0.0005);
}

TEST(ZipfSampler, ExponentZeroIsUniform) {
  const ZipfSampler zipf(64, 0.0);

  for (std::uint32_t rank = 0; rank < 64; ++rank) {
    EXPECT_EQ(zipf.sample(std::uint64_t{rank} << 58), rank);
    EXPECT_DOUBLE_EQ(zipf.share(rank), 1.0 / 64);
  }
  EXPECT_EQ(zipf.sample(~0ULL), 63U);
}

TEST(ZipfSampler, SamplesAsOftenAsTheSharesSay) {
  const ZipfSampler zipf(50, 1.0);
  const Rng rng(3, Purpose::room, 0);
  constexpr std::uint64_t kDraws = 200'000;
  std::vector<double> counts(50);

  for (std::uint64_t i = 0; i < kDraws; ++i) counts[zipf.sample(rng.at(i))] += 1;

  double chi_square = 0;
  for (std::uint32_t rank = 0; rank < 50; ++rank) {
    const double expected = zipf.share(rank) * kDraws;
    chi_square += std::pow(counts[rank] - expected, 2) / expected;
  }
  EXPECT_LT(chi_square, 100.0);  // 49 degrees of freedom; 1e-5 lies beyond 98
}

TEST(ZipfSampler, GivesTheRecordedRanks) {
  const ZipfSampler zipf(1000, 1.0);
  const Rng rng(1, Purpose::login, 0);
  std::vector<std::uint32_t> ranks;

  for (std::uint64_t i = 0; i < 8; ++i) ranks.push_back(zipf.sample(rng.at(i)));

  EXPECT_EQ(ranks, (std::vector<std::uint32_t>{142, 0, 78, 2, 112, 3, 2, 4}));
}

TEST(ZipfSampler, ASingleRankTakesEverything) {
  const ZipfSampler zipf(1, 1.2);

  EXPECT_EQ(zipf.sample(0), 0U);
  EXPECT_EQ(zipf.sample(~0ULL), 0U);
  EXPECT_EQ(zipf.share(0), 1.0);
}

}  // namespace
}  // namespace squall
