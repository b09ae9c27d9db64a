// squall explore: the races of the textbook forms are found without being told, shrunk, and replay;
// a search is the same on any number of threads, and goes on where it ended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/cli/explore/corpus_files.hpp"
#include "sim/cli/explore/found_file.hpp"
#include "sim/cli/explore/property.hpp"
#include "sim/cli/explore/trial.hpp"
#include "tests/support/cli.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using namespace explore;
using ::testing::AnyOf;
using ::testing::HasSubstr;

Ground ground(const std::string& name, const std::string& strategy, const std::string& property) {
  Scenario scenario = built_in(name);
  EXPECT_TRUE(choose_strategies(scenario, strategy, vocabulary()).empty());
  std::vector<Problem> problems;
  const auto made = ground_of(scenario, expectations_of({property}), vocabulary(), problems);
  EXPECT_TRUE(made) << render(problems, "");
  return made ? *made : Ground{};
}

Exploration search(const Ground& ground, Limits limits, Corpus corpus = {}) {
  return explored(ground, vocabulary(), limits, corpus);
}

std::vector<std::string> ways(const Exploration& found) {
  std::vector<std::string> all;
  for (const Break& one : found.breaks) all.push_back(one.way + " " + one.scenario.dump());
  return all;
}

TEST(Explore, finds_the_delete_race_of_routed_without_being_told) {
  const Ground ground = testing::ground("steady-zipf", "routed", "no_silent_loss");
  Limits limits;
  limits.runs = 600;
  limits.way = "route_missing by disconnect";

  const Exploration found = search(ground, limits);

  ASSERT_EQ(found.breaks.size(), 1U);
  // The old node learns late that its client has gone: nobody told it, or it slept.
  EXPECT_THAT(found.breaks[0].scenario["script"].dump(),
              AnyOf(HasSubstr("silent"), HasSubstr("pause")));
}

TEST(Explore, finds_the_split_room_of_sticky_hash_without_being_told) {
  const Ground ground = testing::ground("steady-zipf", "sticky_hash", "no_silent_loss");
  Limits limits;
  limits.runs = 300;

  const Exploration found = search(ground, limits);

  ASSERT_EQ(found.breaks.size(), 1U);
  EXPECT_THAT(found.breaks[0].way, HasSubstr("split_room"));
}

TEST(Explore, is_the_same_on_any_number_of_threads) {
  const Ground ground = testing::ground("two-node-hello", "routed", "no_silent_loss");
  Limits one, three;
  one.runs = three.runs = 96;
  three.threads = 3;
  Corpus kept, kept_by_three;

  const auto found = explored(ground, vocabulary(), one, kept);
  const auto found_by_three = explored(ground, vocabulary(), three, kept_by_three);

  EXPECT_EQ(ways(found), ways(found_by_three));
  EXPECT_FALSE(ways(found).empty());
  ASSERT_EQ(kept.kept.size(), kept_by_three.kept.size());
  for (std::size_t i = 0; i < kept.kept.size(); ++i) {
    EXPECT_EQ(to_json(kept.kept[i]), to_json(kept_by_three.kept[i]));
  }
}

TEST(Explore, in_two_parts_is_the_same_as_in_one) {
  const Ground ground = testing::ground("two-node-hello", "routed", "no_silent_loss");
  Limits half, whole;
  half.runs = 64, whole.runs = 128;
  half.all = whole.all = true;
  half.way = whole.way = "none";
  Corpus in_two, in_one;
  TemporaryFolder folder;
  std::string error;

  explored(ground, vocabulary(), half, in_two);
  EXPECT_EQ(write_corpus(folder.path() / "c", ground, 1, in_two), "");
  std::optional<Corpus> again = read_corpus(folder.path() / "c", ground, 1, error);
  ASSERT_TRUE(again) << error;
  explored(ground, vocabulary(), half, *again);
  explored(ground, vocabulary(), whole, in_one);

  ASSERT_EQ(again->kept.size(), in_one.kept.size());
  EXPECT_EQ(again->runs, 128U);
  for (std::size_t i = 0; i < in_one.kept.size(); ++i) {
    EXPECT_EQ(to_json(again->kept[i]), to_json(in_one.kept[i]));
  }
  EXPECT_FALSE(read_corpus(folder.path() / "c", ground, 2, error));
  EXPECT_THAT(error, HasSubstr("another search"));
}

TEST(Explore, writes_what_it_found_in_15_lines_and_squall_run_shows_it_each_time) {
  const Squall squall;
  const ProcessResult found =
      squall({"explore", "steady-zipf", "-s", "sticky_hash", "--runs", "300", "-o", "found.json"});
  ASSERT_EQ(found.exit_code, 1) << found.err;
  const std::string text = squall.folder().read("found.json");

  EXPECT_LE(std::ranges::count(text, '\n'), 15);
  for (int time = 0; time < 2; ++time) {
    const ProcessResult run = squall({"run", "found.json", "--no-save", "-q"});
    EXPECT_EQ(run.exit_code, 1) << run.err;
    EXPECT_THAT(run.out, HasSubstr("loss.unnoticed == 0"));
  }
}

TEST(Explore, says_what_is_wrong_with_what_it_is_asked) {
  const Squall squall;
  const auto said = [&](Words words) {
    words.insert(words.begin(), "explore");
    const ProcessResult result = squall(words);
    EXPECT_EQ(result.exit_code, 2);
    return result.err;
  };

  EXPECT_THAT(said({"two-node-hello"}), HasSubstr("one strategy: add -s, one of"));
  EXPECT_THAT(said({"two-node-hello", "-s", "routed", "--property", "loss.intend == 0"}),
              HasSubstr("loss.intent"));
  EXPECT_THAT(said({"two-node-hello", "-s", "routed", "--faults", "crush"}), HasSubstr("crash"));
  EXPECT_THAT(said({"two-node-hello", "-s", "routed", "--budget", "long"}), HasSubstr("90s"));
}

TEST(Explore, a_way_that_nothing_can_break_in_is_refused) {
  const Squall squall;
  const auto said = [&](Words more) {
    Words words{"explore", "two-node-hello", "-s", "routed", "--runs", "3"};
    words.insert(words.end(), more.begin(), more.end());
    const ProcessResult result = squall(words);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    return result.err;
  };

  EXPECT_THAT(said({"--way", "nope"}), HasSubstr("\"CAUSE by WHAT\""));
  EXPECT_THAT(said({"--way", "split_rom by crash"}), HasSubstr("did you mean \"split_room\"?"));
  EXPECT_THAT(said({"--way", "split_room by magic"}), HasSubstr("possible: structural"));
  EXPECT_THAT(said({"--way", "split_room by crash", "--property", "deaf.max <= 30s"}),
              HasSubstr("\"deaf.max\""));
  EXPECT_EQ(check_way("route_missing by disconnect", expectations_of({"no_silent_loss"})), "");
  EXPECT_EQ(check_way("deaf.max", expectations_of({"nobody_deaf"})), "");
}

TEST(Explore, a_search_that_looked_at_nothing_is_no_pass) {
  const Squall squall;

  const ProcessResult none =
      squall({"explore", "two-node-hello", "-s", "routed", "--budget", "0s"});
  const ProcessResult too_short = squall({"explore", "two-node-hello", "-s", "routed", "--way",
                                          "split_room by crash", "--budget", "1ns"});

  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("no run fits into it"));
  EXPECT_EQ(too_short.exit_code, 4);
  EXPECT_THAT(last_line(too_short.err), HasSubstr("before the first run"));
}

TEST(Explore, where_nothing_can_be_written_nothing_is_searched) {
  const Squall squall;
  const Words search{"explore", "steady-zipf", "-s", "sticky_hash", "--runs", "300"};
  for (const Words& output : {Words{"-o", "missing/x.json"}, Words{"-o", "/proc/x.json"},
                              Words{"--corpus", "/proc/corpus"}}) {
    Words words = search;
    words.insert(words.end(), output.begin(), output.end());

    const ProcessResult result = squall(words);

    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr(output[1]));
  }
}

TEST(Explore, a_scenario_without_its_defaults_is_the_same_scenario) {
  for (const char* name : {"two-node-hello", "wifi-to-lte", "rolling-deploy-storm"}) {
    const Scenario scenario = built_in(name);
    const Json resolved = Json::parse(scenario.resolved_json);

    const Json shorter = without_defaults(resolved, vocabulary());

    const LoadResult again = explore::load(shorter, vocabulary());
    ASSERT_TRUE(again.scenario) << name;
    EXPECT_EQ(again.scenario->resolved_json, scenario.resolved_json) << name;
    EXPECT_LT(shorter.dump().size(), resolved.dump().size() * 2 / 3) << name;
  }
}

}  // namespace
}  // namespace squall::testing
