// "Choose X unless Y": the sentences follow from the numbers, and from nothing else.
// The page around them is tested in html_report_test.cpp.
#include <gtest/gtest.h>

#include "report/page/html_parts.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

struct Numbers {
  std::string strategy;
  double loss = 0, p99 = 0, cluster = 0;
};

std::vector<std::string> advice(const std::vector<Numbers>& field) {
  Result result;
  result.seeds = {1};
  for (const Numbers& one : field) {
    StrategyResult strategy;
    strategy.strategy = one.strategy;
    strategy.metrics = {{"loss.intent", "ratio", {one.loss}},
                        {"latency.obliged.p99", "ns", {one.p99}},
                        {"bytes.cluster.rate", "bytes/s", {one.cluster}}};
    result.strategies.push_back(std::move(strategy));
  }
  return html::advice(chart_context(result, ""));
}

TEST(Advice, NamesTheReasonAndTheLargestCost) {
  const auto sentences = advice({{"dear", 0.001, 1e8, 9e6}, {"cheap", 0.05, 1e8, 1e6}});

  EXPECT_EQ(sentences[0],
            "Choose it for the least loss (0.100 %), unless traffic inside the cluster matters: "
            "9.00 MB/s against 1.00 MB/s with cheap.");
  EXPECT_EQ(sentences[1],
            "Choose it for the least traffic inside the cluster (1.00 MB/s), unless loss matters: "
            "5.00 % against 0.100 % with dear.");
}

TEST(Advice, FindsNoReasonForAStrategyThatIsNowhereBetter) {
  const auto sentences = advice({{"good", 0.001, 1e8, 1e6}, {"bad", 0.05, 2e8, 9e6}});

  EXPECT_EQ(sentences[1],
            "No number here speaks for it: good is nowhere worse beyond the margins and better in "
            "loss (0.100 % against 5.00 %). Choose it only for what was not measured.");
}

TEST(Advice, WarnsOfAStrategyThatIsCheapBecauseItDeliversNothing) {
  const auto sentences = advice({{"good", 0.001, 1e8, 9e6}, {"mute", 0.9, 1e7, 0}});

  EXPECT_EQ(sentences[1],
            "Do not choose it unless losing 90.0 % of everything is acceptable; good loses 0.100 "
            "%.");
}

TEST(Advice, DoesNotMeasureOthersAgainstAStrategyThatDeliversNothing) {
  const auto sentences =
      advice({{"a", 0.001, 1e8, 9e6}, {"b", 0.002, 1e8, 8e6}, {"mute", 0.9, 1e7, 1}});

  for (const std::string& sentence : {sentences[0], sentences[1]}) {
    EXPECT_EQ(sentence.find("with mute"), sentence.npos) << sentence;
  }
}

TEST(Advice, CallsAStrategyBetweenTheExtremesAMiddleWay) {
  const auto sentences = advice(
      {{"safe", 0.0001, 1e8, 9e6}, {"middle", 0.002, 1.5e8, 2e6}, {"cheap", 0.05, 2e8, 1e6}});

  EXPECT_TRUE(sentences[1].starts_with("Choose it as a middle way, with ")) << sentences[1];
}

TEST(Advice, DoesNotTellApartWhatIsWithinTheMargins) {
  const auto sentences = advice({{"a", 0.00001, 1e8, 1e6}, {"b", 0.0001, 1.01e8, 1.01e6}});

  EXPECT_TRUE(sentences[0].starts_with("Indistinguishable from the others")) << sentences[0];
  EXPECT_EQ(sentences[0], sentences[1]);
}

TEST(Advice, OfOneStrategyIsThatThereIsNoChoice) {
  EXPECT_EQ(advice({{"only", 0.1, 1e8, 1e6}})[0],
            "It was played alone, so there is nothing to choose between.");
}

TEST(Advice, CountsFailedExpectations) {
  const Result result = sample::result();
  const ChartContext context = chart_context(result, "");
  const auto sentences = html::advice(context);

  ASSERT_EQ(sentences.size(), 3U);
  EXPECT_EQ(context.looks[1].strategy->strategy, "leaky");
  EXPECT_TRUE(sentences[1].ends_with(" It fails an expectation.")) << sentences[1];
}

}  // namespace
}  // namespace squall
