// The command line itself: commands, flags, help, exit codes of mistakes. Runs the real binary.
//
// What `run` leaves behind is in run_command_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const Words kCommands = {"run",        "attach",   "calibrate", "agreement", "compare", "baseline",
                         "report",     "validate", "list",      "schema",    "init",    "replay",
                         "explain",    "why",      "predict",   "size",      "fit",     "hash",
                         "completion", "version",  "help"};

TEST(CommandLine, a_missing_command_is_exit_2_and_says_where_the_commands_are) {
  const Squall squall;

  const ProcessResult result = squall({});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("squall help"));
}

struct Mistake {
  std::string_view name;
  Words words;
  std::vector<std::string> said;  // in the complaint
};

class EveryMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(EveryMistake, is_exit_2_names_what_helps_and_runs_nothing) {
  const Squall squall;

  const ProcessResult result = squall(GetParam().words);

  EXPECT_EQ(result.exit_code, 2);
  for (const std::string& words : GetParam().said) EXPECT_THAT(result.err, HasSubstr(words));
  EXPECT_FALSE(squall.has("squall-results"));
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, EveryMistake,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"an_unknown_command", {"valdiate", "small.json"}, {"did you mean \"validate\"?"}},
        {"an_unknown_flag",
         {"run", "small.json", "--strategi", "routed"},
         {"\"--strategi\"", "did you mean \"--strategy\"?"}},
        {"an_unknown_topic", {"list", "metric"}, {"did you mean \"metrics\"?"}},
        {"an_unknown_engine",
         {"run", "small.json", "--engine", "warp"},
         {"--engine: warp not in {sim,live,both}"}},
        {"a_flag_of_the_live_engine_without_it",
         {"run", "small.json", "--broker", "spawn:redis"},
         {"--broker belongs to the live engine: add --engine live"}},
        {"an_unknown_broker",
         {"run", "small.json", "--engine", "live", "--broker", "spawn:oracle"},
         {"possible are spawn:redis"}},
        {"a_report_of_unknown_kind", {"run", "small.json", "--report", "r.docx"}, {".md"}},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CommandLine, the_last_line_of_a_failure_is_the_exit_code_and_its_meaning) {
  const Squall squall;

  for (const Words& words : {Words{"run"}, Words{"nonsense"}, Words{"run", "nowhere.json"},
                             Words{"run", "small.json", "--reps", "none"},
                             Words{"run", "small.json", "--engine", "steam"}}) {
    const ProcessResult result = squall(words);

    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_THAT(last_line(result.err), StartsWith("exit 2: "));
  }
}

TEST(CommandLine, a_success_says_nothing_on_standard_error) {
  const Squall squall;

  const ProcessResult result = squall({"list", "causes"});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
}

TEST(CommandLine, every_command_has_help_and_stands_in_the_overview) {
  const Squall squall;
  const ProcessResult overview = squall({"help"});

  for (const std::string& command : kCommands) {
    const ProcessResult by_command = squall({"help", command});
    const ProcessResult by_flag = squall({command, "--help"});

    EXPECT_EQ(by_command.exit_code, 0);
    EXPECT_EQ(by_flag.exit_code, 0) << command;
    EXPECT_EQ(by_flag.out, by_command.out);
    EXPECT_THAT(overview.out, HasSubstr("\n  " + command + " "));
  }
}

TEST(CommandLine, the_completion_of_every_shell_knows_every_command_and_flag) {
  const Squall squall;

  for (const char* shell : {"bash", "zsh", "fish"}) {
    const ProcessResult result = squall({"completion", shell});

    EXPECT_EQ(result.exit_code, 0);
    for (const std::string& command : kCommands) EXPECT_THAT(result.out, HasSubstr(command));
    EXPECT_THAT(result.out, HasSubstr("max-events")) << shell;
  }
}

TEST(CommandLine, the_version_is_the_same_in_text_and_in_json) {
  const Squall squall;

  const ProcessResult text = squall({"--version"});
  const auto document = as_one_document(squall({"--version", "--json"}).out);

  ASSERT_TRUE(document.is_object());
  EXPECT_THAT(text.out, StartsWith("squall " + document["version"].get<std::string>()));
}

TEST(CommandLine, every_listing_is_a_table_and_a_json_list_of_the_same_length) {
  const Squall squall;

  for (const char* topic :
       {"strategies", "metrics", "faults", "causes", "placements", "scenarios"}) {
    const ProcessResult text = squall({"list", topic});
    const auto document = as_one_document(squall({"list", topic, "--json"}).out);

    ASSERT_TRUE(document.is_array()) << topic;
    EXPECT_GT(document.size(), 0U) << topic;
    EXPECT_EQ(static_cast<std::size_t>(std::count(text.out.begin(), text.out.end(), '\n')),
              document.size() + 1)
        << topic;
  }
}

TEST(CommandLine, every_fault_has_a_meaning) {
  const Squall squall;

  const auto document = as_one_document(squall({"list", "faults", "--json"}).out);

  ASSERT_TRUE(document.is_array());
  for (const auto& fault : document) EXPECT_NE(fault["meaning"], "") << fault["name"];
}

TEST(CommandLine, both_schemas_are_json_schema_draft_7) {
  const Squall squall;

  for (const char* kind : {"scenario", "result"}) {
    const auto document = as_one_document(squall({"schema", kind}).out);

    ASSERT_TRUE(document.is_object()) << kind;
    EXPECT_EQ(document["$schema"], "http://json-schema.org/draft-07/schema#");
  }
}

TEST(CommandLine, an_environment_variable_stands_for_its_flag_and_the_flag_wins) {
  const Squall squall;

  const auto by_variable =
      as_one_document(squall({"run", "small.json", "--dry-run", "--json"}, {"SQUALL_REPS=3"}).out);
  const auto by_flag = as_one_document(
      squall({"run", "small.json", "--dry-run", "--json", "-n", "4"}, {"SQUALL_REPS=3"}).out);

  ASSERT_TRUE(by_variable.is_object());
  EXPECT_EQ(by_variable["seeds"].size(), 3U);
  EXPECT_EQ(by_flag["seeds"].size(), 4U);
}

TEST(CommandLine, a_bad_variable_of_another_command_is_not_looked_at) {
  const Squall squall;

  const ProcessResult result = squall({"list", "causes"}, {"SQUALL_REPS=many"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
}

}  // namespace
}  // namespace squall::testing
