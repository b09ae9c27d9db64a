// The fit of costs: what was planted is found, what cannot be told is named.
//
// Pure arithmetic; nothing is played.
#include "sim/cli/calibrate/fit.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace squall {
namespace {

constexpr double kRead = 8e-6, kPush = 3e-6, kIdle = 4e-3;

Load load(double reads, double pushes, double error = 0) {
  return {"load", {reads, pushes, 1}, (kRead * reads + kPush * pushes + kIdle) * (1 + error)};
}

TEST(Fit, finds_costs_that_were_planted_within_their_interval) {
  const Fitted fitted = fit_costs(
      {load(1000, 1000, 0.02), load(2000, 2000, -0.02), load(100, 20000, 0.01),
       load(50, 9000, -0.01), load(0, 0, 0.02), load(3000, 100, -0.02), load(2000, 50, 0.01)},
      3);

  ASSERT_TRUE(fitted.costs[0] && fitted.costs[1] && fitted.costs[2]);
  EXPECT_NEAR(fitted.costs[0]->value, kRead, fitted.costs[0]->half_width);
  EXPECT_NEAR(fitted.costs[1]->value, kPush, fitted.costs[1]->half_width);
  EXPECT_LT(fitted.costs[0]->half_width, 0.1 * kRead);
  EXPECT_LT(fitted.costs[1]->half_width, 0.1 * kPush);
}

TEST(Fit, does_not_identify_what_always_goes_together) {
  const Fitted fitted =
      fit_costs({load(1000, 1000), load(2000, 2000), load(500, 500), load(10, 10), load(0, 0)}, 3);

  EXPECT_EQ(fitted.costs[0].has_value() + fitted.costs[1].has_value(), 1);
  const double one = fitted.costs[0] ? fitted.costs[0]->value : fitted.costs[1]->value;
  EXPECT_NEAR(one, kRead + kPush, 1e-9);
}

TEST(Fit, does_not_identify_what_nobody_did_nor_what_is_smaller_than_its_error) {
  std::vector<Load> loads;
  for (int i = 1; i <= 8; ++i) {
    const double noise = i % 2 == 0 ? 0.2 : -0.2;
    loads.push_back({"l", {1000.0 * i, 0, double(i % 3)}, kRead * 1000 * i * (1 + noise)});
  }

  const Fitted fitted = fit_costs(loads, 3);

  EXPECT_TRUE(fitted.costs[0].has_value());
  EXPECT_FALSE(fitted.costs[1].has_value());
  EXPECT_FALSE(fitted.costs[2].has_value());
}

TEST(Fit, says_of_each_load_what_the_costs_make_of_it) {
  const std::vector<Load> loads = {load(1000, 1000), load(20, 9000), load(0, 0), load(700, 0)};

  const Fitted fitted = fit_costs(loads, 3);

  ASSERT_EQ(fitted.by_load.size(), loads.size());
  for (std::size_t i = 0; i < loads.size(); ++i) {
    EXPECT_NEAR(fitted.by_load[i], loads[i].cpu, 1e-6 * loads[i].cpu) << i;
  }
}

}  // namespace
}  // namespace squall
