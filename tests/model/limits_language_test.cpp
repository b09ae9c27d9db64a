// The keys of limits, costs and scale: what the loader makes of them, and what it refuses.
//
// What they do to a run is tested in tests/laws/field_reports_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "scenarios/model/cost_profile.hpp"
#include "tests/support/play.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kCrowd = R"json("people": {"u": {"count": 50}, "v": {"count": 150}},
  "rooms": {"r": {"count": 4}},
  "traffic": [{"as": "chat", "to": "room:r", "rate": "1/s"}],
  "script": [{"at": "1s", "do": "scale", "to": 2}])json";

Scenario crowd_with(const std::vector<Override>& overrides) {
  return loaded(scenario_with(kCrowd), overrides);
}

std::string refusal(const std::vector<Override>& overrides) {
  const LoadResult result = load(scenario_with(kCrowd), overrides);
  EXPECT_FALSE(result.scenario);
  return result.problems.empty() ? "" : result.problems.front().message;
}

TEST(Costs, change_one_figure_of_the_profile_and_leave_the_others) {
  const Scenario scenario = crowd_with(
      {{"/cluster/nodes/cost_profile", "beast-plain"}, {"/cluster/nodes/costs/push", "28.4us"}});

  const CostProfile costs = costs_of(scenario.cluster.nodes);

  EXPECT_EQ(costs.push, 28'400ns);
  EXPECT_EQ(costs.handshake, cost_profile_named("beast-plain")->handshake);
  EXPECT_THAT(scenario.resolved_json, HasSubstr("28400ns"));
  EXPECT_THAT(crowd_with({}).resolved_json, ::testing::Not(HasSubstr("costs")));
}

TEST(RatePerUser, is_the_rate_of_all_who_may_send) {
  const auto rate = [](const char* from) {
    const std::string chat =
        R"([{"as": "c", "to": "room:r", "rate_per_user": "6/m", "from": ")" + std::string(from);
    return crowd_with({{"/traffic", chat + R"("}])"}}).traffic[0].rate_per_second_nano;
  };

  EXPECT_EQ(rate("any"), 20'000'000'000);
  EXPECT_EQ(rate("member"), 20'000'000'000);
  EXPECT_EQ(rate("u"), 5'000'000'000);
}

TEST(RatePerUser, or_rate_and_not_both) {
  EXPECT_THAT(refusal({{"/traffic/0/rate_per_user", "1/m"}}), HasSubstr("and not both"));
  EXPECT_THAT(refusal({{"/traffic", R"([{"as": "c", "to": "room:r"}])"}}),
              HasSubstr("needs \"rate\" or \"rate_per_user\""));
  EXPECT_THAT(refusal({{"/traffic/0/rate_per_user", "often"}}), HasSubstr("bad rate"));
}

TEST(ToAll, is_a_room_that_everybody_is_in) {
  const Scenario scenario = crowd_with({{"/traffic/0/to", "all"}});

  ASSERT_EQ(scenario.rooms.size(), 2U);
  EXPECT_EQ(scenario.rooms[0].name, "all");
  EXPECT_EQ(scenario.rooms[0].count, 1U);
  EXPECT_EQ(scenario.traffic[0].room_set, "all");
}

TEST(ToAll, is_refused_where_the_name_means_something_else) {
  EXPECT_THAT(refusal({{"/traffic/0/to", "all"}, {"/rooms/all", R"({"count": 2})"}}),
              HasSubstr("a set of several rooms"));
}

TEST(Server, publishes_only_where_all_nodes_listen_to_a_broker) {
  const std::vector<Override> server{{"/traffic/0/from", "server"}};
  std::vector<Override> broadcast = server;
  broadcast.push_back({"/strategies", R"(["broadcast"])"});
  std::vector<Override> routed = server;
  routed.push_back({"/strategies", R"(["routed"])"});

  const Scenario scenario = crowd_with(broadcast);

  ASSERT_EQ(scenario.clients.size(), 1U);
  EXPECT_EQ(scenario.clients[0].name, "server");
  EXPECT_EQ(not_on_sockets(scenario).size(), 1U);
  EXPECT_THAT(refusal(routed), HasSubstr("\"routed\" does not listen there"));
}

// What the file may not list cannot be asked for on the command line either.
TEST(Strategy, that_does_not_fit_is_refused_wherever_it_is_named) {
  Scenario scenario =
      crowd_with({{"/traffic/0/from", "server"}, {"/strategies", R"(["broadcast"])"}});
  const std::string before = scenario.resolved_json;

  const std::vector<Problem> problems =
      choose_strategies(scenario, "routed", testing::vocabulary());

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("does not listen there"));
  EXPECT_EQ(scenario.resolved_json, before);
}

TEST(Paths, are_refused_beside_a_history_that_needs_one_order) {
  EXPECT_THAT(refusal({{"/cluster/broker/paths", "3"}, {"/strategies", R"(["broadcast+resume"])"}}),
              HasSubstr("no such order"));
  EXPECT_THAT(refusal({{"/strategies",
                        R"([{"use": "broadcast+resume", "with": {"/cluster/broker/paths": 3}}])"}}),
              HasSubstr("no such order"));
  Scenario scenario = crowd_with({{"/cluster/broker/paths", "3"}});
  EXPECT_EQ(not_on_sockets(scenario).size(), 1U);
  EXPECT_EQ(choose_strategies(scenario, "broadcast:streams", testing::vocabulary()).size(), 1U);
}

TEST(Scale, is_refused_beyond_the_nodes_and_where_other_faults_decide_who_runs) {
  EXPECT_THAT(refusal({{"/script/0/to", "4"}}), HasSubstr("there are 3 nodes"));
  EXPECT_THAT(refusal({{"/script/1", R"({"at": "5s", "do": "crash", "on": "n3"})"}}),
              HasSubstr("whether n3 runs is decided by scale"));
  crowd_with({{"/script/1", R"({"at": "5s", "do": "crash", "on": "n2"})"}});
  EXPECT_THAT(refusal({{"/script/1", R"({"at": "5s", "do": "scale", "to": 3})"}}),
              HasSubstr("another scale begins"));
  EXPECT_THAT(refusal({{"/cluster/nodes/running", "4"}}), HasSubstr("4 nodes cannot run"));
}

TEST(LiveEngine, refuses_by_name_what_it_does_not_play) {
  EXPECT_TRUE(not_on_sockets(crowd_with({})).empty());
  for (const auto& [pointer, value] : std::vector<std::pair<std::string, std::string>>{
           {"cluster/lb/idle_timeout", "60s"},
           {"cluster/lb/next_upstream", "off"},
           {"cluster/lb/max_connections", "9"},
           {"cluster/lb/source_ports", "9"},
           {"cluster/nodes/deflate", "{}"},
           {"client/nat_timeout", "30s"},
           {"cluster/nodes/max_connections", "9"},
           {"cluster/nodes/admission", "9"},
           {"cluster/nodes/max_age", "60s"},
           {"cluster/nodes/memory", "{}"},
           {"cluster/nodes/costs/push", "9us"},
           {"cluster/database/connect", "9ms"},
           {"cluster/broker/never_returns", "both"},
           {"cluster/broker/on_loss", "close_clients"}}) {
    const std::vector<Problem> problems = not_on_sockets(crowd_with({{"/" + pointer, value}}));

    ASSERT_EQ(problems.size(), 1U) << pointer;
    std::string key = pointer.substr(0, pointer.find("/push"));
    std::ranges::replace(key, '/', '.');
    EXPECT_THAT(problems[0].message, HasSubstr("does not play " + key + ":"));
  }
}

}  // namespace
}  // namespace squall::testing
