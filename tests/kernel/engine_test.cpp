// The whole engine in small runs: determinism, pairing, cutting short, and two crashes whose
// outcome can be told without a computer.
//
// Closed forms are compared in tests/laws/, planted losses in tests/planted/.
#include "sim/kernel/engine.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <vector>

#include "strategies/presets.hpp"
#include "tests/support/play.hpp"

namespace squall {
namespace {

// 12 users in one room, 20 messages a second at even distances, links without delay.
Scenario village(std::uint16_t nodes = 3) {
  Scenario made;
  made.name = "village";
  made.time = {5s, 30s, 20s, 10s};
  made.cluster.nodes.count = nodes;
  NetConfig& net = made.cluster.net;
  net.client_node = net.node_node = net.node_broker = net.node_registry = Distribution::fixed(0);
  Population users;
  users.name = "users";
  users.count = 12;
  made.people = {users};
  RoomSet rooms;
  rooms.name = "square";
  made.rooms = {rooms};
  Traffic chat;
  chat.name = "chat";
  chat.room_set = "square";
  chat.rate_per_second_nano = 20'000'000'000;
  chat.poisson = false;
  made.traffic = {chat};
  made.client.offline_send = OfflineSend::refuse;
  made.client.backoff = {BackoffKind::fixed, 500ms, 2, 500ms};
  return made;
}

ScriptStep step(Verb verb, Time at, Duration lasts, NodeSet nodes) {
  ScriptStep made;
  made.verb = verb;
  made.label = "fault-" + std::to_string(at / 1s);
  made.at = at;
  made.lasts = lasts;
  made.nodes = std::move(nodes);
  return made;
}

// A random world with everything going wrong at once.
Scenario storm() {
  Scenario made = village();
  made.time.drain = 60s;  // longer than any mailbox keeps
  made.cluster.net = {};
  made.people[0].count = 30;
  made.people[0].stay = {Distribution::Kind::exponential, 20'000'000'000, 0, 0};
  made.people[0].away = {Distribution::Kind::exponential, 5'000'000'000, 0, 0};
  made.people[0].drop = {Distribution::Kind::exponential, 10'000'000'000, 0, 0};
  made.people[0].silent_drop = 0.5;
  made.traffic[0].poisson = true;
  Traffic direct = made.traffic[0];
  direct.name = "direct";
  direct.to = TrafficTo::user_any;
  made.traffic.push_back(direct);
  made.client.offline_send = OfflineSend::queue;
  made.client.heartbeat_every = 5s;
  made.client.heartbeat_timeout = 2s;
  ScriptStep partition = step(Verb::partition, 20s, 4s, {});
  partition.side_a.nodes = {0};
  partition.side_b = {{1, 2}, true, true};
  made.script = {step(Verb::crash, 3s, 4s, {0}),         step(Verb::pause, 9s, 3s, {1}),
                 step(Verb::host_loss, 12s, 3s, {2}),    step(Verb::broker_down, 16s, 2s, {}),
                 step(Verb::registry_down, 18s, 2s, {}), partition,
                 step(Verb::drain, 26s, 2s, {1})};
  return made;
}

RunRecord run(const Scenario& scenario, const std::string& preset, std::uint64_t seed = 1,
              const PlayOptions& options = {}) {
  return play(scenario, preset_named(preset)->spec, seed, options);
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const PresetRow& row : presets()) names.push_back(row.spec.name);
  return names;
}

std::string violations(const RunRecord& record) {
  std::string text;
  for (const Violation& violation : record.violations) {
    text += violation.law + ": " + violation.detail + "\n";
  }
  return text;
}

// ---- Determinism --------------------------------------------------------------------------------

struct EveryPreset : ::testing::TestWithParam<std::string> {};

TEST_P(EveryPreset, the_same_seed_gives_the_same_run) {
  const Scenario scenario = storm();

  const RunRecord one = run(scenario, GetParam(), 5), again = run(scenario, GetParam(), 5);

  EXPECT_EQ(one.fingerprint, again.fingerprint);
  EXPECT_EQ(one.events, again.events);
  EXPECT_EQ(testing::totals(one).lost, testing::totals(again).lost);
}

TEST_P(EveryPreset, another_seed_gives_another_run) {
  const Scenario scenario = storm();

  const RunRecord one = run(scenario, GetParam(), 5), other = run(scenario, GetParam(), 6);

  EXPECT_NE(one.fingerprint, other.fingerprint);
  EXPECT_NE(one.arrivals_hash, other.arrivals_hash);
}

TEST_P(EveryPreset, the_books_balance_in_a_storm) {
  const Scenario scenario = storm();

  for (const std::uint64_t seed : {1, 2, 3}) {
    const RunRecord record = run(scenario, GetParam(), seed);

    EXPECT_TRUE(complete(record)) << violations(record) << "seed " << seed;
    EXPECT_GT(testing::totals(record).owed, 1000U);
    EXPECT_GT(testing::totals(record).lost, 0U);
  }
}

TEST_P(EveryPreset, without_faults_a_single_node_delivers_everything) {
  const RunRecord record = run(village(1), GetParam());

  EXPECT_TRUE(complete(record)) << violations(record);
  EXPECT_EQ(testing::totals(record).owed, 20U * 30 * 11);
  EXPECT_EQ(testing::totals(record).lost, 0U);
}

std::string as_word(std::string name) {
  for (char& c : name) c = c == ':' || c == '+' ? '_' : c;
  return name;
}
INSTANTIATE_TEST_SUITE_P(Engine, EveryPreset, ::testing::ValuesIn(preset_names()),
                         [](const auto& name) { return as_word(name.param); });

TEST(Engine, every_strategy_faces_the_same_messages) {
  const Scenario scenario = storm();
  std::set<std::uint64_t> hashes, offered;

  for (const std::string& name : preset_names()) {
    const RunRecord record = run(scenario, name);
    hashes.insert(record.arrivals_hash);
    offered.insert(record.messages.offered);
  }

  EXPECT_EQ(hashes.size(), 1U);
  EXPECT_EQ(offered.size(), 1U);
}

TEST(Engine, what_was_played_before_leaves_no_trace) {
  const Scenario scenario = storm();

  const RunRecord first = run(scenario, "routed");
  run(scenario, "broadcast");
  run(scenario, "multi_active", 9);
  const RunRecord last = run(scenario, "routed");

  EXPECT_EQ(first.fingerprint, last.fingerprint);
}

// ---- Cutting short ------------------------------------------------------------------------------

TEST(Engine, a_run_that_reaches_its_event_limit_says_that_it_was_cut_short) {
  PlayOptions options;
  options.max_events = 500;

  const RunRecord record = run(village(), "broadcast", 1, options);

  ASSERT_FALSE(record.violations.empty());
  EXPECT_EQ(record.violations[0].law, "run cut short");
  EXPECT_EQ(record.events, 500U);
  EXPECT_FALSE(complete(record));
}

TEST(Engine, a_run_that_is_told_to_stop_says_that_it_was_cut_short) {
  const std::atomic<bool> stop = true;
  PlayOptions options;
  options.stop = &stop;

  const RunRecord record = run(village(), "routed", 1, options);

  ASSERT_FALSE(record.violations.empty());
  EXPECT_EQ(record.violations[0].law, "run cut short");
  EXPECT_LT(record.events, 2000U);
}

TEST(Engine, a_limit_that_is_not_reached_changes_nothing) {
  const Scenario scenario = village();
  const RunRecord free = run(scenario, "broadcast");
  PlayOptions options;
  options.max_events = free.events + 1;

  const RunRecord limited = run(scenario, "broadcast", 1, options);

  EXPECT_TRUE(complete(limited)) << violations(limited);
  EXPECT_EQ(limited.fingerprint, free.fingerprint);
}

// ---- Crashes ------------------------------------------------------------------------------------

TEST(Engine, a_crash_of_the_only_node_loses_everything_until_it_is_back) {
  Scenario scenario = village(1);
  scenario.script = {step(Verb::crash, 10s + 25ms, 5s, {0})};

  const RunRecord record = run(scenario, "broadcast");

  EXPECT_TRUE(complete(record)) << violations(record);
  for (std::size_t second = 0; second < record.seconds.size(); ++second) {
    const SecondRow& row = record.seconds[second];
    EXPECT_EQ(row.owed, 20U * 11) << second;
    const bool down = second > 10 && second < 15;
    const bool well = second < 10 || second > 27;
    EXPECT_TRUE(!down || row.lost == row.owed) << second;
    EXPECT_TRUE(!well || row.lost == 0) << second;
  }
  EXPECT_EQ(record.faults[0].disconnects, 12U);
  EXPECT_EQ(record.faults[0].pairs_lost, testing::totals(record).lost);
  EXPECT_EQ(record.never_again, 0U);
}

TEST(Engine, two_connections_of_one_client_sit_on_two_nodes) {
  const RunRecord record = run(village(2), "multi_active");

  ASSERT_EQ(record.node_rows.size(), 2U);
  EXPECT_EQ(record.node_rows[0].connections_end, 12U);
  EXPECT_EQ(record.node_rows[1].connections_end, 12U);
}

TEST(Engine, two_connections_lose_nothing_when_one_node_crashes_and_one_connection_does) {
  Scenario scenario = village();
  scenario.script = {step(Verb::crash, 10s + 25ms, 5s, {1})};

  const RunRecord two = run(scenario, "multi_active"), one = run(scenario, "broadcast");

  EXPECT_TRUE(complete(two)) << violations(two);
  EXPECT_EQ(testing::totals(two).lost, 0U);
  EXPECT_GT(two.faults[0].disconnects, 0U);
  EXPECT_GT(testing::totals(one).lost, 0U);
}

TEST(Engine, more_connections_than_nodes_are_as_many_as_nodes) {
  const RunRecord record = run(village(2), "multi_active:k3");

  EXPECT_TRUE(complete(record)) << violations(record);
  EXPECT_EQ(record.node_rows[0].connections_end + record.node_rows[1].connections_end, 24U);
}

TEST(Engine, nobody_in_the_scenario_is_a_run_as_well) {
  Scenario scenario = village();
  scenario.people[0].count = 0;

  const RunRecord record = run(scenario, "routed");

  EXPECT_TRUE(complete(record)) << violations(record);
  EXPECT_EQ(testing::totals(record).owed, 0U);
}

}  // namespace
}  // namespace squall
