// The broker's links to the nodes: how they come about, are cut, and come back. See broker.hpp.
// What the one end believes and what the other one knows differ behind a partition.
#include <algorithm>
#include <utility>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {

// ---- links -------------------------------------------------------------------------------------

void Broker::open(NodeId node) {
  Subscriber& link = links_[index(node)];
  link.opened = true;
  if (booting_) {  // the cluster is booted with its links in place
    link.connected = link.listening = link.subscribed = true;
    return;
  }
  link.fresh = true;
  reconnect(node);
}

// Of the links that are down: whether this one is tried again.
bool Broker::comes_back(const Subscriber& link, Gone which) const {
  const Gone gone = world_.scenario.cluster.broker.never_returns;
  return link.fresh || (gone != which && gone != Gone::both);
}

// The connection that the node reads from is gone with all that was under way on it; and the other
// one too, unless the broker had enough of a slow reader.
void Broker::cut(NodeId node, const Death& death) {
  Subscriber& link = links_[index(node)];
  link.subscribed = link.listening = false;
  forget(node);
  link.connected = link.connected && death.mechanism == Mechanism::subscriber_buffer_killed;
  ++link.epoch;
  SQUALL_CHECK(link.epoch <= UINT16_MAX);  // half a number of an event
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
  const bool hears = link.listening || !comes_back(link, Gone::subscriber);
  const bool speaks = link.connected || !comes_back(link, Gone::publisher);
  if (!up_ || !link.opened || (hears && speaks) || cut_from(node)) return;
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
  const bool restores = !link.listening && comes_back(link, Gone::subscriber);
  const bool speaks = !link.connected && comes_back(link, Gone::publisher);
  link.fresh = false;
  count_connecting(node, restores, speaks);
  tell_state(node);  // who stood still when it went down hears of it now
  if (restores) link.listening = link.subscribed = true;
  if (speaks) link.connected = true, link.made = epoch_;
  if (restores) restore(node);
  update_reach(node);
  link.held_bytes = 0;
  for (const Held& held : std::exchange(link.held, {})) {
    publish(node, world_.ledger.message(held.message), held.topic, world_.now);
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
  tell_state(node);
  reconnect(node);
}

void Broker::healed(NodeId node) {
  Subscriber& link = links_[index(node)];
  if (link.goodbye) link.listening = link.goodbye = false;
  tell_state(node);
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
  for (const Held& held : std::exchange(link.held, {})) {
    world_.ledger.drop(held.message, of_the_only_copy);
  }
  link.held_bytes = 0;
  link.opened = link.goodbye = link.told = false;
  link.wanted.clear();
  cut(node, death);
}

void Broker::down(TriggerId trigger) {
  up_ = false;
  ++epoch_;
  SQUALL_CHECK(epoch_ <= UINT16_MAX);  // half a number of an event
  trigger_ = trigger;
  down_since_ = world_.now;
  busy_until_ = world_.now;
  if (!world_.scenario.cluster.broker.persistent) {
    logs_.lose(world_.now, world_.backplane.reads_log ? std::optional(trigger) : std::nullopt);
  }
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
    forget(NodeId{n});
    tell_state(NodeId{n});
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
  logs_.finish();
  for (const std::uint32_t slot : unread_answers_) let_go(answers_[slot], kNever);
  for (Subscriber& link : links_) {
    for (const Held& held : std::exchange(link.held, {})) {
      world_.ledger.drop(held.message,
                         {Mechanism::publish_failed, world_.now, kNoNode, link.trigger});
    }
  }
}

}  // namespace squall
