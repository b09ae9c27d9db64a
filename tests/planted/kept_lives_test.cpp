// What is kept of a run that cannot be played again tells the same story as the run itself, for
// each planted cause, through the file; of a large run it is bounded, and says so.
//
// On real sockets: tests/cli/live_story_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sim/cli/explain/lives_file.hpp"
#include "sim/cli/explain/story.hpp"
#include "tests/planted/planted.hpp"
#include "tests/support/play.hpp"
#include "tests/support/process.hpp"

namespace squall::planted {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

StrategySpec spec_of(const Scenario& scenario, const Row& row) {
  return *std::ranges::find(scenario.strategies, row.strategy, &StrategySpec::name);
}

std::string story(Follower& follower, const Scenario& scenario) {
  const std::optional<Life> life = follower.take();
  return life ? as_text(story_of(*life, Names(scenario, 1))) : "no story";
}

KeptLives kept(const Scenario& scenario, const StrategySpec& spec, const KeptLimits& limits = {}) {
  LifeKeeper keeper(scenario.time.deadline, limits);
  PlayOptions options;
  options.witness = &keeper;
  play(scenario, spec, 1, options);
  return keeper.take();
}

class Kept : public ::testing::TestWithParam<Row> {};

TEST_P(Kept, tells_the_same_story_as_the_run) {
  const Row& row = GetParam();
  const Scenario scenario = load(row.file);
  const StrategySpec spec = spec_of(scenario, row);
  Follower of_the_run({.cause = row.mechanism()}, kNobodyStops);
  PlayOptions options;
  options.witness = &of_the_run;
  play(scenario, spec, 1, options);

  testing::TemporaryFolder folder;
  folder.write("lives.ndjson", lives_text("other", 1, {}) +
                                   lives_text(spec.name, 1, kept(scenario, spec)) +
                                   lives_text(spec.name, 2, {}));
  std::string error;
  const auto read = read_lives(folder.path() / "lives.ndjson", spec.name, 1, error);

  ASSERT_TRUE(read) << error;
  Follower of_what_is_kept({.cause = row.mechanism()}, kNobodyStops);
  read->tell(of_what_is_kept);
  EXPECT_EQ(story(of_what_is_kept, scenario), story(of_the_run, scenario));
}

INSTANTIATE_TEST_SUITE_P(Planted, Kept, ::testing::ValuesIn(kRows), test_name);

// Some hundred losses of several causes.
Scenario large() {
  return testing::built_in("crash-process", {{"/params/users", "200"},
                                             {"/params/rooms", "20"},
                                             {"/params/chat", "4/s"},
                                             {"/params/dm", "10/s"},
                                             {"/params/nodes", "4"}});
}

std::set<Mechanism> causes(const KeptLives& lives) {
  std::set<Mechanism> all;
  for (const KeptLife& life : lives.lives) {
    for (const Sight& sight : life.sights) {
      if (sight.what == Sight::What::lost) all.insert(sight.death.mechanism);
    }
  }
  return all;
}

TEST(KeptOfALargeRun, is_bounded_has_every_cause_and_says_how_much_it_is) {
  const Scenario scenario = large();
  const StrategySpec spec = testing::strategy("routed");
  constexpr std::uint64_t kEach = 3, kSample = 16;

  const KeptLives whole = kept(
      scenario, spec,
      {.each = 1'000'000, .sample = 1'000'000, .sights = 10'000'000, .sample_sights = 10'000'000});
  const KeptLives some = kept(scenario, spec, {.each = kEach, .sample = kSample});

  EXPECT_EQ(whole.lives.size(), whole.messages);
  EXPECT_THAT(how_much(whole), StartsWith("all "));
  EXPECT_GT(causes(whole).size(), 1U);
  EXPECT_EQ(causes(some), causes(whole));
  EXPECT_LE(some.lives.size(), kEach * (causes(whole).size() + 2) + kSample);
  EXPECT_GE(some.lives.size(), kSample / 2);
  EXPECT_THAT(how_much(some), HasSubstr(" of the " + std::to_string(whole.messages) + " messages"));
  EXPECT_LT(lives_text("routed", 1, some).size(), lives_text("routed", 1, whole).size() / 4);
}

TEST(KeptOfALargeRun, has_no_more_sights_than_its_bounds) {
  const KeptLimits limits{.each = 50, .sample = 50, .sights = 400, .sample_sights = 300};

  const KeptLives some = kept(large(), testing::strategy("routed"), limits);

  std::size_t sights = 0;
  for (const KeptLife& life : some.lives) sights += life.sights.size();
  EXPECT_LE(sights, limits.sights + limits.sample_sights);
  EXPECT_GT(sights, 0U);
}

TEST(KeptLives, of_a_file_that_was_changed_say_which_line) {
  const Row& row = kRows.front();
  const Scenario scenario = load(row.file);
  const StrategySpec spec = spec_of(scenario, row);
  const std::string good = lives_text(spec.name, 1, kept(scenario, spec));
  testing::TemporaryFolder folder;
  std::string error;

  for (const auto& [from, to] : {std::pair<std::string, std::string>{"\"offered\"", "\"offred\""},
                                 {"\"from\":", "\"form\":"},
                                 {"{\"message\"", "{\"message"}}) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    folder.write("lives.ndjson", bad);

    EXPECT_FALSE(read_lives(folder.path() / "lives.ndjson", spec.name, 1, error));
    EXPECT_THAT(error, HasSubstr("lives.ndjson, line 2 is not as squall wrote it: "));
  }
}

}  // namespace
}  // namespace squall::planted
