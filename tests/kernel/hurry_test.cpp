// Runs in which time hardly moves, or that connect without end, are ended and name the culprit.
//
// The loader refuses such scenarios, so they are made as values here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/model/plan.hpp"
#include "scenarios/model/volume.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

Scenario crowd(const std::string& more = "") {
  return loaded(scenario_with(R"("time": {"warmup": "1s", "measure": "2s", "drain": "2s",
      "deadline": "1s"}, "people": {"u": {"count": 20}},
      "client": {"backoff": {"cap": "1s"}})" +
                              more));
}

std::string end_of(const Scenario& scenario) {
  const RunRecord record = play(scenario, strategy("broadcast"), 1);
  EXPECT_EQ(record.violations.size(), 1U);
  EXPECT_FALSE(complete(record));
  if (record.violations.empty()) return {};
  EXPECT_EQ(record.violations[0].law, "run cut short");
  return record.violations[0].detail;
}

TEST(Hurry, drops_without_a_pause_are_ended_and_the_population_is_named) {
  Scenario scenario = crowd();
  scenario.people[0].drop = Distribution::fixed(0);

  const std::string why = end_of(scenario);

  EXPECT_THAT(why, HasSubstr("time hardly moves"));
  EXPECT_THAT(why, HasSubstr("drops"));
  EXPECT_THAT(why, HasSubstr("people u"));
}

TEST(Hurry, a_life_of_a_few_nanoseconds_is_ended_too) {
  Scenario scenario = crowd();
  scenario.people[0].stay = Distribution::fixed(3);
  scenario.people[0].away = Distribution::fixed(4);

  EXPECT_THAT(end_of(scenario), HasSubstr("time hardly moves"));
}

TEST(Hurry, attempts_without_a_pause_are_ended_and_named) {
  Scenario scenario = crowd(R"(, "script": [{"at": "0s", "do": "crash", "on": "node[*]"}])");
  scenario.client.backoff.kind = BackoffKind::none;
  scenario.cluster.net.client_node = Distribution::fixed(0);

  const std::string why = end_of(scenario);

  EXPECT_THAT(why, HasSubstr("attempts to connect"));
  EXPECT_THAT(why, HasSubstr("people u"));
}

TEST(Hurry, a_draw_of_centuries_is_bounded_and_the_run_ends_in_good_order) {
  Scenario scenario = crowd();
  scenario.cluster.net.client_node = {Distribution::Kind::lognormal, 60'000'000'000, 0, 5};

  const RunRecord record = play(scenario, strategy("broadcast"), 1);

  EXPECT_TRUE(complete(record));
}

TEST(Hurry, sizes_are_drawn_within_the_limit_of_the_language) {
  Scenario scenario = crowd(R"x(, "rooms": {"r": {}},
      "traffic": [{"as": "c", "to": "room:r", "rate": "5/s", "size": "lognormal(16MiB,5)"}])x");
  const Plan plan(scenario, 1);
  TrafficSource source(plan, 0);
  const std::vector<std::uint8_t> online(plan.endpoints(), 1);

  Bytes largest = 0;
  for (int i = 0; i < 100; ++i) largest = std::max(largest, source.next(online)->size);

  EXPECT_EQ(largest, kLargestMessage);
}

TEST(Hurry, a_plan_that_is_told_to_stop_stops) {
  const Scenario scenario = crowd(R"(, "rooms": {"r": {"count": 100}})");
  const std::atomic<bool> stop = true;
  EXPECT_THROW(Plan(scenario, 1, &stop), PlanStopped);

  PlayOptions options;
  options.stop = &stop;
  const RunRecord record = play(scenario, strategy("broadcast"), 1, options);

  ASSERT_EQ(record.violations.size(), 1U);
  EXPECT_EQ(record.violations[0].law, "run cut short");
}

}  // namespace
}  // namespace squall::testing
