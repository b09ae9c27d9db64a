// Which law covers which scenario: the preconditions, spelled out, and the answer or nothing.
//
// Common to all: the cluster is calm (calm.hpp). What is not in the tables below, a backplane or a
// policy that was added since, is unknown, and nothing is said of it. The formulas themselves are
// in laws.cpp.
#include <algorithm>
#include <array>
#include <vector>

#include "scenarios/model/calm.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/key_homes.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/running.hpp"
#include "scenarios/model/settings.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/backplane.hpp"
#include "strategies/core/exact_math.hpp"

namespace squall {
namespace {

using namespace laws;

// Individuals living their ordinary lives disturb nobody.
bool harmless(Verb verb) {
  return verb == Verb::connect || verb == Verb::join || verb == Verb::leave || verb == Verb::send;
}

bool without_faults(const Scenario& scenario) {
  return std::all_of(scenario.script.begin(), scenario.script.end(),
                     [](const ScriptStep& step) { return harmless(step.verb); });
}

bool without_drops(const Scenario& scenario) {
  return std::all_of(scenario.people.begin(), scenario.people.end(),
                     [](const Population& people) { return people.drop.is_never(); });
}

bool from_anybody(const Scenario& scenario) {
  return std::all_of(scenario.traffic.begin(), scenario.traffic.end(), [](const Traffic& traffic) {
    return traffic.from == "any" || traffic.from == "member";
  });
}

// All traffic stays inside the one room that the balancer hashes.
bool traffic_in_key(const Scenario& scenario) {
  if (scenario.rooms.size() != 1 || scenario.rooms.front().joined_per_user != 1) return false;
  return std::ranges::all_of(scenario.traffic, [&](const Traffic& traffic) {
    return stays_in_its_room(scenario, traffic);
  });
}

// Who is told that he is in before his topics are heard misses what is said meanwhile.
bool waits_for_topics(const BackplaneRow& backplane, const StrategySpec& strategy) {
  const Option* const wait = option_named(backplane.options, "admission_wait");
  return wait == nullptr || is_on(*wait, strategy);
}

// Whom a message gets to when everybody is connected and nothing fails; nothing when that depends.
std::optional<Reach> reach(const Scenario& scenario, const StrategySpec& strategy) {
  const BackplaneRow* const backplane = backplane_named(strategy.backplane);
  if (!waits_for_topics(*backplane, strategy)) return std::nullopt;
  if (backplane->reach == Reach::everybody) return Reach::everybody;
  if (scenario.cluster.nodes.count == 1) return Reach::everybody;
  if (strategy.connections != 1 || !scenario.clients.empty()) return std::nullopt;
  if (!is_keyed(policy_of(scenario, strategy))) {
    return backplane->needs.peers ? std::nullopt : std::optional(Reach::own_node);  // it may relay
  }
  return traffic_in_key(scenario) ? std::optional(Reach::everybody) : std::nullopt;
}

// Senders and recipients are any two users, and where a user sits has nothing to do with whom it
// talks to: then a pair's chance to share a node is the same for direct and for room messages.
std::optional<double> own_node_loss(const Scenario& scenario, const StrategySpec& strategy) {
  const std::string_view policy = policy_of(scenario, strategy);
  const std::uint16_t nodes = scenario.cluster.nodes.count;
  const auto users = static_cast<std::uint64_t>(users_of(scenario));
  if (!from_anybody(scenario) || users < 2) return std::nullopt;
  if (policy == "random") return 1.0 - 1.0 / nodes;
  // Nobody leaves, so least_conn fills up as evenly as round robin does.
  if (policy == "round_robin" || policy == "least_conn") {
    return 1.0 - one_over_n({.users = users, .nodes = nodes});
  }
  return std::nullopt;
}

// Of a shared group one node hears each message, and where a recipient sits has nothing to do with
// which.
std::optional<double> shared_group_loss(const Scenario& scenario, const StrategySpec& strategy) {
  const bool in_turn = backplane_named(strategy.backplane)->covers == Covers::broker_link;
  const bool plain = strategy.connections == 1 && strategy.options.empty();
  if (!in_turn || !plain || !scenario.clients.empty()) return std::nullopt;
  return 1.0 - 1.0 / scenario.cluster.nodes.count;
}

// Senders and recipients are drawn from all populations alike, one connection each, and the first
// reconnect attempt succeeds. Drops come without memory, so that a gap does not matter to the next.
// A recipient misses what is pushed in its gap or was on its downlink when the gap began, and gets
// what is pushed before the reply that makes it ready: one gap in all.
// A sender loses what was on its uplink; what it wants to say in its gap waits in its queue.
// Where routes decide, stale ones lose more than the gap.
std::optional<double> churn_loss(const Scenario& scenario, const StrategySpec& strategy) {
  const bool routes = backplane_named(strategy.backplane)->covers == Covers::route;
  if (strategy.connections != 1 || routes || strategy.resumes()) return std::nullopt;
  if (!scenario.clients.empty() || !clients_are_equally_far(scenario)) return std::nullopt;
  const double users = users_of(scenario);
  if (users == 0 || !from_anybody(scenario)) return std::nullopt;
  const double uplink_s = scenario.cluster.net.client_node.mean() * 1e-9;
  double said = 0.0;  // by one sender, in a second
  for (const Traffic& traffic : scenario.traffic) said += messages_per_second(traffic) / users;
  double missed = 0.0;
  double unsent = 0.0;
  for (const Population& people : scenario.people) {
    const ClientConfig client = client_of(scenario, people);
    const Duration gap = expected_ready_again(scenario, client);
    const double gap_s = static_cast<double>(gap.count()) * 1e-9;
    const bool waits = client.offline_send == OfflineSend::queue;
    if (!waits || !gaps_settle(scenario, gap) || said * gap_s * 4 > client.offline_queue ||
        !loops_let_in(scenario, strategy, gap)) {
      return std::nullopt;
    }
    if (people.drop.is_never()) continue;
    if (people.drop.kind != Distribution::Kind::exponential) return std::nullopt;
    const Churn churn{.gap_s = gap_s, .up_s = people.drop.mean() * 1e-9};
    missed += people.count * churn_floor(churn) / users;
    unsent += people.count * uplink_loss(churn, uplink_s) / users;
  }
  return 1.0 - (1.0 - missed) * (1.0 - unsent);
}

std::optional<double> loss_intent(const Scenario& scenario, const StrategySpec& strategy) {
  if (backplane_named(strategy.backplane) == nullptr) return std::nullopt;
  if (!without_faults(scenario) || !calm(scenario, strategy)) return std::nullopt;
  const bool churn = !without_drops(scenario);
  if (in_shared_group(scenario, strategy)) {
    return churn ? std::nullopt : shared_group_loss(scenario, strategy);
  }
  const std::optional<Reach> reached = reach(scenario, strategy);
  if (reached == Reach::everybody) {
    return churn ? churn_loss(scenario, strategy) : std::optional<double>(0.0);
  }
  return reached && !churn ? own_node_loss(scenario, strategy) : std::nullopt;
}

// One rolling restart of all nodes inside measure, long enough down for everybody to be back
// elsewhere, and nothing else that disconnects anybody.
std::optional<double> reconnects_per_client(const Scenario& scenario,
                                            const StrategySpec& strategy) {
  if (strategy.connections != 1 || !without_drops(scenario) || !calm(scenario, strategy)) {
    return std::nullopt;
  }
  if (!scenario.clients.empty() || !clients_alike(scenario)) return std::nullopt;
  const ScriptStep* deploy = nullptr;
  for (const ScriptStep& step : scenario.script) {
    if (harmless(step.verb)) continue;
    if (step.verb != Verb::rolling_restart || deploy != nullptr) return std::nullopt;
    deploy = &step;
  }
  if (deploy == nullptr) return 0.0;
  const std::uint16_t nodes = scenario.cluster.nodes.count;
  if (deploy->nodes.size() != nodes || deploy->batch >= nodes) return std::nullopt;
  if (deploy->at < Time{0} || deploy->down < expected_ready_again(scenario)) return std::nullopt;
  const Deploy shape{.nodes = nodes, .batch = deploy->batch};
  // The clients of a batch come back, spread over its drain, to the nodes that are left.
  const double storm_s = users_of(scenario) * deploy->batch / nodes * connect_work_s(scenario) /
                         (double(nodes - deploy->batch) * scenario.cluster.nodes.loops);
  const Duration allowed = std::max(deploy->drain, scenario.client.connect_timeout) / 2;
  if (storm_s > static_cast<double>(allowed.count()) * 1e-9) return std::nullopt;
  const std::string_view policy = policy_of(scenario, strategy);
  // Whoever counts from nothing after each reload spreads a batch as evenly as chance does.
  const bool forgets = scenario.cluster.lb.reload == OnReload::lose_counts;
  if (policy == "random" || (policy == "least_conn" && forgets)) {
    return deploy_disconnects_random(shape);
  }
  constexpr double kMany = 25;  // users of a node: of fewer the rest of a division is much
  if (policy == "least_conn" && users_of(scenario) >= kMany * nodes) {
    return deploy_disconnects_least_conn(shape);
  }
  return std::nullopt;
}

// Mean of CV, of U users who choose rooms that a hash has put on N nodes. A node has the share q
// of the rooms' popularity, thus U q users with the variance U q (1 - q), so the mean of CV^2 is
// m = N (S2 + (1 - S2) / U) - 1, where S2 is the sum of q^2, and S3 that of q^3. The mean of its
// root is less than sqrt(m), by V / 8 m^2 of it. V is its variance: to the first order of
// deviations 4 N^2 (S3 - S2^2) / U, to the second 2 N^2 (S2 + S2^2 - 2 S3) / U^2. Nothing where
// that is much: few users on few nodes.
std::optional<double> cv_of_choices(const std::vector<double>& shares, double users) {
  const auto nodes = static_cast<double>(shares.size());
  double squares = 0, cubes = 0;
  for (const double share : shares) {
    squares += share * share;
    cubes += share * share * share;
  }
  const double mean = std::max(0.0, nodes * squares - 1) + nodes * (1 - squares) / users;
  const double variance =
      nodes * nodes / users *
      (4 * (cubes - squares * squares) + 2 * (squares + squares * squares - 2 * cubes) / users);
  const double less = variance / (8 * mean * mean);
  constexpr double kMuch = 0.06;
  if (less > kMuch) return std::nullopt;
  return __builtin_sqrt(mean) * (1 - less);
}

// Rooms hashed to nodes, each user in one room, nobody moved by a fault. Where sizes are given,
// chance has no part in it.
std::optional<double> connections_cv(const Scenario& scenario, const StrategySpec& strategy) {
  const std::string_view policy = policy_of(scenario, strategy);
  const bool one_room_each =
      scenario.rooms.size() == 1 && scenario.rooms.front().joined_per_user == 1;
  if (!is_keyed(policy) || !one_room_each || strategy.connections != 1) return std::nullopt;
  if (!without_faults(scenario) || !calm(scenario, strategy) || !scenario.clients.empty()) {
    return std::nullopt;
  }
  const auto shares = node_shares(scenario, policy);
  if (!shares) return std::nullopt;
  const double nodes = scenario.cluster.nodes.count;
  if (nodes == 1) return 0.0;
  if (scenario.rooms.front().sizes.empty()) {
    return cv_of_choices(shares->users, users_of(scenario));
  }
  double squares = 0;
  for (const double share : shares->users) squares += share * share;
  return __builtin_sqrt(std::max(0.0, nodes * squares - 1));
}

// Nodes that hold a member of the room a message goes to, when any member is as likely to speak and
// everybody sits anywhere: of rooms of m members D(m), and a room speaks as often as it is large.
// Where users pick one room each by popularity, the speaker is one and each other user is a member
// with the room's share p: then (1 - 1/N)^m becomes (1 - 1/N) (1 - p/N)^(U - 1).
double nodes_of_a_room_message(const RoomSet& rooms, double users, double nodes) {
  double members = 0, absent = 0;
  if (!rooms.sizes.empty()) {
    for (const auto& [size, count] : filled_sizes(rooms, users)) {
      const double all = double(size) * count;
      members += all;
      absent += all * (1.0 - distinct_nodes({double(size), nodes}) / nodes);
    }
    return nodes * (1.0 - absent / members);
  }
  for (const double share : shares(Popularity{rooms.count, rooms.zipf})) {
    absent += share * exact::pow(1.0 - share / nodes, users - 1.0);
  }
  return nodes - (nodes - 1.0) * absent;
}

// Payload that leaves the broker per payload that is published on it: to how many nodes a message
// is copied. Everybody is online and in one room, and where he sits has nothing to do with it. What
// is kept in a log comes with its place, which is payload, too.
std::optional<double> broker_copies(const Scenario& scenario, const StrategySpec& strategy) {
  const auto stays = [](const Population& people) { return people.stay.is_never(); };
  const bool quiet = without_faults(scenario) && without_drops(scenario) &&
                     std::ranges::all_of(scenario.people, stays) && scenario.clients.empty();
  if (!quiet || scenario.traffic.empty() || !calm(scenario, strategy)) return std::nullopt;
  if (strategy.has_log()) return std::nullopt;
  const double nodes = scenario.cluster.nodes.count;
  const BackplaneRow& backplane = *backplane_named(strategy.backplane);
  if (in_shared_group(scenario, strategy)) return 1.0;
  if (backplane.covers == Covers::broker_link) return nodes;
  const bool one_room_each =
      scenario.rooms.size() == 1 && scenario.rooms.front().joined_per_user == 1;
  if (backplane.covers != Covers::topic || strategy.connections != 1 || !one_room_each ||
      is_keyed(policy_of(scenario, strategy)) || !from_anybody(scenario)) {
    return std::nullopt;
  }
  double published = 0, copied = 0;
  for (const Traffic& traffic : scenario.traffic) {
    const double bytes = messages_per_second(traffic) * (traffic.size.mean() + kRelayEnvelope);
    const bool room = traffic.to == TrafficTo::room;
    published += bytes;
    copied +=
        bytes *
        (room ? nodes_of_a_room_message(scenario.rooms.front(), users_of(scenario), nodes) : 1.0);
  }
  return copied / published;
}

struct ClosedForm {
  std::string_view metric;
  std::optional<double> (*predict)(const Scenario&, const StrategySpec&);
};
constexpr std::array<ClosedForm, 4> kClosedForms{{
    {"loss.intent", loss_intent},
    {"bytes.broker_copies", broker_copies},
    {"reconnects.per_client", reconnects_per_client},
    {"imbalance.connections.cv", connections_cv},
}};

}  // namespace

std::optional<double> closed_form(std::string_view metric, const Scenario& scenario,
                                  const StrategySpec& strategy) {
  const auto* const row = std::ranges::find(kClosedForms, metric, &ClosedForm::metric);
  if (row == kClosedForms.end()) return std::nullopt;
  return as_played_by(strategy, scenario, [&](const Scenario& own) {
    return as_it_runs(own,
                      [&](const Scenario& cluster) { return row->predict(cluster, strategy); });
  });
}

}  // namespace squall
