// Strategies that a command line chooses: they are known before anything is complained about, so
// that nothing is said of what is not played.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(TheCommandLine, ChoosesBeforeAnythingIsSaidOfWhatIsPlayed) {
  const std::string one_node = scenario_with(R"("cluster": {"nodes": {"count": 1}})");

  const LoadResult result = load_scenario_text(one_node, "test.json", {}, vocabulary(), {"routed"});

  ASSERT_TRUE(result.scenario);
  EXPECT_THAT(findings(result), IsEmpty());  // multi_active was not asked for
  ASSERT_EQ(result.scenario->strategies.size(), 1U);
  EXPECT_FALSE(load_scenario_text(one_node, "test.json", {}, vocabulary(), {"ruoted"}).scenario);
}

TEST(TheCommandLine, TakesAListWithoutGapsAndRepetitions) {
  LoadResult result = load(scenario_with(""));
  ASSERT_TRUE(result.scenario);
  const auto complaint = [&](const char* list) {
    const auto problems = choose_strategies(*result.scenario, list, vocabulary());
    return problems.empty() ? "" : problems[0].code + " " + problems[0].message;
  };

  EXPECT_EQ(complaint("routed,,broadcast"),
            "S0216 \"routed,,broadcast\": a place in the list is empty; write names with one comma "
            "between");
  EXPECT_EQ(complaint("routed,routed"),
            "S0325 \"routed,routed\": \"routed\" is named twice; leave one out");
}

std::vector<std::string> of_played(const std::string& more, const std::string& list,
                                   const std::vector<Override>& overrides = {}) {
  const LoadResult result =
      load_scenario_text(scenario_with(more), "test.json", overrides, vocabulary(), {list});
  EXPECT_TRUE(result.scenario) << render(result.problems, more);
  std::vector<std::string> all;
  for (const Problem& problem : result.problems)
    all.push_back(problem.code + " " + problem.message);
  return all;
}

TEST(LintOfWhatIsPlayed, names_no_cache_of_a_strategy_that_is_left_out) {
  constexpr const char* kShort = R"json("time": {"warmup": "12s"},
    "people": {"u": {"count": 20, "arrive": "uniform(0s,10s)"}})json";

  EXPECT_THAT(of_played(kShort, "routed"), Contains(HasSubstr("route_cache")));
  EXPECT_THAT(of_played(kShort, "broadcast"), Not(Contains(HasSubstr("S0507"))));
}

TEST(LintOfWhatIsPlayed, counts_the_connections_of_those_that_are_played) {
  constexpr const char* kFew = R"json("people": {"u": {"count": 20}},
    "cluster": {"lb": {"max_connections": 30}})json";

  EXPECT_THAT(of_played(kFew, "multi_active"), Contains(HasSubstr("S0514")));
  EXPECT_THAT(of_played(kFew, "broadcast"), Not(Contains(HasSubstr("S0514"))));
}

TEST(LintOfWhatIsPlayed, asks_for_no_messages_of_an_expectation_that_nobody_has_to_meet) {
  const std::string more = R"json("people": {"u": {"count": 20}},
    "traffic": [{"as": "t", "to": "user:online", "rate": "1/s"}],
    "expect": [{"that": "loss.intent < 0.001%", "for": "broadcast"}])json";

  EXPECT_THAT(of_played(more, "broadcast"), Contains(HasSubstr("S0505")));
  EXPECT_THAT(of_played(more, "routed"), Not(Contains(HasSubstr("S0505"))));
}

TEST(LintOfWhatIsPlayed, says_whose_settings_bring_it_about) {
  const std::string more = R"json("people": {"u": {"count": 20}},
    "cluster": {"lb": {"idle_timeout": "40s"}},
    "strategies": ["broadcast", {"use": "broadcast", "as": "lazy",
                                 "with": {"/client/heartbeat": {"every": "50s"}}}])json";

  EXPECT_THAT(of_played(more, ""), Contains(AllOf(HasSubstr("S0504"), HasSubstr("(lazy)"))));
}

}  // namespace
}  // namespace squall::testing
