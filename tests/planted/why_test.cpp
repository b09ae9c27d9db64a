// squall why on planted scenarios: a conjunction is shared half and half, a single cause is not
// shared at all, and a change moves nobody else's random numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/model/library.hpp"
#include "sim/cli/why/effects.hpp"
#include "tests/planted/planted.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::planted {
namespace {

using ::testing::HasSubstr;

std::vector<RunRecord> play_seeds(const Scenario& scenario, const StrategySpec& spec) {
  std::vector<RunRecord> runs;
  for (const std::uint64_t seed : kSeeds) runs.push_back(play(scenario, spec, seed));
  return runs;
}

Effects effects_in(const Scenario& scenario) {
  return effects_of(scenario, scenario.strategies.front(), play_seeds);
}

TEST(Why, two_faults_that_only_lose_together_have_half_each) {
  const Effects effects = effects_in(load("why/only-both"));

  ASSERT_EQ(effects.faults.size(), 2U);
  EXPECT_EQ(effects.base_mean, 1.0);
  EXPECT_EQ(effects.faults[0].saved, 1.0);
  EXPECT_EQ(effects.faults[1].saved, 1.0);
  ASSERT_EQ(effects.pairs.size(), 1U);
  EXPECT_EQ(effects.pairs[0].share_a, 0.5);
  EXPECT_EQ(effects.pairs[0].share_b, 0.5);
  EXPECT_EQ(effects.faults[0].paired->half_width, 0);
  EXPECT_THAT(as_text(effects, {.scenario = "x"}), HasSubstr("lose together"));
}

TEST(Why, a_single_cause_has_all_and_no_pair_is_played) {
  const Effects effects = effects_in(load("why/only-one"));

  ASSERT_EQ(effects.faults.size(), 2U);
  EXPECT_EQ(effects.faults[0].saved, 0.0);
  EXPECT_EQ(effects.faults[1].saved, 1.0);
  EXPECT_TRUE(effects.pairs.empty());
  EXPECT_EQ(effects.runs, 1 + effects.faults.size() + effects.knobs.size());
  EXPECT_THAT(as_text(effects, {.scenario = "x"}), HasSubstr("empty 0 %, outage 100 %"));
}

// One loss in one seed of many: all of it is the fault's, and how much that is nobody knows.
TEST(Why, says_of_which_saving_the_interval_holds_0) {
  Effects effects = effects_in(load("why/only-one"));
  Effect& outage = effects.faults[1];
  outage.saved = 0.01;
  outage.paired = Interval{.mean = 0.01, .half_width = 0.02};

  const std::string text = as_text(effects, {.scenario = "x"});

  EXPECT_THAT(text, HasSubstr("the interval of what is saved without it holds 0: outage; "));
}

// A knob that stands there already, for this strategy alone, is not turned.
TEST(Why, turns_what_the_strategy_plays_and_not_what_it_replaces) {
  const LoadResult result = testing::load(testing::scenario_with(
      R"json("time": {"warmup": "20s", "measure": "20s", "drain": "90s"},
    "cluster": {"nodes": {"count": 2}}, "people": {"u": {"count": 4}},
    "client": {"backoff": {"kind": "fixed", "first": "1s"}},
    "traffic": [{"as": "c", "to": "user:online", "rate": "1/s"}],
    "strategies": ["broadcast", {"use": "broadcast", "as": "jittered",
                                 "with": {"/client/backoff": {"kind": "full_jitter"}}}])json"));
  ASSERT_TRUE(result.scenario) << render(result.problems, "");
  const auto knobs_of = [&](std::size_t strategy) {
    std::vector<std::string_view> names;
    const Scenario& scenario = *result.scenario;
    for (const Effect& one :
         effects_of(scenario, scenario.strategies[strategy], play_seeds).knobs) {
      names.push_back(one.knob);
    }
    return names;
  };

  EXPECT_THAT(knobs_of(0), ::testing::Contains("jitter"));
  EXPECT_THAT(knobs_of(1), ::testing::Not(::testing::Contains("jitter")));
}

// Without a flash fewer pairs are owed: what a fault costs is pairs, whatever they are a share of.
TEST(Why, a_flash_that_costs_nothing_is_billed_nothing) {
  const LoadResult result = testing::load(testing::scenario_with(
      R"json("time": {"warmup": "40s", "measure": "60s", "drain": "60s"},
    "cluster": {"nodes": {"count": 3}, "net": {"client_node": "10ms"}},
    "people": {"u": {"count": 20}}, "rooms": {"r": {"count": 2}}, "strategies": ["broadcast"],
    "client": {"backoff": {"kind": "fixed", "first": "1s"}},
    "traffic": [{"as": "c", "from": "member", "to": "room:r", "rate": "20/s", "arrivals": "fixed"}],
    "script": [{"at": "5s", "do": "crash", "on": "n1", "for": "5s", "as": "cr"},
               {"at": "45s", "do": "flash", "on": "c", "times": 10, "for": "10s",
                "as": "fl"}])json"));

  const Effects effects = effects_in(*result.scenario);

  ASSERT_EQ(effects.faults.size(), 2U);
  EXPECT_GT(effects.faults[0].saved, 0);
  EXPECT_NEAR(effects.faults[0].saved, effects.base_mean, 1e-9);
  EXPECT_NEAR(effects.faults[1].saved, 0, 1e-9);
  EXPECT_TRUE(effects.pairs.empty());
  const std::string text = as_text(effects, {.scenario = "x"});
  EXPECT_THAT(text, HasSubstr("cr 100 %, fl 0 %"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("each lose alone")));
}

// The seeds owe different numbers of pairs: a pooled share would not be a part of the mean.
TEST(Why, what_remains_is_never_more_than_the_loss_that_it_is_a_part_of) {
  const Scenario scenario = load("why/only-one");
  const auto unequal = [&](const Scenario& played, const StrategySpec& spec) {
    std::vector<RunRecord> runs = play_seeds(played, spec);
    runs.push_back(runs.front());
    for (Cell& cell : runs.back().cells) cell.owed.add(Count(cell.owed));
    return runs;
  };

  const Effects effects = effects_of(scenario, scenario.strategies.front(), unequal);

  for (const Effect& effect : effects.faults) {
    if (!effect.remaining) continue;
    EXPECT_LE(effect.remaining->share, effect.mean + 1e-12);
  }
}

TEST(Why, shares_are_those_of_shapley) {
  EXPECT_EQ(shapley(1, 0, 0, 0).a, 0.5);  // only together
  EXPECT_EQ(shapley(1, 1, 1, 0).a, 0.5);  // each alone suffices
  EXPECT_EQ(shapley(1, 0, 1, 0).a, 1.0);  // a alone
  EXPECT_EQ(shapley(1, 0, 1, 0).b, 0.0);
  EXPECT_EQ(shapley(0.75, 0.25, 0.5, 0).a, 2.0 / 3);  // 0.5 + 0.25, additive
  EXPECT_EQ(shapley(0.5, 0.5, 0.5, 0.5).a, 0.0);
}

TEST(Why, a_fault_that_is_off_leaves_labels_and_blame_where_they_are) {
  const Scenario scenario = load("why/only-one");
  const std::vector<Fault> faults = faults_of(scenario);

  const Change change = without({&faults[0], 1}, scenario, scenario.strategies.front());

  EXPECT_EQ(change.name, "without empty");
  EXPECT_EQ(trigger_names(change.scenario), trigger_names(scenario));
  EXPECT_EQ(faults_of(change.scenario)[1].trigger, faults[1].trigger);
}

// A small broker-failover-12s, with the settings that the command line would take.
Scenario failover(std::vector<Override> more) {
  std::vector<Override> small{{"/params/users", "600"},
                              {"/params/rooms", "60"},
                              {"/params/chat", "3/s"},
                              {"/params/dm", "30/s"}};
  small.insert(small.end(), more.begin(), more.end());
  const auto library = scenario_library();
  const auto file = std::ranges::find(library, "broker-failover-12s", &LibraryFile::name);
  LoadResult loaded =
      load_scenario_text(std::string(file->text), "broker-failover-12s", small, make_vocabulary());
  EXPECT_TRUE(loaded.scenario) << render(loaded.problems, "");
  return loaded.scenario ? *std::move(loaded.scenario) : Scenario{};
}

TEST(Why, of_a_broker_that_fails_over_the_buffer_saturates_and_resubscription_remains) {
  Scenario scenario = failover({});
  std::erase_if(scenario.strategies,
                [](const StrategySpec& spec) { return spec.name != "broadcast"; });

  const Effects effects = effects_in(scenario);

  const std::string text = as_text(effects, {.scenario = "broker-failover-12s"});
  EXPECT_THAT(text, HasSubstr("the publisher's buffer saturates"));
  EXPECT_THAT(text, HasSubstr("what remains is resubscription: not_subscribed"));
}

TEST(Why, the_command_of_a_row_plays_the_same) {
  Scenario scenario = failover({});
  std::erase_if(scenario.strategies,
                [](const StrategySpec& spec) { return spec.name != "broadcast"; });
  const Effects effects = effects_in(scenario);

  std::size_t said = 0;
  for (const auto* list : {&effects.faults, &effects.knobs}) {
    for (const Effect& effect : *list) {
      std::vector<Override> set;
      for (const std::string& word : effect.change.set) {
        const std::size_t equals = word.find('=');
        set.push_back({word.substr(0, equals), word.substr(equals + 1)});
      }
      if (set.empty()) continue;
      ++said;
      const Scenario same = failover(set);
      const RunRecord run = play(same, effect.change.spec, kSeeds[0]);
      std::uint64_t owed = 0, lost = 0;
      for (const Cell& cell : run.cells) owed += cell.owed, lost += cell.lost;
      EXPECT_EQ(static_cast<double>(lost) / static_cast<double>(owed), effect.loss[0])
          << effect.change.name;
    }
  }
  EXPECT_GE(said, 3U);
}

}  // namespace
}  // namespace squall::planted
