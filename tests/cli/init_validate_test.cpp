// squall init and squall validate: from nothing to a checked scenario. Runs the real binary.
// What the loader finds is tested with the model; here is how it reaches the user.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kBroken = R"({ "squall": 1, "name": "broken",
  "tiem": {},
  "script": [ { "at": "1s", "do": "crsah", "on": "n1" } ] })";

TEST(InitCommand, what_it_writes_is_valid_and_points_to_the_schema_beside_it) {
  const Squall squall;

  const ProcessResult init = squall({"init", "-o", "mine.json"});
  const ProcessResult validate = squall({"validate", "mine.json"});

  EXPECT_EQ(init.exit_code, 0) << init.err;
  EXPECT_EQ(validate.exit_code, 0) << validate.out;
  EXPECT_EQ(as_one_document(squall.folder().read("mine.json"))["$schema"], "./squall.schema.json");
  EXPECT_TRUE(as_one_document(squall.folder().read("squall.schema.json")).is_object());
}

TEST(InitCommand, every_built_in_scenario_can_be_the_template) {
  const Squall squall;
  const auto library = as_one_document(squall({"list", "scenarios", "--json"}).out);

  for (const auto& scenario : library) {
    const std::string name = scenario["name"];
    const ProcessResult init = squall({"init", "--template", name});
    const ProcessResult validate = squall({"validate", name + ".json"});

    EXPECT_EQ(init.exit_code, 0) << init.err;
    EXPECT_EQ(validate.exit_code, 0) << validate.out;
  }
}

TEST(InitCommand, it_never_overwrites_a_file) {
  const Squall squall;
  squall.folder().write("mine.json", "precious");

  const ProcessResult result = squall({"init", "-o", "mine.json"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(squall.folder().read("mine.json"), "precious");
}

TEST(InitCommand, an_unknown_template_is_exit_2_with_the_nearest_one) {
  const Squall squall;

  const ProcessResult result = squall({"init", "--template", "two-node-helo"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean \"two-node-hello\"?"));
}

TEST(ValidateCommand, a_folder_of_the_library_is_all_of_its_scenarios) {
  const Squall squall;
  const auto library = as_one_document(squall({"list", "scenarios", "--json"}).out);

  const ProcessResult result = squall({"validate", "claims"});

  EXPECT_EQ(result.exit_code, 0) << result.out;
  int claims = 0;
  for (const auto& scenario : library) {
    const bool inside = scenario["folder"] == "claims";
    const std::string line = std::string(scenario["name"]) + ": valid\n";
    EXPECT_EQ(result.out.find(line) != std::string::npos, inside) << line;
    claims += inside ? 1 : 0;
  }
  EXPECT_EQ(claims, 5);
  EXPECT_THAT(squall({"validate", "claim"}).out, HasSubstr("did you mean \"claims\"?"));
}

TEST(ValidateCommand, a_file_wins_over_a_folder_of_the_library) {
  const Squall squall;
  squall.folder().write("claims", squall.folder().read("small.json"));

  const ProcessResult result = squall({"validate", "claims"});

  EXPECT_EQ(result.out, "claims: valid\n");
}

TEST(ValidateCommand, it_reports_all_mistakes_in_one_pass_with_their_places) {
  const Squall squall;
  squall.folder().write("broken.json", kBroken);

  const ProcessResult result = squall({"validate", "broken.json", "small.json"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr("broken.json:2:3:"));
  EXPECT_THAT(result.out, HasSubstr("broken.json:3:"));
  EXPECT_THAT(result.out, HasSubstr("small.json: valid"));
}

TEST(ValidateCommand, json_is_one_list_with_a_place_for_every_problem) {
  const Squall squall;
  squall.folder().write("broken.json", kBroken);

  const auto problems =
      as_one_document(squall({"validate", "--json", "broken.json", "small.json"}).out);

  ASSERT_TRUE(problems.is_array());
  ASSERT_GE(problems.size(), 2U);
  for (const auto& problem : problems) {
    EXPECT_EQ(problem["file"], "broken.json");
    EXPECT_GT(problem["line"], 0);
    EXPECT_GT(problem["column"], 0);
    EXPECT_NE(problem["message"], "");
  }
}

TEST(ValidateCommand, a_valid_file_is_an_empty_json_list) {
  const Squall squall;

  const ProcessResult result = squall({"validate", "--json", "small.json"});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "[]\n");
}

TEST(ValidateCommand, github_lines_name_file_line_and_column) {
  const Squall squall;
  squall.folder().write("broken.json", kBroken);

  const ProcessResult result = squall({"validate", "--github", "broken.json"});

  EXPECT_THAT(result.out, StartsWith("::error file=broken.json,line=2,col=3,title=S"));
}

TEST(ValidateCommand, a_warning_fails_only_when_strict) {
  const Squall squall;
  const Words with_warning = {"validate", "small.json", "--set", "/time/drain=6s"};
  Words strict = with_warning;
  strict.emplace_back("--strict");

  EXPECT_EQ(squall(with_warning).exit_code, 0);
  EXPECT_EQ(squall(strict).exit_code, 1);
}

TEST(ValidateCommand, a_file_that_is_not_there_is_a_problem_like_any_other) {
  const Squall squall;

  const auto problems = as_one_document(squall({"validate", "--json", "no-such-file.json"}).out);

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0]["severity"], "error");
}

TEST(ValidateCommand, it_leaves_nothing_behind) {
  const Squall squall;

  squall({"validate", "small.json"});

  EXPECT_FALSE(squall.has("squall-results"));
}

TEST(ValidateCommand, an_override_that_makes_a_parameter_idle_is_a_note_that_names_it) {
  const Squall squall;

  const ProcessResult result =
      squall({"validate", "one-over-n", "--set", "/cluster/nodes/count=8"});

  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr("note S0302 parameter \"nodes\" is used nowhere any more"));
  EXPECT_THAT(result.out, HasSubstr("one-over-n: 0 errors, 0 warnings, 1 note"));
}

TEST(ValidateCommand, a_note_is_a_note_in_every_form_and_fails_nothing) {
  const Squall squall;
  const Words note = {"validate", "one-over-n", "--set", "/cluster/nodes/count=8"};
  const auto with = [&](const char* flag) {
    Words words = note;
    words.emplace_back(flag);
    return squall(words);
  };

  EXPECT_EQ(with("--strict").exit_code, 0);
  EXPECT_EQ(as_one_document(with("--json").out)[0]["severity"], "note");
  EXPECT_THAT(with("--github").out, StartsWith("::notice file=one-over-n,"));
}

}  // namespace
}  // namespace squall::testing
