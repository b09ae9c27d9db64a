// Links come about, are cut, and come back. See broker_links.hpp.
// What the one end believes and what the other one knows differ behind a partition.
#include "sim/kernel/broker_links.hpp"

#include <algorithm>
#include <utility>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {
BrokerLinks::BrokerLinks(World& world)
    : world_(world),
      links_(world.scenario.cluster.nodes.count),
      queues_(world),
      reconnect_(world.scenario.cluster.broker.reconnect) {
  for (Subscriber& link : links_) {
    const BrokerConfig& config = world.scenario.cluster.broker;
    link.last_publish.assign(std::max(config.paths, config.masters), kBeforeAll);
    link.last_arrival = link.last_publish;
  }
}

// ---- links --------------------------------------------------------------------------------------

void BrokerLinks::open(NodeId node) {
  Subscriber& link = of(node);
  link.opened = true;
  if (booting_) {  // the cluster is booted with its links in place
    link.connected = link.listening = link.subscribed = true;
    queues_.joined(node);
    return;
  }
  link.fresh = true;
  reconnect(node);
}

// Of the links that are down: whether this one is tried again.
bool BrokerLinks::comes_back(const Subscriber& link, Gone which) const {
  const Gone gone = world_.scenario.cluster.broker.never_returns;
  return link.fresh || (gone != which && gone != Gone::both);
}

// The connection that the node reads from is gone with all that was under way on it; and the other
// one too, unless the broker had enough of a slow reader.
void BrokerLinks::cut(NodeId node, const Death& death) {
  Subscriber& link = of(node);
  link.subscribed = link.listening = false;
  world_.broker->subscriptions().forget(node);
  queues_.left(node, death);
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
void BrokerLinks::reconnect(NodeId node) {
  Subscriber& link = of(node);
  const bool hears = link.listening || !comes_back(link, Gone::subscriber);
  const bool speaks = link.connected || !comes_back(link, Gone::publisher);
  if (!world_.broker->server().up || !link.opened || (hears && speaks) || cut_from(node)) return;
  const auto entity = reconnect_stream(world_.plan, node, Place::Kind::broker);
  Duration delay{reconnect_.sample(world_.draw(Purpose::broker_reconnect, entity))};
  for (int leg = 0; leg < 4; ++leg)
    delay += world_.network.cluster_delay(Place::Kind::broker, node);
  const Pause* const pause = pause_at(world_.plan, node, world_.now);
  const Time noticed = pause != nullptr ? pause->range.end : world_.now;  // nobody looks before
  world_.at(noticed + delay, {EventKind::broker_link_up, node, 0, ++link.attempt});
}

void BrokerLinks::link_up(NodeId node, std::uint32_t attempt) {
  Subscriber& link = of(node);
  if (!world_.broker->server().up || attempt != link.attempt || !world_.processes->up(node) ||
      cut_from(node))
    return;
  const bool restores = !link.listening && comes_back(link, Gone::subscriber);
  const bool speaks = !link.connected && comes_back(link, Gone::publisher);
  link.fresh = false;
  count_connecting(node, restores, speaks);
  tell_state(node);  // who stood still when it went down hears of it now
  if (restores) link.listening = link.subscribed = true;
  if (speaks) link.connected = true, link.made = world_.broker->server().epoch;
  publish_held(node);
  if (restores) world_.broker->subscriptions().restore(node);
  update_reach(node);
  if (restores) queues_.joined(node);
}

// What was held while it could not be published. Before the strategy hears of the link, and asks:
// clients of Redis send their queue first.
void BrokerLinks::publish_held(NodeId node) {
  Subscriber& link = of(node);
  link.held_bytes = 0;
  link.released = world_.now;
  for (const Held& held : std::exchange(link.held, {})) {
    const Message& message = world_.ledger.message(held.message);
    world_.memory->gives(node, Memory::Purpose::publisher, message.size);
    world_.broker->publish(node, message, held.topic, world_.now);
  }
}

// Where the broker is there, and takes nothing, a publisher waits.
Bytes BrokerLinks::may_hold(NodeId node) const {
  const bool waits = links_[index(node)].connected && queues_.alarm();
  return waits ? kUnlimited : world_.scenario.cluster.broker.publisher_buffer;
}

bool BrokerLinks::takes(NodeId node, Bytes size) const {
  const Subscriber& link = links_[index(node)];
  return link.connected || link.held_bytes + size <= may_hold(node);
}

TriggerId BrokerLinks::blame_of_silence(NodeId node) const {
  const auto& server = world_.broker->server();
  return server.up ? links_[index(node)].trigger : server.trigger;
}

// ---- partitions ---------------------------------------------------------------------------------

void BrokerLinks::cut_off(NodeId node) {
  if (!world_.backplane.needs.broker) return;
  const Time end =
      given_up(world_.plan, *cut_from(node), world_.scenario.cluster.broker.keep_alive);
  if (end != kNever) world_.at(end, {EventKind::broker_link_lost, node});
}

// The node has asked for a sign of life, and there was none. Or, without a keep-alive, TCP gives
// up what waits for its acknowledgement: the node's words, and those of the broker to it; but who
// only reads does not hear of that.
void BrokerLinks::keep_alive_fails(NodeId node) {
  Subscriber& link = of(node);
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
  link.connected = link.connected && link.made == world_.broker->server().epoch;
  tell_state(node);
  reconnect(node);
}

void BrokerLinks::healed(NodeId node) {
  Subscriber& link = of(node);
  if (link.goodbye) link.listening = link.goodbye = false;
  tell_state(node);
  reconnect(node);
  const bool forgotten = (link.listening && !link.subscribed) ||
                         (link.connected && link.made != world_.broker->server().epoch);
  const Patience patience = of_server_link(world_.scenario.cluster.broker.keep_alive);
  if (!forgotten || patience.timeout == Duration{0}) return;
  world_.after(patience.interval, {EventKind::broker_link_lost, node});  // the next sign asked for
}

void BrokerLinks::node_died(NodeId node) {
  Subscriber& link = of(node);
  const Death death = world_.processes->death_of(node, world_.processes->epoch(node) - 1);
  Death of_the_only_copy = death;
  of_the_only_copy.node = kNoNode;
  for (const Held& held : std::exchange(link.held, {})) {
    world_.ledger.drop(held.message, of_the_only_copy);
  }
  link.held_bytes = 0;
  link.opened = link.goodbye = link.told = false;
  world_.broker->subscriptions().node_died(node);
  cut(node, death);
}

// The broker died. What has left it still reaches the nodes; so the epoch stays, unless there is a
// partition between: then the news does not come through, and what waits is gone.
void BrokerLinks::broker_died(NodeId node, TriggerId trigger) {
  Subscriber& link = of(node);
  link.goodbye = false;
  if (cut_from(node)) {
    const bool connected = link.connected, listening = link.listening;
    if (link.subscribed) cut(node, {Mechanism::broker_lost, world_.now, node, trigger});
    link.connected = connected, link.listening = listening;
    return;
  }
  link.connected = link.listening = link.subscribed = false;
  link.trigger = trigger;
  world_.broker->subscriptions().forget(node);
  queues_.left(node, {Mechanism::broker_lost, world_.now, node, trigger});
  tell_state(node);
  update_reach(node);
}

void BrokerLinks::update_reach(NodeId node) {
  if (!world_.backplane.needs.broker) return;
  for (const ConnectionId id : world_.sessions->all(node)) {
    world_.update_reach(world_.oracle.connection(id).endpoint);
  }
}

void BrokerLinks::tell_state(NodeId node) {
  Subscriber& link = of(node);
  if (link.told == link.listening) return;
  if (!world_.processes->up(node) || world_.processes->stands_still(node)) return;
  link.told = link.listening;
  world_.nodes->step(node, BrokerState{link.told});
  if (!link.told && world_.scenario.cluster.broker.on_loss == OnLoss::close_clients) {
    world_.sessions->close_all(node, CloseReason::no_broker, link.trigger);
  }
  if (!link.told) return;
  for (const TopicId topic : std::set<TopicId>(world_.broker->subscriptions().of(node).entered)) {
    world_.nodes->step(node, Subscribed{world_.broker->subscriptions().topics().of(topic), true});
  }
}

std::optional<Cut> BrokerLinks::cut_from(NodeId node) const {
  return world_.network.cut_between(node_place(node), kBroker, world_.now);
}

// When what the broker writes into this cut now is lost; kNever: it waits, and comes through.
Time BrokerLinks::lost_in(const Cut& cut) const {
  const Time end = given_up(world_.plan, cut, world_.scenario.cluster.broker.keep_alive);
  if (end != kNever) return std::max(world_.now, end);
  return cut.until == kNever ? world_.now : kNever;
}

// The same for what a node has said: a connection that it closes meanwhile still sends what it was
// given, as long as TCP tries.
Time BrokerLinks::unsent_in(const Cut& cut) const {
  const Time end = given_up(world_.plan, cut, Duration{0});
  if (end != kNever) return std::max(world_.now, end);
  return cut.until == kNever ? world_.now : kNever;
}

// Where the node spoke, nobody knows its connection any more: it is told so.
void BrokerLinks::spoke_to_nobody(NodeId node, std::uint32_t epoch) {
  Subscriber& link = of(node);
  if (!link.connected || link.made != epoch) return;
  link.connected = false;
  link.trigger = world_.broker->server().trigger;
  reconnect(node);
}

// Two connections, as Redis wants it: one that hears and one that speaks; those that are made anew.
// To each server that has topics of its own.
void BrokerLinks::count_connecting(NodeId node, bool hears, bool speaks) {
  const Bytes servers = world_.broker->masters().sharded() ? world_.broker->masters().count() : 1;
  const Bytes connections = (Bytes{hears} + Bytes{speaks}) * servers;
  const wire::HandshakeCost tcp = wire::tcp_handshake();
  const auto book = [&](Link link, BytePurpose purpose, const WireCost& cost) {
    world_.bytes.passed(link, purpose, cost, world_.now, node);
  };
  book(Link::node_to_broker, BytePurpose::handshake, {connections * tcp.up, 0, 0});
  book(Link::broker_to_node, BytePurpose::handshake, {connections * tcp.down, 0, 0});
  if (speaks && world_.spec.has_log()) {
    book(Link::node_to_broker, BytePurpose::control, wire::resp_load(wire::kLogScripts));
    book(Link::broker_to_node, BytePurpose::control, wire::resp_loaded(wire::kLogScripts));
    world_.bytes.acknowledged(Link::broker_to_node, 1, world_.now, node);
  }
  if (!hears || !world_.broker->subscriptions().of(node).wanted.contains(kGlobalTopic)) return;
  const Bytes topic = world_.broker->subscriptions().topics().length(kGlobalTopic);
  book(Link::node_to_broker, BytePurpose::control,
       wire::resp_command({.verb = 9, .keys = 1, .key = topic}));
  book(Link::broker_to_node, BytePurpose::control, wire::resp_subscribed(topic));
  world_.bytes.acknowledged(Link::broker_to_node, 1, world_.now, node);
}

void BrokerLinks::finish() {
  const bool alarm = queues_.alarm();
  for (Subscriber& link : links_) {
    const NodeId node{static_cast<std::uint16_t>(&link - links_.data())};
    const TriggerId trigger = alarm ? queues_.blame_of_alarm() : link.trigger;
    for (const Held& held : std::exchange(link.held, {})) {
      const Bytes size = world_.ledger.message(held.message).size;
      world_.memory->gives(node, Memory::Purpose::publisher, size);
      world_.ledger.drop(held.message, {Mechanism::publish_failed, world_.now, kNoNode, trigger});
    }
  }
}

}  // namespace squall
