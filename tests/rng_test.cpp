// The random numbers: a draw depends on its key alone, and the bits are uniform.
//
// The golden values guard every stored fingerprint: when one changes, all results do.
#include "strategies/core/rng.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>

namespace squall {
namespace {

TEST(Rng, GivesTheRecordedSequence) {
  const Rng rng(1, Purpose::login, 0);

  EXPECT_EQ(rng.at(0), 0xBD7C2D04A61FB68DULL);
  EXPECT_EQ(rng.at(1), 0x100CD4090A52F0B1ULL);
  EXPECT_EQ(rng.at(2), 0xA94C0FFFF662A387ULL);
  EXPECT_EQ(rng.at(3), 0x37059B1D30C5E6C9ULL);
  EXPECT_EQ(Rng(42, Purpose::placement, 7).at(1'000'000), 0xD743A2EF362FDB0BULL);
}

TEST(Rng, ADrawDoesNotDependOnEarlierDraws) {
  const Rng asked_often(7, Purpose::size, 3);
  const Rng asked_once(7, Purpose::size, 3);
  std::uint64_t last = 0;

  for (std::uint64_t i = 0; i <= 100; ++i) last = asked_often.at(i);

  EXPECT_EQ(last, asked_once.at(100));
}

// Half of the bits differ between two streams that differ in one part of the key.
double mean_distance(const Rng& one, const Rng& other) {
  constexpr int kDraws = 4000;
  int different = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) different += std::popcount(one.at(i) ^ other.at(i));
  return static_cast<double>(different) / kDraws;
}

TEST(Rng, SeedPurposeEntityAndIndexEachMakeAnotherStream) {
  const Rng rng(1, Purpose::login, 0);

  // 64 bits: mean 32, standard error 4 / sqrt(4000) = 0.063.
  EXPECT_NEAR(mean_distance(rng, Rng(2, Purpose::login, 0)), 32.0, 0.32);
  EXPECT_NEAR(mean_distance(rng, Rng(1, Purpose::stay, 0)), 32.0, 0.32);
  EXPECT_NEAR(mean_distance(rng, Rng(1, Purpose::login, 1)), 32.0, 0.32);
}

TEST(Rng, PurposeAndEntityDoNotTradePlaces) {
  const Rng first(1, Purpose::login, 2);
  const Rng second(1, Purpose::stay, 1);

  EXPECT_NE(first.at(0), second.at(0));
  EXPECT_NEAR(mean_distance(first, second), 32.0, 0.32);
}

template <typename Draw>
double chi_square_of_256(Draw draw) {
  constexpr std::uint64_t kDraws = 256 * 1000;
  std::array<std::uint64_t, 256> counts{};
  for (std::uint64_t i = 0; i < kDraws; ++i) ++counts[draw(i)];
  double sum = 0;
  for (const std::uint64_t count : counts) {
    sum += std::pow(static_cast<double>(count) - 1000.0, 2) / 1000.0;
  }
  return sum;
}

TEST(Rng, IsUniformAlongTheIndexAndAlongTheEntity) {
  const Rng rng(99, Purpose::arrival, 5);
  const auto along_index = [&](std::uint64_t i) { return below(rng.at(i), 256); };
  const auto along_entity = [](std::uint64_t i) {
    return below(Rng(99, Purpose::arrival, i).at(0), 256);
  };
  const auto low_bits = [&](std::uint64_t i) { return rng.at(i) & 255; };

  // 255 degrees of freedom: mean 255, standard deviation 22.6; 1e-5 lies beyond 360.
  EXPECT_LT(chi_square_of_256(along_index), 360.0);
  EXPECT_LT(chi_square_of_256(along_entity), 360.0);
  EXPECT_LT(chi_square_of_256(low_bits), 360.0);
  EXPECT_GT(chi_square_of_256(along_index), 165.0);
}

TEST(Below, CoversItsRangeAndNothingElse) {
  EXPECT_EQ(below(0, 10), 0U);
  EXPECT_EQ(below(~0ULL, 10), 9U);
  EXPECT_EQ(below(1ULL << 63, 10), 5U);
  EXPECT_EQ(below(~0ULL, 1), 0U);
}

TEST(Unit, IsInTheHalfOpenUnitInterval) {
  EXPECT_EQ(unit(0), 0.0);
  EXPECT_EQ(unit(1ULL << 63), 0.5);
  EXPECT_LT(unit(~0ULL), 1.0);
  EXPECT_EQ(unit(~0ULL), 1.0 - 0x1.0p-53);
}

}  // namespace
}  // namespace squall
