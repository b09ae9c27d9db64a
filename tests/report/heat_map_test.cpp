// Heat maps and tables of a sweep, on results made by hand.
// How a sweep is played is tested in tests/sweep/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/page/heat_map.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/infinity.hpp"
#include "tests/support/xml_check.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

SweepStrategy swept(const std::string& name, std::optional<double> loss,
                    std::optional<double> p99) {
  return {name,
          {{"loss.intent", "ratio", {loss, loss}},
           {"latency.obliged.p99", "ns", {p99, p99}},
           {"pairs.owed", "1", {100.0, 100.0}}},
          {"00000000000000aa", "00000000000000bb"},
          0};
}

// Two strategies over node counts; `inner` is a second parameter.
SweepResult sweep_over(const std::vector<std::string>& outer,
                       const std::vector<std::string>& inner) {
  SweepResult result;
  result.scenario_name = "tiny";
  result.scenario_sha256 = "abc";
  result.parameters.push_back({"/cluster/nodes/count", outer});
  if (!inner.empty()) result.parameters.push_back({"/time/drain", inner});
  result.seeds = {1, 2};
  result.strategies = {"routed", "a <b> & c"};
  for (std::size_t i = 0; i < outer.size(); ++i) {
    for (std::size_t j = 0; j < std::max<std::size_t>(1, inner.size()); ++j) {
      SweepPointResult& point = result.points.emplace_back();
      point.values = {outer[i]};
      if (!inner.empty()) point.values.push_back(inner[j]);
      point.scenario_sha256 = "hash" + std::to_string(i) + std::to_string(j);
      const double loss = 0.01 * static_cast<double>(i) + 0.002 * static_cast<double>(j);
      point.strategies.push_back(swept("routed", loss, 4e7 * static_cast<double>(i + 1)));
      const std::optional<double> p99 = i == 0 ? std::nullopt : std::optional(kInfinity);
      if (i + j > 0) point.strategies.push_back(swept("a <b> & c", 0.5, p99));
    }
  }
  return result;
}

std::string complaint(const std::string& xml) { return XmlCheck(xml).complaint(); }

TEST(HeatMap, of_one_parameter_has_strategies_as_rows) {
  const Chart chart = sweep_heat_map(sweep_over({"2", "4"}, {}), "loss.intent");

  EXPECT_EQ(complaint(chart.svg), "");
  EXPECT_TRUE(equals_golden_file(chart.svg + "\n", "report/heat_map_1.golden"));
  EXPECT_EQ(chart.finding, "Best: 0 % with routed at 2. Worst: 50.0 % with a <b> & c at 4.");
}

TEST(HeatMap, of_two_parameters_has_a_field_for_each_strategy) {
  const Chart chart =
      sweep_heat_map(sweep_over({"2", "4"}, {"5s", "6s", "7s"}), "latency.obliged.p99");

  EXPECT_EQ(complaint(chart.svg), "");
  EXPECT_TRUE(equals_golden_file(chart.svg + "\n", "report/heat_map_2.golden"));
  EXPECT_EQ(chart.table.rows.size(), 11U);  // one point has one strategy only
}

TEST(HeatMap, is_left_out_with_a_reason_where_there_is_nothing_to_see) {
  SweepResult three = sweep_over({"2", "4"}, {"5s"});
  three.parameters.push_back({"/x", {"1"}});

  EXPECT_EQ(sweep_heat_map(sweep_over({"2", "4"}, {}), "pairs.owed").left_out,
            "the same everywhere");
  EXPECT_EQ(sweep_heat_map(sweep_over({"2", "4"}, {}), "no.such.metric").left_out, "no data");
  EXPECT_THAT(sweep_heat_map(three, "loss.intent").left_out, HasSubstr("one or two"));
}

TEST(HeatMap, the_page_is_well_formed_and_runs_nothing) {
  for (const auto& inner : {std::vector<std::string>{}, {"5s", "6s"}}) {
    const std::string page = sweep_html(sweep_over({"2", "4"}, inner), "a test");

    EXPECT_EQ(complaint(page.substr(page.find('\n') + 1)), "");  // without the doctype
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("a <b> & c")));
    EXPECT_THAT(page, HasSubstr("a &lt;b&gt; &amp; c"));
  }
}

TEST(HeatMap, a_sweep_that_is_not_complete_says_so_on_its_page) {
  SweepResult result = sweep_over({"2", "4"}, {});
  result.complete = false;
  result.problems = {"3 of 8 cells were not played"};

  const std::string page = sweep_html(result, "a test");

  EXPECT_THAT(page, HasSubstr("This sweep is not complete."));
  EXPECT_THAT(page, HasSubstr("3 of 8 cells were not played"));
}

TEST(SweepTables, json_says_infinity_and_no_data_in_words) {
  const auto document = nlohmann::json::parse(to_json(sweep_over({"2", "4"}, {"5s", "6s"})));

  const auto& first = document["points"][1]["results"][1]["metrics"]["latency.obliged.p99"];
  const auto& last = document["points"][3]["results"][1]["metrics"]["latency.obliged.p99"];
  EXPECT_EQ(first["no_data"], true);
  EXPECT_EQ(last["mean"], "infinity");
  EXPECT_EQ(document["points"][2]["values"], nlohmann::json::array({"4", "5s"}));
}

TEST(SweepTables, csv_has_one_value_a_row_and_an_empty_field_for_no_data) {
  EXPECT_TRUE(equals_golden_file(csv(sweep_over({"2", "4"}, {"5s"})), "report/sweep_csv.golden"));
}

TEST(SweepTables, csv_leaves_out_what_was_not_played) {
  SweepResult result = sweep_over({"2"}, {});
  result.points[0].strategies[0].fingerprints[1] = std::nullopt;

  EXPECT_THAT(csv(result), HasSubstr("2,routed,1,loss.intent"));
  EXPECT_THAT(csv(result), Not(HasSubstr("2,routed,2,")));
}

TEST(SweepTables, text_is_bounded_and_says_what_it_leaves_out) {
  const SweepResult result = sweep_over({"2", "4"}, {"5s", "6s"});

  EXPECT_TRUE(equals_golden_file(to_text(result), "report/sweep_text.golden"));
  EXPECT_THAT(to_text(result, 3), HasSubstr("and 4 more rows"));
}

}  // namespace
}  // namespace squall::testing
