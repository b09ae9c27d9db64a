// squall predict from the inside: laws speak where their conditions hold, and say why where not.
//
// Whether what they say is true is tested in tests/long/closed_forms_test.cpp.
#include <gtest/gtest.h>

#include <set>

#include "scenarios/model/laws.hpp"
#include "scenarios/predict/prediction.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

const predict::Answer& answer_of(const std::vector<predict::Statement>& all, std::string_view law) {
  return std::ranges::find(all, law, [](const auto& one) { return one.law->name; })->answer;
}

TEST(Predict, EveryLawSpeaksOrSaysWhyNot) {
  for (const LibraryFile& file : scenario_library()) {
    const Scenario scenario = built_in(file.name);
    for (const StrategySpec& spec : scenario.strategies) {
      for (const auto& statement : predict::predict({scenario, spec})) {
        const predict::Answer& answer = statement.answer;
        EXPECT_NE(answer.figures.empty(), answer.silent.empty())
            << file.name << ", " << spec.name << ", " << statement.law->name;
      }
    }
  }
}

// Whoever is alone, on one node or in one room, is where shares become 0 or 1.
TEST(Predict, HasAnAnswerForEveryPresetOnOneNodeWithOneRoomAndFewUsers) {
  for (const LibraryFile& file : scenario_library()) {
    Scenario scenario = built_in(file.name);
    scenario.cluster.nodes.count = 1;
    for (RoomSet& rooms : scenario.rooms) rooms.count = 1;
    for (Population& people : scenario.people) people.count = 1;
    for (const PresetRow& preset : presets()) {
      for (const auto& statement : predict::predict({scenario, preset.spec})) {
        EXPECT_NE(statement.answer.figures.empty(), statement.answer.silent.empty())
            << file.name << ", " << preset.spec.name << ", " << statement.law->name;
      }
    }
  }
}

TEST(Predict, MetricsOfFiguresAreMetricsInTheirUnits) {
  for (const LibraryFile& file : scenario_library()) {
    const Scenario scenario = built_in(file.name);
    for (const StrategySpec& spec : scenario.strategies) {
      for (const auto& statement : predict::predict({scenario, spec})) {
        for (const predict::Figure& figure : statement.answer.figures) {
          if (figure.metric.empty()) continue;
          const MetricRow* const metric = metric_named(figure.metric);
          ASSERT_NE(metric, nullptr) << figure.metric;
          EXPECT_EQ(figure.unit, metric->unit) << figure.metric;
        }
      }
    }
  }
}

TEST(Predict, KeepsSilentOfWhatAFaultDisturbs) {
  const Scenario scenario = built_in("crash-process");
  const auto all = predict::predict({scenario, strategy("broadcast")});

  EXPECT_EQ(answer_of(all, "fan-out").silent, "the script has a fault");
  EXPECT_TRUE(answer_of(all, "fan-out").figures.empty());
  EXPECT_TRUE(answer_of(all, "storm").silent.empty());
  EXPECT_EQ(predict::predicted("pairs.owed", {scenario, strategy("broadcast")}), std::nullopt);
}

// 6 MB every other second to each of eight lines of 20 Mbit/s are 21.8 MB/s on lines that carry 20.
TEST(Predict, KeepsSilentOfBytesThatNoLineCarries) {
  const std::string text = R"({
    "squall": 1, "name": "dump", "why": "More than the lines carry.",
    "time": {"warmup": "30s", "measure": "120s", "drain": "90s", "deadline": "60s"},
    "cluster": {"nodes": {"count": 2, "egress_queue": {"limit": "1GB"}}},
    "people": {"u": {"count": 8, "downlink": "20Mbit/s"}},
    "rooms": {"board": {"count": 1}},
    "traffic": [{"as": "dump", "from": "member", "to": "room:board", "rate": "30/m",
                 "size": "6MB"}]
  })";

  const auto full = predict::predict({loaded(text), strategy("broadcast")});
  const auto idle =
      predict::predict({loaded(text, {{"/people/u/downlink", "1Gbit/s"}}), strategy("broadcast")});

  for (const char* law : {"client lines", "broker links"}) {
    EXPECT_EQ(answer_of(full, law).silent, "something is too busy for its queue to settle") << law;
    EXPECT_FALSE(answer_of(idle, law).figures.empty()) << law << answer_of(idle, law).silent;
  }
}

// Law by law: what a setting disturbs is not said, with the reason.
TEST(Predict, KeepsSilentOfWhatASettingDisturbs) {
  const StrategySpec broadcast = strategy("broadcast");
  const auto idle = predict::predict({built_in("lb-idle-timeout"), broadcast});
  const auto aging = predict::predict({built_in("scale-out-under-load"), broadcast});
  const auto slow = predict::predict({built_in("connect-costs-the-database"), broadcast});
  StrategySpec emitting = broadcast;
  emitting.options["emitters"] = 3;
  const auto thrice = predict::predict({built_in("steady-zipf"), emitting});
  const auto replayed = predict::predict({built_in("churn-floor"), strategy("broadcast+resume")});

  for (const char* law : {"client lines", "waits"}) {
    EXPECT_TRUE(answer_of(idle, law).figures.empty()) << law;
    EXPECT_TRUE(answer_of(aging, law).figures.empty()) << law;
    EXPECT_TRUE(answer_of(thrice, law).figures.empty()) << law;
  }
  EXPECT_TRUE(answer_of(slow, "storm").figures.empty());
  EXPECT_EQ(answer_of(replayed, "churn").silent, "what was missed is replayed");
}

// A cluster of three nodes and a hundred users that anything may be set in.
Scenario ordinary(const std::vector<Override>& changes) {
  return loaded(scenario_with(R"j("time": {"warmup": "40s", "measure": "200s", "drain": "60s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "random"},
                "net": {"client_node": "20ms"}},
    "client": {"connect_timeout": "5s", "heartbeat": {"every": "10s", "timeout": "3s"},
               "backoff": {"kind": "fixed", "first": "1s", "cap": "1s"}},
    "people": {"u": {"count": 100, "arrive": "uniform(0s,5s)", "drop": "never"}},
    "rooms": {"r": {"count": 10}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "10/s", "size": "200B"},
                {"as": "dm", "to": "user:any", "rate": "10/s", "size": "200B"}])j"),
                changes);
}

struct Disturbed {
  const char* what;
  std::vector<Override> by;
  const char* strategy;
  std::vector<const char*> metrics;  // of which something is said where nothing disturbs
  std::vector<Override> from = {};   // set in both
};

const std::vector<Override> kSilentDrops{{"/people/u/drop", R"j("exp(60s)")j"},
                                         {"/people/u/silent_drop", "1"},
                                         {"/client/backoff/first", R"("30s")"},
                                         {"/client/backoff/cap", R"("30s")"}};
const std::vector<Override> kChurning{{"/people/u/drop", R"j("exp(60s)")j"}};

// Kinds that were found by playing scenarios drawn from regions that nobody had tuned laws for.
const std::vector<Disturbed> kDisturbed = {
    {"nobody gets in",
     {{"/client/connect_timeout", R"("50ms")"}},
     "broadcast",
     {"pairs.owed", "bytes.lb_to_client.rate", "bytes.broker_to_node.rate",
      "latency.stage.uplink.mean", "latency.stage.fan_out.mean", "imbalance.connections.cv"}},
    {"pongs are late",
     {{"/client/heartbeat/every", R"("200ms")"}, {"/client/heartbeat/timeout", R"("30ms")"}},
     "broadcast",
     {"bytes.lb_to_client.rate", "bytes.broker_to_node.rate", "latency.stage.downlink.mean",
      "latency.stage.fan_out.mean", "imbalance.connections.cv"}},
    {"pongs are late",
     {{"/client/heartbeat/timeout", R"("30ms")"}},
     "multi_active",
     {"dup.redundant"}},
    {"nobody hears anything", {{"/people/u/count", "1"}}, "multi_active", {"dup.redundant"}},
    {"nobody is there to be spoken to",
     {{"/people/u/count", "1"}},
     "broadcast",
     {"bytes.broker_to_node.rate", "latency.stage.uplink.mean"}},
    {"frames of the churning are not published",
     kChurning,
     "broadcast",
     {"bytes.broker_to_node.rate"}},
    {"frames do not fit into the kernel",
     {{"/traffic/0/size", R"("20KiB")"}},
     "broadcast",
     {"latency.stage.downlink.mean", "latency.stage.fan_out.mean"}},
    {"frames wait for each other on a slow line",
     {{"/people/u/downlink", R"("64kbit/s")"}},
     "broadcast",
     {"latency.stage.downlink.mean"}},
    {"frames overtake each other often",
     {{"/cluster/net/client_node", R"j("exp(400ms)")j"}},
     "broadcast",
     {"latency.stage.uplink.mean", "latency.stage.downlink.mean"}},
    {"few users fall on nodes otherwise",
     {{"/people/u/count", "10"}},
     "broadcast",
     {"imbalance.connections.cv"}},
    {"pings are as frequent as messages",
     {{"/client/heartbeat/every", R"("150ms")"}, {"/client/heartbeat/timeout", R"("100ms")"}},
     "broadcast",
     {"bytes.client.rate"}},
    {"ghosts are not as many yet",
     {{"/client/heartbeat/every", R"("60s")"}},
     "broadcast",
     {"ghost.time"},
     kSilentDrops},
    {"ghosts log out",
     {{"/people/u/stay", R"j("exp(1m)")j"}},
     "broadcast",
     {"ghost.time"},
     kSilentDrops},
    {"gaps are longer than the warm-up",
     {{"/client/backoff/first", R"("60s")"}, {"/client/backoff/cap", R"("60s")"}},
     "broadcast",
     {"reconnects.per_client", "connections.attempts", "reachable.share"},
     kChurning},
};

TEST(Predict, SpeaksOfAMetricUntilSomethingDisturbsIt) {
  for (const Disturbed& row : kDisturbed) {
    const StrategySpec spec = strategy(row.strategy);
    std::vector<Override> changes = row.from;
    const Scenario calm = ordinary(changes);
    changes.insert(changes.end(), row.by.begin(), row.by.end());
    const Scenario disturbed = ordinary(changes);
    for (const char* const metric : row.metrics) {
      EXPECT_TRUE(predict::predicted(metric, {calm, spec})) << row.what << ": " << metric;
      EXPECT_FALSE(predict::predicted(metric, {disturbed, spec})) << row.what << ": " << metric;
    }
  }
}

TEST(Predict, KeepsSilentOfWhereOwnersOfRoomsSendTheirClients) {
  const Scenario ghosts =
      ordinary({{"/people/u/drop", R"j("exp(60s)")j"}, {"/people/u/silent_drop", "1"}});
  for (const char* const metric : {"imbalance.connections.cv", "ghost.time"}) {
    const Scenario& scenario = metric[0] == 'g' ? ghosts : ordinary({});
    EXPECT_TRUE(predict::predicted(metric, {scenario, strategy("sticky_hash")})) << metric;
    EXPECT_FALSE(predict::predicted(metric, {scenario, strategy("sticky_hash:fenced")})) << metric;
  }
}

TEST(Predict, CountsTheCostsThatTheScenarioNames) {
  const auto turns = [](const std::vector<Override>& costs) {
    const Scenario scenario = built_in("steady-zipf", costs);
    const auto all = predict::predict({scenario, strategy("broadcast")});
    return answer_of(all, "waits").figures.back().value;
  };

  EXPECT_GT(turns({{"/cluster/nodes/costs/push", "10us"}}), 1.5 * turns({}));
}

TEST(Predict, SaysWhatTheProcessOfANodeNeeds) {
  const Scenario scenario = loaded(scenario_with(R"json("people": {"u": {"count": 3000}},
    "cluster": {"nodes": {"count": 3, "memory": {"base": "10MiB", "per_connection": "10KiB",
                                                 "limit": "40MiB"}}})json"));

  const auto all = predict::predict({scenario, strategy("multi_active")});
  const predict::Answer& answer = answer_of(all, "memory");

  ASSERT_EQ(answer.figures.size(), 3U);
  EXPECT_EQ(answer.figures[1].value, 10 * 1048576 + 2000 * 10240);  // two connections each
}

Scenario few_people(const std::string& people, const std::string& to) {
  return loaded(scenario_with(
      R"("time": {"warmup": "60s", "measure": "60s", "drain": "60s"}, "people": {"u": )" + people +
      R"(}, "rooms": {"r": {"count": 10}}, "strategies": ["broadcast"],
    "traffic": [{"as": "c", "from": "any", "to": ")" +
      to + R"(", "rate": "10/s"}])"));
}

TEST(Predict, NobodyTalksToHimself) {
  const auto owed = [](const Scenario& scenario) {
    return predict::predicted("pairs.owed", {scenario, strategy("broadcast")}).value_or(-1);
  };

  EXPECT_EQ(owed(few_people(R"({"count": 1})", "user:online")), 0);
  EXPECT_NEAR(owed(few_people(R"({"count": 2})", "user:online")), 600, 1e-6);
  EXPECT_NEAR(owed(few_people(R"({"count": 20})", "user:roommate")), 600 * 0.8649, 0.1);
}

// Who is back early on the same node ends its own ghost.
TEST(Predict, BelievesInTheDeadAsLongAsARunDoes) {
  const StrategySpec spec = strategy("broadcast");
  for (const std::uint16_t nodes : {1, 3, 9}) {
    Scenario scenario = loaded(scenario_with(R"json("people": {"u": {"count": 60,
        "drop": "exp(200s)", "silent_drop": 1}},
      "time": {"warmup": "100s", "measure": "2000s", "drain": "60s"},
      "client": {"backoff": {"kind": "fixed", "first": "1s"},
                 "heartbeat": {"every": "20s", "timeout": "5s"}},
      "cluster": {"lb": {"policy": "random"}, "net": {"client_node": "10ms"}},
      "traffic": [{"as": "d", "from": "any", "to": "user:online", "rate": "1/s"}])json"));
    scenario.cluster.nodes.count = nodes;

    const double said = predict::predicted("ghost.time", {scenario, spec}).value_or(0);

    const double seen = student_interval(metric_over_seeds(scenario, spec, 5, "ghost.time"))->mean;
    EXPECT_NEAR(said, seen, 0.07 * seen) << nodes;
    scenario.cluster.lb.policy = "least_conn";
    EXPECT_EQ(predict::predicted("ghost.time", {scenario, spec}), std::nullopt);
  }
}

TEST(Predict, ADeployBehindChanceFollowsTheLaw) {
  const Scenario scenario = built_in(
      "rolling-deploy-storm",
      {{"/cluster/lb/policy", "random"}, {"/params/batch", "1"}, {"/time/measure", "520s"}});

  EXPECT_EQ(predict::predicted("reconnects.per_client", {scenario, strategy("broadcast")}),
            closed_form("reconnects.per_client", scenario, strategy("broadcast")));
}

}  // namespace
}  // namespace squall::testing
