// A paused process does nothing: it renews no lease, hears no close, deletes no route and answers
// no ping; its kernel acknowledges and buffers. On waking it does all that, late. And who renews an
// entry: the node, or the ping. Figures are counted by hand beside each test.
#include <gtest/gtest.h>

#include "scenarios/model/plan.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// 400 users on two nodes, and direct messages; n2 stands still. Routes are asked for every time.
const char* const kRenewal = R"json({"squall": 1, "name": "pause", "why": "Nobody renews.",
  "time": {"warmup": "120s", "measure": "100s", "drain": "60s", "deadline": "50s"},
  "cluster": {"nodes": {"count": 2}, "lb": {"policy": "round_robin"},
              "registry": {"lease": "41s", "renew": "ping"}, "net": {"client_node": "1ms"}},
  "client": {"ack": "none", "heartbeat": {"every": "40s", "timeout": "39s"}},
  "people": {"u": {"count": 400, "arrive": "uniform(0s,40s)"}},
  "traffic": [{"as": "dm", "to": "user:any", "rate": "100/s"}],
  "script": [{"at": "10s", "do": "pause", "on": "n2", "for": "35s", "as": "p"}]})json";

const char* const kDeletion = R"json({"squall": 1, "name": "pause", "why": "Deletes come late.",
  "time": {"warmup": "60s", "measure": "60s", "drain": "60s", "deadline": "50s"},
  "cluster": {"nodes": {"count": 2}, "lb": {"policy": "round_robin"},
              "registry": {"renew": "ping"}, "net": {"client_node": "1ms"}},
  "client": {"ack": "none", "heartbeat": {"every": "5s", "timeout": "2s"},
             "backoff": {"kind": "fixed", "first": "500ms"}, "connect_timeout": "1s"},
  "people": {"u": {"count": 400, "arrive": "uniform(0s,5s)"}},
  "traffic": [{"as": "dm", "to": "user:any", "rate": "200/s"}],
  "script": [{"at": "10s", "do": "pause", "on": "n2", "for": "20s", "as": "p"}]})json";

StrategySpec asking() {
  StrategySpec spec = strategy("routed");
  spec.options["route_cache"] = 0;
  return spec;
}

std::uint64_t billed(const RunRecord& run, Mechanism mechanism, TriggerId trigger) {
  std::uint64_t pairs = 0;
  for (const LossRow& row : run.losses) {
    if (row.mechanism == mechanism && row.trigger == trigger) pairs += row.pairs;
  }
  return pairs;
}

TEST(Pause, RenewsNoLease) {
  const Scenario scenario = loaded(kRenewal);

  const RunRecord run = play(scenario, asking(), 1);

  // 175 of 200 have their ping in it, and are missing for 16.5 s on average: 361 messages of n1.
  EXPECT_TRUE(complete(run));
  EXPECT_NEAR(static_cast<double>(lost_by(run, Mechanism::route_missing)), 361, 60);
  EXPECT_EQ(billed(run, Mechanism::route_missing, fault_trigger(scenario, 0)),
            lost_by(run, Mechanism::route_missing));
}

TEST(Pause, HearsNoCloseAndDeletesNewerRoutesWhenItIsOver) {
  // On three nodes: the newer routes lead to two that ask for each other's.
  const Scenario scenario = loaded(kDeletion, {{"/cluster/nodes/count", "3"}});

  const RunRecord routed = play(scenario, asking(), 1);
  const RunRecord broadcast = play(scenario, strategy("broadcast"), 1);

  // 133 sessions, whose clients have gone after 4.5 s of 20.
  EXPECT_TRUE(complete(routed) && complete(broadcast));
  EXPECT_NEAR(value("ghost.time", routed) / 1e9, 2'067, 100);
  EXPECT_NEAR(value("ghost.time", broadcast) / 1e9, 2'067, 100);
  // Their clients' next pings come 2.5 s later, at 0.5 messages a second, half from the other node.
  EXPECT_NEAR(static_cast<double>(lost_by(routed, Mechanism::route_missing)), 83, 30);
  EXPECT_EQ(billed(routed, Mechanism::route_missing, fault_trigger(scenario, 0)),
            lost_by(routed, Mechanism::route_missing));
}

TEST(Pause, IsFollowedByWhatTheOthersSaidBeforeTheEndsOfSessionsAreRead) {
  const RunRecord run = play(loaded(kDeletion), strategy("broadcast"), 1);

  // 200 clients of n2 come back 5 s later on average, at 0.5 messages a second each; what the
  // broker had for n2 meanwhile is pushed to their old sessions.
  EXPECT_GT(lost_by(run, Mechanism::pushed_to_ghost), 300U);
  EXPECT_LT(lost_by(run, Mechanism::reconnect_gap), 100U);
}

TEST(Pause, IsNoticedByThePeersThatAskForASignOfLife) {
  const Scenario scenario = loaded(kDeletion);

  const RunRecord run = play(scenario, asking(), 1);

  EXPECT_GT(lost_by(run, Mechanism::peer_link_lost), 0U);
  EXPECT_EQ(billed(run, Mechanism::peer_link_lost, fault_trigger(scenario, 0)),
            lost_by(run, Mechanism::peer_link_lost));
}

TEST(Pause, EndsWithItsProcess) {
  const std::string text(kDeletion);
  const auto with = [&](const std::string& more) {
    const std::size_t end = text.rfind("]}");
    return loaded(text.substr(0, end) + ", " + more + "]}");
  };
  const Scenario crashed =
      with(R"({"at": "15s", "do": "crash", "on": "n2", "for": "1s", "as": "c"})");

  const Plan plan(crashed, 1);
  ASSERT_EQ(plan.pauses(NodeId{1}).size(), 1U);
  EXPECT_EQ(plan.pauses(NodeId{1}).front().range.end, Time{15s});
  for (const char* name : {"routed", "broadcast", "session_share", "multi_active"}) {
    EXPECT_TRUE(complete(play(crashed, strategy(name), 1))) << name;
    EXPECT_TRUE(complete(
        play(with(R"({"at": "10s", "do": "host_loss", "on": "n2", "for": "5s", "as": "c"})"),
             strategy(name), 1)))
        << name;
  }
}

TEST(Pause, OfEveryLengthBalances) {
  for (const char* text : {kRenewal, kDeletion}) {
    for (const char* length : {"3s", "24s", "41s"}) {
      for (const char* renew : {"node", "ping"}) {
        const Scenario scenario =
            loaded(text, {{"/script/0/for", length}, {"/cluster/registry/renew", renew}});
        for (const char* name : {"routed", "session_share"}) {
          EXPECT_TRUE(complete(play(scenario, strategy(name), 1))) << length << renew << name;
        }
      }
    }
  }
}

// ---- who renews --------------------------------------------------------------------------------

const char* const kQuiet = R"json({"squall": 1, "name": "quiet", "why": "Nothing goes wrong.",
  "time": {"warmup": "180s", "measure": "300s", "drain": "60s", "deadline": "30s"},
  "cluster": {"nodes": {"count": 2}},
  "people": {"u": {"count": 100, "arrive": "uniform(0s,90s)"}},
  "client": {"heartbeat": {"every": "90s", "timeout": "10s"}},
  "traffic": [{"as": "dm", "from": "any", "to": "user:online", "rate": "1/s", "size": "200B"}],
  "strategies": ["broadcast", "routed"]})json";

TEST(Renewal, ByTheNodeDoesNotDependOnHowOftenAClientPings) {
  const Scenario scenario = loaded(kQuiet);

  const RunRecord run = play(scenario, strategy("routed"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(totals(run).lost, 0U);
}

TEST(Renewal, ByPingsLosesWhatIsSaidWhenTheLeaseIsTheShorter) {
  const Scenario scenario = loaded(kQuiet, {{"/cluster/registry/renew", "ping"}});

  const RunRecord run = play(scenario, strategy("routed"), 1);

  EXPECT_GT(lost_by(run, Mechanism::route_missing), 20U);
}

TEST(Renewal, ByPingsIsWarnedOfWhenTheLeaseIsTheShorter) {
  const auto warned = [](const char* renew, const char* every, const char* strategy) {
    const LoadResult result = load(kQuiet, {{"/cluster/registry/renew", renew},
                                            {"/client/heartbeat/every", every},
                                            {"/strategies/1", strategy}});
    return std::ranges::any_of(result.problems, [](const Problem& p) { return p.code == "S0513"; });
  };

  EXPECT_TRUE(warned("ping", "90s", "routed"));
  EXPECT_TRUE(warned("ping", "60s", "session_share"));
  EXPECT_FALSE(warned("ping", "25s", "routed"));
  EXPECT_FALSE(warned("node", "90s", "routed"));
  EXPECT_FALSE(warned("ping", "90s", "multi_active"));
}

// What a node reads from the mailboxes of a shared store while `script` is played.
double read_from_store(const std::string& script) {
  const RunRecord run = play(loaded(R"json({"squall": 1, "name": "waking", "why": "They have gone.",
    "time": {"warmup": "5s", "measure": "20s", "drain": "40s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"policy": "round_robin"}},
    "client": {"connect_timeout": "1s", "heartbeat": {"every": "1s", "timeout": "500ms"},
               "backoff": {"kind": "fixed", "first": "200ms"}},
    "people": {"u": {"count": 20, "arrive": "0s"}}, "rooms": {"r": {"count": 10}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "100/s", "size": "200B"}],
    "script": [)json" + script + "]}"),
                             strategy("session_share:mailbox"), 1);
  EXPECT_TRUE(complete(run));
  Bytes bytes = 0;
  for (const auto& sent : run.bytes[static_cast<std::size_t>(Link::broker_to_node)].sent) {
    bytes += static_cast<Bytes>(sent);
  }
  return static_cast<double>(bytes);
}

// Its timers wait until its sockets are read: it polls for nobody whose end was among them.
TEST(Pause, HearsWhoHasGoneBeforeItsTimersAreLookedAt) {
  const double paused =
      read_from_store(R"json({"at": "4s", "do": "pause", "on": "n2", "for": "8s"})json");
  const double crashed =
      read_from_store(R"json({"at": "4s", "do": "crash", "on": "n2", "for": "8s"})json");

  EXPECT_LT(paused, 1.1 * crashed);
}

}  // namespace
}  // namespace squall::testing
