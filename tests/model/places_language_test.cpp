// The keys of populations that are different, of zones and of the verb `set`: what the loader makes
// of them, what it refuses and where, and what only virtual time plays.
//
// What they do to a run is tested in tests/kernel/: own clients, zones and settings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "scenarios/model/distances.hpp"
#include "tests/support/play.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kKiosks = R"json("cluster": {"nodes": {"count": 4, "zones": ["a", "b"]}},
  "people": {"phones": {"count": 50}, "kiosks": {"count": 10}},
  "rooms": {"r": {"count": 4}, "s": {}}, "strategies": ["broadcast"])json";

Scenario kiosks_with(const std::vector<Override>& overrides) {
  return loaded(scenario_with(kKiosks), overrides);
}

std::vector<std::string> refused(const std::vector<Override>& overrides) {
  const LoadResult result = load(scenario_with(kKiosks), overrides);
  EXPECT_FALSE(result.scenario);
  return findings(result);
}

TEST(Places, that_nobody_names_are_not_written) {
  const std::string resolved = kiosks_with({}).resolved_json;

  for (const char* key : {"\"zone\":", "\"node\":", "\"path\":", "\"between\":", "client_bandwidth",
                          "broker_bandwidth", "\"jitter\": \"", "\"loss\":"}) {
    EXPECT_THAT(resolved, Not(HasSubstr(key)));
  }
  EXPECT_EQ(resolved.find("\"client\": {"), resolved.rfind("\"client\": {"));  // that of all
}

TEST(Places, are_read_again_from_the_resolved_scenario) {
  const Scenario scenario =
      kiosks_with({{"/people/kiosks/node", "n3"},
                   {"/people/phones/zone", "far"},
                   {"/people/phones/rooms", R"(["s"])"},
                   {"/people/phones/client", R"({"heartbeat": {"every": "60s"}})"},
                   {"/cluster/broker/zone", "a"},
                   {"/clients", R"({"ann": {"client": {"connect_timeout": "9s"}}})"},
                   {"/cluster/net/client_bandwidth", "1Gbit/s"},
                   {"/cluster/net/broker_bandwidth", "none"},
                   {"/cluster/net/zones", R"json([{"between": ["far", "a"], "delay": "80ms",
                                            "jitter": "exp(2ms)", "loss": 0.01}])json"},
                   {"/script", R"json([{"at": "1s", "do": "set", "path": "/cluster/net/node_node",
                                 "to": "exp(2ms)"}])json"}});

  const LoadResult again = load(scenario.resolved_json);

  ASSERT_TRUE(again.scenario) << render(again.problems, scenario.resolved_json);
  EXPECT_EQ(again.scenario->resolved_json, scenario.resolved_json);
  EXPECT_EQ(again.scenario->people[0].node, 2);
  EXPECT_EQ(again.scenario->cluster.net.zones[0].loss, 0.01);
  EXPECT_FALSE(again.scenario->clients[0].client.empty());
  EXPECT_THAT(again.scenario->people[1].rooms, ElementsAre("s"));
}

TEST(Distances, are_the_same_both_ways_and_none_inside_of_a_zone) {
  const Distances distances(
      kiosks_with({{"/cluster/broker/zone", "far"},
                   {"/cluster/net/zones", R"([{"between": ["far", "a"], "delay": "80ms"}])"}}));
  const ZoneId a = distances.of(NodeId{2}), b = distances.of(NodeId{1});

  EXPECT_EQ(distances.between(a, distances.broker()), 80ms);
  EXPECT_EQ(distances.between(distances.broker(), a), 80ms);
  EXPECT_EQ(distances.between(a, a), 0ms);
  EXPECT_EQ(distances.between(a, b),
            0ms);  // not named: no farther, and another zone all the same
  EXPECT_TRUE(distances.cross(a, b));
  EXPECT_EQ(distances.between(a, kNowhere), 0ms);
}

TEST(Zones, that_no_node_is_in_and_no_distance_leads_to_are_refused) {
  EXPECT_THAT(refused({{"/people/phones/zone", "c"}}), ElementsAre("S0316 /people/phones/zone"));
  EXPECT_THAT(refused({{"/cluster/net/zones", R"([{"between": ["a", "c"], "delay": "1ms"}])"}}),
              ElementsAre("S0316 /cluster/net/zones/0/between/1"));
}

TEST(Rooms, of_a_population_have_to_be_there) {
  EXPECT_THAT(refused({{"/people/phones/rooms", R"(["r", "q"])"}}),
              ElementsAre("S0312 /people/phones/rooms/1"));
}

TEST(OwnClient, has_timers_that_fit_together_with_those_of_all) {
  EXPECT_THAT(refused({{"/people/phones/client", R"({"heartbeat": {"every": "8s"}})"}}),
              ElementsAre("S0403 /people/phones/client"));
  EXPECT_THAT(refused({{"/people/phones/client", R"({"dedupe_window": "8s"})"}}),
              ElementsAre("S0101 /people/phones/client/dedupe_window"));
}

TEST(OwnClient, of_an_individual_fits_together_with_that_of_all) {
  EXPECT_THAT(refused({{"/clients", R"({"ann": {"client": {"heartbeat": {"every": "8s"}}}})"}}),
              ElementsAre("S0403 /clients/ann/client"));
  EXPECT_THAT(refused({{"/clients", R"({"ann": {"client": {"ack": "none"}}})"}}),
              ElementsAre("S0101 /clients/ann/client/ack"));
}

TEST(OwnClient, is_held_against_that_of_all_and_that_of_each_strategy) {
  const Override none{"/people/phones/client", R"json({"backoff": {"delays": []}})json"};
  const Override rare{"/people/phones/client", R"json({"heartbeat": {"every": "30s"}})json"};
  const char* const table = R"json({"kind": "table", "delays": ["1s"]})json";
  const char* const patient = R"json([{"use": "broadcast", "as": "patient",
    "with": {"/client/heartbeat": {"every": "2m", "timeout": "1m"}}}])json";

  EXPECT_EQ(kiosks_with({none}).people[1].client, R"json({
  "backoff": {
    "delays": []
  }
})json");
  EXPECT_THAT(refused({none, {"/client/backoff", table}}),
              ElementsAre("S0102 /people/phones/client"));
  EXPECT_THAT(refused({rare, {"/strategies", patient}}), ElementsAre("S0403 /strategies/0"));
}

TEST(PinnedPopulation, does_not_go_with_connections_to_several_nodes) {
  const std::vector<Override> pinned{{"/people/kiosks/node", "n3"},
                                     {"/strategies", R"(["multi_active"])"}};
  EXPECT_THAT(refused(pinned), ElementsAre("S0330 /strategies/0"));

  const LoadResult result = load(scenario_with(R"("people": {"kiosks": {"count": 3, "node": "n2"}},
    "cluster": {"nodes": {"count": 4}})"));

  ASSERT_TRUE(result.scenario);
  EXPECT_EQ(result.scenario->strategies.size(), 4U);
  EXPECT_THAT(findings(result), ::testing::Contains("S0508 /people/kiosks/node"));
}

TEST(Set, takes_the_paths_of_a_list_and_what_they_take) {
  const auto step = [](const char* path, const char* to) {
    return std::vector<Override>{{"/script", R"([{"at": "1s", "do": "set", "path": ")" +
                                                 std::string(path) + R"(", "to": )" + to + "}]"}};
  };

  EXPECT_THAT(refused(step("/cluster/nodes/count", "3")), ElementsAre("S0334 /script/0/path"));
  EXPECT_THAT(refused(step("/cluster/net/client_node", "3")), Not(IsEmpty()));
  EXPECT_THAT(refused(step("/cluster/net/node_bandwidth", R"json("1bit/s")json")), Not(IsEmpty()));
  EXPECT_EQ(kiosks_with(step("/cluster/net/client_node", R"json("exp(3ms)")json")).script[0].value,
            R"json("exp(3ms)")json");
}

TEST(Set, takes_the_rate_of_a_class_that_there_is) {
  const auto set = [](const char* path, const char* to) {
    return std::vector<Override>{
        {"/traffic", R"([{"as": "chat", "to": "room:r", "rate": "1/s"}])"},
        {"/script", R"([{"at": "1s", "do": "set", "path": ")" + std::string(path) +
                        R"(", "to": ")" + to + R"("}])"}};
  };

  EXPECT_EQ(kiosks_with(set("/traffic/0/rate", "20/s")).script[0].traffic, "chat");
  EXPECT_THAT(refused(set("/traffic/1/rate", "20/s")), ElementsAre("S0313 /script/0/path"));
  EXPECT_THAT(refused(set("/traffic/0/rate", "20")), ElementsAre("S0206 /script/0/to"));
  EXPECT_THAT(refused(set("/traffic/0/size", "20B")), ElementsAre("S0334 /script/0/path"));
}

// Whoever is on another node than his key says would be there by whose fault?
TEST(Set, takes_policies_without_a_key) {
  const auto set = [](const char* from, const char* to) {
    return std::vector<Override>{
        {"/cluster/lb/policy", from},
        {"/script", R"([{"at": "1s", "do": "set", "path": "/cluster/lb/policy", "to": ")" +
                        std::string(to) + R"("}])"}};
  };

  EXPECT_EQ(kiosks_with(set("random", "least_conn")).script.size(), 1U);
  EXPECT_THAT(refused(set("random", "maglev")), ElementsAre("S0334 /script/0/to"));
  EXPECT_THAT(refused(set("maglev", "random")), ElementsAre("S0334 /script/0/to"));
  EXPECT_THAT(refused(set("random", "first")), ElementsAre("S0321 /script/0/to/cluster/lb/policy"));
}

TEST(Zones, lose_at_most_half_of_all_frames) {
  EXPECT_THAT(refused({{"/cluster/net/zones",
                        R"([{"between": ["a", "b"], "delay": "1ms", "loss": 0.6}])"}}),
              ElementsAre("S0202 /cluster/net/zones/0/loss"));
}

TEST(Live, refuses_zones_and_set_by_name_and_plays_the_rest) {
  const auto refusals = [](const std::vector<Override>& overrides) {
    std::vector<std::string> found;
    for (const Problem& problem : not_on_sockets(kiosks_with(overrides))) {
      found.push_back(problem.code + " " + problem.pointer + " " + problem.message);
    }
    return found;
  };

  EXPECT_THAT(refusals({{"/cluster/net/zones", R"([{"between": ["a", "b"], "delay": "80ms"}])"}}),
              ElementsAre(HasSubstr("S0601 /cluster/net/zones the live engine does not play "
                                    "cluster.net.zones")));
  EXPECT_THAT(refusals({{"/script", R"([{"at": "1s", "do": "set", "path":
                          "/cluster/net/node_node", "to": "2ms"}])"}}),
              ElementsAre(HasSubstr("does not play set")));
  EXPECT_THAT(refusals({{"/cluster/net/client_bandwidth", "1Gbit/s"},
                        {"/cluster/net/broker_bandwidth", "1Gbit/s"}}),
              ElementsAre(HasSubstr("cluster.net.client_bandwidth: loopback has no card"),
                          HasSubstr("cluster.net.broker_bandwidth: loopback has no card")));
  EXPECT_THAT(refusals({{"/client/overhead", R"({"answer": "4B"})"}}),
              ElementsAre(HasSubstr("client.overhead.answer: its answers name the message")));
  EXPECT_THAT(refusals({{"/client/overhead", R"({"answer": "5B", "echo": true})"}}), IsEmpty());
  EXPECT_THAT(refusals({{"/people/kiosks/node", "n3"},
                        {"/clients", R"({"ann": {"client": {"connect_timeout": "9s"}}})"},
                        {"/people/phones/rooms", R"(["s"])"},
                        {"/people/phones/client", R"({"heartbeat": {"every": "60s"}})"}}),
              IsEmpty());
}

}  // namespace
}  // namespace squall::testing
