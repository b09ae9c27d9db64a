// A seed is a run: the same bytes of result.json every time, whatever the number of threads.
//
// A third as many seeds as tests/long/every_scenario_test.cpp plays, and at least two.
// Across compilers and optimisation levels this is .ci/determinism's work.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "report/export/json.hpp"
#include "report/measure/measure.hpp"
#include "sim/farm/farm.hpp"
#include "tests/long/sizes.hpp"
#include "tests/support/asked.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

std::string result_of(const Scenario& scenario, unsigned threads) {
  std::vector<std::uint64_t> seeds(std::max<std::uint64_t>(2, asked("SQUALL_SEEDS", 3) / 3));
  std::iota(seeds.begin(), seeds.end(), 1);
  FarmOptions options;
  options.threads = threads;
  const std::vector<StrategySpec> specs = presets_for(scenario);
  const FarmResult farm = play_all(scenario, specs, seeds, options);
  EXPECT_TRUE(farm.missing.empty());
  std::vector<std::vector<RunRecord>> records;
  for (const auto& row : farm.records) {
    auto& kept = records.emplace_back();
    for (const auto& record : row) kept.push_back(*record);
  }
  return to_json(make_result(scenario, specs, seeds, records));
}

class Determinism : public ::testing::TestWithParam<SmallScenario> {};

TEST_P(Determinism, TheSameSeedsGiveTheSameBytesOnOneThreadAndOnTwo) {
  const Scenario scenario = small(GetParam());

  const std::string first = result_of(scenario, 1);
  const std::string two_threads = result_of(scenario, 2);

  EXPECT_TRUE(first == two_threads);
  EXPECT_GT(first.size(), 10'000U);
}

TEST_P(Determinism, AnotherSeedIsAnotherRun) {
  const Scenario scenario = small(GetParam());
  const StrategySpec& spec = scenario.strategies.front();

  const RunRecord one = play(scenario, spec, 1);
  const RunRecord other = play(scenario, spec, 2);

  EXPECT_NE(one.fingerprint, other.fingerprint);
}

INSTANTIATE_TEST_SUITE_P(Library, Determinism, ::testing::ValuesIn(small_scenarios()),
                         [](const auto& row) { return test_name(row.param); });

}  // namespace
}  // namespace squall::testing
