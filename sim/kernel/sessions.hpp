// The sessions that nodes believe in: who is in, in which rooms, and who has been told so.
//
// A session is the node's own belief: a ghost stays until the node hears of its death. The books
// come first when one ends, then the words to the other side.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class Sessions {
 public:
  explicit Sessions(World& world)
      : world_(world),
        nodes_(*world.nodes),
        first_session_(world.plan.endpoints(), kNoConnection) {}

  // The node's open session of this endpoint, or kNoConnection.
  ConnectionId of(NodeId node, EndpointId endpoint) const;
  std::vector<ConnectionId> all(NodeId node) const { return at(node).sessions; }
  bool reaches(EndpointId endpoint) const;
  bool covered(EndpointId endpoint, NodeId node, ConnectionId session) const;
  bool seated(ConnectionId id, RoomId room) const;
  bool anybody_at(NodeId node, Address address) const;  // whom it is for
  bool node_renews() const;

  void subscribe_arrives(NodeId node, ConnectionId id);
  void subscribe_done(NodeId node, ConnectionId id, std::uint32_t epoch);
  void admit(NodeId node, const Admit& guest);
  void send_away(NodeId node, const SendAway& whom);
  void join_arrives(NodeId node, ConnectionId id, RoomId room);
  void leave_arrives(NodeId node, ConnectionId id, RoomId room);
  void renew(NodeId node, ConnectionId id);

  void end_at_node(NodeId node, ConnectionId id);
  // The node ends a session and says so.
  void close(ConnectionId id, CloseReason why, TriggerId trigger);
  void close_all(NodeId node, CloseReason why, TriggerId trigger);
  void aged(NodeId node, ConnectionId id);
  // For a process that dies: the books, and what its kernel still says.
  std::vector<RoomId> shut(ConnectionId id, CloseReason why, TriggerId trigger);
  void say_goodbye(ConnectionId id);

  void count(Node& node);
  void check(RunRecord& record) const;

 private:
  Node& at(NodeId node) { return nodes_.at(node); }
  const Node& at(NodeId node) const { return nodes_.at(node); }
  std::vector<RoomId> open_session(Node& node, ConnectionId id);
  std::vector<RoomId> remove_session(Node& node, ConnectionId id);
  void expect_its_end(ConnectionId id);
  void welcome(NodeId node, ConnectionId id, const Resumption& resumption = {});
  void welcome_to_room(NodeId node, ConnectionId id, RoomId room);
  bool hears_all(NodeId node, ConnectionId id) const;
  Bytes rooms_in_note(ConnectionId id) const;
  void tell_closed(NodeId node, EndpointId endpoint, std::span<const RoomId> vacated);
  void count_goodbye(NodeId node);

  World& world_;
  Nodes& nodes_;
  std::vector<ConnectionId> first_session_;  // by endpoint
  std::uint64_t opened_ = 0, shut_ = 0;
};

}  // namespace squall
