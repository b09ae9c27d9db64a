// What a gate says about numbers that are chosen, one law per test.
// How often it is wrong by chance is measured in tests/long/gate_error_rates_test.cpp.
#include "report/compare/gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/compare/two_results.hpp"
#include "tests/support/infinity.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

const std::string kMetric = "latency.obliged.p99";

GateVerdict judged(const Values& base, const Values& fresh, const Gate& one = gate(kMetric)) {
  const std::string unit = one.metric.starts_with("loss") ? "ratio" : "ns";
  return judge_gates(result({metric(one.metric, unit, base)}),
                     result({metric(one.metric, unit, fresh)}), {one}, {})
      .at(0);
}

TEST(Gate, equal_values_are_identical_and_need_no_statistics) {
  const GateVerdict verdict = judged(latencies(10), latencies(10));

  EXPECT_EQ(verdict.outcome, GateOutcome::identical);
  EXPECT_FALSE(verdict.p.has_value());
}

TEST(Gate, a_whole_interval_beyond_the_margin_is_a_regression) {
  const GateVerdict verdict = judged(latencies(10), latencies(10, 1.12, 0.01));

  EXPECT_EQ(verdict.outcome, GateOutcome::regressed);
  EXPECT_GT(*verdict.low, 0.05);
  EXPECT_EQ(verdict.worse, 10U);
  EXPECT_THAT(verdict.why, HasSubstr("10 of 10 seeds got worse"));
}

TEST(Gate, a_change_inside_the_margin_passes_and_says_that_it_changed) {
  const GateVerdict verdict = judged(latencies(10), latencies(10, 1.01, 0.001));

  EXPECT_EQ(verdict.outcome, GateOutcome::pass);
  EXPECT_TRUE(verdict.changed);
  EXPECT_EQ(label(verdict), "WARN");
}

TEST(Gate, an_interval_around_the_margin_is_inconclusive) {
  const GateVerdict verdict = judged(latencies(10), latencies(10, 1.0, 0.05));

  EXPECT_EQ(verdict.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(verdict.why, HasSubstr("the margin is inside the interval"));
}

TEST(Gate, an_improvement_passes_however_large) {
  const GateVerdict verdict = judged(latencies(10), latencies(10, 0.5, 0.01));

  EXPECT_EQ(verdict.outcome, GateOutcome::pass);
  EXPECT_EQ(verdict.why, "better");
}

TEST(Gate, where_lower_is_worse_a_fall_is_the_regression) {
  Gate reach = absolute_gate("reachable.share", 0.01);
  const Values base(8, 0.99);
  Values fresh;
  for (int i = 0; i < 8; ++i) fresh.push_back(0.95 - 0.001 * i);

  const auto verdicts =
      judge_gates(result({metric("reachable.share", "ratio", base)}),
                  result({metric("reachable.share", "ratio", fresh)}), {reach}, {});

  EXPECT_FALSE(verdicts[0].worse_higher);
  EXPECT_EQ(verdicts[0].outcome, GateOutcome::regressed);
}

TEST(Gate, fewer_than_five_pairs_never_decide) {
  const GateVerdict verdict = judged(latencies(4), latencies(4, 2));

  EXPECT_EQ(verdict.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(verdict.why, HasSubstr("at least 5"));
}

TEST(Gate, no_data_fails_unless_the_gate_allows_it) {
  Gate lenient = gate(kMetric);
  lenient.pass_without_data = true;
  const Values nothing(10);

  EXPECT_EQ(judged(nothing, nothing).outcome, GateOutcome::no_data);
  EXPECT_EQ(judged(nothing, nothing, lenient).outcome, GateOutcome::pass);
}

TEST(Gate, data_on_one_side_only_is_no_pass) {
  Values half = latencies(10);
  half[3].reset();

  EXPECT_EQ(judged(latencies(10), half).outcome, GateOutcome::inconclusive);
}

TEST(Gate, a_quantile_that_the_sample_does_not_support_is_inconclusive) {
  Result base = result({metric(kMetric, "ns", latencies(10))});
  Result fresh = result({metric(kMetric, "ns", latencies(10, 2))});
  fresh.strategies[0].metrics[1].per_seed[2] = 100.0;  // owed pairs of one replication

  const GateVerdict verdict = judge_gates(base, fresh, {gate(kMetric)}, {}).at(0);

  EXPECT_EQ(verdict.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(verdict.why, HasSubstr("not supported by the sample"));
  EXPECT_THAT(verdict.why, HasSubstr("368"));
}

TEST(Gate, a_share_of_zero_cannot_be_judged_and_says_what_to_write) {
  const GateVerdict verdict = judged(Values(10, 0.0), Values(10, 0.01), gate("loss.intent"));

  EXPECT_EQ(verdict.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(verdict.why, HasSubstr("margin_abs"));
}

TEST(Gate, a_ratio_without_a_margin_has_one_of_two_hundredths_of_a_point) {
  Gate plain;
  plain.metric = "loss.intent";

  const GateVerdict verdict = judged(Values(10, 0.01), Values(10, 0.0101), plain);

  EXPECT_FALSE(verdict.relative);
  EXPECT_DOUBLE_EQ(verdict.margin, 0.0002);
  EXPECT_EQ(verdict.outcome, GateOutcome::pass);
}

TEST(Gate, values_that_became_infinite_are_judged_by_their_ranks) {
  const GateVerdict verdict = judged(latencies(10), Values(10, kInfinity));

  EXPECT_EQ(verdict.outcome, GateOutcome::regressed);
  EXPECT_FALSE(verdict.low.has_value());
}

TEST(Gate, values_that_are_infinite_on_both_sides_say_nothing) {
  Values base = latencies(10);
  Values fresh = latencies(10, 1.01);
  for (int i = 0; i < 7; ++i) base[i] = fresh[i] = kInfinity;

  const GateVerdict verdict = judged(base, fresh);

  EXPECT_EQ(verdict.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(verdict.why, HasSubstr("7 seeds both sides are infinite"));
}

TEST(Gate, one_extreme_seed_does_not_decide_alone) {
  // Student's interval is pulled over the margin by outliers; the ranks do not follow.
  Values fresh = latencies(12, 1.0, 0.0001);
  for (int i = 0; i < 5; ++i) fresh[i] = *fresh[i] * (4.0 + i);

  const GateVerdict verdict = judged(latencies(12), fresh);

  EXPECT_NE(verdict.outcome, GateOutcome::regressed);
}

TEST(Gate, a_quantile_is_never_sharper_than_the_buckets_it_was_read_from) {
  // Every seed moved by one bucket, from below the margin to just beyond it: that decides nothing.
  Gate tight = gate(kMetric, 0.005);

  const GateVerdict quantile = judged(Values(10, 100e6), Values(10, 100.78e6), tight);
  tight.metric = "latency.stage.uplink.mean";
  const GateVerdict exact = judged(Values(10, 100e6), Values(10, 100.78e6), tight);

  EXPECT_EQ(quantile.outcome, GateOutcome::inconclusive);
  EXPECT_EQ(exact.outcome, GateOutcome::regressed);
}

TEST(Gate, pairs_are_made_by_seed_not_by_position) {
  const Values values = latencies(10);
  const Values later(values.begin() + 4, values.end());
  const Result base = result({metric(kMetric, "ns", values)});
  const Result fresh = result({metric(kMetric, "ns", later)}, 5);

  const GateVerdict verdict = judge_gates(base, fresh, {gate(kMetric)}, {}).at(0);

  EXPECT_EQ(verdict.outcome, GateOutcome::identical);
  EXPECT_EQ(verdict.seeds, 6U);
}

TEST(Gate, a_strategy_that_was_taken_away_does_not_pass_unseen) {
  const Result base = result({metric(kMetric, "ns", latencies(10))});
  Result fresh = base;
  fresh.strategies[0].strategy = "other";

  const auto verdicts = judge_gates(base, fresh, {gate(kMetric)}, {});

  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[0].outcome, GateOutcome::inconclusive);  // new: nothing to compare with
  EXPECT_EQ(verdicts[1].outcome, GateOutcome::no_data);       // routed: gone
}

TEST(Gate, a_gate_for_no_strategy_at_all_fails) {
  Gate lonely = gate(kMetric);
  lonely.strategies = {"nobody*"};

  EXPECT_EQ(judged(latencies(10), latencies(10), lonely).outcome, GateOutcome::no_data);
}

TEST(Gate, holm_asks_more_of_each_gate_when_there_are_many) {
  // One small but clear regression: alone it fails, among nine gates without any it is open.
  const Values base = latencies(6);
  Values fresh;
  for (std::size_t i = 0; i < base.size(); ++i) {
    fresh.push_back(*base[i] * (1.062 + 0.008 * (i % 2 == 0 ? 1 : -1)));
  }
  const std::vector<std::string> others = {
      "latency.obliged.p50",       "latency.obliged.p90",       "latency.delivered.p50",
      "latency.delivered.p99",     "latency.service.p50",       "latency.service.p99",
      "latency.room_complete.p50", "latency.room_complete.p99", "latency.skew.p99"};
  std::vector<MetricValues> base_metrics = {metric(kMetric, "ns", base)};
  std::vector<MetricValues> fresh_metrics = {metric(kMetric, "ns", fresh)};
  std::vector<Gate> gates = {gate(kMetric)};
  for (const std::string& name : others) {
    base_metrics.push_back(metric(name, "ns", base));
    fresh_metrics.push_back(metric(name, "ns", latencies(6, 0.999, 0.002)));
    gates.push_back(gate(name));
  }

  const GateVerdict alone = judged(base, fresh);
  const GateVerdict among =
      judge_gates(result(base_metrics), result(fresh_metrics), gates, {}).at(0);

  EXPECT_EQ(alone.outcome, GateOutcome::regressed);
  EXPECT_EQ(among.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(among.why, HasSubstr("Holm"));
}

TEST(Gate, wall_clock_numbers_are_advice_with_a_margin_of_ten_percent_at_least) {
  GateOptions options;
  options.advisory = true;

  const GateVerdict verdict =
      judge_gates(result({metric(kMetric, "ns", latencies(9))}),
                  result({metric(kMetric, "ns", latencies(9, 3))}), {gate(kMetric)}, options)
          .at(0);

  EXPECT_EQ(verdict.outcome, GateOutcome::advisory);
  EXPECT_DOUBLE_EQ(verdict.margin, 0.1);
  EXPECT_LT(*verdict.p_rank, 0.001);
  EXPECT_THAT(verdict.why, HasSubstr("beyond the margin"));
}

TEST(Gate, the_looks_spend_the_whole_error_rate_and_no_more) {
  for (const std::size_t reps : {1U, 10U, 20U, 39U, 40U, 100U}) {
    double spent = 0;
    for (const InterimLook& look : looks_for(reps)) spent += look.alpha_share;

    EXPECT_NEAR(spent, 1.0, 1e-12) << reps;
  }
  EXPECT_EQ(looks_for(10).size(), 1U);
  EXPECT_EQ(looks_for(40).size(), 3U);
}

TEST(Gate, a_word_of_the_command_line_is_a_gate_or_a_sentence) {
  std::string error;

  EXPECT_DOUBLE_EQ(parse_gate("latency.obliged.p99=5%", error)->margin_share, 0.05);
  EXPECT_DOUBLE_EQ(parse_gate("latency.obliged.p99=5ms", error)->margin_value, 5e6);
  EXPECT_DOUBLE_EQ(parse_gate("loss.intent=0.02%", error)->margin_value, 0.0002);
  EXPECT_FALSE(parse_gate("latency.obligd.p99", error).has_value());
  EXPECT_THAT(error, HasSubstr("did you mean \"latency.obliged.p99\""));
  EXPECT_FALSE(parse_gate("latency.obliged.p99=much", error).has_value());
}

// ---- The language of scenarios -----------------------------------------------------------------

LoadResult with_gate(const std::string& gate) {
  return load(R"({"squall": 1, "name": "gated", "people": {"all": {"count": 10}}, "gates": [)" +
              gate + "]}");
}

TEST(GateLanguage, a_gate_is_read_with_its_place_and_comes_back_from_the_resolved_scenario) {
  const LoadResult read = with_gate(
      R"({"metric": "loss.intent", "margin_abs": "0.5%", "for": "routed", "worse": "higher"})");
  ASSERT_TRUE(read.scenario);

  const LoadResult again = load(read.scenario->resolved_json);

  for (const LoadResult* one : {&read, &again}) {
    const Gate& gate = one->scenario.value().gates.at(0);
    EXPECT_EQ(gate.metric, "loss.intent");
    EXPECT_DOUBLE_EQ(gate.margin_value, 0.005);
    EXPECT_EQ(gate.strategies, std::vector<std::string>{"routed"});
    EXPECT_EQ(gate.worse, Worse::higher);
    EXPECT_GT(gate.line, 0);
  }
}

TEST(GateLanguage, every_mistake_is_an_error_that_names_it) {
  const std::pair<std::string, std::string> mistakes[] = {
      {R"({"metric": "loss.intnt"})", "S0322"},
      {R"({"margin": "5%"})", "S0102"},
      {R"({"metric": "loss.intent", "margin": "5ms"})", "S0213"},
      {R"({"metric": "loss.intent", "margin_abs": "5ms"})", "S0213"},
      {R"({"metric": "loss.intent", "margin": "5%", "margin_abs": "1%"})", "S0103"},
      {R"({"metric": "loss.intent", "worse": "sideways"})", "S0203"},
      {R"({"metric": "loss.intent", "for": "nobody"})", "S0326"},
      {R"({"metric": "loss.intent", "margn": "5%"})", "S0101"},
  };
  for (const auto& [gate, code] : mistakes) {
    const LoadResult result = with_gate(gate);

    EXPECT_FALSE(result.scenario) << gate;
    ASSERT_FALSE(result.problems.empty()) << gate;
    EXPECT_EQ(result.problems[0].code, code) << gate << ": " << result.problems[0].message;
  }
}

}  // namespace
}  // namespace squall::testing
