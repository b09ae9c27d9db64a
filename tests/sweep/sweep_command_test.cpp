// squall sweep: what it refuses, what it prints and what it stores. Runs the real binary.
// Interruptions are in sweep_resume_test.cpp, ranks in sweep_mpi_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/support/sweep.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ProcessResult grid(const Squall& squall, const std::string& axis) {
  return squall({"sweep", "small.json", "-n", "1", "--grid", axis});
}

TEST(SweepCommand, the_outputs_do_not_depend_on_the_number_of_jobs) {
  const Squall squall;

  const ProcessResult one = squall(small_sweep("one", {"-j", "1"}));
  const ProcessResult two = squall(small_sweep("two", {"-j", "2"}));

  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_TRUE(outputs_in(squall, "one").whole());
  EXPECT_EQ(outputs_in(squall, "one"), outputs_in(squall, "two"));
  EXPECT_EQ(one.out, two.out);
}

TEST(SweepCommand, a_cell_is_what_run_plays_with_the_same_values) {
  const Squall squall;

  squall(small_sweep("s"));
  const ProcessResult run =
      squall({"run", "small.json", "-n", "3", "-s", "routed", "--no-save", "--json", "--set",
              "/cluster/nodes/count=3", "--set", "/time/measure=6s", "--progress", "none"});

  const auto sweep = as_one_document(squall.folder().read("s/sweep.json"));
  const auto& point = sweep["points"][3];
  ASSERT_EQ(point["values"], nlohmann::json::array({"3", "6s"}));
  const auto& cell = point["results"][0];
  const auto result = as_one_document(run.out)["results"][0];
  EXPECT_EQ(cell["strategy"], "routed");
  EXPECT_EQ(cell["fingerprints"], result["fingerprints"]);
  EXPECT_EQ(cell["metrics"], result["metrics"]);
}

// They are beside the metrics of the registry, in results that have them.
TEST(SweepCommand, prices_and_crossings_do_not_make_a_cell_another_one) {
  const Squall squall;

  const ProcessResult result = squall(small_sweep(
      "s", {"--set", R"(/prices={"node_hour": 0.2})", "--set", R"(/cluster/nodes/zones=["a", "b"])",
            "--set", R"(/cluster/net/zones=[{"between": ["a", "b"], "delay": "1ms"}])"}));

  EXPECT_EQ(result.exit_code, 0) << result.err;
}

TEST(SweepCommand, json_is_one_document_and_the_stored_one) {
  const Squall squall;

  const ProcessResult result = squall(small_sweep("s", {"--json"}));

  EXPECT_EQ(as_one_document(result.out)["schema"], "squall.sweep/1");
  EXPECT_EQ(result.out, squall.folder().read("s/sweep.json"));
}

TEST(SweepCommand, the_table_has_a_row_per_value) {
  const Squall squall;

  squall(small_sweep("s"));

  const std::string csv = squall.folder().read("s/sweep.csv");
  const auto sweep = as_one_document(squall.folder().read("s/sweep.json"));
  const std::size_t metrics = sweep["points"][0]["results"][0]["metrics"].size();
  EXPECT_THAT(csv, StartsWith("/cluster/nodes/count,/time/measure,strategy,seed,metric,value,unit\n"
                              "2,5s,routed,1,"));
  EXPECT_EQ(lines_in(csv), 1 + kSmallSweepCells * metrics);
}

TEST(SweepCommand, without_resume_it_gets_a_folder_below_out_that_is_named) {
  const Squall squall;

  const ProcessResult result = grid(squall, "/cluster/nodes/count=2,3");

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("results    squall-results/sweep-small-"));
  EXPECT_THAT(squall({"list", "runs"}).out, Not(HasSubstr("sweep-small")));
}

TEST(SweepCommand, a_place_that_does_not_exist_is_refused_before_anything_runs) {
  const Squall squall;

  for (const char* axis : {"/cluster/nodes/cuont=2,3", "/nothing/here=1", "/script/9/x=1"}) {
    const ProcessResult result = grid(squall, axis);

    EXPECT_EQ(result.exit_code, 2) << axis;
    EXPECT_THAT(result.err, HasSubstr("error: --grid /")) << axis;
    EXPECT_FALSE(squall.has("squall-results")) << axis;
  }
}

TEST(SweepCommand, one_bad_value_among_good_ones_is_refused_and_named) {
  const Squall squall;

  const ProcessResult result = grid(squall, "/cluster/nodes/count=2,3,0");

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--grid /cluster/nodes/count=0: the scenario is not valid"));
  EXPECT_THAT(result.err, Not(HasSubstr("--set")));
  EXPECT_FALSE(squall.has("squall-results"));
}

TEST(SweepCommand, bad_grids_are_refused) {
  const Squall squall;
  struct Case {
    Words more;
    std::string said;
  };
  const std::array cases{
      Case{{}, "nothing is swept"},
      Case{{"--grid", "/time/measure="}, "a value is missing"},
      Case{{"--grid", "time=1"}, "expected /JSON/POINTER"},
      Case{{"--grid", "/time/measure=5s,5s"}, "is there twice"},
      Case{{"--grid", "/time/measure=5s,5000ms"}, "gives the same scenario as"},
      Case{{"--grid", "/time/measure=5s", "--grid", "/time/measure=6s"}, "swept twice"},
      Case{{"--grid", "/time/measure=5s", "--set", "/time/measure=6s"}, "also given by --set"},
      Case{{"--grid", "/time/measure=1ms..9s:1ms", "--grid", "/cluster/nodes/count=2..9"},
           "more than 10000 points"},
      Case{{"--grid", "/time/measure=5s", "-s", "nonsense"}, "nonsense"},
  };

  for (const Case& one : cases) {
    Words words{"sweep", "small.json"};
    words.insert(words.end(), one.more.begin(), one.more.end());
    const ProcessResult result = squall(words);

    EXPECT_EQ(result.exit_code, 2) << one.said;
    EXPECT_THAT(result.err, HasSubstr(one.said));
  }
  EXPECT_FALSE(squall.has("squall-results"));
}

TEST(SweepCommand, a_scenario_that_is_missing_is_named) {
  const Squall squall;

  EXPECT_THAT(squall({"sweep", "--grid", "/a=1"}).err, HasSubstr("a scenario is missing"));
  const ProcessResult result = squall({"sweep", "nobody.json", "--grid", "/time/measure=5s"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("nobody.json"));
}

TEST(SweepCommand, a_dry_run_says_how_many_cells_and_stores_nothing) {
  const Squall squall;

  const ProcessResult result = squall(small_sweep("s", {"--dry-run"}));

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("36 cells, 6 points"));
  EXPECT_FALSE(squall.has("s"));
}

TEST(SweepCommand, a_strategy_that_some_points_cannot_have_is_missing_only_there) {
  const Squall squall;
  squall.folder().write("alone.json", R"({ "squall": 1, "name": "alone", "why": "one node",
    "time": { "warmup": "1s", "measure": "5s", "drain": "40s", "deadline": "5s" },
    "cluster": { "nodes": { "count": 2 } },
    "clients": { "alice": { "rooms": ["lobby"] }, "bob": { "rooms": ["lobby"] } },
    "script": [ { "at": "1s", "do": "send", "by": "alice", "to": "user:bob",
                  "size": "128B" } ] })");

  const ProcessResult result = squall(
      {"sweep", "alone.json", "-n", "1", "--grid", "/cluster/nodes/count=1,2", "--json", "-q"});

  const auto points = as_one_document(result.out)["points"];
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(points[0]["results"].size() + 1, points[1]["results"].size());
}

TEST(SweepCommand, a_run_that_hits_a_limit_is_exit_4_and_the_sweep_is_not_complete) {
  const Squall squall;

  const ProcessResult result = squall(small_sweep("s", {"--max-events", "10"}));

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_EQ(as_one_document(squall.folder().read("s/sweep.json"))["complete"], false);
}

TEST(SweepCommand, the_page_is_one_file_without_scripts) {
  const Squall squall;

  squall(small_sweep("s"));

  const std::string page = squall.folder().read("s/report.html");
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("latency.obliged.p99"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(SweepCommand, plain_progress_begins_with_the_size_and_ends_with_all_cells) {
  const Squall squall;
  Words words = small_sweep("s", {"--progress", "plain"});
  words.erase(std::find(words.begin(), words.end(), "none") - 1,
              std::find(words.begin(), words.end(), "none") + 1);

  const ProcessResult result = squall(words);

  EXPECT_THAT(result.err, HasSubstr("sweep of small: 6 points, 36 cells"));
  EXPECT_THAT(result.err, HasSubstr("36/36 cells, elapsed"));
}

}  // namespace
}  // namespace squall::testing
