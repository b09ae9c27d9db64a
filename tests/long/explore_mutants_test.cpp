// What squall explore finds of planted mistakes, and that it cries no wolf: a table with a line per
// mutant, printed; and the sound designs under the same search, for as many runs.
//
// SQUALL_EXPLORE_RUNS is how many runs a design gets at most (300; a night: 3000),
// SQUALL_EXPLORE_SECONDS how long at most instead. Times are printed and not judged; runs are the
// same on every machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "scenarios/model/library.hpp"
#include "sim/cli/explore/found_file.hpp"
#include "sim/cli/explore/trial.hpp"
#include "sim/cli/play/playing.hpp"
#include "tests/explore/mutants.hpp"
#include "tests/long/sizes.hpp"
#include "tests/support/asked.hpp"

namespace squall::testing {
namespace {

using explore::Break;
using Clock = std::chrono::steady_clock;

constexpr int kReplays = 100;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

explore::Limits budget(const Mutant& mutant) {
  explore::Limits limits;
  limits.threads = thread_count(0);
  if (const std::uint64_t seconds = asked("SQUALL_EXPLORE_SECONDS", 0); seconds > 0) {
    const auto end = Clock::now() + std::chrono::seconds{seconds};
    limits.enough = [end] { return Clock::now() >= end; };
  } else {
    limits.runs = std::max(asked("SQUALL_EXPLORE_RUNS", 300), mutant.runs);
  }
  return limits;
}

int replays(const Break& found) {
  int good = 0;
  for (int time = 0; time < kReplays; ++time) {
    const auto trial = explore::tried(found.scenario, found.seed, vocabulary());
    good += trial.broken && std::ranges::count(trial.ways, found.way) > 0 ? 1 : 0;
  }
  return good;
}

// A library scenario, small, under one more strategy.
RunRecord play_small(const char* name, const Mutant& mutant) {
  add_mutants();
  const auto& rows = scenarios_to_shrink();
  const auto row = std::ranges::find(rows, name, &SmallScenario::name);
  std::vector<Override> changes = row->overrides;
  for (const Override& setting : mutant.settings()) changes.push_back(setting);
  changes.push_back({"/strategies", "[" + mutant.strategy() + "]"});
  changes.push_back({"/expect", "[]"});
  const Scenario scenario = built_in(name, changes);
  return play(scenario, scenario.strategies.front(), 1);
}

class ExploreMutants : public ::testing::TestWithParam<Mutant> {
 protected:
  static void SetUpTestSuite() {
    std::printf("%-30s %9s %6s %7s %7s %6s %8s %6s %8s  way\n", "mutant", "seconds", "runs",
                "shrink", "faults", "nodes", "clients", "lines", "replays");
  }
};

TEST_P(ExploreMutants, are_found_small_and_replay_every_time) {
  const Mutant& mutant = GetParam();
  const Scenario scenario = calm_scenario(mutant.strategy(), mutant.settings());

  const Clock::time_point start = Clock::now();
  const auto exploration = explored(scenario, mutant, budget(GetParam()));
  const double took = seconds_since(start);

  ASSERT_EQ(exploration.breaks.size(), 1U) << "not found in " << exploration.runs << " runs";
  const Break& found = exploration.breaks.front();
  const explore::Size size = explore::size_of(found);
  const std::string file = explore::file_of(found, mutant.property);
  const auto lines = std::ranges::count(file, '\n');
  const int replayed = replays(found);
  std::printf("%-30s %9.1f %6llu %7llu %7llu %6llu %8llu %6lld %8d  %s\n", mutant.name, took,
              static_cast<unsigned long long>(found.run),
              static_cast<unsigned long long>(found.shrink_runs),
              static_cast<unsigned long long>(size.faults),
              static_cast<unsigned long long>(size.nodes),
              static_cast<unsigned long long>(size.clients), static_cast<long long>(lines),
              replayed, found.way.c_str());
  EXPECT_EQ(found.way, mutant.way) << file;
  EXPECT_LE(size.faults, 3U) << file;
  EXPECT_LE(size.nodes, 4U) << file;
  EXPECT_LE(size.clients, 10U) << file;
  EXPECT_LE(lines, 15) << file;
  EXPECT_EQ(replayed, kReplays) << file;
}

TEST_P(ExploreMutants, are_green_where_nothing_goes_wrong) {
  for (const char* const name : {"steady-zipf", "two-node-hello"}) {
    const RunRecord run = play_small(name, GetParam());

    EXPECT_TRUE(complete(run)) << name;
    EXPECT_GT(totals(run).owed, 0U) << name;
    EXPECT_EQ(totals(run).lost, 0U) << name;
    EXPECT_EQ(value("dup.surfaced", run), 0.0) << name;
    EXPECT_EQ(value("order.fifo_violations", run), 0.0) << name;
  }
}

TEST_P(ExploreMutants, raise_no_alarm_in_their_sound_form) {
  const Mutant& mutant = GetParam();

  const auto sound =
      explored(calm_scenario(mutant.sound_strategy(), mutant.world), mutant, budget(GetParam()));

  std::printf("%-30s no alarm in %llu runs\n", mutant.name,
              static_cast<unsigned long long>(sound.runs));
  EXPECT_TRUE(sound.breaks.empty())
      << explore::file_of(sound.breaks.front(), mutant.property) << sound.breaks.front().sentence;
}

INSTANTIATE_TEST_SUITE_P(Planted, ExploreMutants, ::testing::ValuesIn(kMutants),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace squall::testing
