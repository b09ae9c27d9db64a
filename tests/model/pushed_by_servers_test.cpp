// What servers say by themselves counts as load: `emitters` that multiply a message, and traffic of
// an application that is nobody's client. Closed forms against runs, and the lint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/model/demand.hpp"
#include "scenarios/predict/prediction.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

StrategySpec emitting(std::int64_t emitters) {
  StrategySpec spec = strategy("broadcast");
  spec.options["emitters"] = emitters;
  return spec;
}

// Busy seconds of all loops for each second of measure, heartbeats and messages.
double busy(const RunRecord& run) {
  double seconds = 0;
  for (const NodeRow& row : run.node_rows)
    seconds += static_cast<double>(Duration{row.busy}.count());
  return seconds / static_cast<double>(run.measure.count()) / run.nodes / run.loops;
}

TEST(PushedByServers, EmittersMultiplyWhatIsAsked) {
  const Scenario scenario = built_in("n-servers-n-copies", {{"/traffic/0/rate", "200/s"}});
  const RunRecord run = play(scenario, emitting(3), 1);

  const Demand once = demand(scenario, emitting(1)), thrice = demand(scenario, emitting(3));

  EXPECT_NEAR(thrice.loops, busy(run), 0.03 * busy(run));
  EXPECT_LT(once.loops, 0.5 * thrice.loops);
  EXPECT_NEAR(thrice.broker, 3 * once.broker, 1e-9);
  EXPECT_NEAR(thrice.lines, 3 * once.lines, 1e-9);
  EXPECT_NEAR(thrice.cards, 3 * once.cards, 1e-9);
}

TEST(PushedByServers, TheLintWarnsOfWhatEmittersAsk) {
  const auto warnings = [](const char* emitters) {
    for (const LibraryFile& file : scenario_library()) {
      if (file.name != "n-servers-n-copies") continue;
      return findings(load(std::string(file.text),
                           {{"/traffic/0/rate", "2500/s"}, {"/params/emitters", emitters}}));
    }
    return std::vector<std::string>{"no such scenario"};
  };

  EXPECT_THAT(warnings("1"), ::testing::Not(::testing::Contains("S0501 /traffic")));
  EXPECT_THAT(warnings("16"), ::testing::Contains("S0501 /traffic"));
}

TEST(PushedByServers, AnApplicationPassesNoNodeOnItsWayIn) {
  const Scenario scenario =
      built_in("server-pushes", {{"/script", "[]"}, {"/traffic/0/rate", "100/s"}});
  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_NEAR(demand(scenario, strategy("broadcast")).loops, busy(run), 0.03 * busy(run));
}

void laws_hold_at(const char* rate, const std::vector<const char*>& metrics) {
  const Scenario scenario = built_in("server-pushes", {{"/time/measure", "125s"},  // five pings
                                                       {"/script", "[]"},
                                                       {"/traffic/0/rate", rate},
                                                       {"/traffic/0/arrivals", "fixed"}});
  const RunRecord run = play(scenario, strategy("broadcast"), 1);
  const auto said = [&](const char* metric) {
    return predict::predicted(metric, {scenario, strategy("broadcast")}).value_or(-1);
  };

  for (const char* metric : metrics) {
    const double measured = value(metric, run);
    EXPECT_NEAR(said(metric), measured, 0.02 * measured) << metric;
  }
  EXPECT_EQ(said("latency.stage.uplink.mean"), -1);  // there is none
  // Who hears so often acknowledges two frames at a time, once he has said something.
  const bool said_of_both_ways = said("bytes.client.rate") != -1;
  EXPECT_EQ(said_of_both_ways, metrics.size() == 4);
}

TEST(PushedByServers, LawsSpeakOfAnApplicationsTraffic) {
  laws_hold_at("5/s", {"pairs.owed", "bytes.lb_to_client.rate", "bytes.broker_to_node.rate",
                       "bytes.client.rate"});
  laws_hold_at("100/s", {"pairs.owed", "bytes.lb_to_client.rate", "bytes.broker_to_node.rate"});
}

// Whoever listens for topics, or not at all, hears nothing of it; -s names him all the same.
TEST(PushedByServers, LawsKeepSilentWhereNobodyListens) {
  const Scenario scenario = built_in("server-pushes", {{"/script", "[]"}});
  for (const char* name : {"routed", "broadcast:interest"}) {
    const predict::Case of{scenario, strategy(name)};

    EXPECT_EQ(predict::predicted("loss.intent", of), std::nullopt) << name;
    EXPECT_EQ(predict::predicted("bytes.lb_to_client.rate", of), std::nullopt) << name;
  }
  EXPECT_EQ(predict::predicted("loss.intent", {scenario, strategy("broadcast")}), 0);
}

}  // namespace
}  // namespace squall::testing
