// The command line itself: commands, flags, help, exit codes of mistakes. Runs the real binary.
//
// What `run` leaves behind is in run_command_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(CommandLine, an_unknown_command_is_exit_2_with_the_nearest_one) {
  const Squall squall;

  const ProcessResult result = squall({"valdiate", "small.json"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean \"validate\"?"));
}

TEST(CommandLine, an_unknown_flag_is_exit_2_with_the_nearest_one) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "--strategi", "routed"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("\"--strategi\""));
  EXPECT_THAT(result.err, HasSubstr("did you mean \"--strategy\"?"));
}

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

TEST(CommandLine, an_engine_that_is_not_known_is_named_in_a_sentence) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "--engine", "warp"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--engine: warp not in {sim,live,both}"));
  EXPECT_FALSE(squall.has("squall-results"));
}

TEST(CommandLine, a_flag_of_the_live_engine_is_refused_without_it) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "--broker", "spawn:redis"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--broker belongs to the live engine: add --engine live"));
}

TEST(CommandLine, a_broker_that_does_not_exist_is_refused_with_those_that_do) {
  const Squall squall;

  const ProcessResult result =
      squall({"run", "small.json", "--engine", "live", "--broker", "spawn:oracle"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("possible are spawn:redis"));
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

TEST(CommandLine, a_topic_that_cannot_be_listed_is_exit_2_and_names_the_others) {
  const Squall squall;

  const ProcessResult result = squall({"list", "metric"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean \"metrics\"?"));
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
