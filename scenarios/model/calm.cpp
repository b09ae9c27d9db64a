// The conditions, one function each. See calm.hpp.
// In doubt they say no: a law that keeps silent costs nothing, a wrong one a week.
#include "scenarios/model/calm.hpp"

#include <algorithm>

#include "scenarios/model/busiest.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/distances.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/backplane.hpp"

namespace squall {
namespace {

constexpr double kFull = 0.9;      // utilisation beyond which a run of minutes may not settle
constexpr double kHalfFull = 0.5;  // where bursts meet a limit of bytes

using laws::seconds;

Duration whole_run(const Scenario& scenario) {
  return scenario.time.warmup + scenario.time.measure + scenario.time.drain;
}

double slowest_trip_s(const Scenario& scenario) {
  return nearly_highest(scenario.cluster.net.client_node) * 1e-9 +
         seconds(farthest_client(scenario));
}

Duration rarest_heartbeat(const Scenario& scenario) {
  return std::ranges::max(played_clients(scenario), {}, &ClientConfig::heartbeat_every)
      .heartbeat_every;
}

bool asks_registry(const Scenario& scenario, const StrategySpec& strategy) {
  const Asks asks = backplane_named(strategy.backplane)->asks;
  if (asks != Asks::each_direct_message) return asks == Asks::unknown_recipients;
  const auto to_user = [](const Traffic& traffic) { return traffic.to != TrafficTo::room; };
  const auto sent_to_user = [](const ScriptStep& step) { return !step.to_user.empty(); };
  return std::ranges::any_of(scenario.traffic, to_user) ||
         std::ranges::any_of(scenario.script, sent_to_user);
}

// Bytes that a burst of the script puts into one queue.
double burst(const ScriptStep& step) {
  return step.verb == Verb::send ? double(step.size) * step.repeat : 0;
}

// Nobody's requests may meet different nodes; whether they do is the policy's business.
bool opens_at_once(const Scenario& scenario) {
  return std::ranges::all_of(played_clients(scenario),
                             [](const ClientConfig& client) { return client.requests == 1; });
}

}  // namespace

bool connections_come_about(const Scenario& scenario) {
  const double mean =
      scenario.cluster.net.client_node.mean() * 1e-9 + seconds(farthest_client(scenario));
  const double tail = 2 * (slowest_trip_s(scenario) - mean);
  return opens_at_once(scenario) &&
         seconds(time_to_connect(scenario)) + tail < seconds(shortest_connect_timeout(scenario));
}

bool pongs_come_in_time(const Scenario& scenario, const StrategySpec& strategy) {
  // A wait has a long tail: six means are seldom more than it.
  const double behind_s =
      6 * wait_for_loop_s(scenario, strategy) + 2 * longest_batch_s(scenario, strategy);
  return std::ranges::all_of(played_clients(scenario), [&](const ClientConfig& client) {
    return client.heartbeat_every > whole_run(scenario) ||
           2 * slowest_trip_s(scenario) + behind_s < seconds(client.heartbeat_timeout);
  });
}

// Where a client's heartbeat renews its entry, two of them must lie within a lease.
bool leases_last(const Scenario& scenario, const StrategySpec& strategy) {
  if (!asks_registry(scenario, strategy)) return true;
  if (scenario.cluster.registry.renew == Renew::node) return true;
  const double lease = seconds(scenario.cluster.registry.lease);
  return lease > seconds(whole_run(scenario)) ||
         seconds(rarest_heartbeat(scenario)) + slowest_trip_s(scenario) < lease;
}

// By a NAT, which two heartbeats in its time prevent.
bool nobody_is_forgotten(const Scenario& scenario) {
  return std::ranges::all_of(played_clients(scenario), [](const ClientConfig& client) {
    return client.nat_timeout == Duration{0} || 2 * client.heartbeat_every < client.nat_timeout;
  });
}

bool connections_stay(const Scenario& scenario, const StrategySpec& strategy) {
  const ClusterConfig& cluster = scenario.cluster;
  const double links = users_of(scenario) * strategy.connections;
  const auto room = [links](double places) { return places == 0 || links < places / 2; };
  const Duration idle = cluster.lb.idle_timeout;
  const BalancerConfig& lb = cluster.lb;
  const bool one_view = lb.replicas == 1 && !lb.health && !lb.sticky && lb.dns_ttl == Duration{0};
  return one_view && opens_at_once(scenario) && cluster.nodes.max_age.is_never() &&
         cluster.database.connect == Duration{0} &&
         cluster.broker.on_loss == OnLoss::keep_clients && cluster.nodes.running == 0 &&
         (idle == Duration{0} || 2 * rarest_heartbeat(scenario) < idle) &&
         room(double(cluster.nodes.max_connections) * cluster.nodes.count) &&
         room(cluster.lb.max_connections) && room(cluster.nodes.admission) &&
         cluster.lb.source_ports == 0 && nobody_is_forgotten(scenario);
}

bool queues_settle(const Scenario& scenario, const StrategySpec& strategy) {
  const Demand asked = demand(scenario, strategy);
  const bool sheds = scenario.cluster.nodes.work_queue > 0;
  const double busiest = asked.loops * times_the_mean(scenario, strategy);
  return busiest < (sheds ? kHalfFull : kFull) && asked.broker < kFull && asked.cards < kFull &&
         asked.lines < kHalfFull;
}

// What a client has wanted to say before it is in, or in its gap, is said at once then: to one
// other, or to all of a room. Four deviations more than on average.
double largest_burst(const Scenario& scenario, const Traffic& traffic) {
  if (from_backend(traffic)) return 1;
  double gap_s = seconds(time_to_connect(scenario)), kept = 0;
  for (const ClientConfig& client : played_clients(scenario)) {
    if (client.offline_send != OfflineSend::queue) continue;
    gap_s = std::max(gap_s, seconds(laws::expected_ready_again(scenario, client)));
    kept = std::max<double>(kept, client.offline_queue);
  }
  double waiting = messages_per_second(traffic) / senders_of(scenario, traffic) * gap_s;
  if (traffic.to != TrafficTo::room) waiting /= std::max(1.0, users_of(scenario) - 1);
  return 1 + std::min(kept, waiting + 4 * __builtin_sqrt(waiting));
}

// From his login on he is somewhere; what is said before, or in a gap of his, waits.
double bytes_in_mailboxes(const Scenario& scenario, const StrategySpec& strategy) {
  const BackplaneRow& row = *backplane_named(strategy.backplane);
  const Option* const window = option_named(row.options, "mailbox");
  const Option* const most = option_named(row.options, "mailbox_messages");
  if (window == nullptr || most == nullptr || users_of(scenario) == 0) return 0;
  double away_s = 0;
  for (const Population& people : scenario.people) {
    away_s = std::max(away_s, nearly_highest(people.arrive) * 1e-9);
    if (people.drop.is_never()) continue;
    const ClientConfig client = client_of(scenario, people);
    away_s = std::max(away_s, 2 * seconds(laws::expected_ready_again(scenario, client)));
  }
  away_s = std::min(away_s, seconds(duration_of(*window, strategy)));
  double letters = 0, bytes = 0;
  for (const Traffic& traffic : scenario.traffic) {
    if (traffic.to == TrafficTo::user_online) continue;
    const double his = messages_per_second(traffic) * away_s * mean_recipients(scenario, traffic) /
                       users_of(scenario);
    letters += his;
    bytes += his * traffic.size.mean();
  }
  const double kept = double(value_of(*most, strategy)) * scenario.cluster.nodes.count;
  return letters > kept ? bytes * kept / letters : bytes;
}

bool messages_fit(const Scenario& scenario, const StrategySpec& strategy) {
  double largest = 0, together = bytes_in_mailboxes(scenario, strategy);
  for (const Traffic& traffic : scenario.traffic) {
    largest = std::max(largest, nearly_highest(traffic.size));
    together = std::max(together, largest_burst(scenario, traffic) * traffic.size.mean());
  }
  for (const ScriptStep& step : scenario.script) largest = std::max(largest, burst(step));
  const double least_line = [&] {
    double least = 1e18;
    for (const Population& people : scenario.people) {
      least = std::min(least, double(people.downlink));
    }
    for (const ScriptedClient& client : scenario.clients) {
      least = std::min(least, double(client.downlink));
    }
    return least;
  }();
  const double limit = std::min(double(scenario.cluster.nodes.egress_limit),
                                double(scenario.cluster.broker.output_hard));
  // A pong waits behind what is on the line already.
  const auto patient = [&](const ClientConfig& client) {
    return largest * 8 / least_line < seconds(client.heartbeat_timeout) / 2;
  };
  const bool in_time = std::ranges::all_of(played_clients(scenario), patient);
  return std::max(largest * 4, together) <= limit && in_time;
}

bool settled(const Scenario& scenario, const StrategySpec& strategy) {
  const double connections = users_of(scenario) * strategy.connections;
  const double loops = double(scenario.cluster.nodes.count) * scenario.cluster.nodes.loops;
  const double work_s =
      connections * connect_work_s(scenario) * times_the_mean(scenario, strategy) / loops;
  double latest_s = 0, window_s = 1e18;
  for (const Population& people : scenario.people) {
    const Distribution& arrive = people.arrive;
    const bool bounded =
        arrive.kind == Distribution::Kind::fixed || arrive.kind == Distribution::Kind::uniform;
    if (!people.stay.is_never() || !bounded) return false;
    latest_s = std::max(latest_s, nearly_highest(arrive) * 1e-9);
    const bool at_once = arrive.kind == Distribution::Kind::fixed;
    window_s = std::min(window_s, at_once ? 0 : (arrive.second - arrive.first) * 1e-9);
  }
  if (connections == 0) return true;
  // Logins faster than the loops: a storm that ends takes about its work once more.
  const laws::Storm storm{.clients = connections,
                          .window_s = window_s,
                          .capacity = connections / work_s,
                          .timeout_s = seconds(shortest_connect_timeout(scenario))};
  if (laws::storm_sustains_itself(storm)) return false;
  const double storm_s = laws::storm_is_clean(storm) ? work_s : 2 * work_s;
  return latest_s + storm_s + seconds(time_to_connect(scenario)) < seconds(scenario.time.warmup);
}

bool applications_are_heard(const Scenario& scenario, const StrategySpec& strategy) {
  const bool heard = backplane_named(strategy.backplane)->covers == Covers::broker_link;
  return heard || std::ranges::none_of(scenario.traffic, [](const Traffic& traffic) {
           return from_backend(traffic);
         });
}

bool everybody_is_anywhere(const Scenario& scenario) {
  return std::ranges::all_of(scenario.people, [&](const Population& people) {
    const auto has = [&](const RoomSet& set) { return is_in(people, set); };
    return !people.node && std::ranges::all_of(scenario.rooms, has);
  });
}

bool clients_are_equally_far(const Scenario& scenario) {
  return farthest_client(scenario) == Duration{0};
}

bool gaps_settle(const Scenario& scenario, Duration gap) {
  Time latest{0};
  for (const Population& people : scenario.people) {
    latest = std::max(latest, Time{std::max(people.arrive.first, people.arrive.second)});
  }
  return latest + gap < scenario.time.warmup && 10 * gap < scenario.time.measure;
}

bool loops_let_in(const Scenario& scenario, const StrategySpec& strategy, Duration gap) {
  constexpr double kLittle = 0.005;  // of a gap
  // A loop is asked for the handshake, and for the welcome.
  return 2 * wait_for_loop_s(scenario, strategy) < kLittle * seconds(gap);
}

bool rates_are_even(const Scenario& scenario) {
  return std::ranges::all_of(scenario.traffic,
                             [](const Traffic& traffic) { return traffic.shape.is_const(); });
}

bool calm(const Scenario& scenario, const StrategySpec& strategy) {
  return rates_are_even(scenario) && everybody_is_anywhere(scenario) && !has_weather(scenario) &&
         connections_come_about(scenario) && connections_stay(scenario, strategy) &&
         pongs_come_in_time(scenario, strategy) && leases_last(scenario, strategy) &&
         queues_settle(scenario, strategy) && messages_fit(scenario, strategy) &&
         settled(scenario, strategy) && applications_are_heard(scenario, strategy);
}

}  // namespace squall
