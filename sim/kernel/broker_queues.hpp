// What waits at the broker for nodes that are not there: durable queues, one for each node, or one
// for the group that all nodes share. Off unless broker.queue says so.
//
// A node that is there has at most output_hard on its way to it; the rest waits. A message that
// goes down with a link before its node has handled it comes back. When the members of a group
// change, and it has to deal its queue out anew (Kafka's rebalance), nobody gets anything for a
// time; what a member had handled and not saved, as it does every broker.commit, is dealt out again
// when it is given up. What waits counts against the broker's memory: over the limit it takes
// nothing from nodes.
#pragma once

#include <deque>
#include <vector>

#include "sim/kernel/topics.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class BrokerQueues {
 public:
  explicit BrokerQueues(World& world);

  bool durable() const { return config_.queue == NodeQueue::durable; }
  // Whether the broker is over its limit: nodes wait with what they want to publish.
  bool alarm() const { return bytes_ >= config_.memory_alarm; }
  TriggerId blame_of_alarm() const;  // of whoever has the longest queue

  // ---- the links of the nodes ----
  void joined(NodeId node);
  void left(NodeId node, const Death& death);
  void event(const Event& event);  // a rebalance is over; a member has been silent for too long

  // ---- messages ----
  void hand_out(MessageId id, NodeId origin, TopicId topic);
  // A copy that did not get through to the node on a link that has ended; false: it is lost.
  bool takes_back(NodeId node, MessageId id, NodeId origin, TopicId topic);
  void handles(NodeId node, MessageId id, NodeId origin, TopicId topic);
  void read(NodeId node);  // it has handled one: there is room for another
  void lose_all(TriggerId trigger);
  // The run is over: what is for nodes that are away never came. The others' is left.
  void finish();
  std::uint64_t left_over() const;

 private:
  struct Waiting {
    MessageId message;
    NodeId origin;
    TopicId topic;
    std::uint64_t number;  // of its publication: the order of the queue
    Bytes size;
  };
  using Line = std::deque<Waiting>;
  struct Handled {
    Waiting message;
    Time at;
  };
  struct Member {
    enum class State : std::uint8_t { gone, here, silent } state = State::gone;
    bool known = false;            // it has a queue
    std::uint32_t process = 0;     // that was here last
    std::uint32_t generation = 0;  // of its state
    Time until = kNever;           // silent: it is waited for
    Time saves = kNever;           // its place, the next time
    Line line;
    std::deque<Handled> unsaved;
  };

  bool shared() const { return config_.group == ConsumerGroup::shared; }
  bool stops() const { return config_.rebalance > Duration{0}; }
  Member& of(NodeId node) { return members_[index(node)]; }
  Bytes size_of(MessageId id, TopicId topic) const;
  Waiting waiting_of(MessageId id, NodeId origin, TopicId topic) const;
  bool has_room(NodeId node, const Waiting& next) const;
  void insert(Line& line, const Waiting& waiting);
  Waiting take(Line& line);
  void offer(NodeId node, const Waiting& waiting);
  void send(NodeId node, const Waiting& waiting);
  void flush(NodeId node);
  void move_to_all(Member& member);
  void save_until(Member& member, Time now);
  void save_all(Member& member);
  void give_again(Member& member);
  void deal_out();
  void rebalance(Time until);  // at the earliest
  void calm_down();

  World& world_;
  const BrokerConfig& config_;
  std::vector<Member> members_;  // by node
  Line all_;                     // of a shared group: what is dealt out to nobody yet
  std::size_t turn_ = 0;
  bool stopped_ = false;
  std::uint32_t round_ = 0;  // of rebalances
  std::uint64_t numbers_ = 0;
  std::vector<std::uint64_t> number_of_;  // by message
  Bytes bytes_ = 0;                       // that wait
  bool alarmed_ = false;
};

}  // namespace squall
