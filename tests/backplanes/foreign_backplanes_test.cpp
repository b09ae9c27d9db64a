// Backplanes that squall does not know, in virtual time: one row each, and they are played, billed,
// predicted and blamed as what they say they are.
//
// The live engine plays them in tests/live/foreign_live_test.cpp.
#include <gtest/gtest.h>

#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "tests/backplanes/bodies.hpp"
#include "tests/backplanes/insistent.hpp"
#include "tests/backplanes/roster.hpp"
#include "tests/planted/planted.hpp"
#include "tests/planted/storms.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

std::vector<StrategySpec> foreign_strategies() {
  return {foreign(mesh_row()),     foreign(batched_row()), foreign(echo_row()),
          foreign(fallback_row()), foreign(roster_row()),  foreign(insistent_row())};
}

Scenario steady() {
  return built_in("steady-zipf", {{"/params/users", "2000"},
                                  {"/params/rooms", "100"},
                                  {"/params/measure", "10s"},
                                  {"/cluster/nodes/loops", "2"}});
}

TEST(ForeignBackplane, a_mesh_loses_nothing_in_steady_zipf_and_nobody_is_deaf) {
  const Scenario scenario = steady();
  const StrategySpec mesh = foreign(mesh_row());

  const RunRecord run = play(scenario, mesh, 1);

  EXPECT_TRUE(complete(run));
  EXPECT_GT(totals(run).owed, 10'000U);
  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_EQ(run.deaf.count(), 0);
  EXPECT_EQ(closed_form("loss.intent", scenario, mesh), 0.0);
}

TEST(ForeignBackplane, all_of_them_deliver_everything_when_nothing_fails) {
  const Scenario scenario = steady();

  for (const StrategySpec& spec : foreign_strategies()) {
    const RunRecord run = play(scenario, spec, 1);
    EXPECT_TRUE(complete(run)) << spec.name;
    EXPECT_EQ(totals(run).lost, 0U) << spec.name;
  }
}

TEST(ForeignBackplane, a_forward_is_no_lookup_where_no_route_decides) {
  const RunRecord run = play(*loaded_storm(calm()), foreign(mesh_row()), 1);

  EXPECT_EQ(run.route_lookups, 0U);
  EXPECT_EQ(run.route_stale, 0U);
}

TEST(ForeignBackplane, every_storm_leaves_balanced_books) {
  for (const StrategySpec& spec : foreign_strategies()) {
    for (std::uint64_t number = 1; number <= 20; ++number) {
      const RunRecord run = play(*loaded_storm(random_storm(number)), spec, 1);
      for (const Violation& violation : run.violations) {
        ADD_FAILURE() << spec.name << " storm " << number << ": " << violation.law << ": "
                      << violation.detail;
      }
      EXPECT_EQ(value("ledger.unattributed", run), 0) << spec.name << " storm " << number;
    }
  }
}

// MessageId would not do: in virtual time another message gets the place of one that has settled.
TEST(ForeignBackplane, whoever_remembers_messages_hears_each_of_them_once) {
  const RunRecord run = play(steady(), foreign(echo_row()), 1);

  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_EQ(value("dup.surfaced", run), 0);
}

TEST(ForeignBackplane, a_part_that_wraps_another_saves_what_that_one_drops) {
  const Scenario scenario = planted::load("route_missing");

  const RunRecord routed = play(scenario, strategy("routed"), 1);
  const RunRecord wrapped = play(scenario, foreign(fallback_row()), 1);

  EXPECT_GT(lost_by(routed, Mechanism::route_missing), 0U);
  EXPECT_EQ(lost_by(wrapped, Mechanism::route_missing), 0U);
  EXPECT_LT(totals(wrapped).lost, totals(routed).lost);
}

TEST(ForeignBackplane, what_nobody_was_there_to_take_comes_back_and_is_said_later) {
  const Scenario scenario = planted::load("publish_failed");

  const RunRecord broadcast = play(scenario, strategy("broadcast"), 1);
  const RunRecord insistent = play(scenario, foreign(insistent_row()), 1);

  EXPECT_GT(lost_by(broadcast, Mechanism::publish_failed), 0U);
  EXPECT_TRUE(complete(insistent));
  EXPECT_EQ(lost_by(insistent, Mechanism::publish_failed), 0U);
  EXPECT_LT(totals(insistent).lost, totals(broadcast).lost);
}

TEST(ForeignBackplane, the_load_that_is_predicted_grows_with_every_peer) {
  const StrategySpec mesh = foreign(mesh_row());
  Scenario scenario = *loaded_storm(calm());
  scenario.traffic.erase(scenario.traffic.begin());  // direct messages alone: one recipient each

  scenario.cluster.nodes.count = 12;

  // The same on each card, however many nodes share the messages: all of them get all.
  const Demand of_mesh = demand(scenario, mesh), of_routed = demand(scenario, strategy("routed"));
  EXPECT_NEAR(of_mesh.cards, 11 * of_routed.cards, of_mesh.cards * 0.01);
  EXPECT_GT(of_mesh.loops, of_routed.loops);
}

TEST(ForeignBackplane, its_options_are_words_of_the_language) {
  foreign(mesh_row()), foreign(echo_row());
  const auto one = [](const std::string& strategy) {
    return load(scenario_with(R"("strategies": [)" + strategy + "]"));
  };

  const LoadResult set = one(R"({"as": "e", "backplane": "echo", "times": 3})");
  const LoadResult unset = one(R"({"as": "e", "backplane": "echo"})");
  const LoadResult elsewhere = one(R"({"as": "m", "backplane": "mesh", "times": 3})");

  ASSERT_TRUE(set.scenario && unset.scenario && elsewhere.scenario);
  EXPECT_EQ(value_of(kTimes, set.scenario->strategies.front()), 3);
  EXPECT_EQ(value_of(kTimes, unset.scenario->strategies.front()), 2);
  EXPECT_NE(unset.scenario->resolved_json.find(R"("times": 2)"), std::string::npos);
  EXPECT_EQ(findings(elsewhere), std::vector<std::string>{"S0514 /strategies/0/times"});
  EXPECT_EQ(findings(one(R"({"as": "e", "backplane": "echo", "times": 9})")),
            std::vector<std::string>{"S0202 /strategies/0/times"});
}

}  // namespace
}  // namespace squall::testing
