// The node's wish, the command's way to the broker, and its answer. See subscriptions.hpp.
// The link remembers which topics are wanted, as clients of Redis do: after a cut the global one
// comes back with the link, the others are asked for again.
#include "sim/kernel/subscriptions.hpp"

#include <algorithm>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {

void Subscriptions::ask(NodeId node, Topic topic, bool yes, Time when) {
  Wishes& wishes = wishes_[index(node)];
  const BrokerLinks& links = world_.broker->links();
  const TopicId id = topics_.number(topic);
  if (yes)
    wishes.wanted.insert(id);
  else
    wishes.wanted.erase(id);
  if (links.booting() && yes) {
    enter(node, id);  // in place from the start, as the links
  } else if (links.of(node).listening) {
    send_command(node, id, yes, when);
  }
}

void Subscriptions::event(const Event& event) {
  const Subscriber& link = world_.broker->links().of(event.node);
  const TopicId topic{event.a};
  const bool yes = event.c != 0;
  const bool same = event.b == of(event.node).generation;
  if (event.kind == EventKind::topic_arrives) {
    const bool valid = same && world_.broker->server().up && link.subscribed;
    command_arrives(event.node, topic, yes, valid);
  } else if (event.kind == EventKind::topic_done) {
    if (same) take_up(event.node, topic, yes);
  } else {
    SQUALL_CHECK(event.kind == EventKind::topic_answered);
    answered(event.node, topic, yes, same && link.listening);
  }
}

// ---- what the broker knows ----------------------------------------------------------------------

void Subscriptions::enter(NodeId node, TopicId topic) {
  topics_.enter(topic, node);
  wishes_[index(node)].entered.insert(topic);
}

void Subscriptions::forget(NodeId node) {
  Wishes& wishes = wishes_[index(node)];
  ++wishes.generation;
  wishes.restored = 0;
  for (const TopicId topic : wishes.entered) topics_.leave(topic, node);
  wishes.entered.clear();
}

// The link is up. The attempt to connect has paid for the global topic.
void Subscriptions::restore(NodeId node) {
  Wishes& wishes = wishes_[index(node)];
  for (const TopicId topic : wishes.wanted) {
    if (topic == kGlobalTopic) {
      enter(node, topic);
    } else {
      ++wishes.restored;
      send_command(node, topic, true, world_.now);
    }
  }
  world_.broker->links().tell_state(node);
}

// ---- a command and its answer -------------------------------------------------------------------

void Subscriptions::send_command(NodeId node, TopicId topic, bool yes, Time when) {
  Wishes& wishes = wishes_[index(node)];
  const auto way = world_.broker->links().cut_from(node);
  if (way && world_.broker->links().lost_in(*way) != kNever)
    return;  // the link will be given up, and asks again
  const Time leaves = way ? std::max(when, way->until) : when;
  wishes.last_command = std::max(wishes.last_command,
                                 leaves + world_.network.cluster_delay(Place::Kind::broker, node));
  world_.at(wishes.last_command, {EventKind::topic_arrives, node, static_cast<std::uint32_t>(topic),
                                  wishes.generation, yes});
}

// SUBSCRIBE or UNSUBSCRIBE. It costs the broker as much as a message that nobody hears.
void Subscriptions::command_arrives(NodeId node, TopicId topic, bool yes, bool valid) {
  const WireCost cost =
      wire::resp_command({.verb = yes ? 9 : 11, .keys = 1, .key = topics_.length(topic)});
  world_.bytes.passed(Link::node_to_broker, BytePurpose::control, cost, world_.now, node, valid);
  if (!valid) return;
  BrokerMasters& masters = world_.broker->masters();
  world_.at(
      masters.at(masters.of(node, topic)).work(world_.now, service_costs().publish),
      {EventKind::topic_done, node, static_cast<std::uint32_t>(topic), of(node).generation, yes});
}

void Subscriptions::take_up(NodeId node, TopicId topic, bool yes) {
  Wishes& wishes = wishes_[index(node)];
  if (yes) {
    enter(node, topic);
  } else {
    topics_.leave(topic, node);
    wishes.entered.erase(topic);
  }
  reached_by(node, topic);
  const auto way = world_.broker->links().cut_from(node);
  if (way && world_.broker->links().lost_in(*way) != kNever) return;
  const Time leaves = way ? way->until : world_.now;
  Time& arrives =
      world_.broker->links().of(node).last_arrival[world_.broker->masters().connection(topic)];
  arrives = std::max(arrives, leaves + world_.network.cluster_delay(Place::Kind::broker, node));
  world_.at(arrives, {EventKind::topic_answered, node, static_cast<std::uint32_t>(topic),
                      wishes.generation, yes});
}

void Subscriptions::answered(NodeId node, TopicId topic, bool yes, bool valid) {
  Wishes& wishes = wishes_[index(node)];
  const WireCost cost = wire::resp_subscribed(topics_.length(topic) + (yes ? 0 : 2));
  world_.bytes.passed(Link::broker_to_node, BytePurpose::control, cost, world_.now, node, valid);
  if (!valid) return;
  world_.bytes.acknowledged(Link::broker_to_node, 1, world_.now, node);
  if (wishes.restored > 0) --wishes.restored;
  world_.nodes->work(node, world_.costs.registry_call, 0);
  world_.nodes->step(node, Subscribed{topics_.of(topic), yes});
}

// ---- who has to know ----------------------------------------------------------------------------

void Subscriptions::reached_by(NodeId node, TopicId topic) {
  const Topic what = topics_.of(topic);
  if (what.kind == Topic::Kind::user) {
    world_.update_reach(EndpointId{what.id});
  } else if (what.kind == Topic::Kind::room) {
    for (const EndpointId member : world_.nodes->at(node).here(RoomId{what.id})) {
      world_.update_reach(member);
    }
  } else {
    world_.broker->links().update_reach(node);
  }
}

}  // namespace squall
