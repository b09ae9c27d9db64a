// A comparison in every form, byte for byte; hostile names; GitHub's limits; the conclusion.
// Golden files are in tests/golden/compare/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/compare/baseline.hpp"
#include "report/compare/change.hpp"
#include "report/export/json.hpp"
#include "report/words/played_again.hpp"
#include "tests/compare/two_results.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/xml_check.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHostile =
    "a|b`c\"d'e <script>alert(1)</script> ]]> --> & \x1b[31m\n::error::\xff";

Values losses(double level) {
  Values values;
  for (int i = 0; i < 10; ++i) values.push_back(level + 0.0001 * i);
  return values;
}

ChangeSide side(std::string name, Result made) {
  ChangeSide one;
  one.name = std::move(name);
  one.version = "0.1.0";
  one.result_sha256 = one.name;
  one.scenario_path = "scenarios/node-crash.json";
  made.strategies[0].fingerprints = {one.name};
  one.result = std::move(made);
  return one;
}

// A regression, a pass, a change inside the margin, an inconclusive one.
ChangeReport sample() {
  const Result base = result({metric("latency.obliged.p99", "ns", latencies(10)),
                              metric("loss.intent", "ratio", losses(0.01)),
                              metric("latency.obliged.p50", "ns", latencies(10)),
                              metric("bytes.cluster.rate", "bytes/s", latencies(10))});
  Result fresh = result({metric("latency.obliged.p99", "ns", latencies(10, 1.12, 0.01)),
                         metric("loss.intent", "ratio", losses(0.01)),
                         metric("latency.obliged.p50", "ns", latencies(10, 1.01, 0.001)),
                         metric("bytes.cluster.rate", "bytes/s", latencies(10, 1, 0.05))});
  fresh.resolved_scenario = R"({"name": "node-crash", "cluster": {"nodes": {"count": 4}}})";
  ChangeRequest request;
  request.gates = {gate("latency.obliged.p99"), absolute_gate("loss.intent", 0.0002),
                   gate("latency.obliged.p50"), gate("bytes.cluster.rate")};
  for (Gate& one : request.gates) one.line = 40 + (one.column = 7);
  ChangeReport report = compare_results(side("main", base), side("latest", fresh), request);
  report.first_difference = "routed, seed 1, t=20.004000 s: a message reaches a node";
  report.reproduce = "squall run scenarios/node-crash.json --strategy routed --seed 1 --reps 10";
  report.accept = "squall baseline save main latest";
  return report;
}

ChangeReport hostile(std::size_t gates = 1) {
  Result base = result({metric("latency.obliged.p99", "ns", latencies(10))});
  Result fresh = result({metric("latency.obliged.p99", "ns", latencies(10, 1.2, 0.01))});
  base.scenario_name = fresh.scenario_name = kHostile;
  base.strategies[0].strategy = fresh.strategies[0].strategy = kHostile;
  ChangeRequest request;
  request.gates.assign(gates, gate("latency.obliged.p99"));
  ChangeReport report = compare_results(side("main", base), side(kHostile, fresh), request);
  report.reproduce = "squall run " + command_word(kHostile);
  return report;
}

TEST(ChangeReports, text_is_the_golden_file) {
  EXPECT_TRUE(equals_golden_file(change_text(sample()), "compare/text.golden"));
}

TEST(ChangeReports, markdown_is_the_golden_file) {
  EXPECT_TRUE(equals_golden_file(change_markdown(sample()), "compare/markdown.golden"));
}

TEST(ChangeReports, json_is_the_golden_file) {
  EXPECT_TRUE(equals_golden_file(change_json(sample()), "compare/json.golden"));
}

TEST(ChangeReports, junit_is_the_golden_file_and_well_formed) {
  const std::string text = change_junit(sample());

  EXPECT_TRUE(equals_golden_file(text, "compare/junit.golden"));
  EXPECT_EQ(XmlCheck(text).complaint(), "");
}

TEST(ChangeReports, github_lines_are_the_golden_file) {
  EXPECT_TRUE(equals_golden_file(change_github(sample()), "compare/github.golden"));
}

TEST(ChangeReports, hostile_names_stay_names) {
  const ChangeReport report = hostile();

  EXPECT_EQ(XmlCheck(change_junit(report)).complaint(), "");
  EXPECT_THAT(change_junit(report), Not(HasSubstr("<script>")));
  const std::string markdown = change_markdown(report);
  EXPECT_THAT(markdown.substr(0, markdown.find("````")), Not(HasSubstr("<script>")));
  EXPECT_THAT(change_text(report), Not(HasSubstr("\x1b")));
  EXPECT_THAT(change_text(report), Not(HasSubstr("\n::error::")));
  EXPECT_THAT(change_github(report), Not(HasSubstr("\n::error::")));
  EXPECT_TRUE(nlohmann::json::accept(change_json(report)));
  EXPECT_TRUE(change_markdown(report).starts_with("<!-- squall:gate a_b_c"));
}

TEST(ChangeReports, markdown_cuts_whole_rows_below_the_limits_and_counts_them) {
  const ChangeReport report = hostile(2000);

  const std::string comment = change_markdown(report);
  const std::string summary = change_markdown(report, kSummaryLimit);

  EXPECT_LE(comment.size(), 65'536U);
  EXPECT_LE(summary.size(), 1'048'576U);
  EXPECT_THAT(comment, HasSubstr("rows left out for size"));
  EXPECT_GT(summary.size(), comment.size());
}

TEST(ChangeReports, at_most_ten_annotations_and_then_a_count) {
  const std::string text = change_github(hostile(50));

  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 11);
  EXPECT_THAT(text, HasSubstr("and 40 more"));
}

TEST(ChangeReports, a_failed_gate_ends_as_failed_and_can_be_waved_through) {
  const ChangeReport report = sample();

  EXPECT_EQ(conclusion(report, {}).end, ChangeEnd::failed);
  EXPECT_EQ(conclusion(report, {false, true, false}).end, ChangeEnd::inconclusive);
  EXPECT_EQ(conclusion(report, {false, false, false}).end, ChangeEnd::passed);
}

TEST(ChangeReports, a_change_without_any_gate_is_inconclusive_never_a_pass) {
  const Result base = result({metric("latency.obliged.p99", "ns", latencies(10))});
  const Result fresh = result({metric("latency.obliged.p99", "ns", latencies(10, 2))});

  const ChangeReport report = compare_results(side("main", base), side("latest", fresh), {});

  EXPECT_EQ(conclusion(report, {}).end, ChangeEnd::inconclusive);
  EXPECT_EQ(conclusion(report, {true, false, true}).end, ChangeEnd::failed);
}

TEST(ChangeReports, another_script_breaks_the_pairing_another_cluster_does_not) {
  const std::string base = R"({"script": [{"at": "1s"}], "cluster": {"lb": "a"}, "why": "x"})";
  const std::string script = R"({"script": [{"at": "2s"}], "cluster": {"lb": "b"}, "why": "y"})";

  const auto differences = scenario_differences(base, script);

  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0].pointer, "/script/0/at");
  EXPECT_TRUE(differences[0].stimulus);
  EXPECT_EQ(differences[1].what, "\"a\" -> \"b\"");
  EXPECT_FALSE(differences[1].stimulus);
}

TEST(ChangeReports, what_cannot_be_compared_is_never_a_pass) {
  const Result good = result({metric("latency.obliged.p99", "ns", latencies(10))});
  Result broken = good;
  broken.complete = false;
  Result other = good;
  other.resolved_scenario = R"({"script": [1]})";
  Result elsewhere = result({metric("latency.obliged.p99", "ns", latencies(10))}, 100);
  ChangeSide live = side("live", good);
  live.engine = "live";

  for (const ChangeSide& fresh :
       {side("broken", broken), side("other", other), side("elsewhere", elsewhere), live}) {
    const ChangeReport report = compare_results(side("main", good), fresh, {});

    EXPECT_NE(report.not_comparable, "") << fresh.name;
    EXPECT_EQ(conclusion(report, {}).end, ChangeEnd::inconclusive) << fresh.name;
  }
}

TEST(ChangeReports, what_was_not_judged_is_waived_by_no_flag) {
  const Result base = result({metric("latency.obliged.p99", "ns", latencies(10))});
  const Result worse = result({metric("latency.obliged.p99", "ns", latencies(10, 2))});
  const Result few = result({metric("latency.obliged.p99", "ns", latencies(2, 2))});
  Result other = worse;
  other.scenario_name = "another";
  const FailOn regression_only{true, false, false};
  ChangeRequest gated;
  gated.gates = {gate("latency.obliged.p99")};

  const auto end = [&](const Result& fresh, const ChangeRequest& request) {
    return conclusion(compare_results(side("main", base), side("latest", fresh), request),
                      regression_only)
        .end;
  };

  EXPECT_EQ(end(other, gated), ChangeEnd::inconclusive);
  EXPECT_EQ(end(worse, {}), ChangeEnd::inconclusive);
  EXPECT_EQ(end(few, gated), ChangeEnd::inconclusive);
  EXPECT_EQ(end(worse, gated), ChangeEnd::failed);
}

TEST(ChangeReports, what_becomes_infinite_is_told_by_both_levels) {
  GateVerdict verdict;
  verdict.unit = "ns";
  verdict.relative = true;
  verdict.base_mean = 464e6;
  verdict.new_mean = verdict.change = std::numeric_limits<double>::infinity();

  EXPECT_EQ(change_words(verdict), "464 ms -> inf");
}

TEST(ChangeReports, what_a_list_gained_is_told_with_its_place_and_value) {
  const auto differences =
      scenario_differences(R"({"script": ["a"]})", R"({"script": ["a", "b", "c"]})");

  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0].pointer, "/script/1");
  EXPECT_EQ(differences[0].what, "nothing -> \"b\"");
  EXPECT_EQ(differences[1].pointer, "/script/2");
}

TEST(ChangeReports, what_cannot_be_compared_is_not_called_identical) {
  Result empty = result({metric("latency.obliged.p99", "ns", latencies(10))});
  empty.complete = false;

  ChangeSide base = side("main", empty), fresh = side("latest", empty);
  base.result_sha256 = fresh.result_sha256 = "the same";

  const ChangeReport report = compare_results(base, fresh, {});

  EXPECT_TRUE(report.identical);
  EXPECT_THAT(change_text(report), Not(HasSubstr("nothing changed")));
  EXPECT_THAT(change_text(report), HasSubstr("NOT COMPARABLE"));
}

TEST(ChangeReports, two_live_results_are_compared_as_advice) {
  ChangeSide base = side("a", result({metric("latency.obliged.p99", "ns", latencies(9))}));
  ChangeSide fresh = side("b", result({metric("latency.obliged.p99", "ns", latencies(9, 2))}));
  base.engine = fresh.engine = "live";
  ChangeRequest request;
  request.gates = {gate("latency.obliged.p99")};

  const ChangeReport report = compare_results(base, fresh, request);

  EXPECT_TRUE(report.advisory);
  EXPECT_EQ(report.gates[0].outcome, GateOutcome::advisory);
  EXPECT_EQ(conclusion(report, {}).end, ChangeEnd::passed);
}

TEST(Baselines, come_back_from_their_file_as_they_were) {
  Baseline baseline;
  baseline.name = kHostile.substr(0, 20);
  baseline.version = "0.1.0";
  baseline.result = result({metric("loss.intent", "ratio", {0.1, std::nullopt, 0.30000000001}),
                            metric("latency.obliged.p99", "ns", Values(3))});

  const auto read = baseline_from_json(to_json(baseline));

  ASSERT_TRUE(std::holds_alternative<Baseline>(read)) << std::get<std::string>(read);
  const Baseline& back = std::get<Baseline>(read);
  EXPECT_EQ(back.name, baseline.name);
  EXPECT_EQ(to_json(back.result), to_json(baseline.result));
  EXPECT_TRUE(std::holds_alternative<std::string>(baseline_from_json("{\"schema\": 1}")));
  EXPECT_TRUE(std::holds_alternative<std::string>(baseline_from_json("nonsense")));
}

}  // namespace
}  // namespace squall::testing
