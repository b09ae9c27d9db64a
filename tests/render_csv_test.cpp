// The comma-separated tables, read back with a small strict parser, and the percentile spectrum.
// Golden files are in tests/golden/report/.
#include "report/export/csv.hpp"

#include <gtest/gtest.h>

#include "report/export/hgrm.hpp"
#include "report/measure/metrics.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

using Row = std::vector<std::string>;

// RFC 4180: quoted fields may hold commas, quotes (doubled) and line breaks.
std::vector<Row> parse_csv(const std::string& text) {
  std::vector<Row> rows(1, Row(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      rows.back().back().push_back(text[++i]);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && c == '\n') {
      rows.emplace_back(1);
    } else {
      rows.back().back().push_back(c);
    }
  }
  rows.pop_back();  // after the last line break
  return rows;
}

TEST(Csv, IsTheGoldenFile) {
  EXPECT_TRUE(testing::equals_golden_file(csv(sample::result()), "report/csv.golden"));
}

TEST(Csv, IsTidy) {
  const auto rows = parse_csv(csv(sample::result()));

  ASSERT_EQ(rows.size(), 1 + 3 * metric_rows().size() * (3 + 3));
  const Row head = {"scenario", "strategy", "rep", "seed", "metric", "agg", "value", "unit"};
  EXPECT_EQ(rows[0], head);
  for (const Row& row : rows) EXPECT_EQ(row.size(), 8U);
}

TEST(Csv, KeepsHostileNamesInTheirField) {
  const auto rows = parse_csv(csv(sample::hostile_result()));

  for (std::size_t i = 1; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].size(), 8U);
    EXPECT_EQ(rows[i][0], sample::kHostileName);
  }
  EXPECT_EQ(rows[1][1], sample::kHostileName);
}

TEST(Csv, LeavesMissingValuesEmptyAndSpellsInfinity) {
  const auto rows = parse_csv(csv(sample::result()));

  const auto value_of = [&](const std::string& metric) {
    for (const Row& row : rows) {
      if (row[1] == "leaky" && row[4] == metric && (row[5] == "mean" || row[5] == "pooled")) {
        return row[6];
      }
    }
    return std::string("no such row");
  };
  EXPECT_EQ(value_of("route.stale_fraction"), "");
  EXPECT_EQ(value_of("latency.obliged.p99"), "infinity");
  EXPECT_EQ(value_of("loss.endpoint.max"), "80");
}

TEST(SeriesCsv, HasARowPerSeedAndSecond) {
  const std::vector<RunRecord> runs = {sample::leaky(1), sample::leaky(2)};

  const auto rows = parse_csv(series_csv(runs));

  ASSERT_EQ(rows.size(), 41U);
  EXPECT_EQ(rows[0], Row({"seed", "t_s", "owed", "delivered", "lost", "connected"}));
  EXPECT_EQ(rows[6], Row({"1", "5", "500", "500", "150", "200"}));
}

TEST(NodesCsv, CountsNodesFromOne) {
  const std::vector<RunRecord> runs = {sample::steady(1)};

  const auto rows = parse_csv(nodes_csv(runs));

  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1][1], "n1");
  EXPECT_EQ(rows[1][2], "4000000000");
  EXPECT_EQ(rows[1][6], "3000000000000");
}

const std::string kHead = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";

TEST(Hgrm, IsTheGoldenFile) {
  Histogram histogram;
  for (std::int64_t i = 1; i <= 1000; ++i) histogram.record(i * 1'000'000);

  EXPECT_TRUE(testing::equals_golden_file(hgrm(histogram, 1e6), "report/hgrm.golden"));
}

TEST(Hgrm, OfNothingHasAHeadAndAFoot) {
  const std::string text = hgrm(Histogram{}, 1e6);

  EXPECT_TRUE(text.starts_with(kHead + "#[Mean")) << text;
}

TEST(Hgrm, EndsItsSpectrumWithTheMaximumAtAllSamples) {
  Histogram histogram;
  histogram.record(5, 7);

  EXPECT_EQ(hgrm(histogram, 1).find("       5.000 1.000000000000          7\n#[Mean"),
            kHead.size());
}

}  // namespace
}  // namespace squall
