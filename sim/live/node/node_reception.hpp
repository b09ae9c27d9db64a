// Who is let in at a node: sessions that open, join a room, are told so, or are sent away.
//
// What the backplane holds of them it says itself; until then a client waits for its welcome. From
// its subscribe on a client is expected to say something now and then, and its route is renewed.
#pragma once

#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_sessions.hpp"

namespace squall::live {

class NodeReception {
 public:
  NodeReception(NodeProcess& process, NodeBackplane& backplane, NodeSessions& sessions)
      : process_(process), backplane_(backplane), sessions_(sessions) {}

  // ---- clients ask ----
  void subscribe(NodeSession& session, const Envelope& wanted);
  void join(NodeSession& session, RoomId room);
  void leave(NodeSession& session, RoomId room);

  // ---- the backplane says ----
  void admit(const Admit& guest);
  void send_away(const SendAway& whom);

 private:
  std::vector<RoomId> take_seats(NodeSession& session, const Envelope& wanted);
  void welcome(NodeSession& session, const Resumption& resumption = {});
  void welcome_to_room(NodeSession& session, RoomId room);
  void check_silence(ConnectionId connection, Time due);
  void renew_later(ConnectionId connection);

  NodeProcess& process_;
  NodeBackplane& backplane_;
  NodeSessions& sessions_;
};

}  // namespace squall::live
