// What must not matter: how things are called, in which order they stand in the file or are played,
// who else is compared, and the unit of time.
//
// Metamorphic tests: two runs of which the second is known from the first. The scenarios are the
// planted ones (planted.hpp) and one storm with everything in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "strategies/core/backplane.hpp"
#include "strategies/presets.hpp"
#include "tests/planted/planted.hpp"

namespace squall::planted {
namespace {

constexpr const char* kStorm = R"json({
  "squall": 1,
  "name": "storm",
  "time": { "warmup": "10s", "measure": "30s", "drain": "70s", "deadline": "5s" },
  "cluster": { "nodes": { "count": 4, "loops": 2 } },
  "people": {
    "phone": { "count": 60, "drop": "exp(15s)", "silent_drop": 0.5, "downlink": "1Mbit/s" },
    "desk": { "count": 40, "stay": "exp(10s)", "away": "exp(5s)" }
  },
  "rooms": { "live": { "count": 5, "popularity": "zipf(1.0)", "joined_per_user": 2 } },
  "traffic": [
    { "as": "chat", "from": "member", "to": "room:live", "rate": "20/s" },
    { "as": "dm", "to": "user:online", "rate": "50/s", "size": "lognormal(300B,0.6)" }
  ],
  "script": [
    { "at": "3s", "do": "crash", "on": "n1", "for": "4s" },
    { "at": "10s", "do": "partition", "between": ["n2", "n3"], "for": "5s" },
    { "at": "12s", "do": "broker_down", "for": "3s" },
    { "at": "18s", "do": "registry_down", "for": "3s" },
    { "at": "20s", "do": "flash", "on": "dm", "times": 5, "for": "2s" },
    { "at": "24s", "do": "disconnect", "on": "desk", "share": 0.5 }
  ]
})json";

Scenario storm() {
  LoadResult loaded = load_scenario_text(kStorm, "storm.json", {}, make_vocabulary());
  if (!loaded.scenario) throw std::runtime_error(loaded.problems.front().message);
  return *std::move(loaded.scenario);
}

// Everything a record counts about messages, without the names and numbers of who was involved.
struct Totals {
  std::map<std::string, std::uint64_t> counts;
  std::map<std::tuple<Mechanism, std::string, CloseReason>, std::uint64_t> losses;
  bool operator==(const Totals&) const = default;
};

void PrintTo(const Totals& totals, std::ostream* out) {
  for (const auto& [what, count] : totals.counts) *out << what << " " << count << ", ";
  for (const auto& [cause, pairs] : totals.losses) {
    const auto& [mechanism, trigger, reason] = cause;
    *out << squall::row(mechanism).name << " of " << trigger << " (" << name(reason) << ") "
         << pairs << ", ";
  }
}

Totals totals(const Scenario& scenario, const RunRecord& record) {
  Totals sum;
  for (const Cell& cell : record.cells) {
    sum.counts["messages"] += cell.messages;
    sum.counts["owed"] += cell.owed;
    sum.counts["live"] += cell.live;
    sum.counts["live_after_reconnect"] += cell.live_after_reconnect;
    sum.counts["lost"] += cell.lost;
    sum.counts["lost_connected"] += cell.lost_connected;
    sum.counts["broken_promises"] += cell.broken_promises;
    sum.counts["refused"] += cell.lost_refused;
    sum.counts["bonus"] += cell.bonus;
    sum.counts["spurious"] += cell.spurious;
    sum.counts["duplicates"] += cell.dup_suppressed + cell.dup_surfaced;
    sum.counts["fifo_violations"] += cell.fifo_violations;
  }
  sum.counts["disconnects"] = record.disconnects;
  const std::vector<std::string> triggers = trigger_names(scenario);
  for (const LossRow& loss : record.losses) {
    sum.losses[{loss.mechanism, triggers[index(loss.trigger)], loss.reason}] += loss.pairs;
  }
  return sum;
}

Totals play_totals(const Scenario& scenario, std::uint64_t seed = kSeeds[0]) {
  return totals(scenario, play(scenario, scenario.strategies[0], seed));
}

// ---- Comparisons are paired --------------------------------------------------------------------

TEST(Comparison, every_strategy_faces_the_same_arrivals) {
  const Scenario scenario = storm();
  std::vector<std::uint64_t> of_seeds;

  for (const std::uint64_t seed : kSeeds) {
    const std::uint64_t expected = play(scenario, presets()[0].spec, seed).arrivals_hash;
    of_seeds.push_back(expected);
    for (const PresetRow& preset : presets()) {
      EXPECT_EQ(play(scenario, preset.spec, seed).arrivals_hash, expected) << preset.spec.name;
    }
  }

  std::ranges::sort(of_seeds);
  EXPECT_TRUE(std::ranges::adjacent_find(of_seeds) == of_seeds.end()) << "seeds must matter";
}

TEST(Comparison, the_order_in_which_strategies_are_played_is_irrelevant) {
  const Scenario scenario = storm();
  std::map<std::string, std::uint64_t> forward, backward;

  for (std::size_t i = 0; i < presets().size(); ++i) {
    const StrategySpec& first = presets()[i].spec;
    const StrategySpec& last = presets()[presets().size() - 1 - i].spec;
    forward[first.name] = play(scenario, first, 1).fingerprint;
    backward[last.name] = play(scenario, last, 1).fingerprint;
  }

  EXPECT_EQ(forward, backward);
}

TEST(Comparison, a_strategy_more_does_not_change_the_records_of_the_others) {
  Scenario alone = storm();
  alone.strategies = {preset_named("routed")->spec};
  Scenario in_company = storm();
  for (const PresetRow& preset : presets()) in_company.strategies.push_back(preset.spec);

  const RunRecord one = play(alone, alone.strategies[0], 1);
  const RunRecord other = play(in_company, preset_named("routed")->spec, 1);

  EXPECT_EQ(one.fingerprint, other.fingerprint);
  EXPECT_EQ(totals(alone, one), totals(in_company, other));
  EXPECT_NE(one.fingerprint, play(alone, preset_named("broadcast")->spec, 1).fingerprint);
}

// ---- Names and numbers do not matter -----------------------------------------------------------

// The planted scenarios to which a law applies: all but those that are named, with a reason.
std::vector<Row> all_but(std::initializer_list<std::string_view> files) {
  std::vector<Row> rows;
  for (const Row& row : kRows) {
    if (std::ranges::find(files, row.file) == files.end()) rows.push_back(row);
  }
  EXPECT_EQ(rows.size() + files.size(), kRows.size());
  return rows;
}

class Reordered : public ::testing::TestWithParam<Row> {};
class Mirrored : public ::testing::TestWithParam<Row> {};
class Renamed : public ::testing::TestWithParam<Row> {};
class Stretched : public ::testing::TestWithParam<Row> {};

// Individuals and rooms get other ids: the last one of the file becomes number 0.
TEST_P(Reordered, individuals_and_rooms_are_lost_in_the_same_way) {
  const Scenario scenario = load(GetParam().file);
  Scenario reversed = scenario;
  std::ranges::reverse(reversed.clients);

  EXPECT_EQ(play_totals(reversed), play_totals(scenario)) << GetParam().file;
}

// split_room: who comes back when is drawn by number.
INSTANTIATE_TEST_SUITE_P(Table, Reordered, ::testing::ValuesIn(all_but({"split_room"})), test_name);

// n1 becomes the last node, and so on.
TEST_P(Mirrored, nodes_lose_in_the_same_way) {
  const Scenario scenario = load(GetParam().file);
  const auto last = static_cast<std::uint16_t>(scenario.cluster.nodes.count - 1);
  const auto mirror = [&](NodeSet& nodes) {
    for (std::uint16_t& node : nodes) node = static_cast<std::uint16_t>(last - node);
    std::ranges::sort(nodes);
  };
  Scenario mirrored = scenario;
  for (ScriptedClient& client : mirrored.clients) {
    if (client.on) client.on = static_cast<std::uint16_t>(last - *client.on);
  }
  for (ScriptStep& step : mirrored.script) {
    mirror(step.nodes);
    mirror(step.side_a.nodes);
    mirror(step.side_b.nodes);
  }

  EXPECT_EQ(play_totals(mirrored), play_totals(scenario)) << GetParam().file;
}

// Where the balancer decides, it decides by the number (round_robin) or the address of the node.
INSTANTIATE_TEST_SUITE_P(
    Table, Mirrored,
    ::testing::ValuesIn(all_but({"split_room", "keys_apart", "route_missing", "route_missing-room",
                                 "route_stale", "route_stale-room", "peer_link_lost-return"})),
    test_name);

TEST_P(Renamed, individuals_lose_in_the_same_way) {
  const Scenario scenario = load(GetParam().file);
  Scenario renamed = scenario;
  const auto rename = [](std::string& name) {
    if (!name.empty()) name = "other-" + name;
  };
  for (ScriptedClient& client : renamed.clients) rename(client.name);
  for (ScriptStep& step : renamed.script) {
    rename(step.client);
    rename(step.to_user);
  }

  EXPECT_EQ(play_totals(renamed), play_totals(scenario)) << GetParam().file;
}

INSTANTIATE_TEST_SUITE_P(Table, Renamed, ::testing::ValuesIn(kRows), test_name);

// ---- The unit of time does not matter ----------------------------------------------------------

void stretch(Distribution& distribution, std::int64_t times) {
  distribution.first *= times;
  distribution.second *= times;
}

void stretch_cluster(ClusterConfig& cluster, std::int64_t times) {
  for (Distribution* delay :
       {&cluster.net.client_node, &cluster.net.node_node, &cluster.net.node_broker,
        &cluster.net.node_registry, &cluster.broker.reconnect, &cluster.lb.propagation}) {
    stretch(*delay, times);
  }
  cluster.net.peer_heartbeat *= times;
  cluster.net.peer_timeout *= times;
  cluster.net.node_bandwidth /= times;
  cluster.lb.fail_timeout *= times;
  cluster.lb.connect_timeout *= times;
  cluster.broker.output_soft_for *= times;
  cluster.broker.keep_alive *= times;
  cluster.registry.lease *= times;
  cluster.registry.keep_alive *= times;
}

Scenario stretched(Scenario scenario, std::int64_t times) {
  stretch_cluster(scenario.cluster, times);
  ClientConfig& client = scenario.client;
  for (Duration* wait : {&scenario.time.warmup, &scenario.time.measure, &scenario.time.drain,
                         &scenario.time.deadline, &client.heartbeat_every,
                         &client.heartbeat_timeout, &client.connect_timeout, &client.dedupe_window,
                         &client.backoff.first, &client.backoff.cap}) {
    *wait *= times;
  }
  for (ScriptedClient& individual : scenario.clients) individual.downlink /= times;
  for (ScriptStep& step : scenario.script) {
    for (Duration* wait :
         {&step.at, &step.lasts, &step.drain, &step.down, &step.pause_between, &step.every}) {
      *wait *= times;
    }
  }
  for (StrategySpec& spec : scenario.strategies) {
    for (const Option& option : backplane_named(spec.backplane)->options) {
      if (option.kind != Option::Kind::duration) continue;
      spec.options[std::string(option.name)] = value_of(option, spec) * times;
    }
  }
  return scenario;
}

TEST_P(Stretched, a_world_that_is_three_times_slower_loses_the_same) {
  const Scenario scenario = load(GetParam().file);

  EXPECT_EQ(play_totals(stretched(scenario, 3)), play_totals(scenario)) << GetParam().file;
}

// What work costs does not depend on the scenario's pace, and nginx counts in whole seconds.
INSTANTIATE_TEST_SUITE_P(
    Table, Stretched,
    ::testing::ValuesIn(all_but({"overload_shed", "broker_lost-inside", "split_room"})), test_name);

}  // namespace
}  // namespace squall::planted
