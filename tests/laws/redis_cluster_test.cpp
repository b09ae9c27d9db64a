// A Redis Cluster as the broker: what each publication costs on the bus, and what it does not buy.
//
// Figures by hand, from the sizes of frames (wire.hpp) and the rule of the slots.
#include <gtest/gtest.h>

#include "scenarios/model/demand.hpp"
#include "scenarios/predict/prediction.hpp"
#include "sim/kernel/broker_masters.hpp"
#include "tests/support/play.hpp"
#include "tests/support/played.hpp"

namespace squall::testing {
namespace {

Bytes on_bus(const RunRecord& run) { return bytes_of(run, Link::broker_to_broker); }

// Redis's own example, and two keys whose slots its documentation and its tests name.
TEST(ClusterSlot, is_the_crc16_of_the_name) {
  EXPECT_EQ(cluster_slot("123456789"), 0x31C3U % 16384);
  EXPECT_EQ(cluster_slot("foo"), 12182U);
  EXPECT_EQ(cluster_slot("bar"), 5061U);
}

// 3,000 words; to each of nine others 1,024 B and 2,264 and the topic's 20 or 21, in three
// segments, and two acknowledgements.
TEST(ClassicCluster, says_everything_to_every_master) {
  const Scenario scenario = built_in("redis-cluster-grows");
  const RunRecord run = played(scenario, scenario.strategies[0]);
  const double each = double(on_bus(run)) / (3000 * 9);

  EXPECT_NEAR(each, 1024 + 2264 + 20.8 + 5 * 52, 1);
  EXPECT_EQ(totals(run).lost, 0U);
}

TEST(ShardedCluster, has_no_bus_and_so_has_one_server) {
  const Scenario scenario = built_in("redis-cluster-grows");

  for (const std::size_t which : {1, 2}) {
    const RunRecord run = played(scenario, scenario.strategies[which]);

    EXPECT_EQ(on_bus(run), 0);
    EXPECT_EQ(totals(run).lost, 0U);
  }
}

// A copy that crosses the bus is half a millisecond later at most: the way, and the second turn.
TEST(ClassicCluster, is_later_by_a_hop) {
  const Scenario scenario = built_in("redis-cluster-grows");
  const auto backplane = [&](std::size_t which) {
    return value("latency.stage.backplane.mean", played(scenario, scenario.strategies[which]));
  };
  const double later = backplane(0) - backplane(2);

  EXPECT_GT(later, 0.8 * 300e3);
  EXPECT_LT(later, 1.2 * 300e3);
}

// What a node has said is lost with the broker, wherever it is on its way.
TEST(ClassicCluster, loses_what_an_outage_takes_and_accounts_for_it) {
  Scenario scenario = built_in("redis-cluster-grows", {{"/script", R"([{"at": "10s", "as": "outage",
      "do": "broker_down", "for": "2s"}, {"at": "30s", "as": "cut", "do": "partition",
      "between": ["n1", "broker"], "for": "5s"}, {"at": "45s", "as": "kill", "do": "crash",
      "on": "n3", "for": "3s"}])"},
                                                       {"/cluster/net/node_broker", "20ms"}});
  for (const char* pubsub : {"classic", "sharded"}) {
    scenario.cluster.broker.pubsub =
        std::string_view(pubsub) == "classic" ? PubSub::classic : PubSub::sharded;
    for (const char* name : {"broadcast", "broadcast:interest"}) {
      const RunRecord run = played(scenario, strategy(name));

      EXPECT_GT(lost_by(run, Mechanism::publish_failed), 0U) << pubsub << name;
      EXPECT_EQ(value("ledger.unattributed", run), 0);
    }
  }
}

// Masters do not share the work of a classic cluster: each hears all.
TEST(ClassicCluster, takes_hardly_more_with_more_masters) {
  Scenario scenario = built_in("redis-cluster-grows", {{"/params/chat", "10000/s"}});
  const auto utilisation = [&](std::uint16_t masters, PubSub pubsub) {
    scenario.cluster.broker.masters = masters;
    scenario.cluster.broker.pubsub = pubsub;
    return demand(scenario, strategy("broadcast:interest")).broker;
  };

  // 10,000 x (2 us + 4.5 / 10 + 0.9): 5 members of a room sit on 4.5 of 20 nodes
  EXPECT_NEAR(utilisation(10, PubSub::classic), 0.0335, 0.0005);
  EXPECT_NEAR(utilisation(100, PubSub::classic) / utilisation(10, PubSub::classic), 0.91, 0.01);
  EXPECT_NEAR(utilisation(100, PubSub::sharded) / utilisation(10, PubSub::sharded), 0.1, 1e-6);
}

TEST(ClassicCluster, is_predicted_to_the_byte) {
  const Scenario scenario =
      built_in("redis-cluster-grows", {{"/strategies", R"(["broadcast"])"},
                                       {"/expect", "[]"},
                                       {"/cluster/broker", R"({"masters": 3})"}});
  const RunRecord run = played(scenario, strategy("broadcast"));
  const auto law =
      predict::predicted("bytes.broker_to_node.rate", {scenario, strategy("broadcast")});

  ASSERT_TRUE(law);
  EXPECT_NEAR(value("bytes.broker_to_node.rate", run) / *law, 1, 0.005);
}

TEST(Cluster, of_several_keeps_no_order_that_a_history_needs) {
  const LoadResult result = load(R"({"squall": 1, "name": "x",
      "cluster": {"broker": {"masters": 3}}, "strategies": ["broadcast+resume"]})");

  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems.front().code, "S0333");
}

}  // namespace
}  // namespace squall::testing
