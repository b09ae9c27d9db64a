// The farm: order of results, early stop, failures. The engine is a function of the test.
// That real runs do not depend on threads is in tests/cli/run_command_test.cpp.
#include "sim/farm/farm.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace squall {
namespace {

StrategySpec named(const char* name) {
  StrategySpec spec;
  spec.name = name;
  return spec;
}

const std::vector<StrategySpec> kStrategies = {named("one"), named("two"), named("three")};
const std::vector<std::uint64_t> kSeeds = {10, 11, 12, 13};

RunRecord echo(const Scenario&, const StrategySpec& spec, std::uint64_t seed,
               const PlayOptions& options) {
  RunRecord record;
  record.strategy = spec.name;
  record.seed = seed;
  record.events = options.max_events;
  return record;
}

TEST(Farm, every_strategy_is_played_with_every_seed_and_stored_by_index) {
  for (const unsigned threads : {0U, 1U, 2U, 7U, 100U}) {
    FarmOptions options;
    options.threads = threads;
    options.max_events = 5;
    options.play = echo;

    const FarmResult result = play_all({}, kStrategies, kSeeds, options);

    ASSERT_EQ(result.records.size(), kStrategies.size());
    EXPECT_TRUE(result.missing.empty());
    for (std::size_t strategy = 0; strategy < kStrategies.size(); ++strategy) {
      for (std::size_t seed = 0; seed < kSeeds.size(); ++seed) {
        const std::optional<RunRecord>& record = result.records[strategy][seed];
        ASSERT_TRUE(record.has_value());
        EXPECT_EQ(record->strategy, kStrategies[strategy].name);
        EXPECT_EQ(record->seed, kSeeds[seed]);
        EXPECT_EQ(record->events, 5U);
      }
    }
  }
}

TEST(Farm, progress_counts_every_run_once) {
  std::vector<std::size_t> finished;
  FarmOptions options;
  options.threads = 3;
  options.play = echo;
  options.on_finished = [&](const FarmProgress& progress) {
    finished.push_back(progress.finished);
    EXPECT_EQ(progress.total, 12U);
    EXPECT_EQ(progress.record.strategy, kStrategies[progress.job.strategy].name);
  };

  play_all({}, kStrategies, kSeeds, options);

  ASSERT_EQ(finished.size(), 12U);
  for (std::size_t i = 0; i < finished.size(); ++i) EXPECT_EQ(finished[i], i + 1);
}

TEST(Farm, an_early_stop_keeps_what_was_finished_and_names_the_rest) {
  std::atomic<bool> stop{false};
  FarmOptions options;
  options.stop = &stop;
  options.play = echo;
  options.on_finished = [&](const FarmProgress& progress) {
    if (progress.finished == 4) stop = true;
  };

  const FarmResult result = play_all({}, kStrategies, kSeeds, options);

  EXPECT_EQ(result.missing.size(), 8U);
  for (std::size_t strategy = 0; strategy < kStrategies.size(); ++strategy) {
    EXPECT_TRUE(result.records[strategy][0].has_value());  // the first seed is complete
  }
  EXPECT_TRUE(result.records[0][1].has_value());
  EXPECT_EQ(result.missing.front(), (FarmJob{.strategy = 1, .seed = 1}));
}

TEST(Farm, a_run_that_ends_after_the_stop_is_not_kept) {
  std::atomic<bool> stop{false};
  FarmOptions options;
  options.stop = &stop;
  options.play = [&](const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
                     const PlayOptions& limits) {
    EXPECT_EQ(limits.stop, &stop);
    stop = true;
    return echo(scenario, spec, seed, limits);
  };

  const FarmResult result = play_all({}, kStrategies, kSeeds, options);

  EXPECT_EQ(result.missing.size(), 12U);
}

TEST(Farm, a_failure_is_reported_with_its_job_and_stops_the_rest) {
  FarmOptions options;
  options.play = [](const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
                    const PlayOptions& limits) {
    if (spec.name == "two" && seed == 11) throw std::runtime_error("out of paper");
    return echo(scenario, spec, seed, limits);
  };

  const FarmResult result = play_all({}, kStrategies, kSeeds, options);

  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(result.failures[0].job, (FarmJob{.strategy = 1, .seed = 1}));
  EXPECT_EQ(result.failures[0].message, "out of paper");
  EXPECT_EQ(result.missing.size(), 8U);
}

TEST(Farm, nothing_to_play_is_nothing_missing) {
  FarmOptions options;
  options.play = echo;

  const FarmResult result = play_all({}, {}, kSeeds, options);

  EXPECT_TRUE(result.records.empty());
  EXPECT_TRUE(result.missing.empty());
}

}  // namespace
}  // namespace squall
