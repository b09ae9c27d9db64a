// What somebody sees who tries squall for the first time: where to begin, how long it takes, where
// the page is and what to do next; and what is left when it was interrupted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST(FirstMinute, a_bare_squall_shows_two_examples) {
  const Squall squall;

  const ProcessResult result = squall({});

  EXPECT_THAT(result.err, HasSubstr("squall run two-node-hello"));
  EXPECT_THAT(result.err, HasSubstr("squall init"));
}

TEST(FirstMinute, the_closing_lines_name_the_page_and_the_next_command) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "-n", "1"});

  EXPECT_THAT(result.err, HasSubstr("page       squall-results/small/"));
  EXPECT_THAT(result.err, HasSubstr("report.html"));
  EXPECT_THAT(result.err, HasSubstr("next       squall baseline save main latest"));
}

TEST(FirstMinute, the_next_command_of_a_failed_run_is_no_baseline) {
  const Squall squall;
  squall.folder().write("strict.json", small_scenario("loss.intent < 50%"));

  const ProcessResult result = squall({"run", "strict.json", "-n", "1", "-s", "session_share"});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("next       squall why latest"));
  EXPECT_THAT(result.err, Not(HasSubstr("baseline save")));
}

TEST(FirstMinute, open_starts_the_browser_with_the_page) {
  const Squall squall;
  squall.folder().write("browser", "#!/bin/sh\necho \"$1\" > opened.tmp && mv opened.tmp opened\n");
  std::filesystem::permissions(squall.folder().path() / "browser",
                               std::filesystem::perms::owner_all);

  const ProcessResult result =
      squall({"run", "small.json", "-n", "1", "--open"}, {"BROWSER=./browser"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, Not(HasSubstr("--open:")));
}

TEST(FirstMinute, open_says_when_there_is_no_browser) {
  const Squall squall;

  const ProcessResult result =
      squall({"run", "small.json", "-n", "1", "--open"}, {"BROWSER=./none", "PATH=/nowhere"});

  EXPECT_THAT(result.err, HasSubstr("--open: no browser could be started"));
  EXPECT_EQ(result.exit_code, 0) << "the run is as good as before";
}

TEST(FirstMinute, built_in_scenarios_are_one_line_each_with_size_and_time) {
  const Squall squall;

  const ProcessResult result = squall({"list", "scenarios"});

  EXPECT_THAT(result.out, HasSubstr("200 000"));
  EXPECT_THAT(result.out, HasSubstr("about "));
  std::istringstream text(result.out);
  for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 160U) << line;
}

TEST(FirstMinute, a_dry_run_says_how_long_it_will_take) {
  const Squall squall;

  EXPECT_THAT(squall({"run", "million-zipf", "--dry-run"}).out, HasSubstr("takes       about "));
  const auto plan = as_one_document(squall({"run", "small.json", "--dry-run", "--json"}).out);
  EXPECT_GT(plan["estimated_bytes"], 0);
}

// Sockets play as long as the scenario lasts; both engines, one after the other.
TEST(FirstMinute, a_dry_run_of_sockets_is_in_real_time) {
  const Squall squall;
  const auto planned = [&](const char* engine) {
    return as_one_document(
        squall({"run", "two-node-hello", "--engine", engine, "--dry-run", "--json"}).out);
  };

  const auto live = planned("live"), both = planned("both");

  const double lasts = double(live["virtual_seconds_per_run"]) * double(live["runs"]);
  EXPECT_EQ(double(live["estimated_wall_s"]), lasts);
  EXPECT_GT(double(both["estimated_wall_s"]), lasts);
}

TEST(FirstMinute, stored_runs_are_listed_with_verdict_engine_loss_and_overrides) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "--set", "/time/measure=6s"});

  const auto runs = as_one_document(squall({"list", "runs", "--json"}).out);

  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0]["verdict"], "PASS");
  EXPECT_EQ(runs[0]["engine"], "sim");
  EXPECT_THAT(runs[0]["loss"].get<std::string>(), HasSubstr("%"));
  EXPECT_EQ(runs[0]["overrides"], "/time/measure=6s");
}

// The last state that the bars have shown of a strategy, in words.
std::vector<std::string> last_row(const std::string& screen, const std::string& strategy) {
  std::vector<std::string> words;
  std::istringstream text(screen);
  for (std::string line; std::getline(text, line);) {
    const std::size_t at = line.find("  " + strategy + " ");
    if (at == line.npos) continue;
    std::istringstream row(line.substr(at));
    words = {std::istream_iterator<std::string>(row), {}};
  }
  return words;
}

TEST(FirstMinute, the_table_begins_with_the_first_seed_and_ends_as_the_result_has_it) {
  const Squall squall;

  const ProcessResult result = squall({"run", "two-node-hello", "-s", "broadcast,session_share",
                                       "-n", "4", "--progress", "tty", "--no-save"});

  EXPECT_THAT(result.err, HasSubstr("lost %"));
  EXPECT_THAT(result.err, HasSubstr("cluster MB/s"));
  const std::vector<std::string> row = last_row(result.err, "broadcast");
  ASSERT_EQ(row.size(), 7U) << result.err;
  EXPECT_EQ(row[2], "4/4");
  EXPECT_EQ(row[3], "0");
  std::vector<std::string> table;  // of the result: the mark of the unbeaten is a word, too
  std::istringstream text(result.out);
  for (std::string line; std::getline(text, line) && table.empty();) {
    if (line.find("  broadcast ") == line.npos) continue;
    std::istringstream words(line);
    table = {std::istream_iterator<std::string>(words), {}};
  }
  for (const std::size_t cell : {4, 6}) {
    EXPECT_THAT(table, ::testing::Contains(row[cell])) << result.out << result.err;
  }
  EXPECT_EQ(last_row(result.err, "session_share")[3], "100");
}

TEST(FirstMinute, an_interrupted_run_ends_in_five_lines_and_is_not_the_latest) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q"});
  const auto before = squall.folder().read("squall-results/latest/manifest.json");

  bool sent = false;
  const ProcessResult result = squall.watched(
      {"run", "rolling-deploy-storm", "--progress", "plain"}, [&](pid_t child, const std::string&) {
        if (!sent) kill(child, SIGINT);
        sent = true;
      });

  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(result.out, "") << "a table of nothing";
  const std::size_t at = result.err.find("interrupted: ");
  ASSERT_NE(at, result.err.npos) << result.err;
  EXPECT_LE(lines(result.err.substr(at)), 5U) << result.err;
  EXPECT_EQ(squall.folder().read("squall-results/latest/manifest.json"), before);
}

TEST(FirstMinute, an_interrupted_run_that_stores_nothing_says_so_to_the_end) {
  const Squall squall;
  bool sent = false;

  const ProcessResult result =
      squall.watched({"run", "rolling-deploy-storm", "--progress", "plain", "--no-save"},
                     [&](pid_t child, const std::string&) {
                       if (!sent) kill(child, SIGINT);
                       sent = true;
                     });

  EXPECT_EQ(last_line(result.err), "exit 130: interrupted; nothing was stored");
}

TEST(FirstMinute, the_checks_of_the_books_are_one_line) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "-n", "1", "--no-save"});

  EXPECT_THAT(result.out, HasSubstr("EXPECTATIONS"));
  EXPECT_THAT(result.out, HasSubstr("the books balance"));
  EXPECT_THAT(result.out, Not(HasSubstr("ledger.unattributed")));
}

TEST(FirstMinute, completion_knows_names) {
  const Squall squall;

  for (const char* const shell : {"bash", "zsh", "fish"}) {
    const std::string script = squall({"completion", shell}).out;
    for (const char* const name : {"rolling-deploy-storm", "multi_active:k3", "latency.obliged.p99",
                                   "/cluster/nodes/count=", "placements"}) {
      EXPECT_THAT(script, HasSubstr(name)) << shell;
    }
  }
}

TEST(FirstMinute, every_command_has_examples_and_a_manual_page) {
  const Squall squall;
  std::istringstream names(squall({"help", "--names"}).out);

  std::size_t count = 0;
  for (std::string name; std::getline(names, name); ++count) {
    EXPECT_THAT(squall({"help", name}).out, HasSubstr("Examples:")) << name;
    const std::string page = squall({"help", name, "--man"}).out;
    EXPECT_THAT(page, HasSubstr(".SH EXAMPLES")) << name;
    EXPECT_THAT(page, HasSubstr(".SH OPTIONS")) << name;
  }
  EXPECT_GE(count, 14U);
  EXPECT_THAT(squall({"help", "--man"}).out, HasSubstr(".TH squall 1"));
}

TEST(FirstMinute, a_locale_without_unicode_gets_none) {
  const Squall squall;

  const std::string text = squall({"run", "small.json", "-n", "1", "--no-save"}, {"LC_ALL=C"}).out;

  EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 128; }))
      << text;
}

TEST(FirstMinute, wrong_numbers_are_answered_with_sentences) {
  const Squall squall;

  EXPECT_THAT(squall({"run", "small.json", "-n", "0"}).err,
              HasSubstr("a number from 1 to 10000, or auto"));
  EXPECT_THAT(squall({"run", "small.json", "--gate", "loss.intent=5ms", "--baseline", "x"}).err,
              HasSubstr("like 5% or 0.05"));
}

TEST(FirstMinute, help_names_every_ending_and_every_server) {
  const Squall squall;

  const std::string help = squall({"help", "run"}).out;

  for (const char* const word : {".html", ".om", ".xml", "spawn:redis", "spawn:kafka-mock"}) {
    EXPECT_THAT(help, HasSubstr(word));
  }
  EXPECT_THAT(squall({"help", "report"}).out, HasSubstr(".html"));
}

TEST(FirstMinute, two_runs_of_one_scenario_are_laid_over_each_other) {
  const Squall squall;
  squall({"run", "small.json", "-n", "2", "-q", "--save-baseline", "main"});
  squall({"run", "small.json", "-n", "2", "-q", "--set", "/time/measure=6s"});

  const ProcessResult result =
      squall({"compare", "main", "latest", "--accept-scenario", "--report", "both.html"});

  EXPECT_NE(result.exit_code, 2) << result.err;
  EXPECT_THAT(squall.folder().read("both.html"), HasSubstr("small: 2 runs"));
}

}  // namespace
}  // namespace squall::testing
