// Every code of the source, every cause and every metric can be explained, and the example of a
// code brings it about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "report/measure/metrics.hpp"
#include "sim/cli/explain/beliefs.hpp"
#include "sim/cli/explain/codes.hpp"
#include "sim/cli/explain/words.hpp"
#include "tests/support/place.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::set<std::string> codes_of_the_source() {
  std::set<std::string> codes;
  const std::regex code("\"([SH]0[0-9]{3})\"");
  for (const char* folder : {"scenarios/model", "sim/cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(source_path()) / folder)) {
      const std::string path = entry.path().string();
      if (!path.ends_with("pp") || path.find("cli/explain/") != path.npos) continue;
      std::ifstream in(entry.path());
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      for (std::sregex_iterator it(text.begin(), text.end(), code), end; it != end; ++it) {
        codes.insert((*it)[1]);
      }
    }
  }
  return codes;
}

TEST(ExplainWords, know_every_code_of_the_source_and_no_other) {
  std::set<std::string> known;
  for (const CodeRow& row : code_rows()) {
    EXPECT_TRUE(known.insert(std::string(row.code)).second) << row.code;
  }

  EXPECT_EQ(known, codes_of_the_source());
  EXPECT_GT(known.size(), 50U);
}

TEST(ExplainWords, the_example_of_a_code_brings_it_about) {
  std::size_t loaded = 0;
  for (const CodeRow& row : code_rows()) {
    EXPECT_THAT(*word_explained(std::string(row.code)), HasSubstr(std::string(row.cure)));
    const std::string example = example_of(row);
    if (example.empty()) continue;
    const LoadResult result = load(example);
    EXPECT_TRUE(std::ranges::any_of(
        result.problems, [&](const Problem& problem) { return problem.code == row.code; }))
        << example << "\n"
        << render(result.problems, example);
    ++loaded;
  }
  EXPECT_GT(loaded, 45U);
}

TEST(ExplainWords, know_every_cause_and_the_scenario_that_provokes_it) {
  for (const MechanismRow& row : mechanisms()) {
    const auto text = word_explained(std::string(row.name));
    ASSERT_TRUE(text) << row.name;
    EXPECT_THAT(*text, HasSubstr(std::string(belief(row.mechanism).saved_by)));
    // A bug is planted nowhere, and the servers of others are in tests/products.
    if (row.mechanism == Mechanism::unattributed || row.family == "foreign") continue;
    EXPECT_TRUE(fs::exists(fs::path(source_path()) / "tests" / "planted" /
                           (std::string(row.name) + ".json")))
        << row.name;
  }
}

TEST(ExplainWords, know_every_metric) {
  for (const MetricRow& row : metric_rows()) {
    const auto text = word_explained(std::string(row.name));
    ASSERT_TRUE(text) << row.name;
    EXPECT_THAT(*text, HasSubstr(std::string(row.meaning)));
    EXPECT_THAT(*text, HasSubstr("squall run "));
  }
}

TEST(ExplainWords, do_not_know_what_there_is_not) {
  EXPECT_FALSE(word_explained("S9999"));
  EXPECT_FALSE(word_explained("latest"));
}

}  // namespace
}  // namespace squall::testing
