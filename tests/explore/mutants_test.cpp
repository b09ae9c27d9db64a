// Designs with one planted mistake each: squall explore finds them in its first round of runs. On a
// quiet day nobody would notice any of them.
//
// How small they are found, and that the same search finds nothing in the sound designs:
// tests/long/explore_mutants_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "tests/explore/mutants.hpp"

namespace squall::testing {
namespace {

class Mutants : public ::testing::TestWithParam<Mutant> {};
class QuickMutants : public Mutants {};

std::vector<Mutant> quick_ones() {
  std::vector<Mutant> quick;
  std::ranges::copy_if(kMutants, std::back_inserter(quick), &Mutant::quick);
  return quick;
}

TEST_P(QuickMutants, are_found_in_the_first_round) {
  const Mutant& mutant = GetParam();
  explore::Limits limits;
  limits.runs = 32;

  const auto found = explored(calm_scenario(mutant.strategy(), mutant.settings()), mutant, limits);

  ASSERT_EQ(found.breaks.size(), 1U) << "not found in " << found.runs << " runs";
  EXPECT_EQ(found.breaks.front().way, mutant.way);
}

TEST_P(Mutants, deliver_everything_on_a_quiet_day) {
  const Mutant& mutant = GetParam();
  const Scenario scenario = calm_scenario(mutant.strategy(), mutant.settings());

  const RunRecord run = play(scenario, scenario.strategies.front(), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_GT(totals(run).owed, 100U);
  EXPECT_EQ(totals(run).lost, 0U);
}

INSTANTIATE_TEST_SUITE_P(Planted, QuickMutants, ::testing::ValuesIn(quick_ones()),
                         [](const auto& one) { return std::string(one.param.name); });
INSTANTIATE_TEST_SUITE_P(Planted, Mutants, ::testing::ValuesIn(kMutants),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace squall::testing
