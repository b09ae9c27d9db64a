// The control: rooms of very different size and nothing goes wrong. What each design costs is then
// arithmetic, and the run must come out at it to the last byte.
//
// The built-in scenario steady-zipf at 6000 users; the plan's own rooms and messages are the other
// side of every equation. Laws 1, 2 and 3 of laws.hpp, and the imbalance of hashed rooms.
#include <gtest/gtest.h>

#include "scenarios/model/laws.hpp"
#include "scenarios/model/plan.hpp"
#include "strategies/placement/nginx_ring.hpp"
#include "tests/laws/seeds.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr Bytes kSize = 200;     // of every message
constexpr Bytes kEnvelope = 24;  // what nodes put around a message for each other
constexpr std::uint64_t kNodes = 12;

Scenario steady() {
  Scenario scenario =
      built_in("steady-zipf",
               {{"/params/users", "6000"}, {"/params/rooms", "300"}, {"/params/measure", "15s"}});
  scenario.traffic.front().size = Distribution::fixed(kSize);
  silence_edges(scenario);
  return scenario;
}

// What the plan says, without an engine: everybody is connected before the first message.
struct Planned {
  std::uint64_t messages = 0;
  std::uint64_t owed = 0;  // pairs: every member of the room but the sender
  double other_nodes = 0;  // expected nodes beside the sender's that hold a member
};

Planned planned(const Scenario& scenario, std::uint64_t seed) {
  const Plan plan(scenario, seed);
  const std::vector<std::uint8_t> online(plan.endpoints(), 1);
  TrafficSource source(plan, 0);
  Planned sum;
  while (source.upcoming() < scenario.time.measure) {
    const auto send = source.next(online);
    if (!send) continue;
    const std::size_t members = plan.members(send->to.room()).size();
    ++sum.messages;
    sum.owed += members - 1;
    sum.other_nodes += laws::distinct_nodes({.members = static_cast<double>(members),
                                             .nodes = static_cast<double>(kNodes)}) -
                       1;
  }
  return sum;
}

std::vector<double> room_sizes(const Plan& plan) {
  std::vector<double> sizes;
  for (std::uint32_t room = 0; room < plan.rooms(); ++room) {
    sizes.push_back(static_cast<double>(plan.members(RoomId{room}).size()));
  }
  return sizes;
}

TEST(SteadyZipf, NobodyLosesAnythingButSharedSessions) {
  const Scenario scenario = steady();

  for (const char* name : {"sticky_hash", "broadcast", "routed", "multi_active"}) {
    const RunRecord run = play(scenario, strategy(name), 1);
    EXPECT_TRUE(complete(run)) << name;
    EXPECT_EQ(totals(run).owed, planned(scenario, 1).owed) << name;
    EXPECT_EQ(totals(run).lost, 0U) << name;
    EXPECT_EQ(run.disconnects, 0U) << name;
  }
}

TEST(SteadyZipf, SharedSessionsReachOneNodeInTwelve) {
  const auto values = metric_over_seeds(steady(), strategy("session_share"), kSeeds, "loss.intent");

  EXPECT_TRUE(agrees(values, 1.0 - 1.0 / kNodes, 0.01));
}

TEST(SteadyZipf, AMessageReachesAsManyAsTheRoomsConcentrationSays) {
  const Scenario scenario = steady();
  const Plan plan(scenario, 1);
  const std::vector<double> sizes = room_sizes(plan);
  const double fanout =
      laws::fanout({.users = 6000, .effective_rooms = laws::effective_rooms(sizes)});
  double cubes = 0;
  for (const double size : sizes) cubes += size * size * size;
  const double deviation = std::sqrt(cubes / 6000 - fanout * fanout);

  const Totals sum = totals(play(scenario, strategy("broadcast"), 1));

  const auto messages = static_cast<double>(sum.messages);
  EXPECT_GT(sum.messages, 1000U);
  EXPECT_NEAR(static_cast<double>(sum.owed) / messages, fanout - 1,  // the sender hears no echo
              4 * deviation / std::sqrt(messages));
}

TEST(SteadyZipf, ABroadcastIsDeliveredToEveryNodeOnce) {
  const Scenario scenario = steady();
  const auto messages = static_cast<Bytes>(planned(scenario, 1).messages);

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  const auto relayed = [&](Link link) { return bytes_of(run, link, BytePurpose::payload_relayed); };
  EXPECT_EQ(relayed(Link::client_to_lb), messages * kSize);
  EXPECT_EQ(relayed(Link::node_to_broker), messages * (kSize + kEnvelope));
  EXPECT_EQ(relayed(Link::broker_to_node),
            messages * (kSize + kEnvelope) * static_cast<Bytes>(kNodes));
  EXPECT_EQ(relayed(Link::node_to_node), 0);
}

TEST(SteadyZipf, TheLastMileCarriesEveryOwedPairOnceAndNothingElse) {
  const Scenario scenario = steady();
  const auto owed = static_cast<Bytes>(planned(scenario, 1).owed);

  for (const char* name : {"sticky_hash", "broadcast", "routed"}) {
    const RunRecord run = play(scenario, strategy(name), 1);
    EXPECT_EQ(bytes_of(run, Link::lb_to_client, BytePurpose::payload_useful), owed * kSize) << name;
    EXPECT_EQ(bytes_of(run, Link::lb_to_client, BytePurpose::payload_redundant), 0) << name;
    EXPECT_EQ(bytes_of(run, Link::lb_to_client, BytePurpose::payload_wasted), 0) << name;
  }
}

TEST(SteadyZipf, BroadcastLoadsTheBackplaneByNodesOverFanOut) {
  const Scenario scenario = steady();
  const Planned plan = planned(scenario, 1);
  const double law = laws::backplane_per_last_mile(
      {.nodes = static_cast<double>(kNodes),
       .fanout = static_cast<double>(plan.owed) / static_cast<double>(plan.messages)});

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  const double per_copy = static_cast<double>(kSize + kEnvelope) / static_cast<double>(kSize);
  const auto backplane =
      static_cast<double>(bytes_of(run, Link::broker_to_node, BytePurpose::payload_relayed));
  const auto last_mile =
      static_cast<double>(bytes_of(run, Link::lb_to_client, BytePurpose::payload_useful));
  EXPECT_NEAR(backplane / last_mile, law * per_copy, 1e-12);
}

TEST(SteadyZipf, ARoutedMessageCostsOneFramePerOtherNodeWithAMember) {
  const Scenario scenario = steady();

  const auto ratios = over_seeds(scenario, strategy("routed"), kSeeds, [&](const RunRecord& run) {
    const Bytes payload = bytes_of(run, Link::node_to_node, BytePurpose::payload_relayed);
    return static_cast<double>(payload / (kSize + kEnvelope)) /
           planned(scenario, run.seed).other_nodes;
  });

  EXPECT_TRUE(agrees(ratios, 1.0, 0.01));
}

TEST(SteadyZipf, TwoConnectionsCarryEveryPairExactlyTwice) {
  const Scenario scenario = steady();
  const auto owed = static_cast<Bytes>(planned(scenario, 1).owed);

  for (const std::uint16_t k : {2, 3}) {
    StrategySpec spec = strategy("multi_active");
    spec.connections = k;
    const RunRecord run = play(scenario, spec, 1);
    EXPECT_EQ(bytes_of(run, Link::lb_to_client, BytePurpose::payload_useful), owed * kSize);
    EXPECT_EQ(bytes_of(run, Link::lb_to_client, BytePurpose::payload_redundant),
              (k - 1) * owed * kSize);
    EXPECT_EQ(value("dup.surfaced", run), 0.0);
  }
}

// ---- Hashed rooms ------------------------------------------------------------------------------

// Connections per node as nginx's ring scatters the rooms of the plan.
std::vector<std::uint64_t> hashed(const Plan& plan) {
  std::vector<Backend> backends;
  for (std::uint64_t n = 1; n <= kNodes; ++n) {
    backends.push_back({"10.0.0." + std::to_string(n) + ":8080"});
  }
  const NginxRing ring(backends);
  std::vector<std::uint64_t> connections(kNodes, 0);
  for (std::uint32_t room = 0; room < plan.rooms(); ++room) {
    const std::size_t entry = ring.entry(plan.room_name(RoomId{room}));
    const auto& point = ring.points()[entry % ring.points().size()];
    connections[point.server] += plan.members(RoomId{room}).size();
  }
  return connections;
}

double cv(const std::vector<std::uint64_t>& counts) {
  double sum = 0, squares = 0;
  for (const std::uint64_t count : counts) {
    sum += static_cast<double>(count);
    squares += static_cast<double>(count) * static_cast<double>(count);
  }
  const double mean = sum / static_cast<double>(counts.size());
  return std::sqrt(squares / static_cast<double>(counts.size()) - mean * mean) / mean;
}

TEST(StickyHash, PutsEveryConnectionWhereTheRingOfNginxPutsItsRoom) {
  const Scenario scenario = steady();

  const RunRecord run = play(scenario, strategy("sticky_hash"), 1);

  const auto expected = hashed(Plan(scenario, 1));
  ASSERT_EQ(run.node_rows.size(), kNodes);
  for (std::size_t n = 0; n < kNodes; ++n) {
    EXPECT_EQ(run.node_rows[n].connections_end, expected[n]) << "n" << n + 1;
  }
  EXPECT_NEAR(value("imbalance.connections.cv", run), cv(expected), 1e-9);
}

// One naming scatters the same way on every seed; the law is the root mean square over namings.
TEST(StickyHash, ImbalanceOverManyNamingsFollowsTheConcentrationOfTheRooms) {
  Scenario scenario = steady();
  const double law = laws::sticky_cv(
      {.nodes = kNodes, .effective_rooms = laws::effective_rooms(room_sizes(Plan(scenario, 1)))});

  constexpr int kNamings = 400;
  double squares = 0;
  for (int naming = 0; naming < kNamings; ++naming) {
    scenario.rooms.front().name = "name" + std::to_string(naming);
    const double one = cv(hashed(Plan(scenario, 1)));
    squares += one * one;
  }

  EXPECT_NEAR(std::sqrt(squares / kNamings), law, 0.05 * law);
}

}  // namespace
}  // namespace squall::testing
