// When two engines agree about a scenario, and what is said when they do not.
// Results made by hand; that the engines do agree is shown in tests/parity/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/cli/compare/parity.hpp"
#include "tests/compare/two_results.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

struct Side {
  std::vector<double> owed = {1000}, loss = {0.2};
  std::string cause = "reconnect_gap";
  double client = 50'000, cluster = 10'000, p50 = 1e6;
  std::uint64_t grey = 0;
};

Values as_values(const std::vector<double>& numbers) { return {numbers.begin(), numbers.end()}; }

Result side(const Side& from) {
  Result made;
  StrategyResult strategy;
  strategy.strategy = "routed";
  strategy.metrics = {metric("pairs.owed", "1", as_values(from.owed)),
                      metric("loss.intent", "ratio", as_values(from.loss)),
                      metric("bytes.client.rate", "bytes/s", {from.client}),
                      metric("bytes.cluster.rate", "bytes/s", {from.cluster}),
                      metric("latency.delivered.p50", "ns", {from.p50}),
                      metric("latency.delivered.p99", "ns", {from.p50 * 3})};
  if (from.cause != "-") strategy.loss = {{from.cause, "fault:x", "crash", 200, 0}};
  LiveShare live;
  live.grey = from.grey;
  strategy.live = {live};
  made.strategies.push_back(std::move(strategy));
  return made;
}

TEST(ParityOfEngines, EqualResultsAgree) {
  const Parity parity = compare_engines(side({}), side({}));

  EXPECT_TRUE(parity.agrees);
  EXPECT_EQ(parity.where, "");
}

TEST(ParityOfEngines, LatencyIsShownWithItsErrorAndNotJudged) {
  const Parity parity = compare_engines(side({}), side({.p50 = 3e6}));

  EXPECT_TRUE(parity.agrees);
  EXPECT_THAT(parity.text, HasSubstr("1.00 ms / 3.00 ms (+200.0 %)"));
}

TEST(ParityOfEngines, OwedPairsMustBeEqualButForThoseTooCloseToCall) {
  EXPECT_TRUE(compare_engines(side({}), side({.owed = {997}, .grey = 3})).agrees);
  EXPECT_TRUE(compare_engines(side({}), side({.owed = {999}, .grey = 3})).agrees);
  EXPECT_FALSE(compare_engines(side({}), side({.owed = {1001}, .grey = 3})).agrees);
  const Parity parity = compare_engines(side({}), side({.owed = {999}}));

  EXPECT_FALSE(parity.agrees);
  EXPECT_EQ(parity.where, "routed: owed 1000 / 999");
}

TEST(ParityOfEngines, LossesMayDifferByOnePoint) {
  EXPECT_TRUE(compare_engines(side({}), side({.loss = {0.2099}})).agrees);
  const Parity parity = compare_engines(side({}), side({.loss = {0.2101}}));

  EXPECT_FALSE(parity.agrees);
  EXPECT_EQ(parity.where, "routed: loss 20.00 % / 21.01 %");
}

TEST(ParityOfEngines, OrByTheIntervalOfTheirDifferenceWhenThatIsWider) {
  const Side simulated{.owed = {100, 100, 100}, .loss = {0.20, 0.20, 0.20}};
  const Side scattered{.owed = {100, 100, 100}, .loss = {0.18, 0.22, 0.24}};
  const Side shifted{.owed = {100, 100, 100}, .loss = {0.22, 0.22, 0.221}};

  EXPECT_TRUE(compare_engines(side(simulated), side(scattered)).agrees);
  EXPECT_FALSE(compare_engines(side(simulated), side(shifted)).agrees);
}

TEST(ParityOfEngines, TheMainCauseMustBeTheSameUnlessNextToNothingIsLost) {
  const Parity parity = compare_engines(side({}), side({.cause = "route_stale"}));

  EXPECT_FALSE(parity.agrees);
  EXPECT_EQ(parity.where, "routed: top cause reconnect_gap / route_stale");
  EXPECT_TRUE(
      compare_engines(side({.loss = {0.0009}}), side({.loss = {0.001}, .cause = "route_stale"}))
          .agrees);
}

TEST(ParityOfEngines, BytesOfClientsAndOfTheClusterMayDifferByTwoPercent) {
  EXPECT_TRUE(compare_engines(side({}), side({.client = 50'900})).agrees);
  const Parity clients = compare_engines(side({}), side({.client = 51'100}));
  const Parity cluster = compare_engines(side({}), side({.cluster = 0}));

  EXPECT_EQ(clients.where, "routed: bytes of clients 50000 / 51100 a second (+2.2 %)");
  EXPECT_EQ(cluster.where, "routed: bytes of the cluster 10000 / 0 a second (-100.0 %)");
}

}  // namespace
}  // namespace squall::testing
