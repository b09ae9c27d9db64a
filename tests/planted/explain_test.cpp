// squall explain on each planted cause: the story names the hop, the rule and the moment, in at
// most 40 lines, and ends when the message is settled. Golden texts in tests/golden/explain/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/cli/explain/beliefs.hpp"
#include "sim/cli/explain/story.hpp"
#include "tests/planted/planted.hpp"
#include "tests/support/golden_file.hpp"

namespace squall::planted {
namespace {

using squall::testing::equals_golden_file;
using ::testing::HasSubstr;

struct Told {
  Life life;
  Story story;
  std::uint64_t events = 0;
};

std::optional<Told> told(const Scenario& scenario, const Row& row, const Wanted& wanted) {
  const auto spec = std::ranges::find(scenario.strategies, row.strategy, &StrategySpec::name);
  EXPECT_NE(spec, scenario.strategies.end());
  Follower follower(wanted, kNobodyStops);
  PlayOptions options;
  options.witness = &follower;
  options.stop = &follower.stop();
  const RunRecord run = play(scenario, *spec, 1, options);
  std::optional<Life> life = follower.take();
  if (!life) return std::nullopt;
  const Names names(scenario, 1);
  return Told{*life, story_of(*life, names), run.events};
}

class Explained : public ::testing::TestWithParam<Row> {};

TEST_P(Explained, names_hop_rule_and_moment_of_the_planted_cause) {
  const Row& row = GetParam();
  const Scenario scenario = load(row.file);

  const auto found = told(scenario, row, {.cause = row.mechanism()});

  ASSERT_TRUE(found) << reproduce(row, 1);
  const Sight* lost = found->life.lost(found->life.focus);
  ASSERT_NE(lost, nullptr);
  EXPECT_EQ(lost->death.mechanism, row.mechanism());
  EXPECT_NE(lost->rule, Rule::unexplained);
  const Story& story = found->story;
  const std::string cause(squall::row(row.mechanism()).name);
  EXPECT_TRUE(std::ranges::any_of(story.steps, [&](const Step& step) {
    return step.bad && step.at == lost->death.at && step.what.find(cause) != step.what.npos;
  }));
  const std::string text = as_text(story);
  EXPECT_THAT(text, HasSubstr(std::string(belief(row.mechanism()).where)));
  EXPECT_THAT(text, HasSubstr(std::string(name(lost->rule)) + ": "));
  EXPECT_THAT(text, HasSubstr(std::string(row.trigger)));
  EXPECT_THAT(text, HasSubstr(Names::time(lost->death.at)));
  EXPECT_LE(std::ranges::count(text, '\n'), 38);  // two more when a run is named
  EXPECT_TRUE(equals_golden_file(text, "explain/" + std::string(row.file) + ".txt"));
}

INSTANTIATE_TEST_SUITE_P(Planted, Explained, ::testing::ValuesIn(kRows), test_name);

TEST(Explain, finds_the_same_message_by_its_number) {
  const Row& row = kRows.back();
  const Scenario scenario = load(row.file);
  const auto lost = told(scenario, row, {.cause = row.mechanism(), .nth = 2});
  ASSERT_TRUE(lost);

  const auto same = told(scenario, row, {.message = lost->life.number, .user = lost->life.focus});

  ASSERT_TRUE(same);
  EXPECT_EQ(as_text(same->story), as_text(lost->story));
}

TEST(Explain, stops_playing_when_the_message_is_settled) {
  const Row& row = kRows.back();
  const Scenario scenario = load(row.file);
  const auto first = told(scenario, row, {.cause = row.mechanism()});
  const auto whole = told(scenario, row, {.cause = row.mechanism(), .to_the_end = true});

  ASSERT_TRUE(first && whole);
  EXPECT_LE(first->events, whole->events);
  EXPECT_EQ(as_text(first->story), as_text(whole->story));
}

TEST(Explain, finds_nothing_where_there_is_nothing) {
  const Row& row = kRows.back();

  EXPECT_FALSE(told(load(row.file), row, {.cause = Mechanism::overload_shed}));
  EXPECT_FALSE(told(load(row.file), row, {.message = 123456789}));
}

TEST(Explain, diagrams_have_every_step) {
  const Row& row = kRows.front();
  const auto found = told(load(row.file), row, {.cause = row.mechanism()});
  ASSERT_TRUE(found);
  const Story& story = found->story;

  const std::string mermaid = as_mermaid(story);
  const std::string page = as_page(story);

  EXPECT_TRUE(mermaid.starts_with("sequenceDiagram\n"));
  for (const Step& step : story.steps) {
    EXPECT_THAT(mermaid, HasSubstr(Names::time(step.at)));
    EXPECT_THAT(page, HasSubstr(Names::time(step.at)));
  }
  EXPECT_TRUE(as_drawing(story).starts_with("<svg "));
  EXPECT_FALSE(as_trace(story, Time{-5'000'000'000}).empty());
}

}  // namespace
}  // namespace squall::planted
