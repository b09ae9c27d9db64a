// Frames of clients, told apart and believed or not. See node_hearing.hpp.
// A ping shows that the client lives. It is answered already (conversation.hpp), or in its turn.
#include "sim/live/node/node_hearing.hpp"

#include <algorithm>

#include "sim/record/wire.hpp"

namespace squall::live {

void NodeHearing::heard(NodeSession& session, Opcode opcode, std::span<const std::byte> payload) {
  if (opcode == Opcode::ping) return pinged(session, payload);
  if (opcode == Opcode::pong) return;
  const std::optional<Envelope> envelope = decode(payload);
  envelope&& may_say(session, *envelope) ? said(session, *envelope) : refuse(session);
}

void NodeHearing::flushed(NodeSession& session, std::uint32_t messages, Time when) {
  process_.loop().facts().add({when.count(), static_cast<std::uint32_t>(session.connection),
                               messages, 0, static_cast<std::uint16_t>(process_.id()),
                               FactKind::flushed, 0});
}

void NodeHearing::pinged(NodeSession& session, std::span<const std::byte> payload) {
  const auto unread = static_cast<std::size_t>(session.channel->queued());
  if (session.guest() && unread > NodeSession::kGuestBytes) return refuse(session);
  session.last_heard = process_.now();
  if (work_.dilated() && !session.guest()) answer_in_turn(session, payload);
  const bool by_ping = process_.cluster().scenario.cluster.registry.renew == Renew::ping;
  if (session.open && by_ping) backplane_.step(RenewalDue{session.endpoint});
}

void NodeHearing::said(NodeSession& session, const Envelope& envelope) {
  switch (envelope.kind) {
    case FrameKind::subscribe: subscribe_in_turn(session, envelope); break;
    case FrameKind::message:
      session.last_message = envelope.message.id;
      if (!session.open) break;
      work_.after(&CostProfile::frame_read, envelope.message.size,
                  [this, connection = session.connection, message = envelope.message] {
                    take_message(connection, message);
                  });
      break;
    case FrameKind::join: reception_.join(session, RoomId{envelope.number(0)}); break;
    case FrameKind::leave: reception_.leave(session, RoomId{envelope.number(0)}); break;
    case FrameKind::moved: drain_.moved(session); break;
    case FrameKind::welcome:
    case FrameKind::acknowledge:
    case FrameKind::joined:
    case FrameKind::going_away:
    case FrameKind::told: break;  // a node's words: may_say() lets nobody say them to one
  }
}

// Behind what was heard before it, as its loop would come to it.
void NodeHearing::subscribe_in_turn(NodeSession& session, const Envelope& envelope) {
  if (!work_.dilated()) return reception_.subscribe(session, envelope);
  const std::vector<std::byte> numbers(envelope.numbers.begin(), envelope.numbers.end());
  work_.in_turn([this, connection = session.connection, wanted = envelope, numbers]() mutable {
    NodeSession* const still = sessions_.of(connection);
    if (still == nullptr || still->ending) return;  // it was read, and then the end
    wanted.numbers = numbers;
    reception_.subscribe(*still, wanted);
  });
}

void NodeHearing::answer_in_turn(const NodeSession& session, std::span<const std::byte> ping) {
  const std::vector<std::byte> payload(ping.begin(), ping.end());
  work_.in_turn([this, connection = session.connection, payload] {
    NodeSession* const still = sessions_.of(connection);
    if (still != nullptr) still->wire.answer(*still->channel, payload);
  });
}

// A loop that is behind with its work has not read the end yet, and pushes to who is gone.
void NodeHearing::gone(NodeSession& session) {
  if (session.ending) return;
  if (!work_.dilated() || session.guest()) return sessions_.end(session);
  session.ending = true;
  work_.in_turn([this, connection = session.connection] {
    NodeSession* const still = sessions_.of(connection);
    if (still != nullptr) sessions_.end(*still);
  });
}

// ---- what a client may say ---------------------------------------------------------------------

// What a client of ours says is in the plan: nothing else is looked up, stored or passed on.
bool NodeHearing::may_say(const NodeSession& session, const Envelope& envelope) const {
  if (session.guest()) return false;
  switch (envelope.kind) {
    case FrameKind::subscribe: return may_subscribe(session, envelope);
    case FrameKind::message: return may_send(session, envelope.message);
    case FrameKind::join:
    case FrameKind::leave: return is_member(session, RoomId{envelope.number(0)});
    case FrameKind::moved: return session.asked_to_move;
    case FrameKind::welcome:
    case FrameKind::acknowledge:
    case FrameKind::joined:
    case FrameKind::going_away:
    case FrameKind::told: return false;
  }
  return false;
}

bool NodeHearing::may_subscribe(const NodeSession& session, const Envelope& envelope) const {
  const Cluster& cluster = process_.cluster();
  const std::size_t first_room = cluster.resumes() ? wire::kPositionNumbers : 0;
  std::size_t own = first_room;
  while (own < envelope.count() && is_member(session, RoomId{envelope.number(own)})) ++own;
  return envelope.count() <= first_room + cluster.plan.rooms() && own == envelope.count();
}

bool NodeHearing::may_send(const NodeSession& session, const Message& message) const {
  const Cluster& cluster = process_.cluster();
  return message.sender == session.endpoint && cluster.planned(message) &&
         (cluster.spec.outbox > 0 || !session.last_message || message.id > *session.last_message);
}

bool NodeHearing::is_member(const NodeSession& session, RoomId room) const {
  const Plan& plan = process_.cluster().plan;
  return plan.individual(session.endpoint) &&
         std::ranges::any_of(plan.memberships(session.endpoint),
                             [&](const Membership& m) { return m.room == room; });
}

void NodeHearing::refuse(NodeSession& session) {
  process_.cluster().strangers.frame();
  if (!session.guest()) {
    sessions_.close(session, CloseReason::kick, kStructural);
    return;
  }
  session.channel->send(session.wire.goodbye(kPolicyViolation));
  sessions_.end(session);
}

// ---- messages ----------------------------------------------------------------------------------

void NodeHearing::take_message(ConnectionId connection, const Message& message) {
  process_.note(FactKind::arrived, static_cast<std::uint32_t>(message.id),
                static_cast<std::uint32_t>(connection));
  if (process_.cluster().overhead.echo) echo(connection, message);
  if (process_.cluster().answer > 0) acknowledge(connection, message.id);
  backplane_.step(ClientMessage{Copy::adopt(message)});
}

void NodeHearing::echo(ConnectionId connection, const Message& message) {
  NodeSession* const session = sessions_.of(connection);
  if (session == nullptr || message.address.kind != Address::Kind::room) return;
  const RoomId room{message.address.id};
  if (std::ranges::find(session->rooms, room) != session->rooms.end()) {
    fan_out_.echo(*session, message);
  }
}

void NodeHearing::acknowledge(ConnectionId connection, MessageId message) {
  NodeSession* const session = sessions_.of(connection);
  if (session == nullptr) return;  // it went while the message was worked on
  const std::uint32_t number[] = {static_cast<std::uint32_t>(message)};
  std::string note = encode_note(FrameKind::acknowledge, number);
  note.resize(static_cast<std::size_t>(process_.cluster().answer));
  session->channel->send(make_frame(encode_frame(Opcode::binary, note)));
}

}  // namespace squall::live
