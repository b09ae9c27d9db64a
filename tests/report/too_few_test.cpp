// One rule for every document: a quantile that its samples do not tell is not shown, nowhere.
//
// The sample of reports has enough pairs for p99; here it is made to have 100, which tell a p90.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/export/csv.hpp"
#include "report/export/json.hpp"
#include "report/export/junit.hpp"
#include "report/export/openmetrics.hpp"
#include "report/export/otlp.hpp"
#include "report/measure/too_few.hpp"
#include "report/page/charts.hpp"
#include "report/page/html.hpp"
#include "report/words/markdown.hpp"
#include "report/words/text.hpp"
#include "tests/support/play.hpp"
#include "tests/support/sample_load.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kSeen = 123'456'789;  // ns: 123 ms, wherever it would be shown

// Of every strategy 100 owed pairs, and a p99 of them that has a value.
Result few() {
  Result result = sample::loaded_result();
  for (StrategyResult& strategy : result.strategies) {
    for (MetricValues& values : strategy.metrics) {
      if (values.name == "pairs.owed") values.per_seed = {100.0};
      if (values.name != "latency.obliged.p99") continue;
      values.per_seed = {kSeen};
      values.pooled = Pooled{kSeen, 100, {}, {}};
    }
    for (LatencyPoint& point : strategy.charts.curve) {
      if (point.of_million >= 990'000) point.pooled = kSeen;
    }
  }
  result.seeds = {1};
  return result;
}

Chart percentiles(const Result& result) {
  for (const ChartRow& row : chart_rows()) {
    if (row.id == "percentiles") return draw_chart(row, chart_context(result, "r1-"));
  }
  return {};
}

TEST(TooFew, is_no_value_for_anybody) {
  const auto seen = [](const char* metric, std::uint64_t samples) {
    return MetricValues{metric, "ns", {kSeen}, Pooled{kSeen, samples, {}, {}}};
  };

  const Summary summary = summarize(seen("latency.obliged.p99", 100));

  EXPECT_TRUE(summary.no_data && summary.too_few);
  EXPECT_EQ(as_seen(seen("latency.obliged.p99", 100)).mean, kSeen);
  EXPECT_FALSE(summarize(seen("latency.obliged.p99", 368)).no_data);
  EXPECT_FALSE(summarize(seen("latency.obliged.max", 1)).no_data);
}

TEST(TooFew, stands_in_the_table_of_the_percentile_chart_and_in_no_zoom) {
  const Chart chart = percentiles(few());

  const auto column = std::ranges::find(chart.table.head, "p99 %");
  ASSERT_NE(column, chart.table.head.end());
  const auto place = static_cast<std::size_t>(column - chart.table.head.begin());
  for (const auto& row : chart.table.rows) {
    EXPECT_EQ(row[place], "too few") << row[0];
    EXPECT_NE(row[place - 1], "too few") << row[0];  // p90
  }
  EXPECT_THAT(chart.zoom, Not(HasSubstr("123.45")));
}

TEST(TooFew, stands_in_no_document) {
  const Result result = few();
  for (const std::string& text : {to_html({&result, 1}), to_text(result), to_markdown(result),
                                  csv(result), openmetrics({&result, 1}), otlp(result)}) {
    EXPECT_THAT(text, Not(HasSubstr("123456789"))) << text.substr(0, 60);
    EXPECT_THAT(text, Not(HasSubstr("0.123456789"))) << text.substr(0, 60);
    EXPECT_THAT(text, Not(HasSubstr(">123<"))) << text.substr(0, 60);
  }
}

TEST(TooFew, is_said_in_json_and_comes_back_as_it_was) {
  const std::string text = to_json(few());

  const auto metric = json::parse(text)["results"][0]["metrics"]["latency.obliged.p99"];
  EXPECT_EQ(metric["pooled"], json({{"no_data", true}}));
  EXPECT_EQ(metric["samples"], 100);
  const auto again = from_json(text);
  ASSERT_TRUE(std::holds_alternative<Result>(again));
  EXPECT_EQ(to_json(std::get<Result>(again)), text);
}

// Some 60 pairs: what an expectation of their p99 was judged by is shown by nobody.
TEST(TooFew, is_what_an_expectation_says_in_every_document) {
  const Scenario scenario = testing::loaded(R"json({"squall": 1, "name": "few",
    "time": {"warmup": "5s", "measure": "60s", "drain": "10s"},
    "cluster": {"nodes": {"count": 2}, "net": {"client_node": "lognormal(45ms,0.4)"}},
    "people": {"u": {"count": 2}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "1/s"}],
    "strategies": ["broadcast"],
    "expect": [{"that": "latency.obliged.p99 < 1us"}, {"that": "latency.obliged.p50 < 9s"}]})json");
  const auto run = play(scenario, scenario.strategies.front(), 1);
  const Result result = make_result(scenario, scenario.strategies, {1}, {{run}});
  const MetricValues* const p99 = find_metric(result.strategies.front(), "latency.obliged.p99");
  const std::string seen = with_unit(p99->pooled->value, "ns", unicode_glyphs());

  ASSERT_EQ(result.verdicts.size(), 2U);
  EXPECT_TRUE(too_few(result.verdicts[0]));
  EXPECT_EQ(result.verdicts[0].outcome, Outcome::fail);
  EXPECT_TRUE(!too_few(result.verdicts[1]) && result.verdicts[1].measured);
  for (const std::string& text :
       {to_html({&result, 1}), to_text(result), to_markdown(result), to_junit(result)}) {
    EXPECT_THAT(text, Not(HasSubstr(seen))) << seen << "\n" << text.substr(0, 3000);
    EXPECT_THAT(text, HasSubstr("it takes 368: judged by what was seen"));
  }
  EXPECT_THAT(to_text(result), HasSubstr("too few"));
  const auto verdict = json::parse(to_json(result))["verdicts"][0];
  EXPECT_EQ(verdict["measured"], json({{"no_data", true}}));
  EXPECT_EQ(verdict["too_few"], true);
  EXPECT_TRUE(too_few(std::get<Result>(from_json(to_json(result))).verdicts[0]));
}

}  // namespace
}  // namespace squall
