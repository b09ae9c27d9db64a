// The node's wish, the command's way to the broker, and its answer. See subscriptions.hpp.
// The link remembers which topics are wanted, as clients of Redis do: after a cut the global one
// comes back with the link, the others are asked for again.
#include "sim/kernel/subscriptions.hpp"

#include <algorithm>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {
namespace {

// What an event carries of a command.
constexpr std::uint32_t kYes = 1, kFollows = 2;

}  // namespace

std::uint32_t Subscriptions::bits(Command what) {
  return (what.yes ? kYes : 0) | (what.follows ? kFollows : 0);
}

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
  const Command what{(event.c & kYes) != 0, (event.c & kFollows) != 0};
  const bool same = event.b == of(event.node).generation;
  if (event.kind == EventKind::topic_arrives) {
    const bool valid = same && world_.broker->server().up && link.subscribed;
    command_arrives(event.node, topic, what, valid);
  } else if (event.kind == EventKind::topic_done) {
    if (same) take_up(event.node, topic, what);
  } else {
    SQUALL_CHECK(event.kind == EventKind::topic_answered);
    answered(event.node, topic, what, same && link.listening);
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
  const Bytes shared =
      wishes.commands.join(world_.nodes->turn(node, way), command_cost(topic, yes));
  const Bytes bare = world_.broker->links().of(node).listens.sent(world_.now);
  world_.bytes.acknowledged(Link::broker_to_node, bare, world_.now, node);
  world_.at(wishes.last_command, {EventKind::topic_arrives, node, static_cast<std::uint32_t>(topic),
                                  wishes.generation, bits({yes, shared > 0})});
}

// SUBSCRIBE or UNSUBSCRIBE. It costs the broker as much as a message that nobody hears.
void Subscriptions::command_arrives(NodeId node, TopicId topic, Command what, bool valid) {
  world_.bytes.passed(Link::node_to_broker, BytePurpose::control, command_cost(topic, what.yes),
                      world_.now, node, valid);
  world_.share(Link::node_to_broker, what.follows, world_.now, node);
  if (!valid) return;
  BrokerMasters& masters = world_.broker->masters();
  world_.at(masters.at(masters.of(node, topic)).work(world_.now, service_costs().publish),
            {EventKind::topic_done, node, static_cast<std::uint32_t>(topic), of(node).generation,
             bits(what)});
}

void Subscriptions::take_up(NodeId node, TopicId topic, Command what) {
  Wishes& wishes = wishes_[index(node)];
  if (what.yes) {
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
                      wishes.generation, bits(what)});
}

void Subscriptions::answered(NodeId node, TopicId topic, Command what, bool valid) {
  count_answer(node, topic, what, valid);
  if (!valid) return;
  Wishes& wishes = wishes_[index(node)];
  if (wishes.restored > 0) --wishes.restored;
  world_.nodes->work(node, world_.costs.registry_call, 0);
  world_.nodes->step(node, Subscribed{topics_.of(topic), what.yes});
}

// ---- bytes --------------------------------------------------------------------------------------

WireCost Subscriptions::command_cost(TopicId topic, bool yes) const {
  return wire::resp_command({.verb = yes ? 9 : 11, .keys = 1, .key = topics_.length(topic)});
}

void Subscriptions::count_answer(NodeId node, TopicId topic, Command what, bool valid) {
  const WireCost cost = wire::resp_subscribed(topics_.length(topic) + (what.yes ? 0 : 2));
  world_.bytes.passed(Link::broker_to_node, BytePurpose::control, cost, world_.now, node, valid);
  Flight& answers = wishes_[index(node)].answers;
  const Bytes shared = answers.join(what.follows ? answers.burst : world_.now, cost);
  world_.share(Link::broker_to_node, shared, world_.now, node);
  if (!valid || shared == cost.segments) return;
  AckingEnd& end = world_.broker->links().of(node).listens;
  const Bytes bare = end.received(world_.now, cost.segments - shared);
  world_.bytes.acknowledged(Link::broker_to_node, bare, world_.now, node);
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
