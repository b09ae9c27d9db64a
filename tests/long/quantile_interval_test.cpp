// What the 95 % intervals of pooled quantiles cover, on seeds that differ and are skewed.
//
// Each trial draws ten or twenty seeds of a known world and asks whether the interval holds the
// quantile of that world. The worlds are those that defeat simpler intervals: Student's over the
// seeds' own quantiles covers 50 to 80 % of them, percentiles of a bootstrap 75 to 90 %.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "report/measure/pooled.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

constexpr std::size_t kTrials = 1500;
constexpr std::size_t kSamples = 800;  // of one seed

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : rng_(seed, Purpose::size, 7) {}
  double unit() { return squall::unit(rng_.at(next_++)); }
  double exponential() { return -std::log(1 - unit()); }
  double normal() { return std::sqrt(2 * exponential()) * std::cos(6.283185307179586 * unit()); }

 private:
  Rng rng_;
  std::uint64_t next_ = 0;
};

struct World {
  std::string name;
  std::function<Spread(Draws&)> seed;
};

std::int64_t nanoseconds(double ms) { return static_cast<std::int64_t>(ms * 1e6); }

// A share of the messages is slow, some tenths of a second instead of some milliseconds.
Spread with_slow(Draws& draws, double slow) {
  Spread spread;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const bool is_slow = draws.unit() < slow;
    spread.seen.record(
        nanoseconds(is_slow ? 30 + 100 * draws.exponential() : 1 + 5 * draws.exponential()));
  }
  return spread;
}

const std::vector<World> kWorlds = {
    {"seeds alike", [](Draws& draws) { return with_slow(draws, 0.015); }},
    {"the slow share differs as an exponential does",
     [](Draws& draws) { return with_slow(draws, 0.012 * draws.exponential()); }},
    {"the scale of a seed is lognormal",
     [](Draws& draws) {
       const double scale = std::exp(0.4 * draws.normal());
       Spread spread;
       for (std::size_t i = 0; i < kSamples; ++i) {
         spread.seen.record(nanoseconds(1 + 20 * scale * draws.exponential()));
       }
       return spread;
     }},
    {"some are lost",
     [](Draws& draws) {
       Spread spread = with_slow(draws, 0.03 * draws.exponential());
       spread.missing = static_cast<std::uint64_t>(3 * draws.unit());
       return spread;
     }},
};

double truth_of(const World& world) {
  Draws draws(999);
  Spread all;
  for (int seed = 0; seed < 20'000; ++seed) all.merge(world.seed(draws));
  return *all.at(9900);
}

double coverage(const World& world, std::size_t seeds) {
  const double truth = truth_of(world);
  Draws draws(1);
  std::size_t covered = 0;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    std::vector<std::optional<Spread>> spreads;
    for (std::size_t seed = 0; seed < seeds; ++seed) spreads.push_back(world.seed(draws));
    const auto told = pooled(9900, spreads);
    covered += told && told->low && *told->low <= truth && truth <= *told->high;
  }
  return static_cast<double>(covered) / kTrials;
}

TEST(QuantileInterval, covers_what_it_says_at_the_default_number_of_seeds) {
  for (const World& world : kWorlds) {
    const double share = coverage(world, 10);
    RecordProperty(world.name, std::to_string(share));
    EXPECT_GE(share, 0.93) << world.name;
    EXPECT_LE(share, 0.97) << world.name;
  }
}

TEST(QuantileInterval, covers_what_it_says_with_twice_as_many_seeds) {
  for (const World& world : kWorlds) {
    const double share = coverage(world, 20);
    RecordProperty(world.name, std::to_string(share));
    EXPECT_GE(share, 0.93) << world.name;
    EXPECT_LE(share, 0.97) << world.name;
  }
}

}  // namespace
}  // namespace squall
