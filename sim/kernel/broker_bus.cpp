// The bus of a Redis Cluster: what is published at one master, all others hear. See broker.hpp.
// Each of them pays for it, whether or not somebody listens there: so it does not scale.
#include "sim/kernel/broker.hpp"

#include <algorithm>

namespace squall {

// Of one publish: its own, and that of each copy.
Duration Broker::work_of(std::uint16_t master, TopicId topic) const {
  const Duration kept =
      subscriptions_.topics().has_log(topic) ? service_costs().registry_call : Duration{0};
  return service_costs().publish +
         masters_.hearers_at(master, topic) * service_costs().per_subscriber + kept;
}

// Where it is published, it is written to each other master, too: as dear as to a subscriber.
Duration Broker::work_at_home(std::uint16_t master, TopicId topic) const {
  const std::int64_t others = masters_.has_bus() ? masters_.count() - 1 : 0;
  return work_of(master, topic) + others * service_costs().per_subscriber;
}

// A copy to each other master, behind what went the same way before. They are as far from each
// other as a node is from the broker, on average.
void Broker::pass_on(MessageId id, NodeId origin, const Published& as) {
  const WireCost cost = bus_cost(world_.ledger.message(id), as.topic);
  const Duration way{static_cast<std::int64_t>(world_.scenario.cluster.net.node_broker.mean())};
  world_.ledger.forked(id, masters_.count() - 1U);
  for (std::uint16_t to = 0; to < masters_.count(); ++to) {
    if (to == as.master) continue;
    world_.bytes.sent(Link::broker_to_broker, BytePurpose::payload_relayed, cost, world_.now,
                      kNoNode);
    Time& arrives = last_on_bus_[std::size_t{as.master} * masters_.count() + to];
    arrives = std::max(arrives, depart(as.master, cost.total()) + way);
    world_.at(arrives,
              {EventKind::bus_arrives, origin, static_cast<std::uint32_t>(id),
               server_.epoch | std::uint32_t{to} << 16, static_cast<std::uint32_t>(as.topic)});
  }
}

void Broker::bus_arrives(NodeId origin, MessageId id, std::uint32_t at, TopicId topic) {
  const WireCost cost = bus_cost(world_.ledger.message(id), topic);
  if (!server_.up || (at & kLowHalf) != server_.epoch) {
    world_.bytes.lost(Link::broker_to_broker, cost);
    world_.ledger.drop(id, {Mechanism::broker_lost, world_.now, kNoNode, server_.trigger});
    return;
  }
  world_.bytes.received(Link::broker_to_broker, cost);
  world_.bytes.acknowledged(Link::broker_to_broker, wire::acks(cost.segments), world_.now, kNoNode);
  const auto number = static_cast<std::uint16_t>(at >> 16);
  BrokerMaster& master = masters_.at(number);
  master.work(world_.now, work_of(number, topic));
  master.turns.push_back(world_.now);
  world_.at(master.busy_until, {EventKind::bus_done, origin, static_cast<std::uint32_t>(id), at,
                                static_cast<std::uint32_t>(topic)});
}

void Broker::bus_done(NodeId origin, MessageId id, std::uint32_t at, TopicId topic) {
  if ((at & kLowHalf) != server_.epoch) {
    world_.ledger.drop(id, {Mechanism::broker_lost, server_.down_since, kNoNode, server_.trigger});
    return;
  }
  const auto number = static_cast<std::uint16_t>(at >> 16);
  const Time turn = masters_.at(number).turns.front();
  masters_.at(number).turns.pop_front();
  hand_out(id, origin, {topic, turn, number});
}

void Broker::bus_in_flight(MessageId id, TopicId topic) {
  world_.bytes.in_flight(Link::broker_to_broker, bus_cost(world_.ledger.message(id), topic));
}

WireCost Broker::bus_cost(const Message& message, TopicId topic) const {
  return wire::cluster_bus({message.size + wire::kEnvelope, subscriptions_.topics().length(topic)});
}

}  // namespace squall
