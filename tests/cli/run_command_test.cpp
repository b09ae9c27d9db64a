// squall run: what it prints, what it stores and how it ends. Runs the real binary.
// How a report looks is tested with report/; here is where it goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(RunCommand, a_run_whose_expectations_hold_is_exit_0) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "-n", "2", "--progress", "none"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("routed"));
}

TEST(RunCommand, a_failed_expectation_is_exit_1_and_says_how_to_reproduce_it) {
  const Squall squall;
  squall.folder().write("small.json", small_scenario("pairs.owed == 0"));

  const ProcessResult result = squall({"run", "small.json", "-n", "2", "-s", "routed"});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(last_line(result.err), "exit 1: 1 of 1 expectation failed");
  EXPECT_THAT(result.err, HasSubstr("squall run small.json --strategy routed --seed 1 --reps 2"));
}

TEST(RunCommand, a_word_for_a_form_plays_all_of_it_and_the_run_can_be_played_again) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "-n", "1", "-q", "-s", "hardened"});
  const ProcessResult again = squall({"replay", "latest"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("broadcast:interest"));
  EXPECT_THAT(result.out, HasSubstr("routed:fenced"));
  EXPECT_THAT(result.out, Not(HasSubstr("a hardened form beside textbook forms")));
  EXPECT_EQ(again.exit_code, 0) << again.err;
}

TEST(RunCommand, forms_side_by_side_say_that_the_duel_is_not_fair) {
  const Squall squall;

  const ProcessResult result =
      squall({"run", "small.json", "-n", "1", "-q", "-s", "textbook,routed:fenced"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("a hardened form beside textbook forms"));
}

TEST(RunCommand, json_is_one_document_even_with_all_that_can_be_said) {
  const Squall squall;

  const ProcessResult one = squall({"run", "small.json", "-n", "2", "--json", "-v", "-v",
                                    "--progress", "plain", "--set", "/time/drain=6s"});
  const ProcessResult two = squall({"run", "small.json", "small.json", "-n", "1", "--json"});

  const auto document = as_one_document(one.out);
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["schema"], "squall.result/1");
  EXPECT_THAT(one.err, HasSubstr("warning"));
  ASSERT_TRUE(as_one_document(two.out).is_array());
  EXPECT_EQ(as_one_document(two.out).size(), 2U);
}

TEST(RunCommand, the_run_folder_holds_everything_about_the_run) {
  const Squall squall;

  squall({"run", "small.json", "-n", "2", "-q"});

  const fs::path latest = fs::path("squall-results") / "latest";
  for (const char* file : {"manifest.json", "scenario.json", "scenario.resolved.json",
                           "result.json", "summary.md", "report.html", "junit.xml", "squall.log",
                           "hist/routed.hgrm", "series/routed.csv", "nodes/routed.csv"}) {
    EXPECT_NE(squall.folder().read(latest / file), "") << file;
  }
  EXPECT_EQ(squall.folder().read(latest / "scenario.json"), small_scenario());
  EXPECT_THAT(squall.folder().read("squall-results/.gitignore"), HasSubstr("*"));
  EXPECT_TRUE(fs::is_symlink(squall.folder().path() / latest));
}

TEST(RunCommand, the_stored_result_is_what_json_prints) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "-n", "2", "--json"});

  EXPECT_EQ(squall.folder().read("squall-results/latest/result.json"), result.out);
}

TEST(RunCommand, no_run_overwrites_another_and_latest_is_the_last_one) {
  const Squall squall;

  for (int i = 0; i < 3; ++i) squall({"run", "small.json", "-n", "1", "-q"});

  const auto runs = as_one_document(squall({"list", "runs", "--json"}).out);
  ASSERT_EQ(runs.size(), 3U);
  const fs::path latest = fs::read_symlink(squall.folder().path() / "squall-results" / "latest");
  EXPECT_EQ(latest.parent_path(), "small");
}

TEST(RunCommand, nothing_half_written_stays_in_the_results) {
  const Squall squall;

  squall({"run", "small.json", "-n", "1", "-q"});

  for (const auto& entry :
       fs::recursive_directory_iterator(squall.folder().path() / "squall-results")) {
    EXPECT_THAT(entry.path().string(), ::testing::Not(HasSubstr("partial")));
  }
}

TEST(RunCommand, without_saving_there_is_no_folder) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "-n", "1", "-q", "--no-save"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_FALSE(squall.has("squall-results"));
}

TEST(RunCommand, the_output_does_not_depend_on_the_number_of_jobs) {
  const Squall squall;

  for (const char* format : {"text", "json", "csv", "markdown"}) {
    const ProcessResult one =
        squall({"run", "small.json", "-n", "4", "-j", "1", "--no-save", "--format", format});
    const ProcessResult two =
        squall({"run", "small.json", "-n", "4", "-j", "2", "--no-save", "--format", format});

    EXPECT_NE(one.out, "");
    EXPECT_EQ(one.out, two.out) << format;
  }
}

TEST(RunCommand, every_report_file_is_written_in_the_form_of_its_extension) {
  const Squall squall;

  squall({"run", "small.json", "-n", "1", "-q", "--no-save", "--report", "r.md", "--report",
          "r.csv", "--report", "r.json", "--report", "r.txt"});

  EXPECT_THAT(squall.folder().read("r.csv"), StartsWith("scenario,strategy,"));
  EXPECT_TRUE(as_one_document(squall.folder().read("r.json")).is_object());
  EXPECT_NE(squall.folder().read("r.md"), "");
  EXPECT_NE(squall.folder().read("r.txt"), "");
}

TEST(RunCommand, a_mistake_in_one_of_several_scenarios_means_that_nothing_is_run) {
  const Squall squall;
  squall.folder().write("broken.json", R"({ "squall": 1, "name": "broken", "tiem": {} })");

  const ProcessResult result = squall({"run", "small.json", "broken.json", "-n", "1"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("broken.json:1:"));
  EXPECT_EQ(result.out, "");
  EXPECT_FALSE(squall.has("squall-results"));
}

TEST(RunCommand, a_dry_run_plays_nothing_and_tells_the_size_of_the_work) {
  const Squall squall;

  const ProcessResult result =
      squall({"run", "small.json", "-n", "3", "-s", "routed,broadcast", "--dry-run", "--json"});

  const auto plan = as_one_document(result.out);
  ASSERT_TRUE(plan.is_object()) << result.err;
  EXPECT_EQ(plan["runs"], 6);
  EXPECT_EQ(plan["virtual_seconds_per_run"], 46.0);
  EXPECT_EQ(plan["messages_per_run"], 10.0);
  EXPECT_EQ(plan["faults"][0]["label"], "crash");
  EXPECT_FALSE(squall.has("squall-results"));
}

TEST(RunCommand, an_override_is_applied_and_stored) {
  const Squall squall;

  squall({"run", "small.json", "-n", "1", "-q", "--set", "/cluster/nodes/count=3"});

  const auto manifest =
      as_one_document(squall.folder().read("squall-results/latest/manifest.json"));
  const auto resolved =
      as_one_document(squall.folder().read("squall-results/latest/scenario.resolved.json"));
  ASSERT_TRUE(manifest.is_object() && resolved.is_object());
  EXPECT_EQ(manifest["overrides"][0]["pointer"], "/cluster/nodes/count");
  EXPECT_EQ(resolved["cluster"]["nodes"]["count"], 3);
}

TEST(RunCommand, fatal_warnings_are_exit_2_before_anything_runs) {
  const Squall squall;

  const ProcessResult result =
      squall({"run", "small.json", "--set", "/time/drain=6s", "--warnings-fatal"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_FALSE(squall.has("squall-results"));
}

TEST(RunCommand, notes_are_not_fatal_neither_before_nor_after_a_run) {
  const Squall squall;

  const ProcessResult planned = squall(
      {"run", "one-over-n", "--set", "/cluster/nodes/count=8", "--warnings-fatal", "--dry-run"});
  const ProcessResult played = squall({"run", "small.json", "-n", "1", "--warnings-fatal", "--json",
                                       "--set", "/time/drain=60s", "-s", "broadcast"});

  EXPECT_EQ(planned.exit_code, 0) << planned.err;
  EXPECT_THAT(planned.err, HasSubstr(": note S0302 "));
  EXPECT_EQ(played.exit_code, 0) << played.err;
  const auto strategy = as_one_document(played.out)["results"][0];
  EXPECT_TRUE(strategy["warnings"].empty());
  EXPECT_THAT(strategy["notes"].dump(), HasSubstr("are not supported by 10 owed pairs"));
}

TEST(RunCommand, results_that_cannot_be_stored_are_exit_4_before_anything_runs) {
  const Squall squall;
  squall.folder().write("in-the-way", "a file");

  const ProcessResult result = squall({"run", "small.json", "-o", "in-the-way"});

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_EQ(result.out, "");
}

TEST(RunCommand, a_run_over_its_limit_of_events_is_exit_4_and_marked_incomplete) {
  const Squall squall;

  const ProcessResult result =
      squall({"run", "small.json", "-n", "1", "--max-events", "20", "--json"});

  EXPECT_EQ(result.exit_code, 4) << result.err;
  const auto document = as_one_document(result.out);
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["complete"], false);
  // Strategies that are ended at different moments were not offered different messages.
  EXPECT_THAT(document.dump(), Not(HasSubstr("did not face the same arrivals")));
}

TEST(RunCommand, a_timeout_is_exit_4_and_keeps_what_is_done) {
  const Squall squall;

  const ProcessResult result =
      squall({"run", "small.json", "-n", "2000", "--timeout", "50ms", "--json", "-q"});

  EXPECT_EQ(result.exit_code, 4);
  const auto stored = as_one_document(squall.folder().read(squall.newest_run() + "/result.json"));
  ASSERT_TRUE(stored.is_object());
  EXPECT_EQ(stored["complete"], false);
}

struct Stop {
  int signal_number;
  int exit_code;
};

TEST(RunCommand, a_signal_keeps_what_is_done_and_marks_it_as_incomplete) {
  for (const Stop stop : {Stop{SIGINT, 130}, Stop{SIGTERM, 143}}) {
    const Squall squall;
    bool sent = false;

    // One worker: with two, the first run may still be under way when seven others have ended.
    const ProcessResult result =
        squall.watched({"run", "small.json", "-n", "2000", "-j", "1", "--progress", "json"},
                       [&](pid_t child, const std::string& err) {
                         if (sent || err.find("\"finished\":7,") == std::string::npos) return;
                         sent = true;
                         ::kill(child, stop.signal_number);
                       });

    EXPECT_EQ(result.exit_code, stop.exit_code);
    EXPECT_THAT(last_line(result.err), StartsWith("exit " + std::to_string(stop.exit_code)));
    const auto stored = as_one_document(squall.folder().read(squall.newest_run() + "/result.json"));
    ASSERT_TRUE(stored.is_object());
    EXPECT_EQ(stored["complete"], false);
    const auto manifest =
        as_one_document(squall.folder().read(squall.newest_run() + "/manifest.json"));
    EXPECT_EQ(manifest["complete"], false);
    EXPECT_GT(manifest["replications"][0], 0);
  }
}

TEST(RunCommand, a_second_signal_ends_at_once_and_writes_nothing) {
  const Squall squall;
  bool sent = false;

  const ProcessResult result =
      squall.watched({"run", "small.json", "-n", "2000", "--progress", "json"},
                     [&](pid_t child, const std::string& err) {
                       if (sent || err.find("\"finished\":7,") == std::string::npos) return;
                       sent = true;
                       ::kill(child, SIGINT);
                       ::kill(child, SIGTERM);
                     });

  EXPECT_THAT(result.exit_code, AnyOf(130, 143));
  EXPECT_FALSE(squall.has("squall-results/latest"));
}

TEST(RunCommand, an_output_that_cannot_be_written_is_refused_before_the_run) {
  const Squall squall;
  ASSERT_EQ(squall({"run", "small.json", "-n", "1", "-q"}).exit_code, 0);

  const ProcessResult report =
      squall({"run", "small.json", "--report", "/proc/x.html", "--no-save", "-n", "1"});
  const ProcessResult drawing =
      squall({"explain", "latest", "--message", "1", "--svg", "missing/x.html"});

  EXPECT_EQ(report.exit_code, 2) << report.err;
  EXPECT_EQ(drawing.exit_code, 2) << drawing.err;
  EXPECT_EQ(drawing.out, "");
  EXPECT_THAT(drawing.err, ::testing::HasSubstr("missing"));
}

}  // namespace
}  // namespace squall::testing
