// Publish, deliver, cut, subscribe again. See broker.hpp.
// An epoch per connection tells copies of a dead connection from those of the living one.
#include "sim/kernel/broker.hpp"

#include <algorithm>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"

namespace squall {
namespace {

constexpr Bytes kTopic = 13;  // "squall:global"

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

std::optional<Cut> Broker::cut_from(NodeId node) const {
  return world_.peers->cut_between(node_place(node), kBroker);
}

// When what is written into this cut now is lost; kNever: it waits, and comes through.
Time Broker::lost_in(const Cut& cut) const {
  const Time end = given_up(world_.plan, cut, world_.scenario.cluster.broker.keep_alive);
  if (end != kNever) return std::max(world_.now, end);
  return cut.until == kNever ? world_.now : kNever;
}

void Broker::publish(NodeId from, const Message& message, Time when) {
  Subscriber& link = links_[index(from)];
  if (!link.connected) {
    hold_or_fail(from, message);
    return;
  }
  const WireCost cost = publish_cost(message);
  world_.bytes.sent(Link::node_to_broker, BytePurpose::payload_relayed, cost, world_.now, from);
  const Bytes bare = link.speaks.sent(world_.now);
  world_.bytes.acknowledged(Link::broker_to_node, bare, world_.now, from);
  const auto cut = cut_from(from);
  if (const Time lost = cut ? lost_in(*cut) : kNever; lost != kNever) {
    world_.bytes.lost(Link::node_to_broker, cost);
    world_.ledger.drop(message.id, {Mechanism::publish_failed, lost, kNoNode, cut->trigger});
    return;
  }
  Time leaves = world_.peers->depart(from, cost.total(), when);
  if (cut) leaves = std::max(leaves, cut->until);
  link.way = world_.cluster_delay(World::Hop::broker, from);
  link.last_publish = std::max(link.last_publish, leaves + link.way);
  world_.at(link.last_publish,
            {EventKind::publish_arrives, from, static_cast<std::uint32_t>(message.id), link.made,
             static_cast<std::uint32_t>(from) | world_.nodes->epoch(from) << 16});
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

void Broker::publish_arrives(MessageId id, std::uint32_t epoch, NodeId origin, std::uint16_t by) {
  const WireCost cost = publish_cost(world_.ledger.message(id));
  if (const Death* const death = world_.peers->died_holding(origin, by, kBroker)) {
    world_.bytes.lost(Link::node_to_broker, cost);
    world_.ledger.drop(
        id, {Mechanism::publish_failed, world_.now, kNoNode, death->trigger, death->reason});
    return;
  }
  if (!up_ || epoch != epoch_) {
    world_.bytes.lost(Link::node_to_broker, cost);
    world_.ledger.drop(id, {Mechanism::broker_lost, world_.now, kNoNode, trigger_});
    if (static_cast<std::uint16_t>(world_.nodes->epoch(origin)) == by) {
      spoke_to_nobody(origin, epoch);
    }
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

// The run ends with it on its way.
void Broker::publish_in_flight(MessageId id) {
  world_.bytes.in_flight(Link::node_to_broker, publish_cost(world_.ledger.message(id)));
}

void Broker::message_in_flight(MessageId id) {
  world_.bytes.in_flight(Link::broker_to_node, message_cost(world_.ledger.message(id)));
}

// Where the node spoke, nobody knows its connection any more: it is told so.
void Broker::spoke_to_nobody(NodeId node, std::uint32_t epoch) {
  Subscriber& link = links_[index(node)];
  if (!link.connected || link.made != epoch) return;
  link.connected = false;
  link.trigger = trigger_;
  reconnect(node);
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

// Two connections, as Redis wants it: one that hears and one that speaks; those that are made anew.
void Broker::count_connecting(NodeId node, bool hears, bool speaks) {
  const Bytes connections = Bytes{hears} + Bytes{speaks};
  const wire::HandshakeCost tcp = wire::tcp_handshake();
  const auto book = [&](Link link, BytePurpose purpose, const WireCost& cost) {
    world_.bytes.passed(link, purpose, cost, world_.now, node);
  };
  book(Link::node_to_broker, BytePurpose::handshake, {connections * tcp.up, 0, 0});
  book(Link::broker_to_node, BytePurpose::handshake, {connections * tcp.down, 0, 0});
  if (!hears) return;
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
  const auto way = cut_from(node);
  if (over_limit(link, buffered(cost))) {
    const TriggerId paused = world_.nodes->paused_by(node, world_.now);
    const TriggerId trigger = paused != kStructural ? paused : way ? way->trigger : kOverload;
    const Death death{Mechanism::subscriber_buffer_killed, world_.now, node, trigger};
    world_.ledger.drop(id, death);
    cut(node, death);
    link.goodbye = way.has_value();
    link.listening = link.goodbye;
    reconnect(node);
    return;
  }
  world_.bytes.sent(Link::broker_to_node, BytePurpose::payload_relayed, cost, world_.now, node);
  if (const Time lost = way ? lost_in(*way) : kNever; lost != kNever) {
    world_.bytes.lost(Link::broker_to_node, cost);
    world_.ledger.drop(id, {Mechanism::not_subscribed, lost, node, way->trigger});
    return;
  }
  const Time leaves = way ? way->until : world_.now;
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
  world_.ledger.saw(id, {.what = Sight::What::from_broker, .at = world_.now, .node = node});
  world_.nodes->step(node, BrokerMessage{origin, Copy::adopt(world_.ledger.message(id))});
}

// ---- links -------------------------------------------------------------------------------------

void Broker::subscribe(NodeId node) {
  Subscriber& link = links_[index(node)];
  link.wanted = true;
  if (world_.nodes->epoch(node) == 1) {  // the cluster is booted with its links in place
    link.connected = link.listening = link.subscribed = true;
    return;
  }
  reconnect(node);
}

// The connection that the node reads from is gone with all that was under way on it; and the other
// one too, unless the broker had enough of a slow reader.
void Broker::cut(NodeId node, const Death& death) {
  Subscriber& link = links_[index(node)];
  link.subscribed = link.listening = false;
  link.connected = link.connected && death.mechanism == Mechanism::subscriber_buffer_killed;
  ++link.epoch;
  link.deaths.push_back(death);
  link.trigger = death.trigger;
  link.unread = 0;
  link.over_soft_since = kNever;
  update_reach(node);
}

// One wait, then an attempt. Who cannot get through now is called again when the broker is back and
// the way is open.
void Broker::reconnect(NodeId node) {
  Subscriber& link = links_[index(node)];
  if (!up_ || !link.wanted || (link.listening && link.connected) || cut_from(node)) return;
  const auto entity = reconnect_stream(world_.plan, node, Place::Kind::broker);
  Duration delay{reconnect_.sample(world_.draw(Purpose::broker_reconnect, entity))};
  for (int leg = 0; leg < 4; ++leg) delay += world_.cluster_delay(World::Hop::broker, node);
  const Pause* const pause = pause_at(world_.plan, node, world_.now);
  const Time noticed = pause != nullptr ? pause->range.end : world_.now;  // nobody looks before
  world_.at(noticed + delay, {EventKind::broker_link_up, node, 0, ++link.attempt});
}

void Broker::link_up(NodeId node, std::uint32_t attempt) {
  Subscriber& link = links_[index(node)];
  if (!up_ || attempt != link.attempt || !world_.nodes->up(node) || cut_from(node)) return;
  count_connecting(node, !link.listening, !link.connected);
  if (!link.listening) link.listening = link.subscribed = true;
  if (!link.connected) link.connected = true, link.made = epoch_;
  update_reach(node);
  link.held_bytes = 0;
  for (const MessageId id : std::exchange(link.held, {})) {
    publish(node, world_.ledger.message(id), world_.now);
  }
}

// ---- partitions --------------------------------------------------------------------------------

void Broker::cut_off(NodeId node) {
  if (!world_.backplane.needs.broker) return;
  const Time end =
      given_up(world_.plan, *cut_from(node), world_.scenario.cluster.broker.keep_alive);
  if (end != kNever) world_.at(end, {EventKind::broker_link_lost, node});
}

// The node has asked for a sign of life, and there was none. Or, without a keep-alive, TCP gives
// up what waits for its acknowledgement: the node's words, and those of the broker to it; but who
// only reads does not hear of that.
void Broker::keep_alive_fails(NodeId node) {
  Subscriber& link = links_[index(node)];
  const auto way = cut_from(node);
  const bool asks = world_.scenario.cluster.broker.keep_alive > Duration{0};
  const TriggerId trigger = way ? way->trigger : link.trigger;
  if (way || (link.listening && !link.subscribed)) {
    const bool listens = link.listening && !asks;
    if (link.connected || link.listening) {
      cut(node, {Mechanism::not_subscribed, world_.now, node, trigger});
    }
    link.listening = listens;
  }
  link.connected = link.connected && link.made == epoch_;
  reconnect(node);
}

void Broker::healed(NodeId node) {
  Subscriber& link = links_[index(node)];
  if (link.goodbye) link.listening = link.goodbye = false;
  reconnect(node);
  const bool forgotten =
      (link.listening && !link.subscribed) || (link.connected && link.made != epoch_);
  const Patience patience = of_server_link(world_.scenario.cluster.broker.keep_alive);
  if (!forgotten || patience.timeout == Duration{0}) return;
  world_.after(patience.interval, {EventKind::broker_link_lost, node});  // the next sign asked for
}

void Broker::node_died(NodeId node) {
  Subscriber& link = links_[index(node)];
  const Death death = world_.nodes->death_of(node, world_.nodes->epoch(node) - 1);
  Death of_the_only_copy = death;
  of_the_only_copy.node = kNoNode;
  for (const MessageId id : std::exchange(link.held, {})) world_.ledger.drop(id, of_the_only_copy);
  link.held_bytes = 0;
  link.wanted = link.goodbye = false;
  cut(node, death);
}

void Broker::down(TriggerId trigger) {
  up_ = false;
  ++epoch_;
  trigger_ = trigger;
  down_since_ = world_.now;
  busy_until_ = world_.now;
  for (std::uint16_t n = 0; n < links_.size(); ++n) {
    Subscriber& link = links_[n];
    link.goodbye = false;
    if (cut_from(NodeId{n})) {  // the news does not come through, and what waits is gone
      const bool connected = link.connected, listening = link.listening;
      if (link.subscribed) cut(NodeId{n}, {Mechanism::broker_lost, world_.now, NodeId{n}, trigger});
      link.connected = connected, link.listening = listening;
      continue;
    }
    // What has left the broker still reaches the nodes; so the epoch stays.
    link.connected = link.listening = link.subscribed = false;
    link.trigger = trigger;
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
