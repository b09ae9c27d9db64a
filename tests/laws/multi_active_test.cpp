// Several connections per client: what they reach without a backplane, whom a crash still cuts
// off, and that order is kept. The bill (k times the downlink) is in steady_zipf_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/model/laws.hpp"
#include "tests/laws/seeds.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario direct_messages(std::uint16_t nodes) {
  Scenario scenario = loaded(R"json({
    "squall": 1, "name": "direct", "why": "anybody writes to anybody",
    "time": { "warmup": "30s", "measure": "20s", "drain": "20s", "deadline": "10s" },
    "cluster": { "lb": { "policy": "random" } },
    "people": { "desktop": { "count": 1200 } },
    "traffic": [ { "as": "dm", "from": "any", "to": "user:online", "rate": "500/s",
                   "size": "200B" } ]
  })json");
  scenario.cluster.nodes.count = nodes;
  return scenario;
}

struct Case {
  std::uint16_t nodes, connections;
};

class WithoutABackplane : public ::testing::TestWithParam<Case> {
 protected:
  StrategySpec bare() const {
    StrategySpec spec = strategy("multi_active:bare");
    spec.connections = GetParam().connections;
    return spec;
  }
};

// A client speaks on all its connections; the recipient needs one of its k to one of those nodes.
TEST_P(WithoutABackplane, AMessageArrivesWhenTheTwoSetsOfNodesMeet) {
  const auto [nodes, connections] = GetParam();

  const auto values = over_seeds(direct_messages(nodes), bare(), kSeeds, [](const RunRecord& run) {
    return 1.0 - value("loss.intent", run);
  });

  EXPECT_TRUE(agrees(values, laws::bare_meeting({nodes, connections}), 0.08));
}

INSTANTIATE_TEST_SUITE_P(Sets, WithoutABackplane,
                         ::testing::Values(Case{12, 1}, Case{12, 2}, Case{12, 4}, Case{6, 3}),
                         [](const auto& set) {
                           return std::to_string(set.param.connections) + "of" +
                                  std::to_string(set.param.nodes);
                         });

TEST(ConnectedToEveryNode, NobodyNeedsABackplane) {
  StrategySpec spec = strategy("multi_active:bare");
  spec.connections = 6;

  const RunRecord run = play(direct_messages(6), spec, 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(totals(run).lost, 0U);
}

// ---- Dead nodes --------------------------------------------------------------------------------

Scenario with_crash(std::uint16_t dead) {
  Scenario scenario = direct_messages(12);
  scenario.people.front().count = 6000;
  scenario.traffic.front().rate_per_second_nano = 50'000'000'000;
  ScriptStep crash;
  crash.at = 5s;
  crash.verb = Verb::crash;
  crash.label = "crash";
  for (std::uint16_t node = 0; node < dead; ++node) crash.nodes.push_back(node);
  scenario.script = {crash};
  return scenario;
}

// Endpoints that lost their last connection; a loss that leaves another one opens no gap.
std::uint64_t cut_off(const RunRecord& run) { return run.ready_again.count() + run.never_again; }

class DeadNodes : public ::testing::TestWithParam<std::uint16_t> {};

TEST_P(DeadNodes, CutOffTheClientsThatUsedNoOther) {
  const double law = laws::cut_off({.nodes = 12, .connections = 2}, GetParam());

  const auto shares = over_seeds(
      with_crash(GetParam()), strategy("multi_active"), kSeeds, [](const RunRecord& run) {
        return static_cast<double>(cut_off(run)) / static_cast<double>(run.endpoints);
      });

  EXPECT_TRUE(agrees(shares, law, 0.2));
}

INSTANTIATE_TEST_SUITE_P(OfTwelve, DeadNodes, ::testing::Values(2, 3, 4));

TEST(OneDeadNode, MakesNoGapForAClientWithTwoConnections) {
  const Scenario scenario = with_crash(1);

  const RunRecord two = play(scenario, strategy("multi_active"), 1);
  const RunRecord one = play(scenario, strategy("broadcast"), 1);

  EXPECT_EQ(cut_off(two), 0U);
  EXPECT_EQ(lost_by(two, Mechanism::reconnect_gap), 0U);
  EXPECT_GT(two.disconnects, one.disconnects);  // the price: twice as many connections to lose
  EXPECT_GT(cut_off(one), 300U);
  EXPECT_GT(lost_by(one, Mechanism::reconnect_gap), 0U);
}

// ---- Order -------------------------------------------------------------------------------------

TEST(FirstArrivalWins, KeepsTheOrderOfEverySenderWhenNoCopyIsLost) {
  Scenario scenario = loaded(R"json({
    "squall": 1, "name": "order", "why": "one sender, many messages at once",
    "time": { "warmup": "5s", "measure": "30s", "drain": "20s", "deadline": "10s" },
    "cluster": { "nodes": { "count": 12 }, "lb": { "policy": "random" } },
    "clients": { "alice": {}, "bob": {} },
    "script": [ { "at": "1s", "do": "send", "by": "alice", "to": "user:bob", "size": "200B",
                  "repeat": 20000, "every": "1ms" } ]
  })json");

  for (const std::uint16_t connections : {1, 2, 5, 12}) {
    StrategySpec spec = strategy("multi_active");
    spec.connections = connections;
    const RunRecord run = play(scenario, spec, 1);
    EXPECT_EQ(totals(run).owed, 20'000U);
    EXPECT_EQ(value("order.fifo_violations", run), 0.0) << connections << " connections";
    EXPECT_EQ(value("dup.surfaced", run), 0.0);
  }
}

}  // namespace
}  // namespace squall::testing
