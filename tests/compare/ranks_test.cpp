// The statistics behind the gates, against values that can be found in tables or counted by hand.
// What the gates make of them is gate_test.cpp.
#include "report/compare/ranks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/compare/paired.hpp"
#include "tests/support/infinity.hpp"

namespace squall {
namespace {

using testing::kInfinity;

TEST(Ranks, six_pairs_that_all_got_worse_have_a_one_sided_p_of_one_in_sixty_four) {
  const std::vector<double> values{1, 2, 3, 4, 5, 6};

  const SignedRank ranks = signed_rank(values, 0);

  EXPECT_DOUBLE_EQ(ranks.p_above, 1.0 / 64);
  EXPECT_DOUBLE_EQ(ranks.p_below, 1.0);
}

TEST(Ranks, the_signed_rank_test_agrees_with_the_table_for_ten_pairs) {
  // Ranks 1, 2, 3 and 4 are negative: their sum is 10; P(W <= 10) = 43 / 1024 for n = 10.
  const std::vector<double> values{-1, -2, -3, -4, 5, 6, 7, 8, 9, 10};

  const SignedRank ranks = signed_rank(values, 0);

  EXPECT_DOUBLE_EQ(ranks.p_above, 43.0 / 1024);
}

TEST(Ranks, values_at_the_center_say_nothing) {
  const std::vector<double> values{7, 7, 7};

  const SignedRank ranks = signed_rank(values, 7);

  EXPECT_EQ(ranks.p_above, 1);
  EXPECT_EQ(ranks.p_below, 1);
}

TEST(Ranks, an_infinite_difference_is_the_largest_rank_and_no_more) {
  const std::vector<double> finite{1, 2, 3, 4, 5, 100};
  const std::vector<double> infinite{1, 2, 3, 4, 5, kInfinity};

  EXPECT_EQ(signed_rank(finite, 0).p_above, signed_rank(infinite, 0).p_above);
}

TEST(Ranks, the_shift_is_the_median_of_all_averages) {
  const std::vector<double> values{1, 2, 9};  // averages: 1, 1.5, 2, 5, 5.5, 9

  EXPECT_DOUBLE_EQ(hodges_lehmann(values).value(), 3.5);
  EXPECT_FALSE(hodges_lehmann({}).has_value());
}

TEST(Ranks, the_smallest_p_of_mann_whitney_is_that_of_the_tables) {
  const auto p = [](std::size_t count) {
    std::vector<double> first;
    std::vector<double> second;
    for (std::size_t i = 0; i < count; ++i) {
      first.push_back(static_cast<double>(i));
      second.push_back(static_cast<double>(i) + 1000);
    }
    return mann_whitney(first, second, 0.05)->p;
  };

  EXPECT_NEAR(p(3), 0.10, 1e-12);
  EXPECT_NEAR(p(4), 2.0 / 70, 1e-12);
  EXPECT_NEAR(p(5), 2.0 / 252, 1e-12);
}

TEST(Ranks, the_interval_of_the_shift_has_the_critical_values_of_the_table) {
  // n = m = 9: the critical value of U is 17 at 5 %, so 17 differences are cut at each end and the
  // interval ends at the 18th.
  std::vector<double> first;
  std::vector<double> second;
  std::vector<double> differences;
  for (int i = 0; i < 9; ++i) {
    first.push_back(i * 10);
    second.push_back(i * 10 + 3.25 * i + 100);
  }
  for (const double a : first) {
    for (const double b : second) differences.push_back(b - a);
  }
  std::sort(differences.begin(), differences.end());

  const auto test = mann_whitney(first, second, 0.05);

  EXPECT_DOUBLE_EQ(test->low, differences[17]);
  EXPECT_DOUBLE_EQ(test->high, differences[81 - 18]);
}

TEST(Ranks, samples_too_small_for_any_interval_have_an_unbounded_one) {
  const auto test = mann_whitney(std::vector<double>{1, 2}, std::vector<double>{3, 4}, 0.05);

  EXPECT_EQ(test->low, -kInfinity);
  EXPECT_EQ(test->high, kInfinity);
}

TEST(Paired, students_interval_is_that_of_the_textbook) {
  // Mean 3, deviation sqrt(2.5), n = 5, t(4, 97.5 %) = 2.776445105.
  const std::vector<double> values{1, 2, 3, 4, 5};

  const auto sample = paired_sample(values);
  const Range range = student_range(*sample, 0.05);

  EXPECT_NEAR(range.low, 3 - 2.776445105 * std::sqrt(0.5), 1e-8);
  EXPECT_NEAR(range.high, 3 + 2.776445105 * std::sqrt(0.5), 1e-8);
  EXPECT_NEAR(p_above(*sample, range.low), 0.025, 1e-9);
  EXPECT_NEAR(p_below(*sample, range.high), 0.025, 1e-9);
}

TEST(Paired, without_any_spread_the_mean_decides) {
  const auto sample = paired_sample(std::vector<double>{2, 2, 2});

  EXPECT_EQ(p_above(*sample, 1), 0);
  EXPECT_EQ(p_above(*sample, 2), 1);
  EXPECT_EQ(p_below(*sample, 2), 1);
  EXPECT_EQ(p_below(*sample, 3), 0);
}

TEST(Paired, holm_multiplies_the_smallest_p_by_all_and_never_goes_back) {
  const std::vector<double> adjusted = holm(std::vector<double>{0.04, 0.01, 0.03, 0.9});

  EXPECT_DOUBLE_EQ(adjusted[1], 0.04);
  EXPECT_DOUBLE_EQ(adjusted[2], 0.09);
  EXPECT_DOUBLE_EQ(adjusted[0], 0.09);
  EXPECT_DOUBLE_EQ(adjusted[3], 0.9);
}

}  // namespace
}  // namespace squall
