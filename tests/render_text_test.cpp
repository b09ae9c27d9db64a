// The terminal output, byte for byte, and what it does with little room and hostile names.
// Golden files are in tests/golden/report/; the registry of renderers is tested here too.
#include "report/words/text.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "report/export/renderers.hpp"
#include "report/measure/comparison.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

void expect_fits(const std::string& text, std::size_t width) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), width) << line;
  }
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(TextReport, IsTheGoldenFile) {
  TextOptions options;
  options.next = {"results   squall-results/sample/1",
                  "next      squall baseline save main latest"};

  EXPECT_TRUE(
      testing::equals_golden_file(to_text(sample::result(), options), "report/text.golden"));
}

TEST(TextReport, BelowEightyColumnsIsTheGoldenFileOfBlocks) {
  TextOptions options;
  options.width = 60;
  options.ascii = true;
  options.unit = TimeUnit::s;

  EXPECT_TRUE(
      testing::equals_golden_file(to_text(sample::result(), options), "report/text_narrow.golden"));
}

TEST(TextReport, FitsItsWidth) {
  for (const std::size_t width : {60U, 79U, 80U, 90U, 100U, 140U}) {
    TextOptions options;
    options.width = width;

    expect_fits(to_text(sample::result(), options), width);
  }
}

TEST(TextReport, AsciiHasNoByteBeyondAscii) {
  TextOptions options;
  options.ascii = true;
  Scenario scenario = sample::scenario();
  scenario.name = "böe";

  const std::string text = to_text(
      make_result(scenario, sample::strategies(), sample::seeds(), sample::records()), options);

  for (const char c : text) ASSERT_LT(static_cast<unsigned char>(c), 0x80U);
  EXPECT_TRUE(has(text, "b?e"));
}

TEST(TextReport, HasEscapesOnlyInColour) {
  TextOptions colored;
  colored.color = true;

  EXPECT_FALSE(has(to_text(sample::hostile_result()), "\x1b"));
  EXPECT_TRUE(has(to_text(sample::result(), colored), "\x1b[32m"));
  EXPECT_FALSE(has(to_text(sample::hostile_result(), colored), "\x1b[31m\x1b"));
}

TEST(TextReport, ColourChangesNothingElse) {
  TextOptions colored;
  colored.color = true;
  std::string text = to_text(sample::result(), colored);

  for (std::size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b')) {
    text.erase(at, text.find('m', at) - at + 1);
  }

  EXPECT_EQ(text, to_text(sample::result()));
}

TEST(TextReport, SaysFirstThatARunMustNotBeUsed) {
  auto records = sample::records();
  records[0].pop_back();

  const std::string text =
      to_text(make_result(sample::scenario(), sample::strategies(), sample::seeds(), records));

  EXPECT_TRUE(
      text.starts_with("  █ NOT COMPLETE   these numbers must not be used\n"
                       "    leaky: only 2 of 3 replications were run\n"))
      << text;
}

TEST(TextReport, OfAnEmptyResultIsEmpty) { EXPECT_EQ(to_text(Result{}), ""); }

TEST(TextReport, PrintsZeroLossWithItsBound) {
  const std::string text = to_text(sample::result());

  EXPECT_TRUE(has(text,
                  "steady: 0 losses in 30 000 pairs of 3 seeds say nothing about the rate: a "
                  "fault decides once\n        a seed"))
      << text;

  Result calm = sample::result();
  calm.timeline.spans.clear();
  EXPECT_TRUE(has(to_text(calm),
                  "steady: 0 losses in 30 000 pairs of 30 000 messages is < 0.0100 % (3/n, 95 %; "
                  "the pairs of a\n        message share its fate)"))
      << to_text(calm);
}

TEST(TextReport, TellsWarningsSharedByAllStrategiesOnce) {
  Result result = sample::result();
  for (StrategyResult& strategy : result.strategies) strategy.warnings = {"it rained"};

  const auto said = notes_of(result, unicode_glyphs());

  const Said once{Severity::warning, "all strategies: it rained"};
  EXPECT_EQ(std::count(said.begin(), said.end(), once), 1);
}

TEST(Comparison, SortsByLossAndMarksTheUnbeaten) {
  Result result = sample::result();

  const Comparison comparison = compare_strategies(result, {});

  ASSERT_EQ(comparison.strategies.size(), 3U);
  EXPECT_EQ(comparison.strategies[0]->strategy, "steady");
  EXPECT_EQ(comparison.strategies[2]->strategy, "mute");
  EXPECT_EQ(comparison.unbeaten, std::vector<bool>({true, true, false}));

  // The same loss as `steady` for more bytes: beaten.
  result.strategies.push_back(result.strategies[1]);
  result.strategies.back().strategy = "wasteful";
  for (MetricValues& metric : result.strategies.back().metrics) {
    if (metric.name == "bytes.cluster.rate") metric.per_seed = {9e9, 9e9, 9e9};
  }
  const Comparison with_wasteful = compare_strategies(result, {});

  EXPECT_EQ(with_wasteful.strategies[1]->strategy, "wasteful");
  EXPECT_EQ(with_wasteful.unbeaten, std::vector<bool>({true, false, true, false}));
}

TEST(Comparison, LeavesOutMetricsThatNobodyHasDataFor) {
  Result result = sample::result();
  for (StrategyResult& strategy : result.strategies) {
    for (MetricValues& metric : strategy.metrics) {
      if (metric.name == "ready_again.p99") metric.per_seed = {};
    }
  }

  for (const ComparisonColumn& column : compare_strategies(result, {}).columns) {
    EXPECT_NE(column.group, "ready");
  }
}

TEST(Comparison, ShowsTheMaximumWhereNoTailQuantileIsSupported) {
  std::vector<std::vector<RunRecord>> records(1);
  records[0].push_back(sample::steady(1));
  records[0][0].cells = {sample::cell(0, 0, {100, 0, 0})};
  const Result result = make_result(sample::scenario(), {sample::strategies()[1]}, {1}, records);

  std::vector<std::string> titles;
  for (const auto& column : compare_strategies(result, {}).columns) {
    if (column.group == "latency ms") titles.push_back(column.title);
  }

  EXPECT_EQ(titles, std::vector<std::string>({"p50", "max"}));
}

TEST(Renderers, AreFoundByNameAndByPath) {
  for (const RendererRow& row : renderers()) {
    EXPECT_EQ(renderer_named(row.name), &row);
    EXPECT_EQ(renderer_for_path("out/report" + std::string(row.extension)), &row);
  }
  EXPECT_EQ(renderer_named("pdf"), nullptr);
  EXPECT_EQ(renderer_for_path("report.pdf"), nullptr);
}

TEST(Renderers, ArePureFunctionsOfTheResult) {
  const Result result = sample::result();

  for (const RendererRow& row : renderers()) {
    EXPECT_EQ(row.render(result), row.render(result)) << row.name;
  }
}

}  // namespace
}  // namespace squall
