// A consumer group that all nodes share: each message goes to one of them, in turn. See broker.hpp.
//
// That is meant for work that any of them can do; who waits for a message at another node misses
// it, and nobody is told.
#pragma once

#include "sim/kernel/processes.hpp"
#include "sim/kernel/sessions.hpp"
#include "sim/kernel/topics.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

// That the group gave it to `one`, to those who wait for it elsewhere.
inline void note_the_others(World& world, MessageId id, Topic topic, NodeId one) {
  const Message& message = world.ledger.message(id);
  for (std::uint16_t n = 0; n < world.scenario.cluster.nodes.count; ++n) {
    const NodeId node{n};
    if (node == one || !world.processes->up(node)) continue;
    const bool global = topic == Topic::global();
    if (!global && !world.sessions->anybody_at(node, message.address)) continue;
    world.ledger.note(id, {Mechanism::consumer_misassigned, world.now, node});
  }
}

// Whose turn it is, on each topic.
class GroupTurns {
 public:
  NodeId next(TopicId topic, std::span<const NodeId> members) {
    if (turns_.size() <= index(topic)) turns_.resize(index(topic) + 1);
    return members[turns_[index(topic)]++ % members.size()];
  }

 private:
  std::vector<std::uint32_t> turns_;  // by topic
};

}  // namespace squall
