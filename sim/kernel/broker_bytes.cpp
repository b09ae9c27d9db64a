// What a node and the broker say to each other in bytes: messages, replies, and how a link begins.
// When they say it is in broker.cpp.
#include "sim/kernel/broker.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {

WireCost Broker::publish_cost(const Message& message, TopicId topic) const {
  const wire::Publication said{message.size + wire::kEnvelope, topics_.length(topic)};
  if (!topics_.has_log(topic)) return wire::resp_publish(said);
  return wire::resp_publish_kept(said, wire::decimal_digits(world_.spec.resume_messages),
                                 wire::decimal_digits(world_.spec.resume / 1ms));
}
WireCost Broker::message_cost(const Message& message, TopicId topic) const {
  const Bytes place = topics_.has_log(topic) ? wire::kLogPlace : 0;
  return wire::resp_message({message.size + wire::kEnvelope + place, topics_.length(topic)});
}

// How many heard it. It comes as long after as the publish was under way; nothing waits for it.
void Broker::count_reply(NodeId to, Bytes copies) {
  Subscriber& link = links_[index(to)];
  const WireCost cost = wire::resp_integer(copies);
  const bool heard = link.connected && world_.nodes->up(to);
  world_.bytes.passed(Link::broker_to_node, BytePurpose::control, cost, world_.now, to, heard);
  if (!heard) return;
  const Bytes shared = link.replies.join(link.says.burst, cost);
  world_.share(Link::broker_to_node, shared, world_.now, to);
  if (shared == cost.segments) return;
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
  if (!hears || !links_[index(node)].wanted.contains(kGlobalTopic)) return;
  const Bytes topic = topics_.length(kGlobalTopic);
  book(Link::node_to_broker, BytePurpose::control,
       wire::resp_command({.verb = 9, .keys = 1, .key = topic}));
  book(Link::broker_to_node, BytePurpose::control, wire::resp_subscribed(topic));
  world_.bytes.acknowledged(Link::broker_to_node, 1, world_.now, node);
}

}  // namespace squall
