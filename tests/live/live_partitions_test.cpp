// Partitions and pauses on real sockets: nothing is connected through a cut, what was written waits
// in it, a server forgets behind it, a paused process sleeps; and every pair has its end.
//
// Live runs wait more than they work, so all play at once. The same rules in virtual time are in
// tests/kernel/partitions_test.cpp and pauses_test.cpp.
#include <gtest/gtest.h>

#include <future>

#include "sim/live/run/engine.hpp"
#include "tests/support/live_witness.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

struct Cut {
  const char* strategy;
  std::string script, cluster;
  live::Forwarding forwarding = live::Forwarding::websocket;
  std::string people = "";
};

Scenario scenario_of(const Cut& c) {
  return loaded(R"json({"squall": 1, "name": "cut", "why": "A path is cut, on real sockets.",
    "time": {"warmup": "500ms", "measure": "3500ms", "drain": "2s", "deadline": "2s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"policy": "round_robin"},
                "net": {"client_node": "50us", "node_node": "50us", "node_broker": "50us",
                        "node_registry": "50us",
                        "peer_heartbeat": "100ms", "peer_timeout": "300ms"},
                "registry": {"keep_alive": "none"},
                "broker": {"reconnect": "fixed(100ms)")json" +
                c.cluster + R"json(}},
    "people": {"u": {"count": 20, "arrive": "uniform(0s,100ms)")json" +
                c.people + R"json(}},
    "client": {"heartbeat": {"every": "5s", "timeout": "4s"}},
    "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "20/s"}],
    "script": [)json" +
                c.script + "]}");
}

const std::string kCut =
    R"({"at": "500ms", "do": "partition", "between": [["n2"], ["broker", "registry"]],
        "for": "1500ms"})";
const std::string kRestart = R"(, {"at": "1s", "do": "broker_down", "for": "200ms"},
                                  {"at": "1s", "do": "registry_down", "for": "200ms"})";
const std::string kForGood =
    R"({"at": "1s", "do": "partition", "between": [["broker", "registry"], ["n1", "n2"]]})";
const std::string kPause = R"({"at": "500ms", "do": "pause", "on": "n2", "for": "1500ms"})";
const std::string kCrashInPause = R"(, {"at": "1s", "do": "crash", "on": "n2", "for": "500ms"})";

std::vector<RunRecord> play_all(const std::vector<Cut>& cases) {
  std::vector<std::future<RunRecord>> runs;
  for (const Cut& c : cases) {
    runs.push_back(std::async(std::launch::async, [&c] {
      live::LiveOptions options;
      options.forwarding = c.forwarding;
      options.loops = 1;
      return play_in_time(scenario_of(c), strategy(c.strategy), options);
    }));
  }
  std::vector<RunRecord> records;
  for (auto& run : runs) records.push_back(run.get());
  return records;
}

TEST(LivePartition, LeavesNoPairWithoutAnEnd) {
  const std::vector<Cut> cases = {
      {"broadcast", kCut, ""},
      {"broadcast", kCut + kRestart, ""},
      {"broadcast", kCut + kRestart, R"(, "keep_alive": "300ms")"},
      {"routed", kCut + kRestart, ""},
      {"session_share", kCut + kRestart, ""},
      {"multi_active", kForGood, ""},
      {"routed", kForGood, ""},
      {"routed", kPause, ""},
      {"routed", kPause, "", live::Forwarding::http},
      {"broadcast", kPause + kCrashInPause, ""},
      {"routed", kPause + kCrashInPause, ""},
  };

  const std::vector<RunRecord> records = play_all(cases);

  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(std::string(cases[i].strategy) + cases[i].script + cases[i].cluster);
    for (const Violation& violation : records[i].violations) {
      ADD_FAILURE() << violation.law << ": " << violation.detail;
    }
    EXPECT_EQ(value("ledger.unresolved", records[i]), 0);
  }
  // Nothing ended, so nothing is lost; and a node that was forgotten is deaf to the end.
  EXPECT_EQ(totals(records[0]).lost, 0U);
  EXPECT_GT(value("deaf.max", records[1]), 2e9);
  EXPECT_LT(value("deaf.max", records[2]), 2e9);
}

double share_of(Mechanism mechanism, const RunRecord& run) {
  std::uint64_t pairs = 0;
  for (const LossRow& loss : run.losses) {
    if (loss.mechanism == mechanism) pairs += loss.pairs;
  }
  return static_cast<double>(pairs) / static_cast<double>(totals(run).owed);
}

// n2 publishes into a cut behind which the broker restarts: what it said is lost with the link,
// also for those on n2 itself, whom no subscription would have helped.
TEST(LivePartition, WhatIsPublishedIntoACutIsLostThereForThoseOfTheSameNodeToo) {
  const Cut cut{"broadcast", kCut + kRestart, ""};
  const Scenario scenario = scenario_of(cut);

  const RunRecord simulated = play(scenario, strategy("broadcast"), 1);
  const RunRecord lived = play_all({cut}).front();

  for (const Mechanism cause : {Mechanism::broker_lost, Mechanism::not_subscribed}) {
    EXPECT_GT(share_of(cause, simulated), 0.1) << row(cause).name;
    EXPECT_NEAR(share_of(cause, lived), share_of(cause, simulated), 0.05) << row(cause).name;
  }
}

// What waits at a cut may still arrive until the link is given up, at 800 to 900 ms; everybody
// leaves before that, at 700 to 800 ms, so what was said since the cut began is lost for nobody.
TEST(LivePartition, WhoLeavesBeforeTheLinkIsGivenUpIsExcused) {
  const Cut cut{"routed",
                R"({"at": "500ms", "do": "partition", "between": ["n1", "n2"], "for": "1500ms"})",
                "", live::Forwarding::websocket,
                R"json(, "stay": "fixed(1200ms)", "away": "fixed(300ms)")json"};
  const auto excused = [](const RunRecord& run) {
    std::uint64_t pairs = 0;
    for (const Cell& cell : run.cells) pairs += cell.excused;
    return static_cast<double>(pairs);
  };

  const RunRecord simulated = play(scenario_of(cut), strategy("routed"), 1);
  const RunRecord lived = play_all({cut}).front();

  EXPECT_GT(excused(simulated), 20);
  EXPECT_NEAR(excused(lived), excused(simulated), 0.25 * excused(simulated));
}

}  // namespace
}  // namespace squall::testing
