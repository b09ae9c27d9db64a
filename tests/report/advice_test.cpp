// Which strategy, why, at what price: situations, and the sentence that is right for each.
// The sentences were written before the code, and corrected where it was right.
#include <gtest/gtest.h>

#include "report/measure/comparison.hpp"
#include "report/words/advice.hpp"
#include "tests/support/advised.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

using namespace advised;

// A deploy: the measured numbers of the demo, rounded.
const std::vector<Numbers> kDeploy = {
    {"multi_active", 0.001, 166e6, 10.4e6, 19.2e6, 2, 0.40},
    {"broadcast", 0.0116, kForever, 10.4e6, 10.1e6, 1, 0.202},
    {"routed", 0.0154, kForever, 6.1e6, 10.0e6, 1, 0.20},
    {"sticky_hash", 0.106, kForever, 0, 9.49e6, 1, 0.25},
    {"session_share", 0.9056, kForever, 0.365e6, 1.98e6, 1, 0.05},
};
// Two-node-hello: nothing lost, p99 of 100 pairs not told.
const std::vector<Numbers> kHello = {
    {"sticky_hash", 0, kNone, 0, 7650, 1},      {"broadcast", 0, kNone, 12000, 7650, 1},
    {"routed", 0, kNone, 3650, 7650, 1},        {"multi_active", 0, kNone, 12000, 10900, 2},
    {"session_share", 1, kNone, 2610, 4430, 1},
};
// A broker that is away for 12 s: who needs it loses 12.8 %, and writes less for that reason.
const std::vector<Numbers> kFailover = {
    {"routed", 4.27e-7, 150e6, 5e6, 10e6, 1},
    {"broadcast", 0.128, kForever, 8.7e6, 8.72e6, 1},
};

const std::vector<Situation> kSituations = {
    {"the deploy: the best pays with connections, traffic and CPU", kDeploy, 0,
     "Choose it for the least loss, 0.100 % (broadcast: 1.16 %); it costs 2.0 times the "
     "connections per client of broadcast (2 against 1), 2.0 times the CPU of the busiest node of "
     "routed (40.0 % against 20.0 %) and 1.9 times the traffic to clients of routed (per delivered "
     "byte)."},
    {"the deploy: half the connections for 12 times the loss", kDeploy, 1,
     "Choose it for 50 % fewer connections per client than multi_active (1 against 2), 50 % less "
     "CPU of the busiest node than multi_active (20.2 % against 40.0 %) and 47 % less traffic to "
     "clients than multi_active (per delivered byte), if losing 1.16 % is acceptable: 12 times the "
     "0.100 % of multi_active; it costs 1.7 times the traffic inside the cluster of routed (10.4 "
     "MB/s against 6.10 MB/s)."},
    {"the deploy: 41 % less cluster traffic is told although hashing has none", kDeploy, 2,
     "Choose it for 41 % less traffic inside the cluster than broadcast (6.10 MB/s against 10.4 "
     "MB/s), 50 % fewer connections per client than multi_active (1 against 2) and 50 % less CPU "
     "of the busiest node than multi_active (20.0 % against 40.0 %), if losing 1.54 % is "
     "acceptable: 15 times the 0.100 % of multi_active; nothing measured here speaks against it."},
    {"the deploy: who loses a tenth is not held up as cheap", kDeploy, 3,
     "Do not choose it: 10.6 % of what was owed is lost, 106 times the 0.100 % of multi_active. "
     "Traffic of messages that do not arrive is not saved."},
    {"the deploy: who delivers nothing", kDeploy, 4,
     "Do not choose it: 90.6 % of what was owed is lost, 906 times the 0.100 % of multi_active. "
     "Traffic of messages that do not arrive is not saved."},
    {"two-node-hello: no price at all", kHello, 0,
     "Choose it for no traffic inside the cluster (routed: 3.65 kB/s), 50 % fewer connections per "
     "client than multi_active (1 against 2) and 30 % less traffic to clients than multi_active "
     "(7.65 kB/s against 10.9 kB/s); it lost nothing, as little as broadcast, routed and "
     "multi_active; nothing measured here speaks against it."},
    {"two-node-hello: beaten in cluster traffic", kHello, 1,
     "No number here speaks for it: sticky_hash is nowhere worse beyond the margins and better in "
     "traffic inside the cluster (0 B/s against 12.0 kB/s). Choose it only for what was not "
     "measured."},
    {"two-node-hello: users of shared sessions hear nothing", kHello, 4,
     "Do not choose it: 100 % of what was owed is lost, sticky_hash lost nothing. Traffic of "
     "messages that do not arrive is not saved."},
    {"a run that loses 12 %: nothing is praised", kFailover, 1,
     "Do not choose it: 12.8 % of what was owed is lost, more than 1 000 times the 0.0000427 % of "
     "routed. Traffic of messages that do not arrive is not saved."},
    {"a run that loses 12 %: the other", kFailover, 0,
     "Choose it for the least loss, 0.0000427 % (broadcast: 12.8 %); nothing measured here speaks "
     "against it."},
    {"traffic that only loss thins out is no saving",
     {{"a", 0, kNone, 10e6, kNone}, {"b", 0.04, kNone, 9.6e6, kNone}},
     1,
     "No number here speaks for it: a is nowhere worse beyond the margins and better in loss (0 % "
     "against 4.00 %). Choose it only for what was not measured."},
    {"traffic beyond what loss thins out is one, per delivered byte",
     {{"a", 0, kNone, 10e6, kNone}, {"b", 0.04, kNone, 4.8e6, kNone}},
     1,
     "Choose it for 50 % less traffic inside the cluster than a (per delivered byte), if losing "
     "4.00 % is acceptable: a lost nothing; nothing measured here speaks against it."},
    {"0.0161 % deaf beside 0.0000427 % is neither the fewest nor a price",
     {{"a", 0.001, kNone, 1e6, kNone, kNone, kNone, 4.27e-7},
      {"b", 0.001, kNone, 2e6, kNone, kNone, kNone, 0.000161}},
     1,
     "No number here speaks for it: a is nowhere worse beyond the margins and better in traffic "
     "inside the cluster (1.00 MB/s against 2.00 MB/s). Choose it only for what was not measured."},
    {"loss is compared by its ratio, however small",
     {{"a", 0.00001, kNone, 9e6}, {"b", 0.0001, kNone, 1e6}},
     0,
     "Choose it for the least loss, 0.00100 % (b: 0.0100 %); it costs 9.0 times the traffic inside "
     "the cluster of b (9.00 MB/s against 1.00 MB/s)."},
    {"0.5 % more loss is none",
     {{"a", 0.0100, kNone, 2e6}, {"b", 0.01005, kNone, 1e6}},
     1,
     "Choose it for 50 % less traffic inside the cluster than a (1.00 MB/s against 2.00 MB/s); it "
     "loses 1.00 %, as little as a; nothing measured here speaks against it."},
    {"two connections that buy nothing",
     {{"one", 0.01, 1e8, 1e6, 1e6, 1}, {"two", 0.01, 1e8, 1e6, 2e6, 2}},
     1,
     "No number here speaks for it: one is nowhere worse beyond the margins and better in traffic "
     "to clients (1.00 MB/s against 2.00 MB/s). Choose it only for what was not measured."},
    {"a shorter tail at equal loss",
     {{"quick", 0.001, 0.8e8, 2e6}, {"thrifty", 0.001, 1e8, 1e6}},
     0,
     "Choose it for 20 % less p99 latency than thrifty (80.0 ms against 100 ms); it loses 0.100 %, "
     "as little as thrifty; it costs 2.0 times the traffic inside the cluster of thrifty (2.00 "
     "MB/s against 1.00 MB/s)."},
    {"a difference of half a millisecond is none",
     {{"a", 0.001, 2.5e6, 1e6}, {"b", 0.001, 3.0e6, 1e6}},
     0,
     "Indistinguishable from the others in every number here; choose by what was not measured."},
    {"an infinite tail is loss under another name",
     {{"a", 0.002, 1e8, 2e6}, {"b", 0.02, kForever, 1e6}},
     1,
     "Choose it for 49 % less traffic inside the cluster than a (per delivered byte), if losing "
     "2.00 % is acceptable: 10 times the 0.200 % of a; nothing measured here speaks against it."},
    {"who never comes back is told so",
     {{"a", 0.01, kNone, 1e6, kNone, kNone, kNone, kNone, 4e9},
      {"b", 0.01, kNone, 0.5e6, kNone, kNone, kNone, kNone, kForever}},
     1,
     "Choose it for 50 % less traffic inside the cluster than a (500 kB/s against 1.00 MB/s); it "
     "loses 1.00 %, as little as a; it costs \u221e of time until ready again (p99) (a: 4.00 s)."},
    {"in the middle",
     {{"safe", 0.0001, 1e8, 9e6}, {"middle", 0.002, 1.5e8, 2e6}, {"cheap", 0.04, 2e8, 1e6}},
     1,
     "Choose it for 78 % less traffic inside the cluster than safe (2.00 MB/s against 9.00 MB/s), "
     "if losing 0.200 % is acceptable: 20 times the 0.0100 % of safe; it costs 1.9 times the "
     "traffic inside the cluster of cheap (per delivered byte) and 1.5 times the p99 latency of "
     "safe (150 ms against 100 ms)."},
    {"all of them lose a third: the best of them is no recommendation",
     {{"a", 0.30, kNone, 2e6}, {"b", 0.33, kNone, 2e6}},
     0,
     "Choose it for the least loss, 30.0 % (b: 33.0 %); nothing measured here speaks against it. "
     "No "
     "strategy here loses less than 5 %: look at what they lose it to first."},
    {"nothing was measured", {{"a"}, {"b"}}, 0, "Nothing was measured, so nothing can be said."},
    {"nothing was owed",
     {{"a", kNone, kNone, 1e6}, {"b", kNone, kNone, 2e6}},
     0,
     "Nothing was owed to anybody; choose it for 50 % less traffic inside the cluster than b (1.00 "
     "MB/s against 2.00 MB/s); nothing measured here speaks against it."},
    {"alone",
     {{"only", 0.1, 1e8, 1e6}},
     0,
     "It was played alone, so there is nothing to choose between."},
};

TEST(Advice, IsTheRightSentenceInEverySituation) {
  ASSERT_GE(kSituations.size(), 20U);

  for (const Situation& situation : kSituations) {
    EXPECT_EQ(advice(situation.field)[situation.of], situation.right) << situation.what;
  }
}

TEST(Advice, InOneLineSaysWhichAndAtWhatPrice) {
  EXPECT_EQ(line(kDeploy),
            "multi_active loses least, 0.100 %, for 2.0 times the connections per client of "
            "broadcast (2 against 1); broadcast for 50 % fewer connections per client than "
            "multi_active (1 against 2), losing 1.16 %; routed for 41 % less traffic inside the "
            "cluster than broadcast (6.10 MB/s against 10.4 MB/s), losing 1.54 %; not sticky_hash "
            "and session_share, which lose 10.6 % and more");
  EXPECT_EQ(
      line(kHello),
      "sticky_hash, broadcast, routed and multi_active lose nothing; choose sticky_hash for no "
      "traffic inside the cluster (routed: 3.65 kB/s); not session_share, which loses 100 %");
  EXPECT_EQ(line(kFailover), "routed loses least, 0.0000427 %; not broadcast, which loses 12.8 %");
}

TEST(Advice, InOneLineIsSilentWhereThereIsNoChoice) {
  EXPECT_EQ(line({{"only", 0.1, 1e8, 1e6}}), "");
  Result cut = result_of(kDeploy);
  cut.complete = false;
  EXPECT_EQ(advice_line(cut, unicode_glyphs()), "");
  EXPECT_EQ(advice_of(cut, unicode_glyphs())[0], "The run is not complete: no advice.");
}

// One rule for tables and sentences: 100 pairs do not tell a p99.
TEST(Advice, LeavesOutQuantilesThatTheSampleDoesNotSupport) {
  Result result = result_of({{"a", 0, 1e8, 1e6}, {"b", 0, 3e8, 2e6}});
  for (StrategyResult& strategy : result.strategies) {
    MetricValues& p99 = strategy.metrics[1];
    p99.pooled = Pooled{*p99.per_seed[0], 100, {}, {}};
  }

  for (const std::string& sentence : advice_of(result, unicode_glyphs())) {
    EXPECT_EQ(sentence.find("p99"), sentence.npos) << sentence;
  }
}

TEST(Advice, DoesNotTellApartWhatTheReplicationsLeaveInDoubt) {
  Result result = result_of({{"a", 0.010, kNone, 1e6}, {"b", 0.012, kNone, 1e6}});
  result.strategies[0].metrics[0].per_seed = {0.005, 0.015, 0.010, 0.010};
  result.strategies[1].metrics[0].per_seed = {0.016, 0.008, 0.013, 0.011};

  EXPECT_TRUE(advice_of(result, unicode_glyphs())[0].starts_with("Indistinguishable"));
}

TEST(Advice, DoesNotPraiseALatencyBelowTheLatenessOfTheGenerator) {
  Result result = result_of({{"a", 0, 3.2e6, 1e6}, {"b", 0, 5e6, 1e6}});
  for (StrategyResult& strategy : result.strategies) {
    strategy.live.push_back({.lateness_p99_ns = 3'030'000});
  }

  EXPECT_TRUE(advice_of(result, unicode_glyphs())[0].starts_with("Indistinguishable"));
}

TEST(Advice, OfAnInvalidLiveRunThereIsNone) {
  Result result = result_of(kDeploy);
  result.strategies[1].invalid = {"it fell behind"};

  EXPECT_EQ(advice_of(result, unicode_glyphs())[0], "The live run is invalid: no advice.");
  EXPECT_EQ(advice_line(result, unicode_glyphs()), "");
}

TEST(Advice, OfStrategiesThatLoseEverythingThereIsNone) {
  const std::vector<Numbers> all_gone = {{"a", 1, kNone, 0, 1e6, 1}, {"b", 1, kNone, 5e6, 2e6, 2}};

  for (const std::string& sentence : advice(all_gone)) {
    EXPECT_TRUE(sentence.starts_with("Nothing of what was owed arrived")) << sentence;
  }
  EXPECT_EQ(line(all_gone), "nothing of what was owed arrived, by any strategy");
  EXPECT_EQ(compare_strategies(result_of(all_gone), {}).unbeaten, std::vector<bool>(2, false));
}

TEST(Advice, OfEqualLossesThatTheTableShowsApartTellsTheRange) {
  const std::string said =
      line({{"a", 0.0136, kNone, 1e6}, {"b", 0.01362, kNone, 4e6}, {"c", 0.01375, kNone, 9e6}});

  EXPECT_TRUE(said.starts_with("a, b and c lose 1.36 % to 1.38 %;")) << said;
}

TEST(Advice, CountsFailedExpectations) {
  const auto sentences = advice_of(sample::result(), unicode_glyphs());

  ASSERT_EQ(sentences.size(), 3U);
  EXPECT_TRUE(sentences[1].ends_with(" It fails an expectation.")) << sentences[1];
}

TEST(DominanceMark, HasATolerance) {
  Result result = result_of({{"two", 0.001, kNone, 10.403e6}, {"one", 0.0116, kNone, 10.4e6}});

  EXPECT_EQ(compare_strategies(result, {}).unbeaten, std::vector<bool>({true, false}));
}

TEST(DominanceMark, IsForNobodyWhoWasPlayedAlone) {
  const Comparison alone = compare_strategies(result_of({{"only", 0.001, kNone, 2e6}}), {});

  EXPECT_EQ(alone.unbeaten, std::vector<bool>({false}));
  EXPECT_FALSE(alone.marked());
}

TEST(DominanceMark, IsNotEarnedByDeliveringNothing) {
  Result result = result_of({{"good", 0.001, kNone, 2e6}, {"mute", 1, kNone, 1e5}});

  EXPECT_EQ(compare_strategies(result, {}).unbeaten, std::vector<bool>({true, false}));
}

}  // namespace
}  // namespace squall
