// A consumer group that all nodes share, queues that outlive a link, and a broker without memory:
// figures by hand.
#include <gtest/gtest.h>

#include "scenarios/model/laws.hpp"
#include "tests/support/billed.hpp"
#include "tests/support/play.hpp"
#include "tests/support/played.hpp"

namespace squall::testing {
namespace {

double late(const RunRecord& run) { return value("late", run) * double(totals(run).owed); }

RunRecord explained(const Scenario& scenario, const StrategySpec& spec) {
  RunRecord run = played(scenario, spec);
  EXPECT_EQ(value("ledger.unattributed", run), 0);
  return run;
}

// One room of 40 on 4 nodes; 20 words a second for a minute: 1,200 words to 39 each.
Scenario room_of_40(const std::string& broker, const std::string& script = "") {
  return loaded(R"json({"squall": 1, "name": "group", "why": "one group",
    "time": {"warmup": "10s", "measure": "60s", "drain": "80s", "deadline": "5s"},
    "cluster": {"nodes": {"count": 4}, "lb": {"policy": "round_robin"},
                "net": {"client_node": "5ms"}, "broker": {"reconnect": "0s")json" +
                broker + R"json(}},
    "people": {"u": {"count": 40, "arrive": "0s"}}, "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "20/s",
                 "arrivals": "fixed"}],
    "script": [)json" +
                script + "]}");
}

const std::string kShared = R"(, "group": "shared")";
const std::string kDurable = R"(, "queue": "durable")";

// ---- a shared group -----------------------------------------------------------------------------

// 300 words to each node: the others hear nothing. Who speaks is not owed his own words.
TEST(SharedGroup, says_each_message_to_one_node_of_n) {
  const Scenario scenario = room_of_40(kShared);
  const RunRecord run = explained(scenario, strategy("broadcast"));

  EXPECT_EQ(totals(run).owed, 1200U * 39);
  EXPECT_NEAR(double(totals(run).lost) / double(totals(run).owed), 0.75, 0.005);
  EXPECT_EQ(lost_by(run, Mechanism::consumer_misassigned), totals(run).lost);
  EXPECT_EQ(billed_to("structural", scenario, run), 1.0);
  EXPECT_EQ(closed_form("loss.intent", scenario, strategy("broadcast")), 0.75);
  EXPECT_EQ(closed_form("bytes.broker_copies", scenario, strategy("broadcast")), 1.0);
  EXPECT_NEAR(double(bytes_of(run, Link::broker_to_node, BytePurpose::payload_relayed)) /
                  double(bytes_of(run, Link::node_to_broker, BytePurpose::payload_relayed)),
              1.0, 0.01);
}

TEST(SharedGroup, is_no_matter_of_who_has_no_broker) {
  const RunRecord run = explained(room_of_40(kShared), strategy("routed"));

  EXPECT_EQ(totals(run).lost, 0U);
}

TEST(SharedGroup, of_topics_says_each_message_to_one_of_those_who_hear_it) {
  const RunRecord run = explained(room_of_40(kShared), strategy("broadcast:interest"));

  EXPECT_NEAR(double(totals(run).lost) / double(totals(run).owed), 0.75, 0.005);
}

// A node that is gone is no member: each of the others gets a third, and its clients are there.
TEST(SharedGroup, stays_structural_when_a_node_has_died) {
  const Scenario scenario =
      room_of_40(kShared, R"({"at": "0s", "as": "kill", "do": "crash", "on": "n4"})");
  const RunRecord run = explained(scenario, strategy("broadcast"));

  EXPECT_NEAR(double(lost_by(run, Mechanism::consumer_misassigned)) / double(totals(run).owed),
              2.0 / 3, 0.02);
  EXPECT_GT(billed_to("structural", scenario, run), 0.97);
}

// ---- a durable queue for each node --------------------------------------------------------------

const std::string kCut = R"({"at": "20s", "as": "cut", "do": "partition",
    "between": ["n1", "broker"], "for": "10s"})";
const std::string kAlive = R"(, "keep_alive": "2s")";

// From the loss of the link on, two to four seconds after the cut, nothing is heard.
TEST(ExclusiveQueue, is_lost_with_its_link) {
  const RunRecord run = explained(room_of_40(kAlive, kCut), strategy("broadcast"));

  EXPECT_GT(lost_by(run, Mechanism::not_subscribed), 20U * 5 * 10);
}

// What 30 people said in 10 s is late for the ten at n1, by up to 10 s; what they say, publishes.
TEST(DurableQueue, keeps_what_its_node_misses) {
  const RunRecord run =
      explained(room_of_40(kAlive + kDurable + R"(, "publisher_buffer": "1MB")", kCut),
                strategy("broadcast"));

  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_GT(late(run), 20U * 5 * 7);
  EXPECT_EQ(value("dup.surfaced", run), 0);
}

TEST(DurableQueue, goes_with_a_broker_that_does_not_persist) {
  const auto lost = [](const std::string& more) {
    return lost_by(explained(room_of_40(kAlive + kDurable + more,
                                        kCut + R"(, {"at": "28s", "as": "out", "do": "broker_down",
                                                  "for": "1s"})"),
                             strategy("broadcast")),
                   Mechanism::broker_lost);
  };

  // What n1 has said into the cut, some three seconds long, is lost with its connection either way.
  const auto kept = lost(R"(, "persistent": true)");
  EXPECT_NEAR(double(kept), 3 * 20 * 0.25 * 39, 100);
  EXPECT_NEAR(double(lost("") - kept), 8 * 20 * 0.75 * 10, 200);
}

// A queue for a node that never comes back is nobody's loss but of those who were there.
TEST(DurableQueue, of_a_node_that_is_gone_ends_with_the_run) {
  const RunRecord run =
      explained(room_of_40(kDurable, R"({"at": "30s", "as": "kill", "do": "crash", "on": "n4"})"),
                strategy("broadcast"));

  EXPECT_EQ(lost_by(run, Mechanism::not_subscribed), 0U);
}

// ---- a broker without memory --------------------------------------------------------------------

// 20 words a second wait for n4, which is away from 10 s to 50 s: at 100 KB, after some 17 s,
// nobody may publish any more.
TEST(MemoryAlarm, stops_everybody_for_the_queue_of_one) {
  const std::string kill = R"({"at": "10s", "as": "kill", "do": "crash", "on": "n4",
                               "for": "40s"})";
  const RunRecord free = explained(room_of_40(kDurable, kill), strategy("broadcast"));
  const RunRecord full =
      explained(room_of_40(kDurable + R"(, "memory_alarm": "100KB")", kill), strategy("broadcast"));

  EXPECT_LT(late(free), 50);
  EXPECT_GT(late(full), 20U * 10 * 39);
  EXPECT_EQ(lost_by(full, Mechanism::publish_failed), 0U);
  EXPECT_NEAR(value("latency.delivered.max", full), 23e9, 2e9);
}

// ---- a group that stops -------------------------------------------------------------------------

std::string stops(const std::string& more = "") {
  return kShared + kDurable + R"(, "rebalance": "3s")" + more;
}

// A node comes at 20 s: for 3 s nobody gets anything, and then everything.
TEST(Rebalance, stops_all_when_a_member_joins) {
  const std::string scale = R"({"at": "20s", "as": "kill", "do": "rolling_restart", "on": "n4",
                                "drain": "1s", "down": "10s"})";
  const RunRecord calm = explained(room_of_40(kShared + kDurable, scale), strategy("broadcast"));
  const RunRecord run = explained(room_of_40(stops(), scale), strategy("broadcast"));

  EXPECT_LT(value("latency.delivered.max", calm), 0.2e9);
  EXPECT_NEAR(value("latency.delivered.max", run), 3e9, 0.2e9);
  EXPECT_NEAR(double(totals(run).lost), double(totals(calm).lost),
              0.05 * double(totals(calm).lost));
}

// One that is silent is waited for, 20 s; a quarter of what is said waits for it. When its process
// comes again after 10 s, all stop until the old one is given up.
TEST(Rebalance, waits_for_whoever_is_silent) {
  const auto longest = [](const std::string& kill) {
    return value("latency.delivered.max",
                 explained(room_of_40(stops(R"(, "session_timeout": "20s")"),
                                      R"({"at": "10s", "as": "kill", "do": "crash", "on": "n4")" +
                                          kill + "}"),
                           strategy("broadcast")));
  };

  EXPECT_NEAR(longest(""), 23e9, 0.3e9);
  EXPECT_NEAR(longest(R"(, "for": "10s")"), 23e9, 1e9);
}

// That a client has removed.
double second_copies(const RunRecord& run) {
  const double delivered = double(totals(run).owed - totals(run).lost);
  return value("dup.suppressed", run) * delivered;
}

// n4 is killed at 33 s, 3 s after it has saved its place, and given up 20 s later. The 15 words
// that it had handled since come again to the others at 56 s: to their ten each of whom none had
// heard them, and to those of n4, who are at the others now and had.
TEST(Rebalance, brings_again_what_a_dead_member_had_not_saved) {
  const std::string kill = R"({"at": "23s", "as": "kill", "do": "crash", "on": "n4"})";
  const std::string session = R"(, "session_timeout": "20s")";
  const auto played_with = [&](const std::string& commit) {
    return explained(room_of_40(stops(session + commit), kill), strategy("broadcast"));
  };
  const RunRecord at_once = played_with("");
  const RunRecord sometimes = played_with(R"(, "commit": "10s")");
  const RunRecord just_saved = played_with(R"(, "commit": "11s")");

  EXPECT_EQ(second_copies(at_once), 0);
  EXPECT_NEAR(double(totals(at_once).lost - totals(sometimes).lost), 15 * 10, 8);
  EXPECT_NEAR(late(sometimes) - late(at_once), 15 * 10, 8);
  EXPECT_NEAR(second_copies(sometimes), 15 * 10 / 3.0, 8);
  EXPECT_NEAR(double(totals(at_once).lost - totals(just_saved).lost), 0, 10);
}

// n3 leaves at 32 s, politely: all save, and hear nothing for 3 s. So of n4, killed at 33 s,
// nothing is left to come again.
TEST(Rebalance, brings_nothing_again_that_was_saved_for_another_one) {
  const RunRecord run =
      explained(room_of_40(stops(R"(, "session_timeout": "20s", "commit": "10s")"),
                           R"({"at": "21s", "as": "polite", "do": "rolling_restart", "on": "n3",
                     "drain": "1s", "down": "60s"},
                    {"at": "23s", "as": "kill", "do": "crash", "on": "n4"})"),
                strategy("broadcast"));

  EXPECT_EQ(second_copies(run), 0);
}

// It comes again 10 s later, and the group still waits for the process that it has replaced.
TEST(Rebalance, brings_again_what_a_replaced_process_had_not_saved) {
  const RunRecord run =
      explained(room_of_40(stops(R"(, "session_timeout": "20s", "commit": "10s")"),
                           R"({"at": "23s", "as": "kill", "do": "crash", "on": "n4",
                               "for": "10s"})"),
                strategy("broadcast"));

  EXPECT_GT(second_copies(run), 30);
}

// A broker that has lost its queue has nothing to deal out again.
TEST(Rebalance, brings_nothing_again_that_the_broker_has_lost) {
  const auto copies = [](const std::string& persistent) {
    return second_copies(
        explained(room_of_40(stops(R"(, "session_timeout": "20s", "commit": "10s")" + persistent),
                             R"({"at": "23s", "as": "kill", "do": "crash", "on": "n4"},
                                {"at": "25s", "as": "out", "do": "broker_down", "for": "1s"})"),
                  strategy("broadcast")));
  };

  EXPECT_EQ(copies(""), 0);
  EXPECT_GT(copies(R"(, "persistent": true)"), 30);
}

// Who stops by himself saves; whose link alone was away goes on where he was.
TEST(Rebalance, brings_nothing_again_where_a_member_lives_or_says_goodbye) {
  const auto losses = [](const std::string& commit, const std::string& script) {
    const RunRecord run = explained(room_of_40(stops(R"(, "keep_alive": "2s")" + commit), script),
                                    strategy("broadcast"));
    EXPECT_EQ(second_copies(run), 0);
    return totals(run).lost;
  };
  const std::string polite = R"({"at": "23s", "as": "kill", "do": "rolling_restart", "on": "n4",
                                 "drain": "1s", "down": "10s"})";

  for (const std::string& script : {polite, kCut}) {
    EXPECT_EQ(losses("", script), losses(R"(, "commit": "10s")", script));
  }
}

// ---- what does not go together ------------------------------------------------------------------

std::string complaint(const std::string& broker, const std::string& strategies) {
  const LoadResult result = load(R"({"squall": 1, "name": "x", "cluster": {"broker": {)" + broker +
                                 R"(}}, "strategies": [)" + strategies + "]}");
  return result.problems.empty() ? "" : result.problems.front().code;
}

TEST(Broker, says_which_keys_do_not_go_together) {
  const std::string plain = R"("broadcast")";
  EXPECT_EQ(complaint(R"("group": "shared", "masters": 3)", plain), "S0335");
  EXPECT_EQ(complaint(R"("queue": "durable", "masters": 3)", plain), "S0335");
  EXPECT_EQ(complaint(R"("group": "shared", "rebalance": "3s")", plain), "S0335");
  EXPECT_EQ(complaint(R"("session_timeout": "3s")", plain), "S0335");
  EXPECT_EQ(complaint(R"("group": "shared", "queue": "durable", "commit": "5s")", plain), "S0335");
  EXPECT_EQ(complaint(R"("memory_alarm": "3MB")", plain), "S0335");
  EXPECT_EQ(complaint(R"("group": "shared")", R"("broadcast+resume")"), "S0333");
  EXPECT_EQ(complaint(R"("queue": "durable")", R"("broadcast:streams")"), "S0335");
  EXPECT_EQ(complaint(R"("queue": "durable")", R"("broadcast:interest")"), "S0335");
  EXPECT_EQ(complaint(R"("group": "shared", "queue": "durable", "rebalance": "3s")", plain), "");
}

// ---- kinds of brokers ---------------------------------------------------------------------------

TEST(BrokerProfile, is_a_set_of_defaults_that_the_scenario_may_change) {
  const auto broker = [](const std::string& said) {
    return loaded(R"({"squall": 1, "name": "x", "cluster": {"broker": {)" + said + "}}}")
        .cluster.broker;
  };

  EXPECT_EQ(broker(R"("profile": "nats")").output_hard, 64LL << 20);
  EXPECT_EQ(broker(R"("profile": "nats")").output_soft_for, std::chrono::seconds{10});
  EXPECT_EQ(broker(R"("output_soft_for": "3s", "profile": "nats-2s")").output_soft_for,
            std::chrono::seconds{3});
  EXPECT_EQ(broker(R"("profile": "redis-pubsub")").output_hard, BrokerConfig{}.output_hard);
  EXPECT_EQ(broker(R"("profile": "redis-pubsub")").output_soft, BrokerConfig{}.output_soft);
}

}  // namespace
}  // namespace squall::testing
