// The Markdown report, byte for byte, and that no name of a scenario can break out of its place.
// Golden files are in tests/golden/report/.
#include "report/words/markdown.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/support/golden_file.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Cell borders: pipes that are not escaped.
std::size_t borders(const std::string& line) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '|') {
      ++count;
    }
  }
  return count;
}

TEST(MarkdownReport, IsTheGoldenFile) {
  EXPECT_TRUE(testing::equals_golden_file(to_markdown(sample::result()),
                                          "report/markdown.golden"));
}

TEST(MarkdownReport, OfHostileNamesIsTheGoldenFile) {
  EXPECT_TRUE(testing::equals_golden_file(to_markdown(sample::hostile_result()),
                                          "report/markdown_hostile.golden"));
}

TEST(MarkdownReport, BeginsWithTheHiddenLineThatFindsItAgain) {
  EXPECT_TRUE(to_markdown(sample::result()).starts_with("<!-- squall:run sample -->\n"));
}

TEST(MarkdownReport, HiddenLineEndsWhereItShould) {
  Scenario scenario = sample::scenario();
  scenario.name = "x --> <b>|-->\n-----";

  const std::string text =
      to_markdown(make_result(scenario, sample::strategies(), sample::seeds(), sample::records()));
  const std::string first = lines_of(text).front();

  EXPECT_EQ(first.find("-->"), first.size() - 3) << first;
  EXPECT_EQ(first.find("--", 4), first.size() - 3) << first;
}

TEST(MarkdownReport, EveryTableRowHasAsManyCellsAsItsHead) {
  const std::vector<std::string> lines = lines_of(to_markdown(sample::hostile_result()));

  std::size_t cells = 0;
  std::size_t rows = 0;
  for (const std::string& line : lines) {
    if (!line.starts_with("|")) {
      cells = 0;
      continue;
    }
    if (cells == 0) cells = borders(line);
    EXPECT_EQ(borders(line), cells) << line;
    ++rows;
  }
  EXPECT_GE(rows, 10U);
}

TEST(MarkdownReport, LetsNoTagOfANameThrough) {
  const std::string text = to_markdown(sample::hostile_result());

  EXPECT_EQ(text.find("<img"), std::string::npos);
  EXPECT_EQ(text.find("\x1b"), std::string::npos);
}

TEST(MarkdownText, EscapesWhatMarkdownWouldRead) {
  EXPECT_EQ(markdown_text("a|b`c*d[e](f)<g>&\n#~\\@"),
            "a\\|b\\`c\\*d\\[e\\](f)&lt;g&gt;&amp; \\#\\~\\\\&#64;");
  EXPECT_EQ(markdown_text("multi_active:k3"), "multi_active:k3");
}

TEST(MarkdownReport, CutsLongLossTablesAndSaysSo) {
  Result result = sample::result();
  for (int i = 0; i < 40; ++i) {
    const std::string trigger = "fault:" + std::to_string(i);
    result.strategies[1].loss.push_back({"route_stale", trigger, "none", 1, 0});
  }

  const std::string text = to_markdown(result);

  EXPECT_NE(text.find("\n20 smaller rows left out\n"), std::string::npos);
}

}  // namespace
}  // namespace squall
