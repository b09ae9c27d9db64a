// The HTML report of the sample result: byte for byte, well-formed, self-contained, and harmless
// whatever names a scenario gives. How it looks in a browser is tested in tests/browser/.
#include <gtest/gtest.h>

#include <algorithm>

#include "report/export/json.hpp"
#include "report/export/renderers.hpp"
#include "report/measure/metrics.hpp"
#include "report/page/html.hpp"
#include "report/page/html_parts.hpp"
#include "tests/report/page.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/markup.hpp"
#include "tests/support/sample_load.hpp"

namespace squall {
namespace {

using testing::Markup;
using testing::page;
using testing::read_markup;
using testing::Tag;

const std::string kHostile = "<script>alert(1)</script>\"'&\x1b[31m\xff";

Result hostile_result() {
  Scenario scenario = sample::scenario();
  scenario.name = kHostile;
  scenario.script[0].label = kHostile;
  scenario.resolved_json = R"({"why": "</pre><img src=x onerror=alert(1)>"})";
  std::vector<StrategySpec> specs = sample::strategies();
  specs[0].name = kHostile;
  return make_result(scenario, specs, sample::seeds(), sample::records());
}

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++count;
  return count;
}

std::string listed(const std::vector<std::string>& problems) {
  std::string text;
  for (const std::string& problem : problems) text += problem + "\n";
  return text;
}

TEST(HtmlReport, IsTheGoldenFile) {
  EXPECT_TRUE(
      testing::equals_golden_file(page({sample::loaded_result()}, false), "report/html.golden"));
}

TEST(HtmlReport, IsWellFormedWithUniqueIdsAndLinksThatLeadSomewhere) {
  const std::vector<Result> results{sample::result(), hostile_result(), Result{}};
  for (std::size_t count = 0; count <= results.size(); ++count) {
    const Markup markup = read_markup(page({results.begin(), results.begin() + count}));

    EXPECT_TRUE(markup.problems.empty()) << count << " results:\n" << listed(markup.problems);
    EXPECT_GT(markup.tags.size(), 20U);
  }
}

TEST(HtmlReport, LetsNoNameBecomeMarkup) {
  const Markup harmless = read_markup(page({sample::result()}));
  const std::string text = page({hostile_result()});
  const Markup hostile = read_markup(text);

  const auto scripts = [](const Markup& markup) {
    return std::count_if(markup.tags.begin(), markup.tags.end(),
                         [](const Tag& tag) { return tag.name == "script"; });
  };
  EXPECT_EQ(scripts(hostile), scripts(harmless));
  EXPECT_EQ(text.find("<script>alert"), text.npos);
  EXPECT_EQ(text.find("<img"), text.npos);
  EXPECT_EQ(text.find('\x1b'), text.npos);
  EXPECT_EQ(text.find('\xff'), text.npos);
  EXPECT_NE(text.find("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"), text.npos);
}

TEST(HtmlReport, NeverClosesAScriptElementFromWithin) {
  const std::string text = page({hostile_result()});

  const std::size_t data = text.find("<script type=\"application/json\"");
  ASSERT_NE(data, text.npos);
  const std::size_t begin = text.find('>', data) + 1;
  EXPECT_EQ(text.substr(begin, text.find("</script>", begin) - begin).find('<'), std::string::npos);
}

TEST(HtmlReport, FetchesNothing) {
  const Markup markup = read_markup(page({sample::result(), hostile_result()}));

  for (const Tag& tag : markup.tags) {
    EXPECT_NE(tag.name, "link");
    EXPECT_NE(tag.name, "img");
    EXPECT_NE(tag.name, "iframe");
    EXPECT_FALSE(tag.attributes.contains("src")) << tag.name;
    EXPECT_FALSE(tag.attributes.contains("style")) << "blocked by a strict policy: " << tag.name;
    const auto link = tag.attributes.find("href");
    if (link != tag.attributes.end()) {
      EXPECT_TRUE(link->second.starts_with("#")) << link->second;
    }
    for (const auto& [key, value] : tag.attributes) EXPECT_FALSE(key.starts_with("on")) << key;
  }
}

TEST(HtmlReport, AllowsItsOwnScriptsAndNothingElse) {
  const std::string text = page({sample::result()});
  const html::Assets with = html::assets();

  EXPECT_NE(text.find("default-src 'none'"), text.npos);
  EXPECT_EQ(text.find("'unsafe-eval'"), text.npos);
  EXPECT_NE(text.find(html::script_hash(with.page_script)), text.npos);
  EXPECT_NE(text.find("<script>" + std::string(with.page_script) + "</script>"), text.npos);
  EXPECT_EQ(has_zoom_layer(), text.find("uPlot=function") != text.npos);
}

TEST(HtmlReport, HashesScriptsAsBrowsersDo) {
  // echo -n "alert(1)" | openssl dgst -sha256 -binary | base64
  EXPECT_EQ(html::script_hash("alert(1)"), "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
}

TEST(HtmlReport, StaysSmall) {
  const std::vector<Result> many(8, sample::result());

  EXPECT_LT(page(many).size(), 2'000'000U);
}

TEST(HtmlReport, LeavesOutWhatWasNotMeasured) {
  Result result = sample::result();
  const std::string with = page({result}, false);
  for (StrategyResult& strategy : result.strategies) {
    std::erase_if(strategy.metrics,
                  [](const MetricValues& values) { return values.name == "deaf.share"; });
  }

  const std::string without = page({result}, false);

  EXPECT_NE(with.find("deaf while connected"), with.npos);
  EXPECT_EQ(without.find("deaf while connected"), without.npos);
  EXPECT_EQ(count_of(without, "<td></td>"), 0U);
  EXPECT_EQ(count_of(without, "<td align=\"right\"></td>"), 0U);
}

TEST(HtmlReport, SaysOfAStrategyThatWasNotRunThatItWasNotRun) {
  auto records = sample::records();
  records[2].clear();

  const std::string text = page(
      {make_result(sample::scenario(), sample::strategies(), sample::seeds(), records)}, false);

  EXPECT_NE(text.find("data-metric=\"loss.intent\">not run</td>"), text.npos);
  EXPECT_NE(text.find("mute: only 0 of 3 replications were run"), text.npos);
}

TEST(HtmlReport, ShowsEachStrategyWithItsLossAndInterval) {
  const std::string text = page({sample::result()}, false);

  EXPECT_NE(text.find("data-metric=\"loss.intent\">2.00 ± 0.24</td>"), text.npos)
      << text.substr(0, 4000);
  EXPECT_NE(text.find("data-metric=\"loss.intent\">100</td>"), text.npos);
  EXPECT_NE(text.find("data-metric=\"latency.obliged.p99\">∞</td>"), text.npos);
}

TEST(HtmlReport, KeepsTheLinesOfTheScenario) {
  Result result = sample::result();
  result.resolved_scenario = "{\n  \"name\": \"a<b\"\n}";

  const std::string text = page({result}, false);

  EXPECT_NE(text.find("{\n  &quot;name&quot;: &quot;a&lt;b&quot;\n}</pre>"), text.npos);
}

TEST(HtmlReport, SaysPassFailOrNotCompleteFirst) {
  Result result = sample::result();
  const std::string failed = page({result}, false);
  result.complete = false;
  result.problems = {"the law of pairs does not balance"};
  const std::string broken = page({result}, false);
  result.complete = true;
  result.problems.clear();
  result.verdicts.resize(1);
  const std::string passed = page({result}, false);

  EXPECT_NE(failed.find("<strong>FAIL</strong>"), failed.npos);
  EXPECT_NE(broken.find("<strong>NOT COMPLETE</strong>"), broken.npos);
  EXPECT_NE(broken.find("the law of pairs does not balance"), broken.npos);
  EXPECT_NE(passed.find("<strong>PASS</strong>"), passed.npos);
}

TEST(HtmlReport, GlossaryHasEveryMetricOfTheRegistry) {
  const std::string text = page({sample::result()}, false);

  for (const MetricRow& row : metric_rows()) {
    EXPECT_NE(text.find("<td>" + std::string(row.name) + "</td>"), text.npos) << row.name;
  }
}

TEST(HtmlReport, OfAStoredResultIsThePageOfTheResult) {
  const Result result = sample::result();
  const auto stored = from_json(to_json(result));

  ASSERT_TRUE(std::holds_alternative<Result>(stored));
  Result again = std::get<Result>(stored);
  again.resolved_scenario = result.resolved_scenario;  // JSON comes back with other white space
  EXPECT_EQ(page({again}), page({result}));
}

TEST(HtmlReport, IsChosenByTheEndingOfAFile) {
  const RendererRow* row = renderer_for_path("out.html");

  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->name, "html");
  EXPECT_TRUE(row->render(sample::result()).starts_with("<!DOCTYPE html>\n"));
}

TEST(MarkupChecker, TurnsRed) {
  for (const char* broken :
       {"<p>", "<p></b>", "<p a=1></p>", "<p a=\"1\" a=\"2\"></p>", "a & b", "<a href=\"#x\"></a>",
        "<p id=\"x\"></p><p id=\"x\"></p>", "1 < 2", "</p>"}) {
    EXPECT_FALSE(read_markup(broken).problems.empty()) << broken;
  }
  EXPECT_TRUE(read_markup("<p id=\"x\">a &amp; b<br/></p><a href=\"#x\"></a>").problems.empty());
}

}  // namespace
}  // namespace squall
