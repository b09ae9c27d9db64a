// Publish, deliver, cut, subscribe again. See broker.hpp.
// An epoch per connection tells copies of a dead connection from those of the living one.
#include "sim/kernel/broker.hpp"

#include <algorithm>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"

namespace squall {
namespace {

constexpr Bytes kTopic = 13;     // "squall:global"

Place node_place(NodeId node) { return {Place::Kind::node, node}; }
constexpr Place kBroker{Place::Kind::broker, kNoNode};

// What an output buffer holds of a message: RESP in user space. TCP headers are not in it.
Bytes buffered(const WireCost& cost) { return cost.payload + cost.framing; }

}  // namespace

Broker::Broker(World& world)
    : world_(world),
      links_(world.scenario.cluster.nodes.count),
      reconnect_(world.scenario.cluster.broker.reconnect) {}

WireCost Broker::publish_cost(const Message& message) const {
  return wire::resp_publish({message.size + wire::kEnvelope, kTopic});
}
WireCost Broker::message_cost(const Message& message) const {
  return wire::resp_message({message.size + wire::kEnvelope, kTopic});
}

// ---- publishing --------------------------------------------------------------------------------

void Broker::publish(NodeId from, const Message& message, Time when) {
  Subscriber& link = links_[index(from)];
  if (!up_ || !link.connected) {
    hold_or_fail(from, message);
    return;
  }
  const WireCost cost = publish_cost(message);
  world_.bytes.sent(Link::node_to_broker, BytePurpose::payload_relayed, cost, world_.now, from);
  const Bytes bare = link.speaks.sent(world_.now);
  world_.bytes.acknowledged(Link::broker_to_node, bare, world_.now, from);
  const DoorVerdict verdict = world_.peers->door(node_place(from), kBroker);
  if (verdict.kind == DoorVerdict::Kind::drop) {
    world_.bytes.lost(Link::node_to_broker, cost);
    world_.ledger.drop(message.id,
                       {Mechanism::publish_failed, verdict.at, kNoNode, verdict.trigger});
    return;
  }
  Time leaves = world_.peers->depart(from, cost.total(), when);
  if (verdict.kind == DoorVerdict::Kind::delay) leaves = std::max(leaves, verdict.at);
  link.way = world_.cluster_delay(World::Hop::broker, from);
  link.last_publish = std::max(link.last_publish, leaves + link.way);
  world_.at(link.last_publish,
            {EventKind::publish_arrives, from, static_cast<std::uint32_t>(message.id), epoch_,
             static_cast<std::uint32_t>(from)});
}

void Broker::hold_or_fail(NodeId from, const Message& message) {
  Subscriber& link = links_[index(from)];
  const TriggerId trigger = up_ ? link.trigger : trigger_;
  const Bytes limit = world_.scenario.cluster.broker.publisher_buffer;
  if (limit == 0) {
    world_.ledger.drop(message.id, {Mechanism::publish_failed, world_.now, kNoNode, trigger});
  } else if (link.held_bytes + message.size > limit) {
    world_.ledger.drop(message.id,
                       {Mechanism::publisher_buffer_overflow, world_.now, kNoNode, trigger});
  } else {
    link.held.push_back(message.id);
    link.held_bytes += message.size;
  }
}

void Broker::publish_arrives(MessageId id, std::uint32_t epoch, NodeId origin) {
  const WireCost cost = publish_cost(world_.ledger.message(id));
  if (!up_ || epoch != epoch_) {
    world_.bytes.lost(Link::node_to_broker, cost);
    world_.ledger.drop(id, {Mechanism::broker_lost, world_.now, kNoNode, trigger_});
    return;
  }
  world_.bytes.received(Link::node_to_broker, cost);
  const auto subscribers = std::ranges::count_if(links_, &Subscriber::subscribed);
  busy_until_ = std::max(busy_until_, world_.now) + service_costs().publish +
                subscribers * service_costs().per_subscriber;
  const bool answered = busy_until_ - world_.now < AckingEnd::kDelay;  // the reply says it, too
  world_.bytes.acknowledged(Link::node_to_broker, wire::acks(cost.segments) - answered, world_.now,
                            origin);
  world_.at(busy_until_, {EventKind::publish_done, origin, static_cast<std::uint32_t>(id), epoch,
                          static_cast<std::uint32_t>(origin)});
}

void Broker::publish_done(MessageId id, std::uint32_t epoch, NodeId origin) {
  if (epoch != epoch_) {
    world_.ledger.drop(id, {Mechanism::broker_lost, down_since_, kNoNode, trigger_});
    return;
  }
  const WireCost cost = message_cost(world_.ledger.message(id));
  const auto copies =
      static_cast<std::uint32_t>(std::ranges::count_if(links_, &Subscriber::subscribed));
  count_reply(origin, copies);
  for (std::uint16_t n = 0; n < links_.size(); ++n) {
    const Subscriber& link = links_[n];
    if (link.subscribed || !world_.nodes->up(NodeId{n})) continue;
    world_.ledger.note(id, {Mechanism::not_subscribed, world_.now, NodeId{n}, link.trigger});
  }
  if (copies == 0) {
    world_.ledger.benign(id, world_.now);
    return;
  }
  world_.ledger.forked(id, copies - 1);
  for (std::uint16_t n = 0; n < links_.size(); ++n) {
    if (links_[n].subscribed) deliver(NodeId{n}, id, origin, cost);
  }
}

// How many heard it. It comes as long after as the publish was under way; nothing waits for it.
void Broker::count_reply(NodeId to, Bytes copies) {
  Subscriber& link = links_[index(to)];
  const WireCost cost = wire::resp_integer(copies);
  const bool heard = link.connected && world_.nodes->up(to);
  world_.bytes.passed(Link::broker_to_node, BytePurpose::control, cost, world_.now, to, heard);
  if (!heard) return;
  const Bytes bare = link.speaks.received(world_.now + link.way, cost.segments);
  world_.bytes.acknowledged(Link::broker_to_node, bare, world_.now, to);
}

// Two connections, as Redis wants it: one that hears and one that speaks.
void Broker::count_connecting(NodeId node) {
  const wire::HandshakeCost tcp = wire::tcp_handshake();
  const auto book = [&](Link link, BytePurpose purpose, const WireCost& cost) {
    world_.bytes.passed(link, purpose, cost, world_.now, node);
  };
  book(Link::node_to_broker, BytePurpose::handshake, {2 * tcp.up, 0, 0});
  book(Link::broker_to_node, BytePurpose::handshake, {2 * tcp.down, 0, 0});
  book(Link::node_to_broker, BytePurpose::control,
       wire::resp_command({.verb = 9, .keys = 1, .key = kTopic}));
  book(Link::broker_to_node, BytePurpose::control, wire::resp_subscribed(kTopic));
  world_.bytes.acknowledged(Link::broker_to_node, 1, world_.now, node);
}

// ---- delivering --------------------------------------------------------------------------------

bool Broker::over_limit(Subscriber& link, Bytes more) {
  const BrokerConfig& config = world_.scenario.cluster.broker;
  link.unread += more;
  if (link.unread <= config.output_soft)
    link.over_soft_since = kNever;
  else if (link.over_soft_since == kNever)
    link.over_soft_since = world_.now;
  return link.unread > config.output_hard ||
         (link.over_soft_since != kNever &&
          world_.now - link.over_soft_since > config.output_soft_for);
}

void Broker::deliver(NodeId node, MessageId id, NodeId origin, const WireCost& cost) {
  Subscriber& link = links_[index(node)];
  if (over_limit(link, buffered(cost))) {
    const TriggerId paused = world_.nodes->paused_by(node, world_.now);
    const TriggerId trigger = paused != kStructural ? paused : kOverload;
    const Death death{Mechanism::subscriber_buffer_killed, world_.now, node, trigger};
    world_.ledger.drop(id, death);
    cut(node, death);
    reconnect(node);
    return;
  }
  world_.bytes.sent(Link::broker_to_node, BytePurpose::payload_relayed, cost, world_.now, node);
  const DoorVerdict verdict = world_.peers->door(node_place(node), kBroker);
  if (verdict.kind == DoorVerdict::Kind::drop) {
    world_.bytes.lost(Link::broker_to_node, cost);
    world_.ledger.drop(id, {Mechanism::not_subscribed, verdict.at, node, verdict.trigger});
    return;
  }
  const Time leaves = verdict.kind == DoorVerdict::Kind::delay ? verdict.at : world_.now;
  link.last_arrival =
      std::max(link.last_arrival, leaves + world_.cluster_delay(World::Hop::broker, node));
  world_.at(link.last_arrival,
            {EventKind::broker_message_arrives, node, static_cast<std::uint32_t>(id), link.epoch,
             static_cast<std::uint32_t>(origin)});
}

void Broker::message_arrives(NodeId node, MessageId id, std::uint32_t epoch, NodeId origin) {
  Subscriber& link = links_[index(node)];
  const WireCost cost = message_cost(world_.ledger.message(id));
  if (epoch != link.epoch) {
    world_.bytes.lost(Link::broker_to_node, cost);
    world_.ledger.drop(id, link.deaths[epoch]);
    return;
  }
  world_.bytes.received(Link::broker_to_node, cost);
  world_.bytes.acknowledged(Link::broker_to_node, wire::acks(cost.segments), world_.now, node);
  const Time done =
      world_.nodes->work(node, world_.costs.broker_receive, world_.ledger.message(id).size);
  world_.at(done, {EventKind::broker_message_done, node, static_cast<std::uint32_t>(id), epoch,
                   static_cast<std::uint32_t>(origin)});
}

void Broker::message_done(NodeId node, MessageId id, std::uint32_t epoch, NodeId origin) {
  Subscriber& link = links_[index(node)];
  if (epoch != link.epoch) {
    world_.ledger.drop(id, link.deaths[epoch]);
    return;
  }
  link.unread -= buffered(message_cost(world_.ledger.message(id)));
  world_.nodes->step(node, BrokerMessage{origin, Copy::adopt(world_.ledger.message(id))});
}

// ---- links -------------------------------------------------------------------------------------

void Broker::subscribe(NodeId node) {
  Subscriber& link = links_[index(node)];
  link.wanted = true;
  if (world_.nodes->epoch(node) == 1) {  // the cluster is booted with its links in place
    link.connected = link.subscribed = true;
    return;
  }
  reconnect(node);
}

// The connection is gone with all that was under way on it.
void Broker::cut(NodeId node, const Death& death) {
  Subscriber& link = links_[index(node)];
  link.subscribed = false;
  // A slow reader loses the connection it reads from; it publishes on another.
  link.connected = link.connected && death.mechanism == Mechanism::subscriber_buffer_killed;
  ++link.epoch;
  link.deaths.push_back(death);
  link.trigger = death.trigger;
  link.unread = 0;
  link.over_soft_since = kNever;
  update_reach(node);
}

void Broker::reconnect(NodeId node) {
  Subscriber& link = links_[index(node)];
  if (!up_ || !link.wanted || link.subscribed) return;
  const auto entity = static_cast<std::uint32_t>(node);
  Duration delay{reconnect_.sample(world_.draw(Purpose::broker_reconnect, entity))};
  for (int leg = 0; leg < 4; ++leg) delay += world_.cluster_delay(World::Hop::broker, node);
  Time noticed = world_.now;
  for (const Pause& pause : world_.plan.pauses(node)) {
    if (pause.range.contains(noticed)) noticed = pause.range.end;  // nobody looks before that
  }
  world_.at(noticed + delay, {EventKind::broker_link_up, node, 0, ++link.attempt});
}

void Broker::link_up(NodeId node, std::uint32_t attempt) {
  Subscriber& link = links_[index(node)];
  if (!up_ || attempt != link.attempt || !world_.nodes->up(node)) return;
  if (world_.peers->severed(node_place(node), kBroker) != nullptr) return;
  link.connected = link.subscribed = true;
  count_connecting(node);
  update_reach(node);
  link.held_bytes = 0;
  for (const MessageId id : std::exchange(link.held, {})) {
    publish(node, world_.ledger.message(id), world_.now);
  }
}

void Broker::link_lost(NodeId node, std::uint32_t partition) {
  if (!links_[index(node)].connected) return;
  cut(node,
      {Mechanism::not_subscribed, world_.now, node, world_.plan.partitions()[partition].trigger});
}

void Broker::node_died(NodeId node) {
  Subscriber& link = links_[index(node)];
  const Death death = world_.nodes->death_of(node, world_.nodes->epoch(node) - 1);
  Death of_the_only_copy = death;
  of_the_only_copy.node = kNoNode;
  for (const MessageId id : std::exchange(link.held, {})) world_.ledger.drop(id, of_the_only_copy);
  link.held_bytes = 0;
  link.wanted = false;
  cut(node, death);
}

void Broker::down(TriggerId trigger) {
  up_ = false;
  ++epoch_;
  trigger_ = trigger;
  down_since_ = world_.now;
  busy_until_ = world_.now;
  for (std::uint16_t n = 0; n < links_.size(); ++n) {
    // What has left the broker still reaches the nodes; so the epoch stays.
    links_[n].connected = links_[n].subscribed = false;
    links_[n].trigger = trigger;
    update_reach(NodeId{n});
  }
}

void Broker::up() {
  up_ = true;
  for (std::uint16_t n = 0; n < links_.size(); ++n) reconnect(NodeId{n});
}

void Broker::update_reach(NodeId node) {
  if (!world_.backplane.needs.broker) return;
  for (const ConnectionId id : world_.nodes->sessions(node)) {
    world_.update_reach(world_.oracle.connection(id).endpoint);
  }
}

void Broker::finish() {
  for (Subscriber& link : links_) {
    for (const MessageId id : std::exchange(link.held, {})) {
      world_.ledger.drop(id, {Mechanism::publish_failed, world_.now, kNoNode, link.trigger});
    }
  }
}

}  // namespace squall
