// tests/golden/broken: realistic mistakes, and the exact words that squall has for them.
//
// SQUALL_REWRITE=1 writes the texts anew; read the difference as a user would.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/golden_file.hpp"
#include "tests/support/place.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> broken_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(testing::source_path("tests/golden/broken"))) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem());
  }
  std::ranges::sort(names);
  return names;
}

std::string read_broken(const std::string& name) {
  std::ifstream file(testing::source_path("tests/golden/broken/") + name + ".json",
                     std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class BrokenFile : public ::testing::TestWithParam<std::string> {};

TEST_P(BrokenFile, IsRefusedInTheseWords) {
  const std::string text = read_broken(GetParam());

  const LoadResult result =
      load_scenario_text(text, GetParam() + ".json", {}, testing::vocabulary());

  EXPECT_FALSE(result.scenario.has_value());
  EXPECT_TRUE(
      testing::equals_golden_file(render(result.problems, text), "broken/" + GetParam() + ".txt"));
}

TEST_P(BrokenFile, IsReportedAtPlacesInsideTheFile) {
  const std::string text = read_broken(GetParam());
  const auto lines = std::ranges::count(text, '\n') + 1;

  const LoadResult result =
      load_scenario_text(text, GetParam() + ".json", {}, testing::vocabulary());

  ASSERT_FALSE(result.problems.empty());
  EXPECT_LE(result.problems.size(), 20U);
  for (const Problem& problem : result.problems) {
    EXPECT_GE(problem.line, 1);
    EXPECT_LE(problem.line, lines);
    EXPECT_GE(problem.column, 1);
    EXPECT_GE(problem.end_column, problem.column);
  }
}

TEST_P(BrokenFile, IsReportedInTheOrderOfTheFile) {
  const LoadResult result = testing::load(read_broken(GetParam()));

  EXPECT_TRUE(std::ranges::is_sorted(result.problems, {}, [](const Problem& problem) {
    return std::pair(problem.line, problem.column);
  }));
}

INSTANTIATE_TEST_SUITE_P(Golden, BrokenFile, ::testing::ValuesIn(broken_files()),
                         [](const auto& file) {
                           std::string name = file.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(BrokenFiles, AreAtLeastThirtyTwo) { EXPECT_GE(broken_files().size(), 32U); }

}  // namespace
}  // namespace squall
