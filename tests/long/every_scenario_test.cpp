// Every built-in scenario with every preset and every product: the books balance, every pair has an
// end with a cause, and all strategies of a seed face the same messages.
//
// SQUALL_SEEDS is how many seeds (3; a night: 20); products get a quarter. Two threads share the
// runs. Sizes are in sizes.hpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "sim/farm/farm.hpp"
#include "tests/long/products.hpp"
#include "tests/long/sizes.hpp"
#include "tests/support/asked.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// 1, 2, ...: as many as are asked for, or a share of them.
std::vector<std::uint64_t> seeds_to_play(std::uint64_t share = 1) {
  std::vector<std::uint64_t> seeds(std::max<std::uint64_t>(1, asked("SQUALL_SEEDS", 3) / share));
  std::iota(seeds.begin(), seeds.end(), 1);
  return seeds;
}

// What is wrong with a run, with the command that plays it again.
std::string complaint(const RunRecord& run, const SmallScenario& row) {
  std::string found;
  for (const Violation& violation : run.violations) {
    found += violation.law + ": " + violation.detail + "\n";
  }
  for (const char* metric : {"ledger.unattributed", "ledger.unresolved"}) {
    if (value(metric, run) != 0) found += std::string(metric) + " is not 0\n";
  }
  if (run.unstable && !row.unstable) found += "a backlog grew\n";
  if (found.empty()) return found;
  found += "reproduce: squall run " + std::string(row.name) + " -s " + run.strategy +
           " -n 1 --seed " + std::to_string(run.seed);
  for (const Override& change : row.overrides) {
    found += " --set " + change.pointer + "=" + change.value;
  }
  return found;
}

void expect_sound(const FarmResult& farm, std::size_t seeds, const SmallScenario& of) {
  ASSERT_TRUE(farm.missing.empty() && farm.failures.empty());
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    const RunRecord& first = *farm.records.front()[seed];
    EXPECT_GT(totals(first).owed, 0U);
    for (const auto& row : farm.records) {
      EXPECT_EQ(complaint(*row[seed], of), "");
      EXPECT_EQ(row[seed]->arrivals_hash, first.arrivals_hash) << row[seed]->strategy;
    }
  }
}

class EveryScenario : public ::testing::TestWithParam<SmallScenario> {};

TEST_P(EveryScenario, BalancesItsBooksUnderEveryStrategyAndSeed) {
  const Scenario scenario = small(GetParam());
  const std::vector<StrategySpec> specs = presets_for(scenario);
  const std::vector<std::uint64_t> seeds = seeds_to_play();
  FarmOptions options;
  options.threads = 2;

  const FarmResult farm = play_all(scenario, specs, seeds, options);

  ASSERT_GE(specs.size(), 5U);
  expect_sound(farm, seeds.size(), GetParam());
}

// Some scenarios say what no product is able to: there the list is short.
TEST_P(EveryScenario, BalancesItsBooksUnderEveryProduct) {
  const Scenario scenario = small(GetParam());
  const std::vector<StrategySpec> specs = products_for(scenario);
  const std::vector<std::uint64_t> seeds = seeds_to_play(4);
  FarmOptions options;
  options.threads = 2;

  const FarmResult farm = play_all(scenario, specs, seeds, options);

  ASSERT_FALSE(specs.empty());
  expect_sound(farm, seeds.size(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Library, EveryScenario, ::testing::ValuesIn(small_scenarios()),
                         [](const auto& row) { return test_name(row.param); });

TEST(EveryScenarioOfTheLibrary, HasItsRowInTheTableOfSizes) {
  for (const LibraryFile& file : scenario_library()) {
    const bool known = std::ranges::any_of(
        small_scenarios(), [&](const SmallScenario& row) { return row.name == file.name; });
    EXPECT_TRUE(known) << "add a row for " << file.name << " to tests/long/sizes.hpp";
  }
}

}  // namespace
}  // namespace squall::testing
