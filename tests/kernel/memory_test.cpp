// The memory of processes: what counts, to the byte; when it is too much; whom to blame; the law.
//
// Clusters so small that a hand can compute what they hold. Bad input: tests/golden/broken.
#include "sim/kernel/memory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/world.hpp"
#include "tests/kernel/counted_by_hand.hpp"
#include "tests/planted/storms.hpp"
#include "tests/support/play.hpp"
#include "tests/support/played.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr Bytes kMiB = 1048576;

// Fifty users, and nobody says a word.
Scenario silence(const std::string& memory) {
  return loaded(scenario_with(R"json("time": {"warmup": "20s", "measure": "20s", "drain": "20s",
      "deadline": "5s"},
    "cluster": {"nodes": {"count": 1, "memory": )json" +
                              memory + R"json(}, "net": {"client_node": "1ms"}},
    "people": {"u": {"count": 50}})json"));
}

// a says 20 KB a second to b, whose line carries 10.
Scenario slow_reader(const std::string& memory, const std::string& more = "") {
  return loaded(scenario_with(R"json("time": {"warmup": "5s", "measure": "40s", "drain": "120s",
      "deadline": "5s"},
    "cluster": {"nodes": {"count": 1, "cost_profile": "beast-plain",
                          "egress_queue": {"limit": "none"}, "memory": )json" +
                              memory + R"json(},
                "net": {"client_node": "1ms", "node_broker": "1ms"}},
    "client": {"heartbeat": {"every": "60s", "timeout": "30s"}},
    "clients": {"a": {}, "b": {"downlink": "80kbit/s"}},
    "script": [{"at": "1s", "do": "send", "by": "a", "to": "user:b", "size": "1000B",
                "repeat": 300, "every": "50ms"})json" +
                              more + "]"));
}

// Lost pairs by the name of whom they are billed to.
std::map<std::string, std::uint64_t> bills(const Scenario& scenario, const RunRecord& run) {
  std::map<std::string, std::uint64_t> by;
  const std::vector<std::string> triggers = trigger_names(scenario);
  for (const LossRow& loss : run.losses) {
    by[triggers[index(loss.trigger)]] += loss.pairs;
  }
  return by;
}

// ---- What counts -------------------------------------------------------------------------------

TEST(MemoryOfConnections, is_the_base_and_so_much_each) {
  const RunRecord run =
      played(silence(R"({"base": "10MiB", "per_connection": "30KiB", "limit": "none"})"));

  EXPECT_EQ(value("memory.peak", run), 10 * kMiB + 50 * 30 * 1024);
  EXPECT_EQ(value("oom.kills", run), 0);
}

TEST(MemoryOfConnections, kills_with_the_one_that_is_too_many) {
  const std::string up_to_49 = R"({"base": "10MiB", "per_connection": "1MiB", "limit": "59MiB"})";
  const std::string up_to_50 = R"({"base": "10MiB", "per_connection": "1MiB", "limit": "60MiB"})";

  EXPECT_FALSE(kills(played(silence(up_to_49))).empty());
  EXPECT_TRUE(kills(played(silence(up_to_50))).empty());
}

// The database answers after 3 s, and clients have left after 2: nobody is ever let in.
TEST(MemoryOfConnections, is_free_again_when_an_attempt_is_given_up) {
  const Scenario scenario = loaded(scenario_with(R"json("time": {"warmup": "20s", "measure": "20s",
      "drain": "60s", "deadline": "5s"},
    "cluster": {"nodes": {"count": 1, "memory": {"base": "10MiB", "per_connection": "1MiB"}},
                "database": {"connect": "3s", "servers": 1000}, "net": {"client_node": "1ms"}},
    "client": {"connect_timeout": "2s"},
    "people": {"u": {"count": 50}})json"));

  const RunRecord run = played(scenario);

  EXPECT_EQ(run.established, 0U);
  EXPECT_GT(value("memory.peak", run), 20 * kMiB);
  EXPECT_LE(value("memory.peak", run), 60 * kMiB);
}

// A frame is 1,004 bytes, and 1,056 on the line. The kernel holds 1.6384 s of it, so after k
// messages there wait k - (0.05 k + 1.6384) * 10000 / 1056 in user space. They are 49 after
// 121 messages, in the seventh second: one more that is being read, and it is too much.
TEST(MemoryOfQueues, is_too_much_in_the_second_that_the_rates_say) {
  const Scenario scenario =
      slow_reader(R"({"base": "1MiB", "per_connection": "0B", "limit": "1098576B"})");

  const std::vector<NodeSpell> killed = kills(played(scenario));

  ASSERT_FALSE(killed.empty());
  EXPECT_NEAR(static_cast<double>(killed[0].begin.count()) / 1e9, 1 + 6.03, 0.15);
}

TEST(MemoryOfQueues, is_free_again_when_they_have_emptied) {
  const Scenario scenario = slow_reader(R"({"base": "1MiB", "per_connection": "0B"})");

  const RunRecord run = played(scenario);

  // 300 messages in 15 s, of which 166.4 KB have left: some 142 wait.
  EXPECT_NEAR(value("memory.peak", run), kMiB + 142 * 1004, 3 * 1004);
  EXPECT_EQ(totals(run).lost, 0U);
}

TEST(MemoryOfFrames, grows_by_what_each_needs_beside_its_bytes) {
  const RunRecord bare = played(slow_reader(R"({"base": "1MiB", "per_connection": "0B"})"));
  const RunRecord more =
      played(slow_reader(R"({"base": "1MiB", "per_connection": "0B", "per_frame": "1004B"})"));

  EXPECT_NEAR(value("memory.peak", more) - kMiB, 2 * (value("memory.peak", bare) - kMiB), 4100);
}

TEST(MemoryOfPublishers, is_what_waits_for_the_broker) {
  const Scenario scenario = loaded(scenario_with(R"json("time": {"warmup": "5s", "measure": "20s",
      "drain": "30s", "deadline": "5s"},
    "cluster": {"nodes": {"count": 1, "egress_queue": {"limit": "none"},
                          "memory": {"base": "1MiB", "per_connection": "0B"}},
                "broker": {"publisher_buffer": "unlimited"}},
    "clients": {"a": {}, "b": {}},
    "script": [{"at": "1s", "do": "broker_down", "for": "8s"},
               {"at": "2s", "do": "send", "by": "a", "to": "user:b", "size": "10KB",
                "repeat": 50, "every": "100ms"}])json"));

  const RunRecord run = played(scenario);

  EXPECT_NEAR(value("memory.peak", run), kMiB + 50 * 10000, 1000);
  EXPECT_EQ(totals(run).lost, 0U);
}

TEST(MemoryOfHistories, is_what_they_keep) {
  const Scenario scenario = loaded(scenario_with(R"json("time": {"warmup": "5s", "measure": "20s",
      "drain": "30s", "deadline": "5s"},
    "cluster": {"nodes": {"count": 1, "memory": {"base": "1MiB", "per_connection": "0B"}}},
    "clients": {"a": {}, "b": {}},
    "script": [{"at": "2s", "do": "send", "by": "a", "to": "user:b", "size": "10KB",
                "repeat": 50, "every": "100ms"}])json"));

  EXPECT_LT(value("memory.peak", played(scenario)), kMiB + 50'000);
  EXPECT_GE(value("memory.peak", played(scenario, "broadcast+resume")), kMiB + 500'000);
}

// ---- Nothing changes where nobody says it ------------------------------------------------------

// All that the measures of a run say, in words.
std::string story(const RunRecord& run) {
  std::string text;
  const auto add = [&](auto number) { text += std::to_string(number) + " "; };
  for (const Cell& cell : run.cells) {
    add(std::uint64_t{cell.owed}), add(std::uint64_t{cell.lost}), add(std::uint64_t{cell.live});
    add(static_cast<std::int64_t>(cell.latency.sum()));
  }
  for (const LossRow& loss : run.losses) {
    add(index(loss.mechanism)), add(index(loss.trigger)), add(std::uint64_t{loss.pairs});
  }
  for (const LinkBytes& link : run.bytes) {
    for (const Bytes bytes : link.sent) add(bytes);
  }
  for (const NodeRow& row : run.node_rows) add(row.busy.count()), add(std::uint64_t{row.pushes});
  add(std::uint64_t{run.connection_attempts});
  return text;
}

TEST(MemoryThatIsCounted, changes_no_measure_of_any_storm) {
  for (std::uint64_t number = 1; number <= 8; ++number) {
    Json storm = random_storm(number);
    const Scenario plain = *loaded_storm(storm);
    storm["cluster"]["nodes"]["memory"] = Json::object();
    const Scenario counted = *loaded_storm(storm);
    for (const PresetRow& preset : presets()) {
      const RunRecord without = play(plain, preset.spec, 1);
      const RunRecord with = play(counted, preset.spec, 1);

      EXPECT_EQ(story(without), story(with)) << number << " " << preset.spec.name;
      EXPECT_TRUE(complete(with)) << number << " " << preset.spec.name << ": "
                                  << (with.violations.empty() ? "" : with.violations[0].detail);
      EXPECT_GT(value("memory.peak", with), 0);
    }
  }
}

TEST(MemoryThatNobodySays, has_no_data_and_is_not_written) {
  const Scenario scenario = loaded(scenario_with(R"("people": {"u": {"count": 5}})"));
  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_EQ(scenario.resolved_json.find("memory"), std::string::npos);
  EXPECT_FALSE(measure(*metric_named("memory.peak"), run));
  EXPECT_FALSE(measure(*metric_named("oom.kills"), run));
}

// ---- Over the limit ----------------------------------------------------------------------------

constexpr const char* kTight = R"({"base": "1MiB", "per_connection": "0B", "limit": "1098576B",
                                   "restart": "5s"})";

TEST(OutOfMemory, takes_a_process_away_until_it_is_started_again) {
  const std::vector<NodeSpell> killed = kills(played(slow_reader(kTight)));

  ASSERT_FALSE(killed.empty());
  EXPECT_EQ(killed[0].end - killed[0].begin, 5s);
}

TEST(OutOfMemory, is_for_good_where_nobody_supervises) {
  const Scenario scenario = slow_reader(
      R"({"base": "1MiB", "per_connection": "0B", "limit": "1098576B", "restart": "none"})");

  const std::vector<NodeSpell> killed = kills(play(scenario, strategy("broadcast"), 1));

  ASSERT_THAT(killed, SizeIs(1));
  EXPECT_EQ(killed[0].end, scenario.time.measure + scenario.time.drain);
}

// The script takes it down while it is down: it starts when the script says so.
TEST(OutOfMemory, leaves_to_the_script_what_the_script_takes_down) {
  const std::vector<NodeSpell> killed = kills(
      played(slow_reader(kTight, R"(, {"at": "9s", "do": "crash", "on": "n1", "for": "10s"})")));

  ASSERT_FALSE(killed.empty());
  EXPECT_EQ(killed[0].end, Time{19s});
}

TEST(OutOfMemory, loses_what_waited_and_has_a_name_for_it) {
  const Scenario scenario = slow_reader(kTight);

  const RunRecord run = played(scenario);

  EXPECT_GT(bills(scenario, run)["overload"], 40U);
  EXPECT_THAT(bills(scenario, run), SizeIs(1));
}

// ---- Whom to blame -----------------------------------------------------------------------------

// Twenty on each of two nodes, and places for thirty.
Scenario two_nodes(const std::string& script) {
  return loaded(scenario_with(R"json("time": {"warmup": "20s", "measure": "60s", "drain": "60s",
      "deadline": "5s"},
    "cluster": {"nodes": {"count": 2, "memory": {"base": "1MiB", "per_connection": "1MiB",
                                                 "limit": "31500KiB"}}},
    "people": {"u": {"count": 40}}, "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "5/s"}],
    "script": [)json" + script +
                              "]"));
}

TEST(BlameOfMemory, is_with_the_fault_that_sent_everybody_to_one_node) {
  const Scenario scenario =
      two_nodes(R"({"at": "10s", "as": "crash", "do": "crash", "on": "n2", "for": "20s"})");

  const RunRecord run = played(scenario);

  EXPECT_GE(value("oom.kills", run), 1);
  EXPECT_GT(bills(scenario, run)["fault:crash"], 100U);
  EXPECT_THAT(bills(scenario, run), SizeIs(1));
}

// Ten on each of six, and places for twenty: who is brought, killed and brought again is its burden
// each time.
TEST(BlameOfMemory, stays_with_the_fault_that_kills_again_and_again) {
  const std::string cluster = R"json("time": {"warmup": "20s", "measure": "90s", "drain": "90s",
      "deadline": "5s"},
    "cluster": {"nodes": {"count": 6, "memory": {"base": "1MiB", "per_connection": "1MiB",
                                                 "limit": "21500KiB", "restart": "3s"}},
                "lb": {"policy": "round_robin", "propagation": "2s"}},
    "people": {"u": {"count": 60}}, "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "5/s"}],
    "script": [)json";
  const std::string deploy = R"json({"at": "10s", "as": "deploy", "do": "rolling_restart",
      "on": "node[*]", "batch": 2, "drain": "3s", "down": "3s", "pause": "1s"})json";
  const Scenario scenario = loaded(scenario_with(cluster + deploy + "]"));

  const RunRecord run = played(scenario);

  EXPECT_EQ(value("oom.kills", played(loaded(scenario_with(cluster + "]")))), 0);
  EXPECT_GE(value("oom.kills", run), 4);
  EXPECT_EQ(bills(scenario, run)["fault:deploy"], totals(run).lost);
}

TEST(BlameOfMemory, is_with_nobody_while_everybody_has_a_place) {
  EXPECT_EQ(value("oom.kills", played(two_nodes(""))), 0);
}

TEST(BlameOfMemory, is_with_the_outage_that_fills_the_buffers_of_publishers) {
  const Scenario scenario = loaded(scenario_with(R"json("time": {"warmup": "5s", "measure": "40s",
      "drain": "60s", "deadline": "5s"},
    "cluster": {"nodes": {"count": 1, "memory": {"base": "1MiB", "per_connection": "0B",
                                                 "limit": "1200KiB"}},
                "broker": {"publisher_buffer": "unlimited"}},
    "clients": {"a": {}, "b": {}},
    "script": [{"at": "1s", "as": "outage", "do": "broker_down", "for": "20s"},
               {"at": "2s", "do": "send", "by": "a", "to": "user:b", "size": "10KB",
                "repeat": 50, "every": "100ms"}])json"));

  const RunRecord run = played(scenario);

  EXPECT_GE(value("oom.kills", run), 1);
  EXPECT_EQ(bills(scenario, run)["fault:outage"], totals(run).lost);
  EXPECT_GT(totals(run).lost, 10U);
}

TEST(BlameOfMemory, is_with_the_pause_behind_which_messages_wait) {
  const Scenario scenario = loaded(scenario_with(R"json("time": {"warmup": "5s", "measure": "40s",
      "drain": "60s", "deadline": "5s"},
    "cluster": {"nodes": {"count": 1, "memory": {"base": "1MiB", "per_connection": "0B",
                                                 "limit": "1200KiB"}}},
    "clients": {"a": {}, "b": {}},
    "script": [{"at": "1s", "as": "freeze", "do": "pause", "on": "n1", "for": "8s"},
               {"at": "2s", "do": "send", "by": "a", "to": "user:b", "size": "10KB",
                "repeat": 50, "every": "100ms"}])json"));

  const RunRecord run = played(scenario);

  EXPECT_GE(value("oom.kills", run), 1);
  EXPECT_EQ(bills(scenario, run)["fault:freeze"], totals(run).lost);
}

// ---- The law -----------------------------------------------------------------------------------

std::vector<Violation> after(const std::function<void(Memory&)>& mistake) {
  const Scenario scenario = silence(R"({"base": "1MiB"})");
  World world(scenario, strategy("broadcast"), 1, {});
  world.nodes->begin();
  mistake(*world.memory);
  RunRecord record;
  world.memory->finish(record);
  return record.violations;
}

TEST(LawOfMemory, holds_while_everything_that_was_taken_is_held_or_given_back) {
  EXPECT_THAT(after([](Memory&) {}), SizeIs(0));
}

TEST(LawOfMemory, breaks_when_something_is_not_given_back) {
  for (const auto& [purpose, name] : {std::pair{Memory::Purpose::publisher, "publisher buffers"},
                                      std::pair{Memory::Purpose::history, "histories"},
                                      std::pair{Memory::Purpose::work, "work"}}) {
    const auto broken = after([&](Memory& memory) { memory.takes(NodeId{0}, purpose, 100); });

    ASSERT_THAT(broken, SizeIs(1)) << name;
    EXPECT_EQ(broken[0].law, "memory");
    EXPECT_THAT(broken[0].detail, HasSubstr(std::string("n1, ") + name + ": taken 100 - given"));
  }
}

TEST(LawOfMemory, breaks_when_a_process_that_runs_is_counted_as_dead) {
  const auto broken = after([](Memory& memory) { memory.died(NodeId{0}); });

  ASSERT_THAT(broken, SizeIs(1));
  EXPECT_THAT(broken[0].detail, HasSubstr("the process: taken 1048576 - given back 1048576"));
}

TEST(LawOfMemory, holds_through_storms_in_which_processes_are_killed) {
  double killed = 0;
  for (std::uint64_t number = 1; number <= 12; ++number) {
    Json storm = random_storm(number);
    storm["cluster"]["nodes"]["memory"] = {
        {"base", "1KiB"}, {"per_connection", "1KiB"}, {"limit", "32KiB"}, {"restart", "2s"}};
    storm["cluster"]["nodes"]["egress_queue"]["limit"] = "none";
    storm["cluster"]["broker"]["publisher_buffer"] = "unlimited";
    const Scenario scenario = *loaded_storm(storm);
    for (const PresetRow& preset : presets()) {
      const RunRecord run = play(scenario, preset.spec, 1);

      killed += value("oom.kills", run);
      // Who is killed again and again by what he reads after each start is not done in the end.
      if (run.violations.size() == 1 && run.violations[0].law == kDrain) continue;
      EXPECT_TRUE(complete(run)) << number << " " << preset.spec.name << ": "
                                 << (run.violations.empty() ? "" : run.violations[0].detail);
    }
  }
  EXPECT_GT(killed, 50);
}

}  // namespace
}  // namespace squall::testing
