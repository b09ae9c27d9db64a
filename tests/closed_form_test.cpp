// Which scenarios a law covers: the right number where it does, silence where it does not.
//
// The laws themselves are tested in laws_test.cpp.
#include <gtest/gtest.h>

#include <cmath>

#include "scenarios/model/laws.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;

// Twelve nodes, 12 000 settled users who send each other direct messages, round robin.
Scenario calm() {
  Scenario scenario;
  scenario.cluster.nodes.count = 12;
  scenario.cluster.lb.policy = "round_robin";
  scenario.people.push_back(
      {.name = "people", .count = 12'000, .arrive = {Distribution::Kind::uniform, 0, 10, 0}});
  scenario.traffic.push_back(
      {.name = "dm", .to = TrafficTo::user_any, .room_set = "", .shape = {}});
  return scenario;
}

Scenario with_rooms(TrafficTo to, double zipf) {
  Scenario scenario = calm();
  scenario.rooms.push_back({.name = "room", .count = 10'000, .zipf = zipf, .sizes = {}});
  scenario.traffic = {
      {.name = "chat", .from = "member", .to = to, .room_set = "room", .shape = {}}};
  return scenario;
}

ScriptStep step(Verb verb) {
  ScriptStep result;
  result.verb = verb;
  return result;
}

Scenario with_deploy(const std::string& policy) {
  Scenario scenario = calm();
  scenario.cluster.lb.policy = policy;
  ScriptStep deploy = step(Verb::rolling_restart);
  for (std::uint16_t node = 0; node < 12; ++node) deploy.nodes.push_back(node);
  scenario.script.push_back(deploy);
  return scenario;
}

StrategySpec strategy(const std::string& backplane, const std::string& placement = "") {
  StrategySpec spec;
  spec.backplane = backplane;
  spec.placement = placement;
  return spec;
}

const StrategySpec kShare = strategy("session_store");
const StrategySpec kBroadcast = strategy("broadcast");
const StrategySpec kRouted = strategy("routed");
const StrategySpec kSticky = strategy("none", "nginx_consistent");

TEST(ClosedForm, OfAMetricWithoutALawIsSilent) {
  EXPECT_EQ(closed_form("late", calm(), kBroadcast), std::nullopt);
}

TEST(ClosedForm, SessionSharingLosesAllButOneOverN) {
  Scenario random = calm();
  random.cluster.lb.policy = "random";
  Scenario p2c = calm();
  p2c.cluster.lb.policy = "p2c";

  EXPECT_NEAR(*closed_form("loss.intent", calm(), kShare), 1 - 999.0 / 11'999, 1e-12);
  EXPECT_NEAR(*closed_form("loss.intent", random, kShare), 1 - 1.0 / 12, 1e-12);
  EXPECT_EQ(closed_form("loss.intent", p2c, kShare), std::nullopt);
}

TEST(ClosedForm, IsSilentAboutSharingWhenASubsetSpeaks) {
  Scenario scenario = calm();
  scenario.traffic.front().from = "people";

  EXPECT_EQ(closed_form("loss.intent", scenario, kShare), std::nullopt);
}

TEST(ClosedForm, OnOneNodeNobodyLosesAnything) {
  Scenario scenario = calm();
  scenario.cluster.nodes.count = 1;

  EXPECT_EQ(closed_form("loss.intent", scenario, kShare), 0.0);
}

TEST(ClosedForm, WithABackplaneNothingIsLostInCalm) {
  StrategySpec twice = kBroadcast;
  twice.connections = 2;

  EXPECT_EQ(closed_form("loss.intent", calm(), kBroadcast), 0.0);
  EXPECT_EQ(closed_form("loss.intent", calm(), kRouted), 0.0);
  EXPECT_EQ(closed_form("loss.intent", calm(), twice), 0.0);
}

TEST(ClosedForm, StickyHashingLosesNothingInsideItsKeyAndIsSilentAcrossKeys) {
  const Scenario in_key = with_rooms(TrafficTo::room, 1.0);
  Scenario two_rooms = in_key;
  two_rooms.rooms.front().joined_per_user = 2;

  EXPECT_EQ(closed_form("loss.intent", in_key, kSticky), 0.0);
  EXPECT_EQ(closed_form("loss.intent", calm(), kSticky), std::nullopt);
  EXPECT_EQ(closed_form("loss.intent", two_rooms, kSticky), std::nullopt);
}

TEST(ClosedForm, ChurnCostsTheGapAndTheUplink) {
  Scenario scenario = calm();
  scenario.people.front().drop = {Distribution::Kind::exponential, 600'000'000'000, 0, 0};
  scenario.cluster.net.client_node = Distribution::fixed(50'000'000);
  scenario.client.backoff = {.kind = BackoffKind::fixed, .first = 3s};
  const double gap = 3.4;  // 3 s + 4 round trips of 100 ms
  const double floor = gap / (gap + 600);
  const double uplink = 1 - std::exp(-0.05 / 600);

  EXPECT_NEAR(*closed_form("loss.intent", scenario, kBroadcast), 1 - (1 - floor) * (1 - uplink),
              1e-12);
  EXPECT_NEAR(*closed_form("loss.intent", scenario, kBroadcast), 0.0056, 0.0002);
}

TEST(ClosedForm, ChurnOfHalfThePeopleCostsHalf) {
  Scenario all = calm();
  all.people.front().drop = {Distribution::Kind::exponential, 600'000'000'000, 0, 0};
  Scenario half = all;
  half.people.push_back(calm().people.front());

  const double ratio =
      *closed_form("loss.intent", half, kBroadcast) / *closed_form("loss.intent", all, kBroadcast);

  EXPECT_NEAR(ratio, 0.5, 0.001);
}

TEST(ClosedForm, ChurnIsSilentWhereMoreThanTheGapIsLost) {
  Scenario scenario = calm();
  scenario.people.front().drop = {Distribution::Kind::exponential, 600'000'000'000, 0, 0};
  StrategySpec twice = kBroadcast;
  twice.connections = 2;
  Scenario refusing = scenario;
  refusing.client.offline_send = OfflineSend::refuse;

  EXPECT_EQ(closed_form("loss.intent", scenario, kShare), std::nullopt);
  EXPECT_EQ(closed_form("loss.intent", scenario, kRouted), std::nullopt);
  EXPECT_EQ(closed_form("loss.intent", scenario, twice), std::nullopt);
  EXPECT_EQ(closed_form("loss.intent", refusing, kBroadcast), std::nullopt);
}

TEST(ClosedForm, IsSilentAboutLossUnderFaultsAndLogouts) {
  Scenario crash = calm();
  crash.script.push_back(step(Verb::crash));
  Scenario logouts = calm();
  logouts.people.front().stay = {Distribution::Kind::exponential, 60'000'000'000, 0, 0};
  Scenario late_arrivals = calm();
  late_arrivals.people.front().arrive = {Distribution::Kind::exponential, 1, 0, 0};

  EXPECT_EQ(closed_form("loss.intent", crash, kBroadcast), std::nullopt);
  EXPECT_EQ(closed_form("loss.intent", logouts, kBroadcast), std::nullopt);
  EXPECT_EQ(closed_form("loss.intent", late_arrivals, kBroadcast), std::nullopt);
}

TEST(ClosedForm, ADeployDisconnectsByPolicy) {
  const auto reconnects = [](const std::string& policy) {
    return closed_form("reconnects.per_client", with_deploy(policy), kBroadcast);
  };

  EXPECT_NEAR(*reconnects("random"), 1.6875, 0.0001);
  EXPECT_NEAR(*reconnects("least_conn"), 13.0 / 12, 1e-12);
  EXPECT_EQ(reconnects("p2c"), std::nullopt);
  EXPECT_EQ(closed_form("reconnects.per_client", calm(), kBroadcast), 0.0);
}

TEST(ClosedForm, IsSilentAboutADeployThatIsNotTheWholeStory) {
  Scenario partial = with_deploy("random");
  partial.script.front().nodes.pop_back();
  Scenario hasty = with_deploy("random");
  hasty.script.front().down = 100ms;
  Scenario crash_too = with_deploy("random");
  crash_too.script.push_back(step(Verb::crash));
  Scenario in_warmup = with_deploy("random");
  in_warmup.script.front().at = -1s;

  EXPECT_EQ(closed_form("reconnects.per_client", partial, kBroadcast), std::nullopt);
  EXPECT_EQ(closed_form("reconnects.per_client", hasty, kBroadcast), std::nullopt);
  EXPECT_EQ(closed_form("reconnects.per_client", crash_too, kBroadcast), std::nullopt);
  EXPECT_EQ(closed_form("reconnects.per_client", in_warmup, kBroadcast), std::nullopt);
}

// Each naming of the rooms has a spread of its own; their root mean square is the law's, or a
// little less: names that differ in a number are hashed more evenly than by chance.
double spread_over_namings(Scenario scenario, const StrategySpec& spec) {
  constexpr int kNamings = 200;
  double squares = 0;
  for (int naming = 0; naming < kNamings; ++naming) {
    scenario.rooms.front().name = "r" + std::to_string(naming);
    for (Traffic& traffic : scenario.traffic) traffic.room_set = scenario.rooms.front().name;
    const auto said = closed_form("imbalance.connections.cv", scenario, spec);
    EXPECT_TRUE(said);
    const double spread = said.value_or(0);
    squares += spread * spread / kNamings;
  }
  return std::sqrt(squares);
}

TEST(ClosedForm, StickyImbalanceFollowsTheRooms) {
  Scenario scenario = with_rooms(TrafficTo::room, 1.0);
  scenario.rooms.front().count = 100;
  const StrategySpec plain = strategy("none", "nginx_hash");
  const double rooms = laws::effective_rooms(laws::Popularity{100, 1.0});
  const laws::Sticky ring{.nodes = 12, .effective_rooms = rooms};
  const laws::Sticky no_ring{.nodes = 12, .effective_rooms = rooms, .points_per_node = 0};

  EXPECT_NEAR(spread_over_namings(scenario, kSticky), laws::sticky_cv(ring), 0.12);
  EXPECT_NEAR(spread_over_namings(scenario, plain), laws::sticky_cv(no_ring), 0.12);
  EXPECT_EQ(closed_form("imbalance.connections.cv", scenario, kBroadcast), std::nullopt);
}

TEST(ClosedForm, StickyImbalanceCountsThatFewUsersFillRoomsUnevenly) {
  Scenario scenario = with_rooms(TrafficTo::room, 0.0);
  scenario.people.front().count = 100;  // in 10 000 rooms: nearly each has its own
  const StrategySpec plain = strategy("none", "nginx_hash");

  EXPECT_NEAR(*closed_form("imbalance.connections.cv", scenario, plain),
              std::sqrt(11.0 * (1.0 / 100 + 0.99 / 10'000)), 0.01);
}

TEST(ClosedForm, StickyImbalanceOfGivenSizesNeedsNoPopularity) {
  Scenario scenario = with_rooms(TrafficTo::room, 0.0);
  scenario.rooms.front().sizes = {{100, 120}};  // 120 equal rooms
  const StrategySpec plain = strategy("none", "nginx_hash");

  EXPECT_NEAR(spread_over_namings(scenario, plain), std::sqrt(11.0 / 120), 0.04);
}

// Who speaks into any room is seldom where its members are.
TEST(ClosedForm, HashedRoomsHearTheirMembers) {
  Scenario scenario = with_rooms(TrafficTo::room, 1.0);
  scenario.traffic.front().from = "any";

  EXPECT_EQ(closed_form("loss.intent", scenario, kSticky), std::nullopt);
  scenario.rooms.front().count = 1;
  EXPECT_EQ(closed_form("loss.intent", scenario, kSticky), 0.0);
}

}  // namespace
}  // namespace squall
