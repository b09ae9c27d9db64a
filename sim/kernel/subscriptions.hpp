// Subscriptions at the broker: what nodes wish, what the broker knows, and the way between the two.
//
// A command goes on the connection that hears, so commands and answers never overtake each other.
// Who hears a topic: topics.hpp. The link itself: broker_links.hpp.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "sim/kernel/flight.hpp"
#include "sim/kernel/topics.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class Subscriptions {
 public:
  struct Wishes {                  // of one node
    std::set<TopicId> wanted;      // its last word on them was Subscribe
    std::set<TopicId> entered;     // as the broker knows
    std::uint32_t restored = 0;    // asked for again after a cut, and not answered
    std::uint32_t generation = 0;  // of what the broker knows: commands of an older one fail
    Time last_command{kBeforeAll};
    Flight commands, answers;
  };

  explicit Subscriptions(World& world)
      : world_(world), wishes_(world.scenario.cluster.nodes.count) {}

  Topics& topics() { return topics_; }
  const Topics& topics() const { return topics_; }
  const Wishes& of(NodeId node) const { return wishes_[index(node)]; }

  void ask(NodeId node, Topic topic, bool yes,
           Time when);  // to subscribe, or to end it
  void event(const Event& event);
  void forget(NodeId node);   // the broker has lost the link
  void restore(NodeId node);  // the link is up again
  void node_died(NodeId node) { wishes_[index(node)].wanted.clear(); }

 private:
  struct Command {
    bool yes;
    bool follows;  // it left in the segment of the one before it, and so does its answer
  };

  static std::uint32_t bits(Command what);  // what an event carries of it
  void enter(NodeId node, TopicId topic);
  void reached_by(NodeId node, TopicId topic);
  void send_command(NodeId node, TopicId topic, bool yes, Time when);
  void command_arrives(NodeId node, TopicId topic, Command what, bool valid);
  void take_up(NodeId node, TopicId topic, Command what);
  void answered(NodeId node, TopicId topic, Command what, bool valid);
  void count_answer(NodeId node, TopicId topic, Command what, bool valid);

  WireCost command_cost(TopicId topic, bool yes) const;

  World& world_;
  Topics topics_;
  std::vector<Wishes> wishes_;  // by node
};

}  // namespace squall
