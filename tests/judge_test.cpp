// Expectations against measurements: operators, closed forms, globs, seeds, missing data.
// The runs are made by hand; which law covers which scenario is tested elsewhere.
#include "report/measure/judge.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "report/measure/expectation.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

std::vector<Verdict> verdicts_for(const Expectation& expectation) {
  Scenario scenario = sample::scenario();
  scenario.expect = {expectation};
  return judge(scenario, sample::strategies(), sample::records());
}

// For the strategy `leaky` alone, which loses 190, 200 and 210 of about 10 000 pairs.
Verdict leaky_verdict(Expectation expectation) {
  expectation.strategies = {"leaky"};
  const std::vector<Verdict> verdicts = verdicts_for(expectation);
  EXPECT_EQ(verdicts.size(), 1U);
  return verdicts.empty() ? Verdict{} : verdicts.front();
}

TEST(Operators, MeanWhatTheySay) {
  EXPECT_TRUE(holds(1, "==", 1) && !holds(1, "==", 2));
  EXPECT_TRUE(holds(1, "!=", 2) && !holds(1, "!=", 1));
  EXPECT_TRUE(holds(1, "<", 2) && !holds(1, "<", 1));
  EXPECT_TRUE(holds(1, "<=", 1) && !holds(2, "<=", 1));
  EXPECT_TRUE(holds(2, ">", 1) && !holds(1, ">", 1));
  EXPECT_TRUE(holds(1, ">=", 1) && !holds(1, ">=", 2));
}

TEST(Operators, CompareRoundedNumbers) { EXPECT_TRUE(holds(0.1 + 0.2, "==", 0.3)); }

TEST(Operators, InfinityIsAboveEveryLimit) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();

  EXPECT_FALSE(holds(kInfinity, "<", 1e300));
  EXPECT_TRUE(holds(kInfinity, ">", 1e300));
}

TEST(Judge, GivesOneVerdictPerExpectationAndStrategy) {
  const auto verdicts = verdicts_for(sample::expectation("loss.intent", "<=", 0.03, "3%"));

  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(verdicts[0].strategy, "leaky");
  EXPECT_EQ(verdicts[0].outcome, Outcome::pass);
  EXPECT_EQ(verdicts[1].outcome, Outcome::pass);
  EXPECT_EQ(verdicts[2].strategy, "mute");
  EXPECT_EQ(verdicts[2].outcome, Outcome::fail);
  EXPECT_EQ(verdicts[2].measured, 1.0);
  EXPECT_EQ(verdicts[2].limit, 0.03);
}

TEST(Judge, ForGlobsChooseTheStrategies) {
  Expectation expectation = sample::expectation("pairs.lost", "==", 0, "0");
  expectation.strategies = {"st*", "m?te"};

  const auto verdicts = verdicts_for(expectation);

  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[0].strategy, "steady");
  EXPECT_EQ(verdicts[1].strategy, "mute");
}

TEST(Judge, TheMeanMayHoldWhereNotEverySeedDoes) {
  Expectation expectation = sample::expectation("pairs.lost", "<=", 205, "205");
  EXPECT_EQ(leaky_verdict(expectation).outcome, Outcome::pass);

  expectation.seeds = SeedRule::all;
  const Verdict verdict = leaky_verdict(expectation);

  EXPECT_EQ(verdict.outcome, Outcome::fail);
  EXPECT_EQ(verdict.measured, 210);
  EXPECT_NE(verdict.detail.find("1 of 3 seeds fail; worst is seed 3"), std::string::npos)
      << verdict.detail;
}

TEST(Judge, NoDataFailsUnlessTheExpectationAllowsIt) {
  Expectation expectation = sample::expectation("route.stale_fraction", "<", 1, "1");
  EXPECT_EQ(leaky_verdict(expectation).outcome, Outcome::no_data);
  EXPECT_FALSE(leaky_verdict(expectation).measured.has_value());

  expectation.pass_without_data = true;
  EXPECT_EQ(leaky_verdict(expectation).outcome, Outcome::pass);
}

TEST(Judge, AllSeedsHaveToHaveData) {
  Scenario scenario = sample::scenario();
  Expectation expectation = sample::expectation("route.stale_fraction", "<", 1, "1");
  expectation.strategies = {"leaky"};
  auto records = sample::records();
  records[0][0].route_lookups = testing::counted(10);
  scenario.expect = {expectation, expectation};
  scenario.expect[1].seeds = SeedRule::all;

  const auto verdicts = judge(scenario, sample::strategies(), records);

  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[0].outcome, Outcome::pass);
  EXPECT_EQ(verdicts[1].outcome, Outcome::no_data);
  EXPECT_EQ(verdicts[1].detail, "no data in seed 2");
}

TEST(Judge, ARunThatMeasuredNothingNeverPasses) {
  Scenario scenario = sample::scenario();
  scenario.expect.clear();
  auto records = sample::records();
  for (RunRecord& run : records[1]) run.cells.clear();

  const auto verdicts = judge(scenario, sample::strategies(), records);

  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].strategy, "steady");
  EXPECT_EQ(verdicts[0].outcome, Outcome::no_data);
  EXPECT_EQ(verdicts[0].that, "pairs.owed > 0");
  EXPECT_EQ(verdicts[0].detail, "nothing was measured: nobody ever got in, of 200");

  for (RunRecord& run : records[1]) run.established = 3;
  EXPECT_EQ(judge(scenario, sample::strategies(), records).at(0).detail,
            "nothing was measured: no message of measure was owed to anybody");
  records[1][2].cells = records[0][2].cells;  // one seed is enough
  EXPECT_TRUE(judge(scenario, sample::strategies(), records).empty());
}

TEST(Judge, WhereNobodySpeaksNothingHadToBeMeasured) {
  Scenario scenario = sample::scenario();
  scenario.expect.clear();
  scenario.traffic.clear();
  auto records = sample::records();
  for (RunRecord& run : records[1]) run.cells.clear();

  EXPECT_TRUE(judge(scenario, sample::strategies(), records).empty());
}

TEST(Judge, AQuantileIsThatOfAllSeedsTogether) {
  Scenario scenario = sample::scenario();
  Expectation expectation = sample::expectation("ready_again.p50", "<", 1e9, "1s");
  expectation.strategies = {"steady"};
  scenario.expect = {expectation};
  auto records = sample::records();
  records[1][2].ready_again.record(testing::inside(), 60'000'000'000, 80);  // one bad seed

  const auto verdicts = judge(scenario, sample::strategies(), records);

  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_NEAR(*verdicts[0].measured, 1e9, 1e7);  // 270 of 350 took a second
  EXPECT_TRUE(verdicts[0].detail.starts_with("of all samples of 3 seeds ")) << verdicts[0].detail;
}

TEST(Judge, NarrowsToSpansAndTraffic) {
  Expectation expectation = sample::expectation("pairs.lost", "==", 0, "0");
  expectation.outside = "crash";
  EXPECT_EQ(leaky_verdict(expectation).outcome, Outcome::pass);

  expectation.outside.clear();
  expectation.during = "crash";
  EXPECT_EQ(leaky_verdict(expectation).outcome, Outcome::fail);

  expectation.of = "dm";  // nothing of it was sent during the crash
  EXPECT_EQ(leaky_verdict(expectation).outcome, Outcome::no_data);
}

TEST(Judge, SaysWhatNarrowedTheExpectation) {
  Expectation expectation = sample::expectation("loss.intent", "<", 1, "1");
  expectation.of = "chat";
  expectation.during = "crash";

  const Verdict verdict = leaky_verdict(expectation);

  EXPECT_EQ(verdict.that, "loss.intent < 1 of chat during crash");
  EXPECT_EQ(parts_of(verdict.that).metric, "loss.intent");
  EXPECT_EQ(parts_of(verdict.that).op, "<");
  EXPECT_EQ(unit_of(verdict.that), "ratio");
}

TEST(Judge, ALabelThatDoesNotExistIsNoData) {
  Expectation expectation = sample::expectation("loss.intent", "<", 1, "1");
  expectation.during = "deploy";

  EXPECT_EQ(leaky_verdict(expectation).outcome, Outcome::no_data);
}

TEST(Judge, AMetricWithoutAClosedFormIsNoData) {
  const Expectation expectation = sample::expectation("ghost.time", "~", 0, "closed_form");

  EXPECT_EQ(leaky_verdict(expectation).outcome, Outcome::no_data);
}

// Two nodes, random placement, no backplane: half of all pairs have to be lost.
std::vector<Verdict> half_is_lost(const std::vector<std::uint64_t>& lost_of_10000) {
  Scenario scenario = sample::scenario();
  scenario.script.clear();
  scenario.people[0].arrive = Distribution::fixed(0);
  scenario.cluster.nodes.count = 2;
  scenario.expect = {sample::expectation("loss.intent", "~", 0, "closed_form")};
  std::vector<StrategySpec> specs(1);
  specs[0].name = "session_share";
  specs[0].placement = "random";
  std::vector<std::vector<RunRecord>> records(1);
  for (const std::uint64_t lost : lost_of_10000) {
    RunRecord run = sample::steady(records[0].size() + 1);
    run.cells = {sample::cell(0, 0, {10000 - lost, lost, 0})};
    records[0].push_back(run);
  }
  return judge(scenario, specs, records);
}

TEST(Judge, AClosedFormIsTheLimitOfTheVerdict) {
  const auto verdicts = half_is_lost({5000, 5000, 5000});

  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].outcome, Outcome::pass);
  EXPECT_EQ(verdicts[0].measured, 0.5);
  EXPECT_EQ(verdicts[0].limit, 0.5);
}

TEST(Judge, AClosedFormMayBeMissedByTwoPercentOfIt) {
  EXPECT_EQ(half_is_lost({5090, 5090, 5090})[0].outcome, Outcome::pass);
  EXPECT_EQ(half_is_lost({5110, 5110, 5110})[0].outcome, Outcome::fail);
  EXPECT_EQ(half_is_lost({4890, 4890, 4890})[0].outcome, Outcome::fail);
}

TEST(Judge, AClosedFormMayBeMissedByTheIntervalOfTheSeeds) {
  // The mean is 5 % off, the seeds scatter by more.
  EXPECT_EQ(half_is_lost({4750, 5250, 5750})[0].outcome, Outcome::pass);
}

}  // namespace
}  // namespace squall
