// The nodes of the cluster: their loops, the strategy's backplane, and what it wants done.
//
// A node process has an epoch; whatever was in its CPU queue when it died shows up with an old
// epoch and is lost there. Who is connected: sessions.hpp; how processes live: processes.hpp.
#pragma once

#include <vector>

#include "sim/books/plan_directory.hpp"
#include "sim/kernel/node.hpp"
#include "sim/kernel/topics.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class Nodes {
 public:
  explicit Nodes(World& world);
  void begin();  // boots all nodes, with their links in place

  Node& at(NodeId node) { return nodes_[index(node)]; }
  const Node& at(NodeId node) const { return nodes_[index(node)]; }
  std::uint16_t count() const { return static_cast<std::uint16_t>(nodes_.size()); }
  const PlanDirectory& directory() const { return directory_; }

  // ---- loops ----
  // Charges the node's cluster loop; returns when the work is done.
  Time work(NodeId node, Duration cost, Bytes size);
  Duration cost(const Node& node, Duration base, Bytes size) const;
  Time burst(NodeId node) const { return at(node).loops.front().burst(world_.now); }
  // What the node says at one instant goes out together: in which turn, likewise.
  Time turn(NodeId node) const {
    const Time burst = this->burst(node);
    return burst != kNever ? burst : carried_ != kNever ? carried_ : world_.now;
  }
  // What is written into a cut waits in the kernel, and goes out together when it heals.
  Time turn(NodeId node, const std::optional<Cut>& cut) const {
    return cut ? cut->until : turn(node);
  }
  // For what goes to clients: a burst, or one answer of the backplane that wants several pushes.
  Time shared_turn(NodeId node) const {
    const Time burst = this->burst(node);
    return burst != kNever ? burst : pushes_;
  }
  void begin_burst(NodeId node) { at(node).loops.front().begin_burst(world_.now); }
  Loop& loop_of(ConnectionId id) {
    const Pipe& pipe = world_.pipe(id);
    return at(pipe.node).loops[pipe.loop];
  }

  // ---- messages ----
  void frame_arrives(NodeId node, MessageId id, ConnectionId from);
  void frame_in_flight(MessageId id);
  void frame_done(NodeId node, MessageId id, std::uint32_t epoch, ConnectionId from);
  void forward_leaves(NodeId node, MessageId id, std::uint32_t epoch, NodeId to);
  void publish_leaves(NodeId node, MessageId id, std::uint32_t epoch, std::uint32_t as);

  // ---- the backplane ----
  // One step of it, and what it wants done.
  void step(NodeId node, Input&& input);
  // What the loop has come to only now, of a turn that began before.
  void step_in(Time turn, NodeId node, Input&& input);
  void step_if_up(NodeId node, Input&& input) {
    if (at(node).up) step(node, std::move(input));
  }
  void timer(NodeId node, std::uint32_t number, std::uint32_t epoch);
  void perform(NodeId node, Actions& actions, TriggerId trigger);  // what they hold is taken
  // What it cost to take up the input of the step that is under way.
  Duration receiving() const { return receiving_; }

  // Sessions and backlogs as they stand when measure ends.
  void end_measure(RunRecord& record);
  // The run is over: histories let go. Gives back how many copies strategies still hold.
  std::uint64_t give_back();
  void finish(RunRecord& record);

 private:
  void read_frame(NodeId node, MessageId id, ConnectionId from);
  void say_back(NodeId node, MessageId id, ConnectionId sender);
  void acknowledge(MessageId id, ConnectionId sender);
  void perform_one(NodeId node, Action& action, TriggerId trigger);
  void drop_for_one(NodeId node, const Drop& drop);
  void forward(NodeId node, Forward& forward);
  void give_back(NodeId node, Return& back);
  void tell(NodeId node, Tell& tell);
  void count_lookup(NodeId to, const Message& message);
  void ask_broker(NodeId node, Topic topic, bool yes);

  World& world_;
  PlanDirectory directory_;
  std::vector<Node> nodes_;
  Count lookups_, stale_, missing_;
  Duration receiving_{0};
  Time pushes_ = kNever;   // the instant of an answer with several pushes, while it is carried out
  Actions spare_;          // whose room the next step uses
  Time carried_ = kNever;  // the turn of the step that is under way, if it is another than `now`
};

}  // namespace squall
