// The own log, exp, pow and normal quantile: close to libm, and equal bit for bit everywhere.
//
// The golden patterns must not change with compiler, optimisation level or processor.
#include "strategies/core/exact_math.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace squall {
namespace {

std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }

double relative_error(double value, double truth) { return std::abs(value / truth - 1.0); }

TEST(ExactMath, LogAgreesWithLibmOverTheWholeRange) {
  for (double x = 1e-300; x < 1e300; x *= 1.37) {
    EXPECT_LT(relative_error(exact::log(x), std::log(x)), 1e-12) << x;
  }
  for (double x = 0.5; x < 2.0; x += 1.0037e-4) {
    EXPECT_LT(relative_error(exact::log(x), std::log(x)), 1e-12) << x;
  }
}

TEST(ExactMath, LogOfOneIsZeroAndOfASubnormalIsRight) {
  const double smallest = std::numeric_limits<double>::denorm_min();

  EXPECT_EQ(exact::log(1.0), 0.0);
  EXPECT_LT(relative_error(exact::log(smallest), std::log(smallest)), 1e-12);
}

TEST(ExactMath, ExpAgreesWithLibm) {
  for (double x = -699.0; x < 700.0; x += 0.0937) {
    EXPECT_LT(relative_error(exact::exp(x), std::exp(x)), 1e-12) << x;
  }
  EXPECT_EQ(exact::exp(0.0), 1.0);
}

TEST(ExactMath, ExpBeyondItsRangeIsZeroOrInfinity) {
  EXPECT_EQ(exact::exp(-1e6), 0.0);
  EXPECT_EQ(exact::exp(1e6), std::numeric_limits<double>::infinity());
}

TEST(ExactMath, PowAgreesWithLibm) {
  for (double base = 0.01; base < 1e5; base *= 1.7) {
    for (double exponent = -3.0; exponent <= 3.0; exponent += 0.3) {
      EXPECT_LT(relative_error(exact::pow(base, exponent), std::pow(base, exponent)), 1e-12)
          << base << "^" << exponent;
    }
  }
  EXPECT_EQ(exact::pow(17.0, 0.0), 1.0);
  EXPECT_EQ(exact::pow(0.0, 0.0), 1.0);  // as the chance that none of no trials succeeds
  EXPECT_EQ(exact::pow(0.0, 3.5), 0.0);
}

TEST(ExactMath, NormalQuantileInvertsTheNormalDistribution) {
  const auto normal_cdf = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };

  for (double p = 1e-17; p < 0.5; p *= 1.19) {
    EXPECT_LT(relative_error(normal_cdf(exact::normal_quantile(p)), p), 1e-8) << p;
  }
  for (double p = 0.0005; p < 1.0; p += 0.001) {
    EXPECT_NEAR(normal_cdf(exact::normal_quantile(p)), p, 1e-13) << p;
  }
}

TEST(ExactMath, NormalQuantileHasTheTextbookValues) {
  EXPECT_EQ(exact::normal_quantile(0.5), 0.0);
  EXPECT_NEAR(exact::normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(exact::normal_quantile(0.9999), 3.719016485455709, 1e-10);
  EXPECT_NEAR(exact::normal_quantile(1e-10), -6.361340902404056, 1e-10);
}

TEST(ExactMath, NormalQuantileIsOddAboutOneHalf) {
  for (const double p : {0.25, 0.125, 0x1.0p-12, 0x1.0p-40}) {
    EXPECT_EQ(exact::normal_quantile(p), -exact::normal_quantile(1.0 - p)) << p;
  }
}

TEST(ExactMath, GivesTheRecordedBits) {
  EXPECT_EQ(bits_of(exact::log(3.0)), 0x3FF193EA7AAD030BULL);
  EXPECT_EQ(bits_of(exact::log(1e-9)), 0xC034B927F32BFFB8ULL);
  EXPECT_EQ(bits_of(exact::log(1.0000001)), 0x3E7AD7F2847B6491ULL);
  EXPECT_EQ(bits_of(exact::exp(1.0)), 0x4005BF0A8B14576AULL);
  EXPECT_EQ(bits_of(exact::exp(-12.5)), 0x3ECF42ED3F68E690ULL);
  EXPECT_EQ(bits_of(exact::pow(10000.0, -0.8)), 0x3F44ACDA94717D60ULL);
  EXPECT_EQ(bits_of(exact::normal_quantile(0.975)), 0x3FFF5C0331EEFF7EULL);
  EXPECT_EQ(bits_of(exact::normal_quantile(1e-9)), 0xC017FDC11F44B5A7ULL);
  EXPECT_EQ(bits_of(exact::normal_quantile(0.3)), 0xBFE0C7E39582C5FDULL);
}

}  // namespace
}  // namespace squall
