// What a node hears from its clients: frames in, and whose business each is.
//
// What anybody says is looked up in the plan before it is believed: who says what our clients never
// would is refused. A message goes to the backplane when the node has worked on it.
#pragma once

#include <span>

#include "sim/live/node/node_backplane.hpp"
#include "sim/live/node/node_drain.hpp"
#include "sim/live/node/node_fan_out.hpp"
#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_reception.hpp"
#include "sim/live/node/node_sessions.hpp"
#include "sim/live/node/node_work.hpp"

namespace squall::live {

class NodeHearing final : public NodeSession::Listener {
 public:
  NodeHearing(NodeProcess& process, NodeBackplane& backplane, NodeSessions& sessions,
              NodeReception& reception, NodeDrain& drain, NodeFanOut& fan_out, NodeWork& work)
      : process_(process),
        backplane_(backplane),
        sessions_(sessions),
        reception_(reception),
        drain_(drain),
        fan_out_(fan_out),
        work_(work) {}

  void heard(NodeSession& session, Opcode opcode, std::span<const std::byte> payload) override;
  void gone(NodeSession& session) override;
  void flushed(NodeSession& session, std::uint32_t messages, Time when) override;

 private:
  void pinged(NodeSession& session, std::span<const std::byte> payload);
  void said(NodeSession& session, const Envelope& envelope);
  void subscribe_in_turn(NodeSession& session, const Envelope& envelope);
  void answer_in_turn(const NodeSession& session, std::span<const std::byte> ping);
  bool may_say(const NodeSession& session, const Envelope& envelope) const;
  bool may_subscribe(const NodeSession& session, const Envelope& envelope) const;
  bool may_send(const NodeSession& session, const Message& message) const;
  bool is_member(const NodeSession& session, RoomId room) const;
  void refuse(NodeSession& session);  // a stranger, or one who says what ours never would
  void take_message(ConnectionId connection, const Message& message);
  void echo(ConnectionId connection, const Message& message);
  void acknowledge(ConnectionId connection, MessageId message);

  NodeProcess& process_;
  NodeBackplane& backplane_;
  NodeSessions& sessions_;
  NodeReception& reception_;
  NodeDrain& drain_;
  NodeFanOut& fan_out_;
  NodeWork& work_;
};

}  // namespace squall::live
