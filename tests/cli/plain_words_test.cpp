// What is said of a command line that cannot be followed: in squall's own words, with what is
// possible; and nothing that was given is passed over in silence. Runs the real binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/cli.hpp"
#include "tests/support/place.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

bool is_ascii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

class PlainWords : public ::testing::Test {
 protected:
  // Of a command line that is refused.
  std::string refused(Words words, Words environment = {}) const {
    const ProcessResult result = squall_(std::move(words), std::move(environment));
    EXPECT_EQ(result.exit_code, 2) << result.out << result.err;
    return result.err;
  }

  Squall squall_;
};

TEST_F(PlainWords, say_of_a_value_what_is_possible) {
  EXPECT_THAT(refused({"run", "small.json", "--max-events", "x"}),
              HasSubstr("--max-events x: expected a number from 0 to 1000000000000000"));
  EXPECT_THAT(refused({"run", "small.json", "--max-events", "-3"}),
              HasSubstr("--max-events -3: expected a number from 0 to 1000000000000000"));
  EXPECT_THAT(refused({"run", "small.json", "--engine", "live", "--loops", "-1"}),
              HasSubstr("--loops -1: expected a number from 1 to 256"));
  EXPECT_THAT(refused({"run", "small.json", "--jobs", "0"}),
              HasSubstr("--jobs 0: expected a number from 1 to 4096"));
  EXPECT_THAT(refused({"run", "small.json", "-n"}),
              HasSubstr("--reps: its value is missing: --reps N|auto"));
  EXPECT_THAT(refused({"run", "small.json", "--seed", "1", "--seed", "2"}),
              HasSubstr("--seed is given 2 times; it takes one value"));
  EXPECT_THAT(refused({"run", "small.json", "--quiet=maybe"}),
              HasSubstr("--quiet maybe: expected true or false"));
  EXPECT_THAT(refused({"predict", "a", "b"}),
              HasSubstr("SCENARIO: at most 1 is possible, and there are 2"));
  EXPECT_THAT(refused({"compare", "a"}), HasSubstr("RUN: at least 2 are needed, and there is 1"));
  EXPECT_THAT(refused({"--versio"}), HasSubstr("did you mean \"--version\"?"));
}

TEST_F(PlainWords, name_the_variable_where_nobody_gave_the_flag) {
  const Words sweep{"sweep", "small.json", "--grid", "/cluster/nodes/count=2,3", "--dry-run"};

  EXPECT_THAT(refused(sweep, {"SQUALL_REPS=auto"}), HasSubstr("SQUALL_REPS=auto: --reps auto"));
  EXPECT_THAT(refused({"run", "small.json", "-n", "x"}, {"SQUALL_REPS=3"}),
              Not(HasSubstr("SQUALL_REPS")));
}

TEST_F(PlainWords, refuse_what_one_of_two_flags_would_override_in_silence) {
  EXPECT_THAT(refused({"run", "small.json", "--dry-run", "--set", "/cluster/nodes/count=2", "--set",
                       "/cluster/nodes/count=3"}),
              HasSubstr("/cluster/nodes/count is set twice"));
  EXPECT_THAT(refused({"run", "small.json", "--dry-run", "-s", "routed", "--set",
                       R"(/strategies=["broadcast"])"}),
              HasSubstr("--strategy and --set /strategies"));
  EXPECT_THAT(refused({"run", "small.json", "--dry-run", "--json", "--format", "junit"}),
              HasSubstr("--json and --format junit"));
  EXPECT_THAT(refused({"run", "small.json", "--dry-run", "--engine", "live", "--threads", "2"}),
              HasSubstr("--loops"));
  EXPECT_THAT(refused({"run", "small.json", "--open", "--no-save"}), HasSubstr("--no-save"));
  EXPECT_THAT(refused({"run", "small.json", "--watch", "--dry-run"}), HasSubstr("--dry-run"));
  EXPECT_THAT(refused({"calibrate", "--pid", "1"}), HasSubstr("--pid is about servers"));
  EXPECT_THAT(refused({"agreement", "small.json", "--hooks", "h.json"}),
              HasSubstr("--hooks is about servers"));
}

TEST_F(PlainWords, refuse_the_choice_of_a_trace_where_there_is_none) {
  ASSERT_EQ(squall_({"run", "small.json", "-n", "1", "-q"}).exit_code, 0);

  EXPECT_THAT(refused({"report", "latest", "-s", "nope", "-o", "x.html"}),
              HasSubstr("--strategy chooses what a trace shows"));
}

TEST_F(PlainWords, call_the_results_folder_by_one_variable) {
  const Words out{"SQUALL_OUT=elsewhere"};
  ASSERT_EQ(squall_({"run", "small.json", "-n", "1", "-q"}, out).exit_code, 0);

  EXPECT_EQ(squall_({"report", "latest", "-o", "x.md"}, out).exit_code, 0);
  EXPECT_EQ(squall_({"explore", "small.json", "-s", "routed", "--runs", "1"}, out).exit_code, 0);
  EXPECT_TRUE(std::filesystem::is_directory(squall_.folder().path() / "elsewhere"));
}

TEST_F(PlainWords, take_a_separator_and_standard_input) {
  EXPECT_EQ(squall_({"run", "--dry-run", "--", "small.json"}).exit_code, 0);
  const ProcessResult init = squall_({"init", "-o", "-"});
  EXPECT_EQ(init.exit_code, 0);
  EXPECT_TRUE(as_one_document(init.out).is_object());
  EXPECT_FALSE(squall_.has("-"));
  const std::string piped = "'" + squall_binary() + "' predict - < small.json > said.txt 2>&1";
  const ProcessResult shell =
      run_process({{"/bin/sh", "-c", piped}, squall_.folder().path().string(), {}, {}});
  EXPECT_EQ(shell.exit_code, 0) << squall_.folder().read("said.txt");
}

TEST_F(PlainWords, say_of_a_folder_of_scenarios_which_it_holds) {
  EXPECT_THAT(refused({"predict", "smoke"}), HasSubstr("it holds one-over-n, two-node-hello"));
}

TEST_F(PlainWords, with_ascii_have_no_sign_beyond_it_in_any_form) {
  const ProcessResult markdown =
      squall_({"run", "small.json", "-n", "2", "--ascii", "--format", "markdown", "--no-save"});
  const ProcessResult sweep =
      squall_({"sweep", "small.json", "--grid", "/cluster/nodes/count=2,3", "-n", "2", "--ascii"});

  EXPECT_TRUE(is_ascii(markdown.out)) << markdown.out;
  EXPECT_TRUE(is_ascii(sweep.out)) << sweep.out;
}

// A shell reads what is shown as it was meant, whatever files and folders are called.
TEST_F(PlainWords, show_commands_that_can_be_pasted) {
  squall_.folder().write("my \u2665 chat.json", small_scenario());
  const Words results{"--out", "my results"};
  const auto with_results = [&](Words words) {
    words.insert(words.end(), results.begin(), results.end());
    return squall_(words);
  };

  const ProcessResult run = with_results(
      {"run", "my \u2665 chat.json", "-n", "1", "-s", "session_share", "--progress", "none"});
  const ProcessResult story = with_results({"explain", "latest", "--lost"});
  const ProcessResult why = with_results({"why", "latest"});

  EXPECT_THAT(run.err, HasSubstr("save main 'my results/"));
  EXPECT_THAT(story.out, HasSubstr("squall explain latest --out 'my results' --message"));
  EXPECT_THAT(why.out, HasSubstr("squall run 'my \u2665 chat.json'"));
}

TEST_F(PlainWords, keep_the_name_of_the_last_run_for_it) {
  std::string text = small_scenario();
  text.replace(text.find("\"small\""), 7, "\"latest\"");
  squall_.folder().write("last.json", text);

  EXPECT_THAT(refused({"run", "last.json", "--dry-run"}), HasSubstr("the last run"));
}

TEST_F(PlainWords, say_which_expectations_a_choice_of_strategies_leaves_unjudged) {
  const ProcessResult result =
      squall_({"run", "small.json", "-n", "1", "-s", "routed", "--progress", "none", "--set",
               R"(/expect=[{"that": "loss.intent <= 100%", "for": ["broadcast"]}])"});

  EXPECT_THAT(result.err, HasSubstr("1 expectation is of a strategy that was not played"));
}

TEST_F(PlainWords, of_hooks_that_can_never_be_called_are_mistakes) {
  const auto said = [&](const std::string& hooks) {
    squall_.folder().write("hooks.json", hooks);
    return refused({"attach", "two-node-hello", "--target",
                    "ws://127.0.0.1:9,ws://127.0.0.1:10,ws://127.0.0.1:11", "--dialect", "nats",
                    "--hooks", "hooks.json", "--dry-run"});
  };

  EXPECT_THAT(said(R"({"crash n1": "a", "crash n1": "b"})"), HasSubstr("stands there twice"));
  EXPECT_THAT(said(R"({"crash n9": "a"})"), HasSubstr("the targets are n1 to n3"));
  EXPECT_THAT(said(R"({"crash n1": " "})"), HasSubstr("has an empty command"));
  EXPECT_THAT(said(R"({"partition n1": "a"})"), HasSubstr("is of no node"));
}

TEST_F(PlainWords, of_servers_that_are_not_there_say_that_nobody_listens) {
  const ProcessResult result = squall_({"attach", "small.json", "--target", "ws://127.0.0.1:1",
                                        "--dialect", "nats", "--no-save", "-q"});

  EXPECT_EQ(result.exit_code, 4) << result.out;
  EXPECT_THAT(last_line(result.err), HasSubstr("nobody listens at ws://127.0.0.1:1"));
  EXPECT_THAT(result.out, Not(HasSubstr("COMPARISON")));
}

TEST_F(PlainWords, of_a_shell_complete_what_is_possible_and_no_folders) {
  const std::string script = squall_({"completion", "bash"}).out;

  EXPECT_THAT(script, HasSubstr("--engine) COMPREPLY=($(compgen -W 'sim live both'"));
  EXPECT_THAT(script, HasSubstr("--progress) COMPREPLY=($(compgen -W 'auto tty plain json none'"));
  const std::size_t predict = script.find("    predict) flags=");
  ASSERT_NE(predict, script.npos);
  EXPECT_THAT(script.substr(predict, script.find('\n', predict) - predict),
              Not(HasSubstr(" smoke ")));
}

TEST_F(PlainWords, of_a_manual_page_have_operands_values_and_defaults) {
  const std::string page = squall_({"help", "run", "--man"}).out;

  EXPECT_THAT(page, HasSubstr("[\\fIFLAGS\\fR] ... \\fISCENARIO\\fR ..."));
  EXPECT_THAT(page, HasSubstr("sim,live,both"));
  EXPECT_THAT(page, HasSubstr("the others count up [1]"));
  EXPECT_THAT(page, HasSubstr("where run folders are kept [squall\\-results]"));
}

}  // namespace
}  // namespace squall::testing
