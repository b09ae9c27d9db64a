// Nodes that were never started are no part of the cluster: two of eight that run are two of two,
// in what is measured, in what it costs and in what laws say.
#include <gtest/gtest.h>

#include "report/measure/money.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/predict/prediction.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario nodes(const std::string& of, const std::string& more = "") {
  return loaded(scenario_with(R"("time": {"warmup": "60s", "measure": "100s", "drain": "60s"},
    "cluster": {"nodes": )" + of +
                              R"(, "lb": {"policy": "round_robin"}},
    "people": {"u": {"count": 40}}, "rooms": {"r": {"count": 4}},
    "traffic": [{"as": "c", "from": "member", "to": "room:r", "rate": "20/s", "size": "1KiB"}],
    "prices": {"node_hour": 1}, "strategies": ["broadcast"])" +
                              more));
}

double month(const Scenario& scenario) {
  const RunRecord run = play(scenario, strategy("broadcast"), 1);
  return money_of(scenario, {run}).front().per_seed.front().value();
}

TEST(RunningNodes, two_of_eight_measure_as_two_of_two) {
  const RunRecord few = play(nodes(R"({"count": 8, "running": 2})"), strategy("broadcast"), 1);
  const RunRecord all = play(nodes(R"({"count": 2})"), strategy("broadcast"), 1);

  for (const char* metric : {"node.cpu.mean", "node.cpu.max", "imbalance.connections.cv",
                             "imbalance.connections.max_over_mean", "imbalance.deliveries.cv",
                             "imbalance.cpu.max_over_mean", "bytes.broker_to_node.rate"}) {
    EXPECT_EQ(value(metric, few), value(metric, all)) << metric;
  }
  EXPECT_EQ(few.node_rows.size(), 2U);
}

TEST(RunningNodes, only_those_that_run_are_paid_for_and_only_as_long) {
  const std::string scale = R"(, "script": [{"at": "50s", "as": "s", "do": "scale", "to": )";

  EXPECT_EQ(month(nodes(R"({"count": 8, "running": 2})")), 2 * 730);
  EXPECT_EQ(month(nodes(R"({"count": 4, "running": 2})", scale + "4}]")), 3 * 730);
  EXPECT_EQ(month(nodes(R"({"count": 4})", scale + R"(2, "drain": "10s"}])")), 3.2 * 730);
}

TEST(RunningNodes, laws_know_only_those_that_run) {
  const StrategySpec broadcast = strategy("broadcast");
  const Scenario few = nodes(R"({"count": 8, "running": 2})");
  const Scenario all = nodes(R"({"count": 2})");

  const auto told = [&](const Scenario& scenario) {
    std::vector<std::pair<std::string, double>> figures;
    for (const auto& statement : predict::predict({scenario, broadcast})) {
      for (const auto& one : statement.answer.figures) figures.emplace_back(one.what, one.value);
    }
    return figures;
  };
  EXPECT_EQ(told(few), told(all));
  EXPECT_EQ(closed_form("bytes.broker_copies", few, broadcast), 2);
}

}  // namespace
}  // namespace squall::testing
