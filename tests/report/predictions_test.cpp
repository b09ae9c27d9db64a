// What `run` says beside a metric is what `squall predict` says of it, in the table and in the
// document, and nothing where no law speaks.
#include "report/measure/predictions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/export/json.hpp"
#include "report/measure/comparison.hpp"
#include "report/words/markdown.hpp"
#include "report/words/text.hpp"
#include "scenarios/predict/prediction.hpp"
#include "sim/cli/play/playing.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result result_of(Scenario scenario) {
  scenario.strategies = {strategy("broadcast"), strategy("session_share")};
  const std::vector<std::uint64_t> seeds{1};
  PlaySettings settings;
  settings.seeds = seeds;
  const Played played = play_scenario(scenario, settings);
  return squall::result_of(scenario, seeds, played.records, {});
}

std::string on_terminal(const Result& result) {
  TextOptions options;
  options.width = 140;
  return to_text(result, options);
}

Scenario quiet() {
  return built_in("steady-zipf", {{"/params/users", "600"},
                                  {"/params/nodes", "4"},
                                  {"/params/rooms", "20"},
                                  {"/params/chat", "10/s"}});
}

const Result& quiet_result() {
  static const Result result = result_of(quiet());
  return result;
}

TEST(Predictions, StandBesideTheMetricsThatLawsSpeakOf) {
  const Scenario scenario = quiet();
  const Result& result = quiet_result();

  std::size_t spoken = 0;
  for (const StrategyResult& one : result.strategies) {
    const predict::Case of{scenario, strategy(one.strategy)};
    for (const MetricValues& values : one.metrics) {
      const auto said = predict::predicted(values.name, of);
      ASSERT_EQ(values.predicted.has_value(), said.has_value()) << values.name;
      if (!said) continue;
      ++spoken;
      EXPECT_NEAR(*values.predicted, *said, 1e-9 * std::abs(*said)) << values.name;
    }
  }
  EXPECT_GE(spoken, 8U);
}

TEST(Predictions, HaveAColumnInTheTable) {
  const Result& result = quiet_result();

  EXPECT_THAT(on_terminal(result), HasSubstr("predicted"));
  EXPECT_THAT(to_markdown(result), HasSubstr("lost, %, predicted"));
  const Comparison comparison = compare_strategies(result, {.predicted = true});
  const auto lost =
      std::ranges::find(comparison.columns, "lost, %, predicted", &ComparisonColumn::spoken);
  ASSERT_NE(lost, comparison.columns.end());
  EXPECT_THAT(lost->cells, ::testing::ElementsAre("0", "75.0"));  // 1 - 1/4 of session_share
}

TEST(Predictions, AreReadBackFromTheDocument) {
  const Result& result = quiet_result();

  const auto read = from_json(to_json(result));

  ASSERT_TRUE(std::holds_alternative<Result>(read));
  EXPECT_THAT(to_json(result), HasSubstr("\"predicted\""));
  EXPECT_EQ(to_json(std::get<Result>(read)), to_json(result));
}

TEST(Predictions, AreSilentWhereNoLawSpeaks) {
  const Result result = result_of(built_in("crash-process", {{"/params/users", "300"}}));

  EXPECT_THAT(on_terminal(result), Not(HasSubstr("predicted")));
  EXPECT_EQ(find_metric(result.strategies.front(), "loss.intent")->predicted, std::nullopt);
}

}  // namespace
}  // namespace squall::testing
