// What people reported from the field, with the outcome that a hand can compute: balancers that cut
// quiet connections, limits, databases behind a handshake, subscribers that never come back.
//
// Scenarios of scenarios/field/, as they stand or with one knob turned.
#include <gtest/gtest.h>

#include "tests/support/billed.hpp"
#include "tests/support/play.hpp"
#include "tests/support/played.hpp"

namespace squall::testing {
namespace {

// ---- Quiet connections --------------------------------------------------------------------------

// Nobody speaks: 60 s, the goodbye, a wait of half a second on average, and seven delays of 48.7 ms
// until there is a session again. Its ping would have come after 75 s.
TEST(IdleTimeout, cuts_every_quiet_connection_once_a_minute) {
  const RunRecord run =
      played_built_in("lb-idle-timeout", {{"/traffic", "[]"}, {"/time/measure", "3600s"}});

  EXPECT_NEAR(value("reconnects.per_client", run), 3600 / (60 + 0.5 + 8 * 0.0487), 0.5);
}

// Ten messages, each heard by eleven of a hundred. Whoever hears one after the fifteenth second
// lives until his ping, and a minute from there.
TEST(IdleTimeout, spares_for_a_while_whoever_hears_something) {
  const auto cuts = metric_over_seeds(built_in("lb-idle-timeout"), strategy("broadcast"), 10,
                                      "reconnects.per_client");

  EXPECT_TRUE(agrees(cuts, 8.65, 0.12));
}

TEST(IdleTimeout, cuts_nobody_whose_ping_comes_in_time) {
  EXPECT_EQ(
      value("reconnects.per_client", played_built_in("lb-idle-timeout", {{"/params/ping", "55s"}})),
      0);
}

// ---- A balancer that does not try the next node -----------------------------------------------

// The two hundred of n1 come back at once, and for five seconds a quarter of all attempts goes to
// where nobody is; who is refused tries again: 200 x (1/4 + 1/16 + ...).
TEST(NextUpstream, when_off_loses_a_quarter_of_the_attempts_until_the_balancer_knows) {
  const Scenario scenario =
      built_in("sigterm-endpoint-race", {{"/people/u/stay", "never"}, {"/script/0/on", "n1"}});

  const auto refused = over_seeds(scenario, strategy("broadcast"), 10,
                                  [](const RunRecord& run) { return double(run.refused); });

  EXPECT_TRUE(agrees(refused, 200.0 / 3, 0.4));
}

// But for one or two that were on their way when the process stopped.
TEST(NextUpstream, when_on_or_with_a_wait_before_the_stop_loses_none) {
  EXPECT_GT(played_built_in("sigterm-endpoint-race").refused, 300U);
  EXPECT_LT(played_built_in("sigterm-endpoint-race", {{"/cluster/lb/next_upstream", "on"}}).refused,
            5U);
  EXPECT_LT(played_built_in("sigterm-endpoint-race", {{"/params/pre_stop", "15s"}}).refused, 5U);
  EXPECT_LT(played_built_in("sigterm-endpoint-race", {{"/params/propagation", "0s"}}).refused, 5U);
}

// ---- Links to the broker ----------------------------------------------------------------------

TEST(NeverReturns, leaves_a_node_deaf_that_can_speak) {
  const RunRecord run = played_built_in("never-resubscribes");

  EXPECT_EQ(totals(run).lost, 10'260U);
  EXPECT_EQ(lost_by(run, Mechanism::publish_failed), 3U * 19);
  EXPECT_EQ(lost_by(run, Mechanism::not_subscribed), 537U * 19);
}

TEST(NeverReturns, leaves_a_node_mute_that_can_hear) {
  const RunRecord run =
      played_built_in("never-resubscribes", {{"/params/never_returns", "publisher"}});

  EXPECT_EQ(totals(run).lost, 10'260U);
  EXPECT_EQ(lost_by(run, Mechanism::publish_failed), 10'260U);
}

TEST(NeverReturns, is_over_with_the_process) {
  Scenario scenario = built_in("never-resubscribes");
  ScriptStep restart;
  restart.at = 300s;
  restart.verb = Verb::rolling_restart;
  restart.label = "restart-all";
  restart.nodes = {0, 1};
  restart.drain = 1s;
  restart.down = 1s;
  scenario.script.push_back(restart);
  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_LT(totals(run).lost, 10'260U / 2);
}

// A wait of half a second on average, and eight or nine delays of 48.7 ms until the goodbye.
TEST(OnLoss, closes_clients_again_and_again_while_the_broker_is_away) {
  const RunRecord run = played_built_in("nodes-close-clients-without-redis");

  EXPECT_GT(value("reconnects.per_client", run), 28);
  EXPECT_LT(value("reconnects.per_client", run), 36);
}

TEST(OnLoss, closes_nobody_unless_it_is_asked_to) {
  const RunRecord run =
      played_built_in("nodes-close-clients-without-redis", {{"/params/on_loss", "keep_clients"}});

  EXPECT_EQ(value("reconnects.per_client", run), 0);
}

// ---- Limits -------------------------------------------------------------------------------------

TEST(MaxConnections, keep_out_whoever_comes_after_the_last_place_is_taken) {
  for (const char* way : {"refuse", "queue"}) {
    const RunRecord run =
        played_built_in("connection-limit-1024", {{"/cluster/nodes/on_limit", way}});

    EXPECT_EQ(value("first_login.never", run), 176) << way;
    EXPECT_EQ(run.refused > 0, std::string_view(way) == "refuse");
    EXPECT_EQ(run.timed_out > 0, std::string_view(way) == "queue");
  }
}

TEST(MaxConnections, of_the_balancer_hold_for_all_nodes_together) {
  const RunRecord run =
      played_built_in("connection-limit-1024", {{"/params/limit", "0"},
                                                {"/cluster/nodes/count", "3"},
                                                {"/cluster/lb/max_connections", "1000"}});

  EXPECT_EQ(value("first_login.never", run), 200);
}

TEST(MaxConnections, give_a_place_that_is_left_to_who_waits) {
  const RunRecord run =
      played_built_in("connection-limit-1024", {{"/people/u/stay", "exp(20s)"},
                                                {"/people/u/away", "exp(20s)"},
                                                {"/cluster/nodes/on_limit", "queue"}});

  EXPECT_EQ(value("first_login.never", run), 0);
}

// ---- What a handshake asks ----------------------------------------------------------------------

// By hand: 32 of 50 are answered within the 10 s of the first attempt. The others come back a
// second after they gave up, behind what is still worked on for them.
TEST(Database, works_for_clients_that_have_left_unless_few_are_admitted_at_a_time) {
  const auto all_in_s = [](const char* admission) {
    const RunRecord run =
        played_built_in("connect-costs-the-database", {{"/params/admission", admission}});
    return value("ready_again.max", run) / 1e9;
  };

  EXPECT_NEAR(all_in_s("0"), 21.9, 0.6);
  EXPECT_NEAR(all_in_s("10"), 19.5, 0.6);
  EXPECT_NEAR(all_in_s("1"), 17.9, 0.6);
}

TEST(Database, with_more_servers_answers_more_at_once) {
  const RunRecord run =
      played_built_in("connect-costs-the-database",
                      {{"/params/admission", "0"}, {"/cluster/database/servers", "50"}});

  EXPECT_LT(value("ready_again.max", run), 2e9);
}

// ---- Costs ------------------------------------------------------------------------------------

TEST(Costs, that_are_given_take_the_place_of_the_profile) {
  const RunRecord run = played_built_in("room-10k-fanout", {}, "session_share");

  EXPECT_NEAR(value("latency.delivered.p50", run) / 1e6, 142, 2);      // 5,000 x 28.4 us
  EXPECT_NEAR(value("latency.room_complete.p50", run) / 1e6, 284, 3);  // 10,000 x 28.4 us
}

TEST(Emitters, give_each_client_as_many_copies) {
  const Scenario scenario = built_in("n-servers-n-copies");
  const RunRecord run = play(scenario, scenario.strategies.front(), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(value("dup.surfaced", run), 2);
}

// ---- A backend that publishes -----------------------------------------------------------------

// 1,200 events to a hundred members each. A third of them are away for the back-off of up to a
// second and the handshake: a third of about 0.9 s of 120.
TEST(Server, needs_no_client_and_no_node_to_speak) {
  const auto lost =
      metric_over_seeds(built_in("server-pushes"), strategy("broadcast"), 10, "loss.intent");
  const RunRecord run = played_built_in("server-pushes");

  EXPECT_TRUE(agrees(lost, 0.9 / 3 / 120, 0.3));
  EXPECT_NEAR(double(totals(run).owed), 120'000, 7'000);
  EXPECT_EQ(bytes_of(run, Link::client_to_lb, BytePurpose::payload_relayed), 0);
  EXPECT_EQ(bytes_of(run, Link::node_to_broker, BytePurpose::payload_relayed), 0);
}

TEST(Server, cannot_publish_while_the_broker_is_away) {
  Scenario scenario = built_in("server-pushes", {{"/script/0", R"({"at": "30s", "as": "kill",
      "do": "broker_down", "for": "12s"})"}});
  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_NEAR(double(lost_by(run, Mechanism::publish_failed)), 12'000, 2'500);
}

// ---- Scale, age, a node that is slow ----------------------------------------------------------

TEST(Scale, leaves_new_nodes_empty_as_sockets_do_not_move) {
  const RunRecord run = played_built_in("scale-out-under-load", {{"/params/max_age", "never"}});

  EXPECT_EQ(value("reconnects.per_client", run), 0);
  for (std::size_t n = 0; n < 8; ++n) EXPECT_EQ(run.node_rows[n].pushes > 0, n < 4) << n;
}

// Sessions that began at -50 s end after two minutes, twice in measure, and for three in ten a
// third time.
TEST(Scale, fills_new_nodes_with_whoever_is_closed_for_his_age) {
  const RunRecord run = played_built_in("scale-out-under-load");

  EXPECT_NEAR(value("reconnects.per_client", run), 2.3, 0.1);
  for (const NodeRow& node : run.node_rows) EXPECT_GT(node.pushes, 0U);
}

TEST(Scale, in_moves_the_clients_of_the_last_nodes) {
  const RunRecord run = played_built_in(
      "scale-out-under-load",
      {{"/params/max_age", "never"}, {"/cluster/nodes/running", "0"}, {"/script/0/to", "4"}});

  EXPECT_NEAR(value("reconnects.per_client", run), 0.5, 0.01);
}

// ---- Who waits, and who overtakes ---------------------------------------------------------------

// His queue takes 80 KB, at 10 KB/s; then the loop stands for the 35 s of a heartbeat.
TEST(Block, holds_up_everybody_on_the_node_until_one_client_has_given_up) {
  const RunRecord run = played_built_in("one-client-blocks-all");

  EXPECT_GT(value("loss.intent", run), 0.2);
  EXPECT_GT(value("reconnects.per_client", run), 0.5);
  EXPECT_GT(value("node.cpu.max", run), 0.8) << "a loop that waits for a socket is busy";
}

// A hundred messages wait behind the one that blocks; they find him gone, or nobody would ever
// hear them.
TEST(Block, waits_for_a_client_that_gives_up_once_and_not_for_each_message) {
  const Scenario scenario = built_in("one-client-blocks-all");
  for (const std::uint64_t seed : {2, 3}) {
    EXPECT_TRUE(complete(play(scenario, strategy("broadcast"), seed))) << seed;
  }
}

// A frame of 1 KB takes a minute and a half on his line, less than his patience of two; his pong
// comes behind 64 KiB. He is not waited for once more for each frame.
TEST(Block, waits_no_longer_for_a_client_whose_patience_outlasts_a_frame) {
  const Scenario scenario =
      built_in("one-client-blocks-all",
               {{"/client/heartbeat", R"({"every": "60s", "timeout": "59900ms"})"}});

  EXPECT_TRUE(complete(play(scenario, strategy("broadcast"), 1)));
}

TEST(Block, is_the_fault_of_who_waits_and_not_of_the_slow_client) {
  const RunRecord run =
      played_built_in("one-client-blocks-all", {{"/params/on_full", "disconnect"}});

  EXPECT_LT(value("loss.intent", run), 0.06) << "one of twenty";
  EXPECT_LT(value("reconnects.per_client", run), 0.6);
}

TEST(Paths, let_messages_of_one_sender_overtake_and_lose_none) {
  const RunRecord run = played_built_in("overtaken");

  EXPECT_GT(value("order.fifo_violations", run), 100);
  EXPECT_EQ(totals(run).lost, 0U);
}

TEST(Paths, of_which_there_is_one_keep_the_order) {
  EXPECT_EQ(value("order.fifo_violations", played_built_in("overtaken", {{"/params/paths", "1"}})),
            0);
}

// The fullest of three nodes that were filled at random has some 110 of the 300. Each is sent 20
// frames of 2,026 bytes a second, and its line of 25 kB/s carries 12 of them (2,078 with headers):
// when the kernel's 16 KiB are full, after one second, 110 x 16.2 kB/s fill 96 - 64 - 3.2 MiB in
// 17. Its clients come to the other two, which are nearly full and now fill half as fast again.
TEST(SlowConsumers, kill_one_node_and_then_the_next) {
  const RunRecord run = played_built_in("slow-consumers-kill-a-node");

  std::vector<NodeSpell> killed = run.spells;
  std::ranges::sort(killed, {}, &NodeSpell::begin);
  ASSERT_GE(killed.size(), 3U);
  EXPECT_NEAR(double(killed[0].begin.count()) / 1e9, 27, 2);
  EXPECT_NE(killed[0].node, killed[1].node);
  EXPECT_LT(killed[1].begin - killed[0].begin, 5s);
  for (const LossRow& loss : run.losses) EXPECT_EQ(loss.trigger, kOverload);
}

TEST(SlowConsumers, kill_nobody_where_queues_have_a_limit_or_memory_is_enough) {
  const auto kills = [](const Override& knob) {
    return value("oom.kills", played_built_in("slow-consumers-kill-a-node", {knob}));
  };

  EXPECT_EQ(kills({"/params/queue", "256KiB"}), 0);
  EXPECT_EQ(kills({"/params/limit", "1GiB"}), 0);
  EXPECT_EQ(kills({"/params/times", "1"}), 0);
  EXPECT_GT(kills({"/cluster/nodes/memory/restart", "1s"}), kills({"/params/limit", "128MiB"}));
}

TEST(Slow, multiplies_what_a_node_takes_for_its_work) {
  const RunRecord slow = played_built_in("gray-node");
  const RunRecord fast = played_built_in("gray-node", {{"/params/times", "1"}});

  EXPECT_EQ(totals(slow).lost, totals(fast).lost);
  const auto slower = [&](std::size_t node) {
    return double(slow.node_rows[node].busy.count()) / double(fast.node_rows[node].busy.count());
  };
  EXPECT_NEAR(slower(0), 100, 3);  // for one of the two minutes
  EXPECT_NEAR(slower(1), 1, 0.01);
}

// Three thousand times as slow it has half as much again to do as it can, and its answers to pings
// come too late: whoever is lost by that has been lost by what made it slow.
TEST(Slow, is_to_blame_for_answers_that_come_too_late) {
  const Scenario scenario = built_in("gray-node", {{"/params/times", "3000"}});

  const RunRecord run = played(scenario);

  EXPECT_GT(totals(run).lost, 0U);
  EXPECT_GT(billed_to("fault:gray", scenario, run), 0.99);
}

}  // namespace
}  // namespace squall::testing
