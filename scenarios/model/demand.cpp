// Sums over people and traffic. See demand.hpp.
// Queues are not in here: a utilisation says whether they settle, not how long they are.
#include "scenarios/model/demand.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/deflate.hpp"
#include "scenarios/model/distances.hpp"
#include "scenarios/model/key_homes.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/returns.hpp"
#include "scenarios/model/running.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/backplane.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

constexpr double kFrame = 80;       // bytes around a payload: WebSocket, TLS, TCP
constexpr double kBusFrame = 2400;  // the same between the masters of a Redis Cluster

using laws::seconds;

const BackplaneRow& row_of(const StrategySpec& strategy) {
  const BackplaneRow* const row = backplane_named(strategy.backplane);
  SQUALL_CHECK(row != nullptr);
  return *row;
}

// How often the backplane publishes, and its nodes push, what is said once.
double copies_of(const StrategySpec& strategy, const Traffic& traffic) {
  double copies = 1;
  for (const Option& option : row_of(strategy).options) {
    if (!option.multiplies || from_backend(traffic)) continue;
    copies *= static_cast<double>(value_of(option, strategy));
  }
  return copies;
}

// Other nodes that a message is forwarded to: those with a recipient where routes tell, else all;
// none where a node serves its own clients, relayed rooms aside.
double peers_of(const Scenario& scenario, const BackplaneRow& backplane, double recipients) {
  const double others = most_running(scenario) - 1.0;
  if (!backplane.needs.peers || backplane.reach == Reach::own_node) return 0;
  return backplane.covers == Covers::route ? std::min(others, recipients) : others;
}

// Nodes that get what is said once out of the broker: all that hear, or those that have a topic's
// members (who speaks is one), or read it there. Topics of users have one, unless it is to many.
double hearers_of(const Scenario& scenario, const StrategySpec& strategy, const Traffic& traffic) {
  const BackplaneRow& backplane = row_of(strategy);
  const double nodes = most_running(scenario);
  const double recipients = mean_recipients(scenario, traffic);
  if (scenario.cluster.broker.group == ConsumerGroup::shared) return 1;
  if (backplane.reads_log) return std::min(nodes, recipients);
  if (backplane.covers != Covers::topic) return nodes;
  const double speaker = traffic.from == "member" ? 1 : 0;
  const double members = (recipients + speaker) * strategy.connections;
  if (traffic.to != TrafficTo::room) return std::min(nodes, recipients * strategy.connections);
  return laws::distinct_nodes({.members = members, .nodes = nodes});
}

// Questions for what is in the broker's logs, where nodes read those of their clients.
double readings_per_second(const Scenario& scenario, const StrategySpec& strategy) {
  const BackplaneRow& backplane = row_of(strategy);
  const Option* const poll = option_named(backplane.options, "poll");
  if (!backplane.reads_log || poll == nullptr) return 0;
  double logs = users_of(scenario);
  for (const RoomSet& set : scenario.rooms) {
    logs += std::min(users_in(scenario, set) * set.joined_per_user,
                     double(set.count) * most_running(scenario));
  }
  return logs * strategy.connections / seconds(duration_of(*poll, strategy));
}

// Share of the recipients that a node pushes to when it serves only its own clients: of several
// connections, of a room that is together, or of anybody.
double reached(const Scenario& scenario, const StrategySpec& strategy, const Traffic& traffic) {
  const std::string_view policy = policy_of(scenario, strategy);
  const double nodes = most_running(scenario);
  if (in_shared_group(scenario, strategy)) return 1 / nodes;
  if (row_of(strategy).reach == Reach::everybody) return 1;
  if (!is_keyed(policy)) return std::min(1.0, strategy.connections / nodes);
  if (stays_in_its_room(scenario, traffic)) return 1;
  const auto shares = node_shares(scenario, policy);
  if (!shares) return 1;
  double together = 0;
  for (const double share : shares->users) together += share * share;
  return together;
}

// What reaches only those nodes that it is sent to is sent to all of a client's.
double times_said(const StrategySpec& strategy) {
  return row_of(strategy).reach == Reach::own_node ? strategy.connections : 1;
}

// Seconds of loops, of one message on its way to the node that has it first.
double taking_in(const Scenario& scenario, const Traffic& traffic, double per_size) {
  if (from_backend(traffic)) return 0;
  const CostProfile costs = costs_of(scenario.cluster.nodes);
  const bool answered = answer_of(scenario) > 0;
  const auto size = static_cast<Bytes>(traffic.size.mean());
  return seconds(costs.frame_read + inflating(scenario.cluster.nodes, size)) + per_size +
         (answered ? seconds(costs.push) : 0) +
         echoed(scenario, traffic) * seconds_of_push(scenario, traffic);
}

// Seconds of loops, of one copy of a message on its way between nodes.
double relaying(const Scenario& scenario, const StrategySpec& strategy, const Traffic& traffic,
                double per_size) {
  const CostProfile costs = costs_of(scenario.cluster.nodes);
  const double nodes = most_running(scenario);
  const BackplaneRow& backplane = row_of(strategy);
  const double recipients = mean_recipients(scenario, traffic);
  const double peers = peers_of(scenario, backplane, recipients * (1 - 1 / nodes));
  double work = peers * (seconds(costs.peer_send) + seconds(costs.peer_receive) + 2 * per_size);
  if (backplane.needs.broker) {
    if (!from_backend(traffic)) work += seconds(costs.publish) + per_size;
    work += hearers_of(scenario, strategy, traffic) * (seconds(costs.broker_receive) + per_size);
  }
  return work;
}

double loops(const Scenario& scenario, const StrategySpec& strategy) {
  const CostProfile costs = costs_of(scenario.cluster.nodes);
  double busy = 0;
  for (const Traffic& traffic : scenario.traffic) {
    const double per_size = seconds(costs.per_kib) * traffic.size.mean() / 1024;
    const double pushes = mean_recipients(scenario, traffic) *
                          reached(scenario, strategy, traffic) * strategy.connections *
                          share_online(scenario);
    const double spread = relaying(scenario, strategy, traffic, per_size) +
                          pushes * seconds_of_push(scenario, traffic);
    busy += messages_per_second(traffic) *
            (times_said(strategy) * taking_in(scenario, traffic, per_size) +
             copies_of(strategy, traffic) * spread);
  }
  for (const Population& people : scenario.people) {
    const double links = people.count * share_online(scenario, people) * strategy.connections;
    busy += links * seconds(costs.heartbeat) / seconds(client_of(scenario, people).heartbeat_every);
  }
  busy += work_of_returns(scenario, strategy);
  return busy / (double(most_running(scenario)) * scenario.cluster.nodes.loops);
}

// Seconds of the fullest server, of one publication that so many nodes hear. Of a classic cluster
// each master hears all; of a sharded one whoever has the topic, and where there is one topic for
// all, that has everything.
double publishing(const Scenario& scenario, const StrategySpec& strategy, double hearers) {
  const ServiceCosts& costs = service_costs();
  const double masters = scenario.cluster.broker.masters;
  if (scenario.cluster.broker.pubsub == PubSub::classic) {
    const double to_others = (masters - 1) / masters;  // of those who publish, each has a share
    return seconds(costs.publish) + (hearers / masters + to_others) * seconds(costs.per_subscriber);
  }
  const double all = seconds(costs.publish) + hearers * seconds(costs.per_subscriber);
  return row_of(strategy).covers == Covers::topic ? all / masters : all;
}

double broker(const Scenario& scenario, const StrategySpec& strategy) {
  const ServiceCosts& costs = service_costs();
  const BackplaneRow& backplane = row_of(strategy);
  double busy = 0;
  for (const Traffic& traffic : scenario.traffic) {
    double work = 0;
    const double hearers = hearers_of(scenario, strategy, traffic);
    if (backplane.needs.broker) {
      work += copies_of(strategy, traffic) * publishing(scenario, strategy, hearers);
    }
    if (backplane.asks == Asks::each_direct_message && traffic.to != TrafficTo::room) {
      work += seconds(costs.registry_call) + seconds(costs.registry_key);
    }
    busy += messages_per_second(traffic) * work;
  }
  return busy + readings_per_second(scenario, strategy) * seconds(costs.registry_call);
}

double cluster_cards(const Scenario& scenario, const StrategySpec& strategy) {
  const BackplaneRow& backplane = row_of(strategy);
  const double nodes = most_running(scenario);
  double bytes = 0;
  for (const Traffic& traffic : scenario.traffic) {
    const bool published = backplane.needs.broker && !from_backend(traffic);
    const double copies = copies_of(strategy, traffic) * published +
                          peers_of(scenario, backplane, mean_recipients(scenario, traffic));
    bytes += messages_per_second(traffic) * copies * (traffic.size.mean() + kFrame);
  }
  return bytes * 8 / (nodes * static_cast<double>(scenario.cluster.net.node_bandwidth));
}

double on_the_line(const Scenario& scenario, const Traffic& traffic) {
  const NodeConfig& nodes = scenario.cluster.nodes;
  if (!nodes.deflate) return traffic.size.mean();
  return double(nodes.deflate->left_of(static_cast<Bytes>(traffic.size.mean())));
}

// To all clients, per second.
double bytes_to_clients(const Scenario& scenario, const StrategySpec& strategy) {
  double bytes = 0;
  for (const Traffic& traffic : scenario.traffic) {
    bytes += messages_per_second(traffic) * mean_recipients(scenario, traffic) *
             reached(scenario, strategy, traffic) * copies_of(strategy, traffic) *
             (on_the_line(scenario, traffic) + kFrame);
    bytes += messages_per_second(traffic) * echoed(scenario, traffic) *
             (on_the_line(scenario, traffic) + kFrame);
  }
  return bytes;
}

// The fullest card there is: of the nodes towards the cluster and towards clients, of the broker.
double cards(const Scenario& scenario, const StrategySpec& strategy) {
  const NetConfig& net = scenario.cluster.net;
  double fullest = cluster_cards(scenario, strategy);
  if (net.client_bandwidth > 0) {
    const double bits =
        bytes_to_clients(scenario, strategy) * strategy.connections * 8 / most_running(scenario);
    fullest = std::max(fullest, bits / static_cast<double>(net.client_bandwidth));
  }
  if (net.broker_bandwidth > 0 && row_of(strategy).needs.broker) {
    const BrokerConfig& broker = scenario.cluster.broker;
    const bool bus = broker.masters > 1 && broker.pubsub == PubSub::classic;
    double bits = 0;
    for (const Traffic& traffic : scenario.traffic) {
      const double copies = messages_per_second(traffic) * copies_of(strategy, traffic) * 8;
      bits += copies * hearers_of(scenario, strategy, traffic) * (traffic.size.mean() + kFrame);
      if (bus) bits += copies * (broker.masters - 1) * (traffic.size.mean() + kBusFrame);
    }
    if (bus || row_of(strategy).covers == Covers::topic) bits /= broker.masters;
    fullest = std::max(fullest, bits / static_cast<double>(net.broker_bandwidth));
  }
  return fullest;
}

double lines(const Scenario& scenario, const StrategySpec& strategy) {
  const double bytes = bytes_to_clients(scenario, strategy);
  double fullest = 0;
  for (const Population& people : scenario.people) {
    fullest =
        std::max(fullest, bytes * 8 / users_of(scenario) / static_cast<double>(people.downlink));
  }
  return fullest;
}

}  // namespace

bool in_shared_group(const Scenario& scenario, const StrategySpec& strategy) {
  return scenario.cluster.broker.group == ConsumerGroup::shared && row_of(strategy).needs.broker;
}

double seconds_of_push(const Scenario& scenario, const Traffic& traffic) {
  const CostProfile costs = costs_of(scenario.cluster.nodes);
  const double size = traffic.size.mean();
  const Duration push = costs.push + deflating(scenario.cluster.nodes, static_cast<Bytes>(size));
  return seconds(push) + seconds(costs.per_kib) * size / 1024;
}

Demand demand(const Scenario& scenario, const StrategySpec& strategy) {
  return {loops(scenario, strategy), broker(scenario, strategy), cards(scenario, strategy),
          lines(scenario, strategy)};
}

Duration time_to_connect(const Scenario& scenario) {
  const CostProfile costs = costs_of(scenario.cluster.nodes);
  // After the handshake: its reply, the subscription, the welcome.
  const double one_way = scenario.cluster.net.client_node.mean() +
                         static_cast<double>(farthest_client(scenario).count());
  int requests = 1;
  for (const ClientConfig& client : played_clients(scenario)) {
    requests = std::max<int>(requests, client.requests);
  }
  const double trips = (costs.handshake_legs + 2 * (requests - 1) + 3) * one_way;
  return Duration{static_cast<std::int64_t>(trips)} + costs.handshake + costs.subscribe;
}

double connect_work_s(const Scenario& scenario) {
  const CostProfile costs = costs_of(scenario.cluster.nodes);
  return seconds(costs.handshake) + seconds(costs.subscribe);
}

double nearly_highest(const Distribution& distribution) {
  const double first = static_cast<double>(distribution.first);
  switch (distribution.kind) {
    case Distribution::Kind::fixed: return first;
    case Distribution::Kind::uniform: return static_cast<double>(distribution.second);
    case Distribution::Kind::exponential: return 9.2 * first;
    case Distribution::Kind::lognormal: return first * std::exp(3.72 * distribution.sigma);
    case Distribution::Kind::never: break;
  }
  return std::numeric_limits<double>::infinity();
}

double variance_of(const Distribution& distribution) {
  const auto first = static_cast<double>(distribution.first);
  switch (distribution.kind) {
    case Distribution::Kind::uniform: {
      const double width = static_cast<double>(distribution.second) - first;
      return width * width / 12;
    }
    case Distribution::Kind::exponential: return first * first;
    case Distribution::Kind::lognormal: {
      const double mean = distribution.mean();
      return mean * mean * (std::exp(distribution.sigma * distribution.sigma) - 1);
    }
    case Distribution::Kind::fixed:
    case Distribution::Kind::never: break;
  }
  return 0;
}

}  // namespace squall
