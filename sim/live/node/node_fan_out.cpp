// Pushes to the clients of a node, and what becomes of slow ones. See node_fan_out.hpp.
// A kick ends sessions in the midst of a fan-out: who is gone is told apart from who is there.
#include "sim/live/node/node_fan_out.hpp"

#include <algorithm>

namespace squall::live {

void NodeFanOut::push(const Push& what) {
  const Message& message = what.message;
  std::vector<NodeSession*> recipients;
  if (message.address.kind == Address::Kind::user) {
    NodeSession* const session = sessions_.of(EndpointId{message.address.id});
    if (session != nullptr) recipients.push_back(session);
  } else {
    for (NodeSession* const session : sessions_.seats(RoomId{message.address.id})) {
      const EndpointId who = session->endpoint;
      const bool meant = what.only.empty() || std::ranges::find(what.only, who) != what.only.end();
      if (meant && who != message.sender) recipients.push_back(session);
    }
  }
  push_to(recipients, message, false, what.place);
}

void NodeFanOut::replay(const Replay& again) {
  NodeSession* const session = sessions_.of(again.to);
  std::vector<NodeSession*> recipients;
  if (session != nullptr) recipients.push_back(session);
  push_to(recipients, again.message, true, again.place);
}

void NodeFanOut::echo(NodeSession& session, const Message& message) {
  work_.after(&CostProfile::push, message.size,
              [this, to = session.connection, frame = frame_of(message, std::nullopt)] {
                NodeSession* const still = sessions_.of(to);
                if (still != nullptr && !still->removed) still->channel->send(frame);
              });
}

FramePtr NodeFanOut::frame_of(const Message& message, const std::optional<LogPlace>& place) const {
  const bool has_log = process_.cluster().spec.has_log();
  const Bytes around = process_.cluster().overhead.down;
  return make_frame(encode_frame(Opcode::binary, has_log ? encode_message(message, around, place)
                                                         : encode_message(message, around)));
}

void NodeFanOut::push_to(std::span<NodeSession* const> recipients, const Message& message,
                         bool replayed, const std::optional<LogPlace>& place) {
  const auto id = static_cast<std::uint32_t>(message.id);
  if (recipients.empty()) {
    process_.note(FactKind::benign, id);
    return;
  }
  process_.note(FactKind::fan_out, id, static_cast<std::uint32_t>(recipients.size()), replayed);
  const FramePtr frame = frame_of(message, place);
  for (NodeSession* const session : recipients) push_one(*session, frame, message);
}

// Work that is dilated has the frame in hand from here on: whoever dies before its turn comes takes
// it along.
void NodeFanOut::push_one(NodeSession& session, const FramePtr& frame, const Message& message) {
  const auto id = static_cast<std::uint32_t>(message.id);
  const auto connection = static_cast<std::uint32_t>(session.connection);
  if (session.removed) {  // kicked a moment ago, by this very fan-out
    push_failed(session, id, Mechanism::purged_by_slow_consumer_kick, true);
    return;
  }
  if (!work_.dilated()) {
    if (put_into_queue(session, frame, message, true)) {
      process_.note(FactKind::pushed, id, connection);
    }
    return;
  }
  process_.note(FactKind::pushed, id, connection);
  work_.after(&CostProfile::push, message.size, [this, to = session.connection, frame, message] {
    NodeSession* const still = sessions_.of(to);
    if (still != nullptr && !still->removed) put_into_queue(*still, frame, message, false);
  });
}

bool NodeFanOut::put_into_queue(NodeSession& session, const FramePtr& frame, const Message& message,
                                bool never_queued) {
  const auto id = static_cast<std::uint32_t>(message.id);
  // What is said to one person replaces nothing.
  const bool room = message.address.kind == Address::Kind::room;
  const std::uint64_t stream = room ? message.address.id : Channel::kControl;
  const Channel::Sent sent = session.channel->send(frame, id, stream);
  const bool replaced = sent == Channel::Sent::replaced;
  for (const std::uint64_t tag : session.channel->dropped()) {
    push_failed(session, static_cast<std::uint32_t>(tag),
                replaced ? Mechanism::egress_coalesced : Mechanism::egress_queue_dropped, false);
  }
  if (replaced) {
    process_.note(FactKind::took_place, id, static_cast<std::uint32_t>(session.connection));
  }
  if (sent != Channel::Sent::full) return true;
  const OnFull on_full = process_.cluster().scenario.cluster.nodes.egress_on_full;
  const bool kick = on_full == OnFull::disconnect;
  push_failed(session, id,
              kick ? Mechanism::purged_by_slow_consumer_kick : Mechanism::egress_queue_dropped,
              never_queued);
  if (kick) sessions_.close(session, CloseReason::kick, kOverload);
  return false;
}

void NodeFanOut::push_failed(const NodeSession& session, std::uint32_t message, Mechanism mechanism,
                             bool never_queued) {
  process_.note(FactKind::push_failed, message, static_cast<std::uint32_t>(session.connection),
                static_cast<std::uint8_t>(mechanism), TriggerId{never_queued});
}

}  // namespace squall::live
