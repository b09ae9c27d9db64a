// What lies between a client and its node: the ports of the balancer, a NAT that forgets, windows
// that deflate.
//
// Scenarios of scenarios/field/, as they stand or with one knob turned; figures by hand.
#include <gtest/gtest.h>

#include "scenarios/predict/prediction.hpp"
#include "sim/kernel/source_ports.hpp"
#include "tests/support/play.hpp"
#include "tests/support/played.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

// ---- Ports ------------------------------------------------------------------------------------

TEST(SourcePorts, wait_for_a_minute_where_the_balancer_has_closed_first) {
  SourcePorts ports;
  ports.take();
  ports.take();

  EXPECT_FALSE(ports.any_left(2, Time{0s}));
  ports.give_back(false, Time{1s});
  EXPECT_TRUE(ports.any_left(2, Time{1s}));
  ports.give_back(true, Time{2s});
  ports.take();
  EXPECT_FALSE(ports.any_left(2, Time{61s}));
  EXPECT_TRUE(ports.any_left(2, Time{62s}));
}

// 60 towards each of two nodes, of each of two balancers: 240 of 300. And nobody makes room.
TEST(SourcePorts, are_as_many_as_a_balancer_has_towards_each_node) {
  const RunRecord run = played_built_in(
      "ports-run-out", {{"/params/ports", "60"}, {"/people/u/count", "300"}, {"/script", "[]"}});
  const RunRecord two = played_built_in("ports-run-out", {{"/params/ports", "60"},
                                                          {"/people/u/count", "300"},
                                                          {"/cluster/lb/replicas", "2"},
                                                          {"/script", "[]"}});

  EXPECT_EQ(value("first_login.never", run), 300 - 2 * 60);
  EXPECT_EQ(value("first_login.never", two), 300 - 4 * 60);
}

// The balancer has cut 180, and 20 ports are left: the others come a minute after the cut, and a
// wait of a second later.
TEST(SourcePorts, keep_out_for_a_minute_whoever_a_reload_has_cut) {
  const RunRecord run = played_built_in("ports-run-out");
  const RunRecord enough = played_built_in("ports-run-out", {{"/params/ports", "200"}});

  EXPECT_GT(value("ready_again.p50", run), 60e9);
  EXPECT_LT(value("ready_again.max", run), 64e9);
  EXPECT_LT(value("ready_again.max", enough), 3e9);
}

// Nodes close: their clients find the ports free.
TEST(SourcePorts, are_free_at_once_where_a_node_has_closed) {
  const RunRecord run = played_built_in(
      "ports-run-out",
      {{"/script", R"([{"at": "30s", "do": "rolling_restart", "on": "node[*]", "batch": 1,
                        "drain": "1s", "down": "5s", "pause": "5s"}])"},
       {"/params/ports", "180"}});

  EXPECT_LT(value("ready_again.max", run), 3e9);
}

// Each user is there for 5 s of 10, and leaves a port behind for 60: 12 of 90 ports a user and
// minute, so that 20 users need 10 + 120 of them.
TEST(SourcePorts, are_used_up_by_those_who_come_and_go) {
  const std::vector<Override> churn = {{"/people/u/count", "20"},
                                       {"/people/u/stay", "5s"},
                                       {"/people/u/away", "5s"},
                                       {"/script", "[]"},
                                       {"/cluster/nodes/count", "1"}};
  const auto with_ports = [&](const char* ports) {
    std::vector<Override> knobs = churn;
    knobs.push_back({"/params/ports", ports});
    return played_built_in("ports-run-out", knobs);
  };

  EXPECT_EQ(with_ports("145").refused, 0U);
  EXPECT_GT(with_ports("100").refused, 100U);
  const Scenario scenario = [&] {
    std::vector<Override> knobs = churn;
    knobs.push_back({"/params/ports", "130"});
    return built_in("ports-run-out", knobs);
  }();
  bool said = false;
  for (const predict::Statement& law : predict::predict({scenario, strategy("broadcast")})) {
    for (const predict::Figure& figure : law.answer.figures) {
      if (figure.what != "its ports there that wait (TIME_WAIT)") continue;
      said = true;
      EXPECT_NEAR(figure.value, 120, 1e-9);
    }
  }
  EXPECT_TRUE(said);
}

// ---- A NAT ------------------------------------------------------------------------------------

// Alive for 30 s and what a message in these (one in 400 s) prolongs, dead until the ping after 60,
// given up after 70, back after half a second and eight delays of 48.7 ms: half of the users.
TEST(Nat, that_forgets_quiet_connections_loses_what_is_said_into_them) {
  const Scenario scenario = built_in("nat-forgets-quiet-phones", {{"/time/measure", "3600s"}});
  const double alive = 30 + 30.0 * 30 / 2 / 400, cycle = 70 + 0.5 + 8 * 0.0487;

  const auto lost = metric_over_seeds(scenario, strategy("broadcast"), 6, "loss.intent");

  EXPECT_TRUE(agrees(lost, (cycle - alive) / cycle / 2, 0.08));
}

TEST(Nat, forgets_nobody_whose_ping_comes_in_time) {
  const RunRecord run = played_built_in("nat-forgets-quiet-phones", {{"/params/ping", "25s"}});

  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_EQ(value("reconnects.per_client", run), 0);
}

// The nodes believe in them until they have heard nothing for a heartbeat and its time-out.
TEST(Nat, leaves_ghosts_and_the_structure_to_blame) {
  const RunRecord run = played_built_in("nat-forgets-quiet-phones");

  EXPECT_GT(value("ghost.time", run), 0);
  for (const LossRow& loss : run.losses) EXPECT_EQ(loss.trigger, kStructural);
}

// ---- permessage-deflate -----------------------------------------------------------------------

// 990 pushes a second and node: 410 B and 78 around them; 65 us more each; 500 x 316 KiB.
TEST(Deflate, makes_messages_short_pushes_dear_and_connections_large) {
  const RunRecord with = played_built_in("deflate-fills-the-memory");
  const RunRecord without =
      played_built_in("deflate-fills-the-memory",
                      {{"/params/ratio", "1"}, {"/params/push", "0s"}, {"/params/windows", "0B"}});

  EXPECT_NEAR(value("bytes.lb_to_client.rate", without) - value("bytes.lb_to_client.rate", with),
              1980 * (1024 - 410), 1980 * 2.0);
  EXPECT_NEAR(value("memory.peak", with) - value("memory.peak", without), 500 * 316 * 1024.0,
              1024 * 1024.0);
  EXPECT_NEAR(value("node.cpu.mean", with) - value("node.cpu.mean", without), 990 * 65e-6, 0.001);
}

TEST(Deflate, of_nothing_is_as_without_it) {
  const std::vector<Override> nothing = {{"/cluster/nodes/deflate",
                                          R"({"ratio": 1, "push_per_kib": "0s",
                                              "read_per_kib": "0s", "per_connection": "0B"})"}};
  const std::vector<Override> short_ones = {
      {"/cluster/nodes/deflate", R"({"from": "1MiB", "per_connection": "0B"})"}};
  const RunRecord plain = played_built_in("room-10k-fanout");

  EXPECT_EQ(played_built_in("room-10k-fanout", nothing).fingerprint, plain.fingerprint);
  EXPECT_EQ(played_built_in("room-10k-fanout", short_ones).fingerprint, plain.fingerprint);
}

}  // namespace
}  // namespace squall::testing
