// How far zones are from each other: what one message, one handshake and one heartbeat pay for it,
// to the nanosecond, and which bytes are counted as crossing.
//
// Every delay is a power of two, so that a sum says which of them it is made of.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "report/measure/comparison.hpp"
#include "report/measure/measure.hpp"
#include "scenarios/model/distances.hpp"
#include "tests/kernel/counted_by_hand.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// n1 is in zone a, n2 in b. Alice speaks once, from home by n1, to Bob, who is away by n2.
constexpr const char* kTwo = R"json({"squall": 1, "name": "two", "why": "one message",
  "time": {"warmup": "10s", "measure": "10s", "drain": "20s"},
  "cluster": {"nodes": {"count": 2, "zones": ["a", "b"]}, "broker": {"zone": "c"},
              "registry": {"zone": "d"},
              "net": {"client_node": "20ms", "node_node": "300us", "node_broker": "300us",
                      "node_registry": "300us", "zones": [
    {"between": ["home", "a"], "delay": "1ms"}, {"between": ["b", "away"], "delay": "2ms"},
    {"between": ["a", "c"], "delay": "4ms"}, {"between": ["c", "b"], "delay": "8ms"},
    {"between": ["a", "d"], "delay": "16ms"}, {"between": ["d", "b"], "delay": "32ms"},
    {"between": ["b", "a"], "delay": "64ms"}]}},
  "clients": {"alice": {"on": "n1", "zone": "home"}, "bob": {"on": "n2", "zone": "away"}},
  "script": [{"at": "5s", "do": "send", "by": "alice", "to": "user:bob"}]})json";

// The same, and everybody is in one place.
Scenario near() {
  Scenario scenario = loaded(kTwo);
  scenario.cluster.net.zones.clear();
  return scenario;
}

std::int64_t latency(const Scenario& scenario, std::string_view name) {
  const RunRecord run = play(scenario, strategy(name), 1);
  EXPECT_TRUE(complete(run)) << name;
  EXPECT_EQ(run.cells.size(), 1U) << name;
  EXPECT_EQ(run.cells.at(0).live, 1U) << name;
  return static_cast<std::int64_t>(run.cells.at(0).latency.sum());
}

TEST(Zones, a_message_through_the_broker_pays_each_of_its_four_ways) {
  const std::int64_t farther = latency(loaded(kTwo), "broadcast") - latency(near(), "broadcast");

  EXPECT_EQ(farther, (1 + 4 + 8 + 2) * kMs);
}

TEST(Zones, a_routed_message_pays_for_its_question_to_the_registry_and_back) {
  const std::int64_t farther = latency(loaded(kTwo), "routed") - latency(near(), "routed");

  EXPECT_EQ(farther, (1 + 16 + 16 + 64 + 2) * kMs);
}

TEST(Zones, a_pair_that_is_not_named_is_no_farther) {
  Scenario scenario = loaded(kTwo);
  std::erase_if(scenario.cluster.net.zones,
                [](const ZoneDistance& pair) { return pair.from == "b" && pair.to == "away"; });

  EXPECT_EQ(latency(scenario, "broadcast") - latency(near(), "broadcast"), (1 + 4 + 8) * kMs);
}

// ---- weather ------------------------------------------------------------------------------------

ZoneDistance& between(Scenario& scenario, std::string_view from, std::string_view to) {
  return *std::ranges::find_if(scenario.cluster.net.zones, [&](const ZoneDistance& pair) {
    return pair.from == from && pair.to == to;
  });
}

TEST(Zones, a_jitter_is_drawn_for_each_frame) {
  Scenario scenario = loaded(kTwo);
  between(scenario, "c", "b").jitter = Distribution::fixed(3 * kMs);

  EXPECT_EQ(latency(scenario, "broadcast") - latency(near(), "broadcast"),
            (1 + 4 + 8 + 2 + 3) * kMs);
}

// From the broker to n2 it is 8 ms: TCP waits for 200 + 2 * 8 ms, then for twice as long ...
TEST(Zones, a_lost_frame_comes_after_one_time_out_or_three_or_seven) {
  Scenario scenario = loaded(kTwo);
  between(scenario, "c", "b").loss = 0.2;
  const std::int64_t usual = latency(loaded(kTwo), "broadcast");
  std::map<std::int64_t, int> times;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const RunRecord run = play(scenario, strategy("broadcast"), seed);
    ASSERT_TRUE(complete(run)) << seed;
    const std::int64_t late = static_cast<std::int64_t>(run.cells.at(0).latency.sum()) - usual;
    ASSERT_EQ(late % (216 * kMs), 0) << seed;
    ++times[late / (216 * kMs)];
  }

  EXPECT_EQ(times[0] + times[1] + times[3] + times[7], 60);
  EXPECT_GT(times[0], 40);
  EXPECT_GT(times[1], 4);
}

// One in ten is late by one time-out, one in a hundred by three: 0.09 * 280 + 0.009 * 840 ...
TEST(Zones, frames_are_lost_as_often_as_it_is_said) {
  Scenario scenario = near();
  scenario.cluster.net.zones = {{.from = "a", .to = "b", .delay = 40ms, .loss = 0.1}};
  const Distances distances(scenario);
  constexpr std::uint64_t kFrames = 200'000;
  std::uint64_t lost = 0, again = 0;
  for (std::uint64_t frame = 0; frame < kFrames; ++frame) {
    const Duration late = distances.weather(distances.named("b"), distances.named("a"),
                                            {.seed = 1, .stream = 7, .number = frame});
    lost += late >= 280ms;
    again += late >= 840ms;
  }

  EXPECT_NEAR(double(lost) / kFrames, 0.1, 0.003);
  EXPECT_NEAR(double(again) / kFrames, 0.01, 0.001);
}

// The first of two is late by a time-out, and the second waits for it.
TEST(Zones, what_follows_a_lost_frame_waits_for_it) {
  Scenario scenario = loaded(kTwo);
  between(scenario, "c", "b").loss = 0.2;
  scenario.script[0].repeat = 200;
  scenario.script[0].every = 10ms;

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(value("order.fifo_violations", run), 0.0);
  EXPECT_EQ(totals(run).lost, 0U);
}

// Five legs, the upgrade's reply, the subscription and the welcome: each way is 40 ms longer.
TEST(Zones, every_leg_of_a_handshake_goes_the_whole_way) {
  const auto waits = [](const char* zones) {
    const Scenario scenario = loaded(
        R"json({"squall": 1, "name": "login", "why": "one login",
          "time": {"warmup": "1s", "measure": "10s", "drain": "10s"},
          "cluster": {"nodes": {"count": 1, "zones": ["a"]},
                      "net": {"client_node": "20ms", "zones": )json" +
        std::string(zones) + R"json(}},
          "clients": {"ann": {"zone": "far"}},
          "script": [{"at": "1s", "do": "connect", "by": "ann"}]})json");
    const RunRecord run = play(scenario, strategy("session_share"), 1);
    return static_cast<std::int64_t>(run.login_wait);
  };

  const auto farther = waits(R"([{"between": ["a", "far"], "delay": "40ms"}])") -
                       waits(R"([{"between": ["a", "far"], "delay": "0s"}])");

  EXPECT_EQ(farther, 8 * 40 * kMs);
}

// ---- bytes --------------------------------------------------------------------------------------

Bytes on(const RunRecord& run, std::initializer_list<Link> links) {
  Bytes all = 0;
  for (const Link link : links) all += bytes_of(run, link);
  return all;
}

constexpr auto kBrokerLinks = {Link::node_to_broker, Link::broker_to_node};

TEST(Zones, bytes_to_a_broker_in_a_third_zone_all_cross) {
  const RunRecord run = play(loaded(kTwo), strategy("broadcast"), 1);

  EXPECT_GT(run.zone_crossing, 0);
  EXPECT_EQ(run.zone_crossing, on(run, kBrokerLinks));
}

TEST(Zones, bytes_to_a_broker_in_the_zone_of_one_node_cross_from_the_others) {
  Scenario scenario = loaded(kTwo);
  scenario.cluster.broker.zone = "a";
  const RunRecord from_a = play(scenario, strategy("broadcast"), 1);
  scenario.cluster.broker.zone = "b";
  const RunRecord from_b = play(scenario, strategy("broadcast"), 1);

  EXPECT_GT(from_a.zone_crossing, 0);
  EXPECT_GT(from_b.zone_crossing, from_a.zone_crossing);  // the publisher is in a
  EXPECT_EQ(from_a.zone_crossing + from_b.zone_crossing, on(from_a, kBrokerLinks));
}

TEST(Zones, bytes_between_nodes_cross_with_their_heartbeats) {
  Scenario scenario = loaded(kTwo);
  scenario.cluster.registry.zone.clear();

  const RunRecord run = play(scenario, strategy("routed"), 1);

  EXPECT_GT(run.zone_crossing, 0);
  EXPECT_EQ(run.zone_crossing, on(run, {Link::node_to_node}));
}

TEST(Zones, the_metric_is_there_only_where_distances_are) {
  const auto metric = [](const Scenario& scenario) {
    const Result result = make_result(scenario, {strategy("broadcast")}, {1},
                                      {{play(scenario, strategy("broadcast"), 1)}});
    const MetricValues* found = find_metric(result.strategies[0], "bytes.zone_crossing.rate");
    return found == nullptr ? std::nullopt : found->per_seed.at(0);
  };
  const RunRecord run = play(loaded(kTwo), strategy("broadcast"), 1);

  EXPECT_EQ(metric(loaded(kTwo)), static_cast<double>(run.zone_crossing) / 10);
  EXPECT_EQ(metric(near()), std::nullopt);
}

// 10 s are measured; a month has 730 hours.
TEST(Zones, what_crosses_is_what_is_paid_for) {
  Scenario scenario = loaded(kTwo);
  scenario.prices.zone_gb = 1e6;
  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  const Result result = make_result(scenario, {strategy("broadcast")}, {1}, {{run}});

  const MetricValues* month = find_metric(result.strategies[0], "cost.month");
  ASSERT_NE(month, nullptr);
  const double bytes_a_month = static_cast<double>(run.zone_crossing) * 360 * 730;
  EXPECT_NEAR(month->per_seed.at(0).value_or(0), bytes_a_month / 1e9 * 1e6, 1e-3);
}

}  // namespace
}  // namespace squall::testing
