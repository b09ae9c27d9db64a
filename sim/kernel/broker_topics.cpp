// Subscriptions: the node's wish, the command's way to the broker, and its answer. See broker.hpp.
// A command goes on the connection that hears, so commands and answers never overtake each other.
// The link remembers which topics are wanted, as clients of Redis do: after a cut the global one
// comes back with the link, the others are asked for again.
#include <algorithm>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {

bool Broker::hears(NodeId node, Topic topic) const {
  const TopicId* const id = topics_.known(topic);
  return id != nullptr && hears(node, *id);
}

void Broker::ask(NodeId node, Topic topic, bool yes, Time when) {
  Subscriber& link = links_[index(node)];
  const TopicId id = topics_.number(topic);
  if (yes)
    link.wanted.insert(id);
  else
    link.wanted.erase(id);
  if (booting_ && yes) {
    enter(node, id);  // in place from the start, as the links
  } else if (link.listening) {
    send_command(node, id, yes, when);
  }
}

void Broker::topic_event(const Event& event) {
  const Subscriber& link = links_[index(event.node)];
  const TopicId topic{event.a};
  const bool yes = event.c != 0;
  const bool same = event.b == link.generation;
  switch (event.kind) {
    case EventKind::topic_arrives:
      command_arrives(event.node, topic, yes, same && up_ && link.subscribed);
      break;
    case EventKind::topic_done:
      if (same) take_up(event.node, topic, yes);
      break;
    case EventKind::topic_answered: answered(event.node, topic, yes, same && link.listening); break;
    default: SQUALL_CHECK(false);
  }
}

// ---- what the broker knows ---------------------------------------------------------------------

void Broker::enter(NodeId node, TopicId topic) {
  topics_.enter(topic, node);
  links_[index(node)].entered.insert(topic);
}

void Broker::forget(NodeId node) {
  Subscriber& link = links_[index(node)];
  ++link.generation;
  link.restored = 0;
  for (const TopicId topic : link.entered) topics_.leave(topic, node);
  link.entered.clear();
}

// The link is up. The attempt to connect has paid for the global topic.
void Broker::restore(NodeId node) {
  Subscriber& link = links_[index(node)];
  for (const TopicId topic : link.wanted) {
    if (topic == kGlobalTopic) {
      enter(node, topic);
    } else {
      ++link.restored;
      send_command(node, topic, true, world_.now);
    }
  }
  tell_state(node);
}

// ---- a command and its answer ------------------------------------------------------------------

void Broker::send_command(NodeId node, TopicId topic, bool yes, Time when) {
  Subscriber& link = links_[index(node)];
  const auto way = cut_from(node);
  if (way && lost_in(*way) != kNever) return;  // the link will be given up, and asks again
  const Time leaves = way ? std::max(when, way->until) : when;
  link.last_command =
      std::max(link.last_command, leaves + world_.cluster_delay(World::Hop::broker, node));
  world_.at(link.last_command, {EventKind::topic_arrives, node, static_cast<std::uint32_t>(topic),
                                link.generation, yes});
}

// SUBSCRIBE or UNSUBSCRIBE. It costs the broker as much as a message that nobody hears.
void Broker::command_arrives(NodeId node, TopicId topic, bool yes, bool valid) {
  const WireCost cost =
      wire::resp_command({.verb = yes ? 9 : 11, .keys = 1, .key = topics_.length(topic)});
  world_.bytes.passed(Link::node_to_broker, BytePurpose::control, cost, world_.now, node, valid);
  if (!valid) return;
  busy_until_ = std::max(busy_until_, world_.now) + service_costs().publish;
  world_.at(busy_until_, {EventKind::topic_done, node, static_cast<std::uint32_t>(topic),
                          links_[index(node)].generation, yes});
}

void Broker::take_up(NodeId node, TopicId topic, bool yes) {
  Subscriber& link = links_[index(node)];
  if (yes) {
    enter(node, topic);
  } else {
    topics_.leave(topic, node);
    link.entered.erase(topic);
  }
  reached_by(node, topic);
  const auto way = cut_from(node);
  if (way && lost_in(*way) != kNever) return;
  const Time leaves = way ? way->until : world_.now;
  Time& arrives = link.last_arrival.front();
  arrives = std::max(arrives, leaves + world_.cluster_delay(World::Hop::broker, node));
  world_.at(arrives, {EventKind::topic_answered, node, static_cast<std::uint32_t>(topic),
                      link.generation, yes});
}

void Broker::answered(NodeId node, TopicId topic, bool yes, bool valid) {
  Subscriber& link = links_[index(node)];
  const WireCost cost = wire::resp_subscribed(topics_.length(topic) + (yes ? 0 : 2));
  world_.bytes.passed(Link::broker_to_node, BytePurpose::control, cost, world_.now, node, valid);
  if (!valid) return;
  world_.bytes.acknowledged(Link::broker_to_node, 1, world_.now, node);
  if (link.restored > 0) --link.restored;
  world_.nodes->work(node, world_.costs.registry_call, 0);
  world_.nodes->step(node, Subscribed{topics_.of(topic), yes});
}

// ---- who has to know ---------------------------------------------------------------------------

void Broker::reached_by(NodeId node, TopicId topic) {
  const Topic what = topics_.of(topic);
  if (what.kind == Topic::Kind::user) {
    world_.update_reach(EndpointId{what.id});
  } else if (what.kind == Topic::Kind::room) {
    for (const EndpointId member : world_.nodes->here(node, RoomId{what.id})) {
      world_.update_reach(member);
    }
  } else {
    update_reach(node);
  }
}

void Broker::tell_state(NodeId node) {
  Subscriber& link = links_[index(node)];
  if (link.told == link.listening) return;
  if (!world_.nodes->up(node) || world_.nodes->stands_still(node)) return;
  link.told = link.listening;
  world_.nodes->step(node, BrokerState{link.told});
  if (!link.told && world_.scenario.cluster.broker.on_loss == OnLoss::close_clients) {
    world_.nodes->close_all(node, CloseReason::no_broker, link.trigger);
  }
  if (!link.told) return;
  for (const TopicId topic : std::set<TopicId>(link.entered)) {
    world_.nodes->step(node, Subscribed{topics_.of(topic), true});
  }
}

}  // namespace squall
