// Opening handshakes at the nodes: who waits in the accept queue, is let in, or turned away.
//
// A loop takes one new connection a turn; a limit is a door (door.hpp), and the accept queue the
// room before it. With the subscribe that follows a session begins: sessions.hpp.
#pragma once

#include "sim/kernel/door.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class Handshakes {
 public:
  explicit Handshakes(World& world)
      : world_(world), nodes_(*world.nodes), database_(world.scenario.cluster.database) {}

  // `again`: how often its client's kernel has said so before.
  void arrives(NodeId node, ConnectionId id, std::uint32_t again);
  void done(NodeId node, ConnectionId id, std::uint32_t epoch);
  void admitted(NodeId node, ConnectionId id, std::uint32_t epoch);
  // Somebody asks whether the process lives: a connection like any other, of nobody's. False: its
  // SYN is dropped.
  bool question(NodeId node);
  void question_ended(NodeId node);
  void turn_away(NodeId node, ConnectionId id);
  void release(NodeId node, ConnectionId id);
  void refuse_waiting(Node& node);

 private:
  Node& at(NodeId node) { return nodes_.at(node); }
  bool queue_is_full(const Node& node) const;
  void is_not_answered(NodeId node, ConnectionId id, std::uint32_t again);
  void take_next(Node& node, AcceptQueue& queue);
  void take_up(ConnectionId id);

  World& world_;
  Nodes& nodes_;
  Database database_;
};

}  // namespace squall
