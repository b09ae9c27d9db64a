// Charts and their data: every chart of the sample is drawn, named and tabled; the data adds up to
// the books; the palette can be read by everybody.
#include "report/page/charts.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "report/export/json.hpp"
#include "tests/support/markup.hpp"
#include "tests/support/sample_load.hpp"

namespace squall {
namespace {

using testing::Markup;
using testing::read_markup;
using testing::Tag;

TEST(Charts, AreEachDrawnWithATitleAFindingAndATable) {
  const Result result = sample::loaded_result();
  const ChartContext context = chart_context(result, "r1-");
  for (const ChartRow& row : chart_rows()) {
    const Chart chart = draw_chart(row, context);
    // Made of series that only a run leaves behind: page_numbers_test.cpp.
    if (row.id == "causes" || row.id == "classes") continue;

    ASSERT_FALSE(chart.svg.empty()) << row.id << ": " << chart.left_out;
    const Markup markup = read_markup(chart.svg);
    EXPECT_TRUE(markup.problems.empty()) << row.id << ": " << markup.problems.front();
    EXPECT_EQ(markup.tags[0].name, "svg");
    EXPECT_EQ(markup.tags[1].name, "title");
    EXPECT_EQ(markup.tags[2].name, "desc");
    EXPECT_FALSE(chart.finding.empty()) << row.id;
    EXPECT_FALSE(chart.table.rows.empty()) << row.id;
    for (const auto& cells : chart.table.rows) {
      EXPECT_EQ(cells.size(), chart.table.head.size()) << row.id;
      for (const std::string& cell : cells) EXPECT_FALSE(cell.empty()) << row.id;
    }
  }
}

TEST(Charts, StayInsideTheirDrawing) {
  const Result result = sample::hostile_result();
  const ChartContext context = chart_context(result, "r1-");
  for (const ChartRow& row : chart_rows()) {
    const Chart chart = draw_chart(row, context);
    if (chart.svg.empty()) continue;  // the hostile sample pushes no frames
    const Markup markup = read_markup(chart.svg);
    const double width = std::stod(markup.tags[0].attributes.at("width"));
    const double height = std::stod(markup.tags[0].attributes.at("height"));
    for (const Tag& tag : markup.tags) {
      if (tag.name != "text") continue;
      const double x = std::stod(tag.attributes.at("x")), y = std::stod(tag.attributes.at("y"));

      EXPECT_GE(x, 0) << row.id;
      EXPECT_LE(x, width) << row.id;
      EXPECT_GE(y, 8) << row.id;
      EXPECT_LE(y, height) << row.id;
    }
  }
}

TEST(Charts, HaveTheirColoursAsAttributesToo) {
  const Result result = sample::loaded_result();
  const ChartContext context = chart_context(result, "r1-");
  for (const ChartRow& row : chart_rows()) {
    for (const Tag& tag : read_markup(draw_chart(row, context).svg).tags) {
      if (!tag.attributes.contains("class")) continue;
      EXPECT_TRUE(tag.attributes.contains("fill") || tag.attributes.contains("stroke"))
          << row.id << " " << tag.name;
    }
  }
}

TEST(Charts, WithoutDataSayWhyInASentence) {
  Result result = sample::result();
  result.timeline = {};
  for (StrategyResult& strategy : result.strategies) {
    strategy.charts = {};
    strategy.metrics.clear();
    strategy.loss.clear();
  }
  const ChartContext context = chart_context(result, "");
  for (const ChartRow& row : chart_rows()) {
    const Chart chart = draw_chart(row, context);

    if (row.id == "forest") continue;  // draws the words "no data" for each strategy
    EXPECT_TRUE(chart.svg.empty()) << row.id;
    EXPECT_TRUE(chart.left_out.ends_with(".")) << row.id;
  }
}

std::string finding_of_percentiles(const Result& result) {
  for (const ChartRow& row : chart_rows()) {
    if (row.id == "percentiles") return draw_chart(row, chart_context(result, "r1-")).finding;
  }
  return "no such chart";
}

TEST(Charts, TellNoPercentileThatTooFewPairsWereOwedFor) {
  Result few = sample::loaded_result(), hardly_any = few;
  const auto owe = [](Result& result, double pairs) {
    for (StrategyResult& strategy : result.strategies) {
      for (MetricValues& values : strategy.metrics) {
        if (values.name == "pairs.owed") values.per_seed = {pairs};
      }
    }
  };
  owe(few, 100), owe(hardly_any, 1);

  EXPECT_TRUE(finding_of_percentiles(few).starts_with("At p90 ")) << finding_of_percentiles(few);
  EXPECT_EQ(finding_of_percentiles(hardly_any),
            "Too few pairs were owed for any percentile to be told.");
}

TEST(Charts, CallNobodyQuickestByLessThanTheGeneratorWasLate) {
  Result result = sample::loaded_result();
  for (StrategyResult& strategy : result.strategies) {
    strategy.live.push_back({.lateness_p99_ns = 3'000'000});
    for (LatencyPoint& point : strategy.charts.curve) {
      point.pooled = strategy.strategy == "leaky" ? 12e6 : 10e6;
    }
  }

  const std::string finding = finding_of_percentiles(result);

  EXPECT_EQ(finding.find("quickest"), finding.npos) << finding;
}

TEST(Charts, OfSeveralResultsAreAMatrix) {
  const std::vector<Result> results(3, sample::result());

  const Chart chart = matrix_chart(results);

  EXPECT_TRUE(read_markup(chart.svg).problems.empty());
  EXPECT_EQ(chart.table.rows.size(), 9U);
  EXPECT_TRUE(matrix_chart(std::span(results).first(1)).svg.empty());
}

TEST(ChartData, CurveRisesAndIsInfiniteBeyondTheDeliveredShare) {
  const Result result = sample::result();
  for (const StrategyResult& strategy : result.strategies) {
    const double delivered = 1 - mean_of(strategy, "loss.intent").value();
    double before = 0;
    for (const LatencyPoint& point : strategy.charts.curve) {
      EXPECT_GE(point.pooled, before);
      EXPECT_LE(point.lowest, point.pooled * 1.008);  // a bucket of the histogram
      EXPECT_GE(point.highest, point.pooled);
      EXPECT_EQ(std::isinf(point.pooled), point.of_million / 1e6 > delivered + 1e-6)
          << strategy.strategy << " " << point.of_million;
      before = point.pooled;
    }
    EXPECT_EQ(strategy.charts.curve.size(), 40U);
  }
}

TEST(ChartData, PhasesSlicesAndNodesAddUpToTheBooks) {
  const auto records = sample::records();
  const Result result = sample::result();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const ChartData& charts = result.strategies[i].charts;
    std::uint64_t owed = 0, lost = 0, delivered = 0, slices = 0;
    for (const LatencyPhase& phase : charts.phases) {
      owed += phase.owed;
      lost += phase.lost;
      for (const LatencyBin& bin : phase.bins) delivered += bin.pairs;
    }
    for (const TimeSlice& slice : charts.slices) slices += slice.owed;
    std::uint64_t booked = 0, seconds = 0;
    for (const RunRecord& run : records[i]) {
      for (const Cell& cell : run.cells) booked += cell.owed;
      for (const SecondRow& second : run.seconds) seconds += second.owed;
    }

    EXPECT_EQ(owed, booked);
    EXPECT_EQ(owed, lost + delivered);
    EXPECT_EQ(slices, seconds);
  }
}

TEST(ChartData, MergesSecondsOfALongRun) {
  auto records = sample::records();
  for (RunRecord& run : records[0]) run.seconds.assign(3700, testing::second_row(10, 1, 9, 5));

  const ChartData charts = chart_data(records[0], trigger_names(sample::scenario()));

  EXPECT_EQ(charts.slices.size(), 529U);  // 7 s each
  EXPECT_EQ(charts.slices.front().owed, 3U * 7U * 10U);
  EXPECT_EQ(charts.slices.front().connected, 3U * 5U);
}

TEST(ChartData, MergesThePhasesBeyondTheTwelfth) {
  auto records = sample::records();
  records[1].resize(1);
  RunRecord& run = records[1][0];
  run.cells.clear();
  for (SpanMask mask = 0; mask < 20; ++mask) run.cells.push_back(sample::cell(0, mask, {10, 1, 0}));
  run.faults.assign(5, run.faults[0]);

  const ChartData charts = chart_data(records[1], trigger_names(sample::scenario()));

  ASSERT_EQ(charts.phases.size(), kPhasesMax);
  EXPECT_EQ(charts.phases.back().name, "all other faults");
  EXPECT_EQ(charts.phases.back().owed, 9U * 11U);
}

TEST(ChartData, IsOptionalInAStoredResult) {
  std::string text = to_json(sample::result());
  for (const char* key : {"\"charts\"", "\"timeline\""}) {
    for (std::size_t at = text.find(key); at != text.npos; at = text.find(key)) {
      text.replace(at, 3, "\"zz");
    }
  }

  const auto read = from_json(text);

  ASSERT_TRUE(std::holds_alternative<Result>(read)) << std::get<std::string>(read);
  EXPECT_TRUE(std::get<Result>(read).strategies[0].charts.curve.empty());
}

// Relative luminance and contrast as in WCAG 2.
double luminance(std::string_view hex) {
  double sum = 0;
  const double weights[] = {0.2126, 0.7152, 0.0722};
  for (std::size_t i = 0; i < 3; ++i) {
    const double part = std::stoi(std::string(hex.substr(1 + 2 * i, 2)), nullptr, 16) / 255.0;
    sum += weights[i] * (part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
  }
  return sum;
}
double contrast(std::string_view a, std::string_view b) {
  const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
  return x > y ? x / y : y / x;
}

TEST(Palette, LinesAreSeenAndTextIsReadOnBothPages) {
  const Ink& page = ink("bg");
  for (const char* name : {"s0", "s1", "s2", "s3", "s4", "bad", "good"}) {
    EXPECT_GE(contrast(ink(name).light, page.light), 3.0) << name;
    EXPECT_GE(contrast(ink(name).dark, page.dark), 3.0) << name;
  }
  for (const char* name : {"fg", "muted", "bad", "good"}) {
    EXPECT_GE(contrast(ink(name).light, page.light), 4.5) << name;
    EXPECT_GE(contrast(ink(name).dark, page.dark), 4.5) << name;
  }
}

TEST(Palette, FiveStrategiesHaveFiveLooks) {
  Result result;
  for (const char* name : {"zulu", "routed", "yankee", "broadcast", "xray"}) {
    result.strategies.push_back({});
    result.strategies.back().strategy = name;
  }

  const ChartContext context = chart_context(result, "");

  std::set<std::string_view> seen;
  for (const Look& look : context.looks) seen.insert(look.ink);
  EXPECT_EQ(seen.size(), 5U);
}

TEST(Scale, IsMonotonousAndHasZeroApart) {
  const Scale scale = Scale::decades_with_zero(0.0003, 0.9, {0, 100});

  EXPECT_EQ(scale.at(0), 0);
  EXPECT_GT(scale.at(0.0003), 10);
  EXPECT_LT(scale.at(0.0003), scale.at(0.01));
  EXPECT_NEAR(scale.at(0.9), 100, 1e-9);
  EXPECT_EQ(scale.ticks().front(), 0);
}

TEST(Scale, TicksAreRoundNumbersInsideTheData) {
  const std::vector<double> ticks = Scale::linear({0, 87}, {0, 1}).ticks();

  EXPECT_EQ(ticks, (std::vector<double>{0, 20, 40, 60, 80}));
}

TEST(EndLabels, AreMovedApartAndStayInside) {
  std::vector<EndLabel> labels;
  for (int i = 0; i < 5; ++i) labels.push_back({99, "label", "fg", 99});

  spread_labels(labels, 14, {0, 100});

  for (std::size_t i = 1; i < labels.size(); ++i) {
    EXPECT_GE(labels[i].y - labels[i - 1].y, 14 - 1e-9);
  }
  EXPECT_GE(labels.front().y, 0);
  EXPECT_LE(labels.back().y, 100);
}

TEST(Escaped, LeavesNothingThatMarkupWouldRead) {
  EXPECT_EQ(escaped("<a b='c' d=\"e\">&\n"), "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp; ");
  EXPECT_EQ(escaped("\xc3\xa9\xff\xed\xa0\x80"),
            "\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace squall
