// The processes of the nodes: they start, die, drain, stand still, and take their time.
//
// A process that dies takes its epoch with it; what was in its queues is lost when it shows up.
#pragma once

#include <cstdint>

#include "sim/books/blame.hpp"
#include "sim/books/paths.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peer_beats.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class Processes {
 public:
  explicit Processes(World& world) : world_(world), nodes_(*world.nodes), beats_(world.plan) {}

  bool up(NodeId node) const { return at(node).up; }
  bool host_lost(NodeId node) const { return at(node).host_lost; }
  std::uint32_t epoch(NodeId node) const { return at(node).epoch; }
  Time began(NodeId node) const { return at(node).began; }  // the one that runs
  // Who took the node down, or paused it at some time since `since`; kStructural when nobody.
  TriggerId blame(NodeId node) const { return at(node).trigger; }
  TriggerId paused_by(NodeId node, Time since) const {
    return squall::paused_by(world_.plan, node, since, world_.now);
  }
  // What the process of this epoch, which is no more, died of; and so what was in its queues.
  const Death& death_of(NodeId node, std::uint32_t epoch) const {
    return at(node).deaths[epoch / 2];
  }
  // What left `from`, a process that has died since, for `to`, and was held by a partition: the
  // death that took it, unless it had left before. `by`: the lower half of the epoch it left in.
  const Death* died_holding(NodeId from, std::uint16_t by, const Place& to) const;
  // One that is paused: what it should hear or do is kept until it wakes.
  bool stands_still(NodeId node) const {
    return pause_at(world_.plan, node, world_.now) != nullptr;
  }

  void start(NodeId node);
  void crash(NodeId node, CloseReason why, TriggerId trigger);
  void do_later(const Event& event);
  void wakes(NodeId node);
  void keep_pace(NodeId node);  // a time in which it is slow begins or ends
  void drain(NodeId node, Duration over, TriggerId trigger);
  void drain_step(NodeId node, std::uint32_t number);
  void move_arrives(NodeId node, ConnectionId id);
  void undrain(NodeId node);
  void finish() { beats_.finish(world_.now, world_.bytes); }
  const PeerBeats& beats() const { return beats_; }

 private:
  Node& at(NodeId node) { return nodes_.at(node); }
  const Node& at(NodeId node) const { return nodes_.at(node); }
  void ask_to_move(ConnectionId id);
  void tell_draining(NodeId node, bool yes);

  World& world_;
  Nodes& nodes_;
  PeerBeats beats_;
};

}  // namespace squall
