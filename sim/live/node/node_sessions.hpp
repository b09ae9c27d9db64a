// The sessions that a node believes in: who is connected, who sits in which room, how they end.
//
// The books of the node first, then words to the other side, then the backplane. It says nothing to
// clients but goodbye: what they say, and are told, is node_hearing.hpp and node_reception.hpp.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "sim/live/net/farewells.hpp"
#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_session.hpp"

namespace squall::live {

class NodeSessions final : public LocalSessions {
 public:
  NodeSessions(NodeProcess& process, NodeBackplane& backplane);

  // ---- what a backplane may ask ----
  bool has(EndpointId endpoint) const override { return of(endpoint) != nullptr; }
  std::vector<RoomId> rooms() const override;
  std::vector<EndpointId> here(RoomId room) const override;
  std::vector<RoomId> rooms_of(EndpointId endpoint) const override;

  // ---- who is connected; null: nobody ----
  NodeSession* of(ConnectionId connection) const;
  NodeSession* of(EndpointId endpoint) const { return by_endpoint_[index(endpoint)]; }  // open
  std::span<NodeSession* const> seats(RoomId room) const { return rooms_[index(room)]; }
  std::vector<ConnectionId> all() const;  // without guests

  // ---- how they begin ----
  void add(std::unique_ptr<NodeSession> session);
  void add_guest(std::unique_ptr<NodeSession> session);
  void open(NodeSession& session);                // it has subscribed: it speaks for its endpoint
  bool join(NodeSession& session, RoomId room);   // whether it is the first one in
  bool leave(NodeSession& session, RoomId room);  // whether nobody is left

  // ---- how they end ----
  void end(NodeSession& session);  // the client went, or the socket ended
  void close(NodeSession& session, CloseReason why, TriggerId trigger);
  void crash(CloseReason why);  // all of them: the process dies
  void come_back();             // a machine that is back knows nobody
  void hold(bool yes);          // a process that stands still
  void finish();                // the run is over

  Traffic traffic() const;  // of closed sessions; the open ones have channels
  std::vector<std::shared_ptr<Channel>> channels() const;

 private:
  struct Held {
    std::shared_ptr<Channel> channel;
    Traffic before;  // counted until then
  };
  void take_leave(NodeSession& session);
  void remove(NodeSession& session, bool abruptly);
  void forget(NodeSession& session);
  void tell_closed(EndpointId endpoint);
  Traffic heard_while_lost() const;

  NodeProcess& process_;
  NodeBackplane& backplane_;
  std::vector<std::unique_ptr<NodeSession>> sessions_;
  std::deque<NodeSession*> guests_;  // those of strangers, the oldest first
  std::vector<NodeSession*> by_endpoint_;
  std::map<ConnectionId, NodeSession*> by_connection_;
  std::vector<std::vector<NodeSession*>> rooms_;
  std::vector<RoomId> vacated_;  // by the session that is being removed
  std::vector<Held> held_;       // of a host that is lost
  Farewells farewells_;
  Traffic closed_;
};

}  // namespace squall::live
