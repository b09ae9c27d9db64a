// Points at which a law and a run were once far apart, found by drawing them from regions that
// nobody had tuned for. By now the law is right there, or it keeps silent.
//
// More of them are drawn every night: tests/long/closed_forms_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "scenarios/model/demand.hpp"
#include "scenarios/predict/prediction.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kFanOut = "latency.stage.fan_out.mean";
constexpr std::string_view kDownlink = "latency.stage.downlink.mean";
constexpr std::string_view kSpread = "imbalance.connections.cv";

// A cluster at which nothing fails, and what a point has of its own.
struct Point {
  std::string cluster, people, rooms = R"j("r": {"count": 5})j",
                               traffic = R"j({"as": "chat", "from": "member", "to": "room:r",
                                              "rate": "10/s", "size": "200B"})j";
  std::string client = R"j("heartbeat": {"every": "10s", "timeout": "3s"})j";
  std::string measure = "20s";
};

Scenario scenario_of(const Point& point) {
  return loaded(scenario_with(R"j("time": {"warmup": "40s", "measure": ")j" + point.measure +
                              R"j(", "drain": "30s", "deadline": "10s"}, "cluster": {)j" +
                              point.cluster + R"j(}, "client": {)j" + point.client +
                              R"j(}, "people": {)j" + point.people + R"j(}, "rooms": {)j" +
                              point.rooms + R"j(}, "traffic": [)j" + point.traffic + "]"));
}

void expect_agreement(const Point& point, std::string_view preset, std::string_view metric,
                      double allowed) {
  constexpr std::uint64_t kSeeds = 20;
  const Scenario scenario = scenario_of(point);
  const auto law = predict::predicted(metric, {scenario, strategy(preset)});
  ASSERT_TRUE(law) << preset << " " << metric;

  const auto values = metric_over_seeds(scenario, strategy(preset), kSeeds, metric);

  double mean = 0;
  for (const double value : values) mean += value / double(kSeeds);
  EXPECT_NEAR(mean, *law, allowed * *law) << preset << " " << metric;
}

void expect_silence(const Point& point, std::string_view preset, std::string_view metric) {
  const Scenario scenario = scenario_of(point);
  EXPECT_EQ(predict::predicted(metric, {scenario, strategy(preset)}), std::nullopt)
      << preset << " " << metric;
}

std::string why_silent(const Scenario& scenario, std::string_view preset, std::string_view law) {
  for (const auto& statement : predict::predict({scenario, strategy(preset)})) {
    if (statement.law->name == law) return statement.answer.silent;
  }
  return "no such law";
}

TEST(OddPoints, pushes_that_are_deflated_take_their_turns_longer) {
  const Point point{.cluster = R"j("nodes": {"count": 12, "deflate": {}},
                        "lb": {"policy": "random"}, "net": {"client_node": "1ms"})j",
                    .people = R"j("u": {"count": 400, "arrive": "uniform(0s,10s)"})j",
                    .traffic = R"j({"as": "chat", "from": "member", "to": "room:r",
                        "rate": "4/s", "size": "1000B"})j"};

  expect_agreement(point, "broadcast", kFanOut, 0.02);
  expect_agreement(point, "broadcast+resume", kFanOut, 0.02);
}

TEST(OddPoints, few_users_who_are_placed_in_turn_share_loops_less_often) {
  for (const char* const policy : {"least_conn", "round_robin"}) {
    const Point point{.cluster = R"j("nodes": {"count": 8}, "lb": {"policy": ")j" +
                                 std::string(policy) + R"j("}, "net": {"client_node": "20ms"})j",
                      .people = R"j("u": {"count": 50, "arrive": "uniform(0s,10s)"})j",
                      .rooms = R"j("r": {"count": 2})j"};

    expect_agreement(point, "broadcast", kFanOut, 0.03);
  }
}

// Whoever the balancer sends: the loops of a node take its connections in turn.
TEST(OddPoints, no_loop_is_empty_behind_any_policy) {
  for (const char* const policy : {"round_robin", "random"}) {
    const Point point{.cluster = R"j("nodes": {"count": 4, "loops": 2}, "lb": {"policy": ")j" +
                                 std::string(policy) + R"j("}, "net": {"client_node": "20ms"})j",
                      .people = R"j("u": {"count": 200, "arrive": "uniform(0s,10s)"})j"};

    expect_agreement(point, "broadcast", kFanOut, 0.03);
  }
}

TEST(OddPoints, who_is_away_is_no_part_of_a_batch) {
  expect_silence({.cluster = R"j("nodes": {"count": 3}, "net": {"client_node": "20ms"})j",
                  .people = R"j("u": {"count": 400, "arrive": "uniform(0s,10s)",
                      "drop": "exp(20s)"})j"},
                 "broadcast", kFanOut);
}

// Of this naming of rooms and nodes, and not of all: 12 nodes and 5 rooms.
TEST(OddPoints, few_rooms_lie_on_nodes_as_the_policy_has_it) {
  for (const char* const policy : {"nginx_consistent", "nginx_hash", "maglev", "jump",
                                   "haproxy_consistent", "envoy_ring_hash", "rendezvous"}) {
    const Point point{.cluster = R"j("nodes": {"count": 12}, "lb": {"policy": ")j" +
                                 std::string(policy) + R"j("}, "net": {"client_node": "20ms"})j",
                      .people = R"j("u": {"count": 400, "arrive": "uniform(0s,10s)"})j"};

    expect_agreement(point, "broadcast", kSpread, 0.02);
  }
}

TEST(OddPoints, rooms_of_given_sizes_lie_on_nodes_as_the_policy_has_it) {
  Point point{.cluster = R"j("nodes": {"count": 4}, "net": {"client_node": "20ms"})j",
              .people = R"j("u": {"count": 110, "arrive": "uniform(0s,10s)"})j",
              .rooms = R"j("r": {"sizes": [[10, 5], [20, 3]]})j"};
  expect_agreement(point, "sticky_hash", kSpread, 1e-6);

  point.people = R"j("u": {"count": 1500, "arrive": "uniform(0s,10s)"})j";  // most have no room
  expect_silence(point, "sticky_hash", kSpread);
}

TEST(OddPoints, who_speaks_into_other_rooms_is_not_heard_behind_a_hash) {
  const Point point{.cluster = R"j("nodes": {"count": 8}, "net": {"client_node": "1ms"})j",
                    .people = R"j("u": {"count": 400, "arrive": "uniform(0s,10s)"})j",
                    .traffic = R"j({"as": "chat", "from": "any", "to": "room:r",
                        "rate": "10/s", "size": "200B"})j"};

  for (const char* const preset : {"sticky_hash", "sticky_hash:plain", "sticky_hash:fenced"}) {
    expect_silence(point, preset, "loss.intent");
  }
}

// 50 messages a second, 16 KiB each: a second of them is more than the queue of his only partner.
TEST(OddPoints, what_a_client_had_to_keep_is_said_at_once) {
  const Point point{.cluster = R"j("nodes": {"count": 12}, "net": {"client_node": "200ms"})j",
                    .people = R"j("u": {"count": 2, "arrive": "uniform(0s,10s)"})j",
                    .rooms = "",
                    .traffic = R"j({"as": "dm", "to": "user:any", "rate": "100/s",
                        "size": "16KiB"})j"};

  for (const char* const preset : {"broadcast", "multi_active", "routed"}) {
    expect_silence(point, preset, "loss.intent");
  }
  EXPECT_GT(value("loss.intent", play(scenario_of(point), strategy("broadcast"), 1)), 0.5);
}

Point news_to_all(const std::string& size) {
  return {
      .cluster = R"j("nodes": {"count": 4}, "net": {"client_node": "200ms"})j",
      .people = R"j("u": {"count": 100, "arrive": "uniform(0s,10s)"})j",
      .rooms = "",
      .traffic = R"j({"as": "news", "to": "all", "rate": "100/s", "size": ")j" + size + R"j("})j"};
}

// The design and no fault of the engine: a mailbox knows messages, and no bytes, and each node has
// one of its own; who is thrown out for what waited is nowhere again. `squall validate` warns.
TEST(OddPoints, what_waits_in_mailboxes_may_throw_out_whom_it_is_for) {
  const Scenario scenario = scenario_of(news_to_all("4KiB"));

  EXPECT_THAT(why_silent(scenario, "routed:hardened", "reach"), HasSubstr("waits for a client"));
  EXPECT_EQ(why_silent(scenario, "routed:nack", "reach"), "");
  const RunRecord run = play(scenario, strategy("routed:hardened"), 1);
  EXPECT_GT(lost_by(run, Mechanism::purged_by_slow_consumer_kick), 0U);
  EXPECT_EQ(value("loss.intent", play(scenario, strategy("routed:nack"), 1)), 0);
}

TEST(OddPoints, small_messages_in_mailboxes_fit) {
  expect_agreement(news_to_all("200B"), "routed:hardened", "loss.intent", 0);
}

// Three fifths of all loops on average; of two rooms, which a hash may put on one node, all of it.
TEST(OddPoints, the_busiest_node_decides_whether_queues_settle) {
  const Point point{.cluster = R"j("nodes": {"count": 4, "costs": {"push": "600us"}},
                        "net": {"client_node": "20ms"})j",
                    .people = R"j("u": {"count": 200, "arrive": "uniform(0s,10s)"})j",
                    .rooms = R"j("r": {"count": 2, "popularity": "zipf(1.0)"})j",
                    .traffic = R"j({"as": "chat", "from": "member", "to": "room:r",
                        "rate": "36/s", "size": "200B"})j"};

  expect_silence(point, "sticky_hash", "loss.intent");
  expect_silence(point, "sticky_hash", "pairs.owed");
  expect_agreement(point, "broadcast", "pairs.owed", 0.03);
}

TEST(OddPoints, of_several_copies_the_first_is_not_the_least_delay_where_loops_are_busy) {
  const Point point{.cluster = R"j("nodes": {"count": 8, "costs": {"push": "1ms"}},
                        "lb": {"policy": "random"},
                        "net": {"client_node": "lognormal(45ms,0.4)"})j",
                    .people = R"j("u": {"count": 200, "arrive": "uniform(0s,10s)"})j"};

  expect_silence(point, "multi_active", kDownlink);
  expect_silence(point, "multi_active:k3", kDownlink);
}

// 33 KB/s to each of 25 clients of a node are 6.6 Mbit/s: once they fit onto a card, twice not.
TEST(OddPoints, a_card_that_clients_share_has_every_copy_and_a_queue) {
  const Point point{.cluster = R"j("nodes": {"count": 4}, "lb": {"policy": "least_conn"},
                        "net": {"client_node": "2ms", "client_bandwidth": "10Mbit/s"})j",
                    .people = R"j("u": {"count": 100, "arrive": "uniform(0s,10s)"})j",
                    .rooms = R"j("r": {"count": 1})j",
                    .traffic = R"j({"as": "chat", "from": "member", "to": "room:r",
                        "rate": "8/s", "size": "4KiB"})j"};

  expect_silence(point, "routed", kDownlink);
  expect_silence(point, "multi_active", "loss.intent");
  expect_agreement(point, "routed", "loss.intent", 0);
}

TEST(OddPoints, of_a_shared_group_one_node_hears_and_nothing_comes_twice) {
  const Point point{.cluster = R"j("nodes": {"count": 2}, "broker": {"group": "shared"},
                        "net": {"client_node": "20ms"})j",
                    .people = R"j("u": {"count": 20, "arrive": "uniform(0s,10s)"})j"};

  expect_silence(point, "multi_active", "dup.redundant");
  EXPECT_EQ(value("dup.redundant", play(scenario_of(point), strategy("multi_active"), 1)), 0);
}

TEST(OddPoints, what_nodes_read_in_turn_comes_to_a_client_at_once) {
  expect_silence({.cluster = R"j("nodes": {"count": 3}, "net": {"client_node": "20ms"})j",
                  .people = R"j("u": {"count": 3, "arrive": "uniform(0s,10s)"})j",
                  .rooms = "",
                  .traffic = R"j({"as": "dm", "to": "user:online", "rate": "10/s",
                      "size": "200B"})j"},
                 "session_share:mailbox", kDownlink);
}

TEST(OddPoints, who_comes_back_behind_long_batches_is_away_for_longer) {
  const Point point{.cluster = R"j("nodes": {"count": 4, "costs": {"push": "1ms"}},
                        "net": {"client_node": "20ms"})j",
                    .people = R"j("u": {"count": 400, "arrive": "uniform(0s,10s)",
                        "drop": "exp(60s)"})j",
                    .rooms = R"j("r": {"count": 1})j",
                    .traffic = R"j({"as": "chat", "from": "member", "to": "room:r",
                        "rate": "2/s", "size": "200B"})j",
                    .client = R"j("heartbeat": {"every": "30s", "timeout": "20s"})j",
                    .measure = "100s"};

  expect_silence(point, "sticky_hash", "reachable.share");
  EXPECT_THAT(why_silent(scenario_of(point), "sticky_hash", "churn"), HasSubstr("batches"));
}

// Who breaks is a ghost until his node hears of it: a way, or until he asks to be in again.
TEST(OddPoints, ghosts_last_for_a_way_and_until_their_clients_are_heard_of_again) {
  Point point{.cluster = R"j("nodes": {"count": 4}, "net": {"client_node": "200ms"})j",
              .people = R"j("u": {"count": 200, "arrive": "uniform(0s,10s)",
                  "drop": "exp(100s)", "silent_drop": 1})j",
              .client = R"j("heartbeat": {"every": "10s", "timeout": "3s"},
                  "backoff": {"kind": "none"})j",
              .measure = "100s"};
  expect_agreement(point, "sticky_hash:plain", "ghost.time", 0.03);

  point.people = R"j("u": {"count": 200, "arrive": "uniform(0s,10s)",
                  "drop": "exp(100s)", "silent_drop": 0.1})j";
  expect_agreement(point, "sticky_hash:plain", "ghost.time", 0.03);
}

// What predict says of loops is what they do: topics bring a message to nodes with members only,
// and nodes without a backplane have only what their own clients say.
TEST(OddPoints, nodes_are_as_busy_as_is_said) {
  const Point point{.cluster = R"j("nodes": {"count": 20, "costs": {"broker_receive": "1ms"}},
                        "net": {"client_node": "20ms"})j",
                    .people = R"j("u": {"count": 200, "arrive": "uniform(0s,10s)"})j",
                    .rooms = R"j("r": {"count": 40})j",
                    .traffic = R"j({"as": "chat", "from": "member", "to": "room:r",
                        "rate": "20/s", "size": "200B"}, {"as": "dm", "to": "user:online",
                        "rate": "30/s", "size": "200B"})j"};
  const Scenario scenario = scenario_of(point);

  for (const char* const preset :
       {"broadcast", "broadcast:interest", "broadcast:interest+resume", "multi_active",
        "multi_active:bare", "session_share", "sticky_hash", "routed"}) {
    const double said = demand(scenario, strategy(preset)).loops;
    const double played = value("node.cpu.mean", play(scenario, strategy(preset), 1));
    EXPECT_NEAR(played, said, std::max(0.15 * said, 1e-4)) << preset;
  }
}

}  // namespace
}  // namespace squall::testing
