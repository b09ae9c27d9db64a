// A message on a node: ask the backplane, do what it says, push to the local clients. See node.hpp.
// A fact is stamped before the bytes leave: whoever reads them stamps it later.
#include <algorithm>

#include "sim/live/books/one_member.hpp"
#include "sim/live/node_session.hpp"
#include "sim/record/ledger.hpp"
#include "sim/record/wire.hpp"
#include "strategies/backplane/match.hpp"

namespace squall::live {

void Node::client_message(ConnectionId connection, const Message& message) {
  note(FactKind::arrived, static_cast<std::uint32_t>(message.id),
       static_cast<std::uint32_t>(connection));
  if (cluster_.scenario.client.ack == AckLevel::ingress) acknowledge(connection, message.id);
  step(ClientMessage{Copy::adopt(message)});
}

void Node::acknowledge(ConnectionId connection, MessageId message) {
  Session* const session = session_of(connection);
  if (session == nullptr) return;  // it went while the message was worked on
  const std::uint32_t number[] = {static_cast<std::uint32_t>(message)};
  std::string note = encode_note(FrameKind::acknowledge, number);
  note.resize(wire::kAckPayload);
  session->channel->send(make_frame(encode_frame(Opcode::binary, note)));
}

void Node::peer_message(PeerEnvelope envelope) {
  const Bytes size = envelope.message.size;
  after_work(&CostProfile::peer_receive, size,
             [this, envelope = std::move(envelope)] { take_from_peer(envelope); });
}

void Node::take_from_peer(const PeerEnvelope& envelope) {
  PeerNote said = envelope.note;
  note(FactKind::peer_read, static_cast<std::uint32_t>(envelope.message.id), index(envelope.from),
       0, hop_of(said.attempt, said.returned));
  Copy copy = Copy::adopt(envelope.message);
  if (said.returned) {
    step(Returned{envelope.from, std::move(copy), std::move(said.who), said.attempt});
  } else {
    step(PeerMessage{envelope.from, std::move(copy), std::move(said.who), said.attempt});
  }
}

void Node::peer_state(NodeId peer, bool up) {
  if (backplane_ != nullptr) step(PeerState{peer, up});
}

void Node::link_message(std::span<const std::byte> payload) {
  const auto said = from_broker(payload);
  if (!said) return;
  after_work(&CostProfile::broker_receive, said->message.size,
             [this, said = *said] { take_from_broker(said); });
}

void Node::take_from_broker(const FromBroker& said) {
  note(FactKind::broker_read, static_cast<std::uint32_t>(said.message.id));
  step(BrokerMessage{said.from, Copy::adopt(said.message), said.place});
}

// ---- the backplane -----------------------------------------------------------------------------

void Node::step(Input input) {
  Actions actions;
  backplane_->step(loop_.now(), std::move(input), actions);
  perform(actions);
}

void Node::perform(const Actions& actions) {
  for (const Fork& fork : actions.forks()) {
    note(FactKind::forked, static_cast<std::uint32_t>(fork.message), fork.copies);
  }
  for (const Action& action : actions.list()) perform_one(action);
}

// A link that the row does not ask for is not there.
void Node::perform_one(const Action& action) {
  const BackplaneNeeds& needs = cluster_.backplane.needs;
  std::visit(
      Match{
          [&](const Push& push) { fan_out(push); },
          [&](const Forward& forward) {
            SQUALL_CHECK(needs.peers);
            send_to_peer(forward.to, forward.message, {forward.meant, forward.attempt, false});
          },
          [&](const Return& back) {
            SQUALL_CHECK(needs.peers);
            send_to_peer(back.to, back.message, {back.absent, back.attempt, true});
          },
          [&](const Publish& out) {
            SQUALL_CHECK(needs.broker);
            publish(out);
          },
          [&](const Drop& dropped) { drop(dropped.message, dropped.mechanism, kNoNode); },
          [&](const Discard& discard) {
            note(FactKind::benign, static_cast<std::uint32_t>(discard.message.id));
          },
          [&](const Subscribe& wish) { ask_broker(wish.topic, true); },
          [&](const Unsubscribe& wish) { ask_broker(wish.topic, false); },
          [&](const Admit& guest) { admit(guest); },
          [&](const SendAway& whom) { send_away(whom); },
          [&](const Keep& kept) {
            note(FactKind::kept, static_cast<std::uint32_t>(kept.message.id), 0,
                 static_cast<std::uint8_t>(Ledger::Keeper::history));
          },
          [&](const LetGo& gone) {
            note(FactKind::let_go, static_cast<std::uint32_t>(gone.message.id), 0,
                 static_cast<std::uint8_t>(Ledger::Keeper::history));
          },
          [&](const Replay& again) { replay(again); },
          [&](const Fetch& question) {
            SQUALL_CHECK(needs.broker);
            fetch(question);
          },
          [&](const Arm& timer) {
            later(loop_.now() + timer.after,
                  [this, number = timer.number] { step(Timer{number}); });
          },
          [&](const RegistryCall& call) {
            SQUALL_CHECK(needs.registry);
            call_registry(call);
          },
      },
      action);
}

void Node::send_to_peer(NodeId to, const Message& message, PeerNote said) {
  const Time when = loop_.now();
  const PeerLinks::Sent sent = peers_.send(to, message, said);
  if (sent == PeerLinks::Sent::down && !said.returned && !said.who.empty()) {
    // Who cannot be told is not there: it comes back at once.
    note(FactKind::came_back, static_cast<std::uint32_t>(message.id),
         static_cast<std::uint32_t>(to), static_cast<std::uint8_t>(Mechanism::peer_link_lost));
    step(Returned{to, Copy::adopt(message), std::move(said.who), said.attempt});
    return;
  }
  if (sent != PeerLinks::Sent::queued) {
    const bool full = sent == PeerLinks::Sent::full;
    const auto why = full ? Mechanism::peer_queue_overflow : Mechanism::peer_link_lost;
    note(FactKind::dropped, static_cast<std::uint32_t>(message.id), static_cast<std::uint32_t>(to),
         static_cast<std::uint8_t>(why), hop_of(0, said.returned));
    return;
  }
  const auto who = static_cast<std::uint32_t>(std::min(said.who.size(), kMostTold));
  loop_.facts().add({when.count(), static_cast<std::uint32_t>(message.id),
                     static_cast<std::uint32_t>(to) | who << 16,
                     static_cast<std::uint16_t>(hop_of(said.attempt, said.returned)),
                     static_cast<std::uint16_t>(id_), FactKind::forwarded, 0});
}

void Node::drop(const Message& message, Mechanism mechanism, NodeId concerned) {
  const auto id = static_cast<std::uint32_t>(message.id);
  const bool for_one = message.address != cluster_.timeline.messages[id].message.address;
  note(FactKind::dropped, id,
       for_one ? kForOne | message.address.id : static_cast<std::uint32_t>(concerned),
       static_cast<std::uint8_t>(mechanism));
}

void Node::note_at(Time when, FactKind kind, const Message& message, std::uint32_t what,
                   std::uint8_t detail) {
  loop_.facts().add({when.count(), static_cast<std::uint32_t>(message.id), what, 0,
                     static_cast<std::uint16_t>(id_), kind, detail});
}

void Node::publish(const Publish& what) {
  const auto& [message, topic, kept] = what;
  if (speaking_) {
    const Time when = loop_.now();
    const std::string payload = encode_peer_message(message, id_, cluster_.run.stamp);
    const auto bytes = std::as_bytes(std::span(payload));
    const bool sent = kept        ? broker_->publish_kept(text_of(topic), bytes)
                      : by_topic_ ? broker_->publish_on(text_of(topic), bytes)
                                  : broker_->publish(bytes);
    if (sent) {
      note_at(when, FactKind::published, message, topic.id, static_cast<std::uint8_t>(topic.kind));
    } else {
      drop(message, Mechanism::publish_failed, kNoNode);
    }
    return;
  }
  const Bytes limit = cluster_.scenario.cluster.broker.publisher_buffer;
  if (limit == 0) {
    drop(message, Mechanism::publish_failed, kNoNode);
  } else if (waiting_bytes_ + message.size > limit) {
    drop(message, Mechanism::publisher_buffer_overflow, kNoNode);
  } else {
    waiting_.push_back(what);
    waiting_bytes_ += message.size;
  }
}

void Node::call_registry(const RegistryCall& call) {
  switch (call.verb) {
    case RegistryCall::Verb::set_route:
    case RegistryCall::Verb::delete_route:
    case RegistryCall::Verb::set_if_newer:
    case RegistryCall::Verb::delete_if_mine: write_registry(call); break;
    case RegistryCall::Verb::get_routes: {
      const auto answer = [this, call](std::optional<std::vector<NodeId>> nodes) {
        RegistryReply reply{call.request, nodes.has_value(), call.keys, {}};
        if (nodes) reply.nodes = std::move(*nodes);
        for (NodeId& node : reply.nodes) {
          if (node == kNoNode || index(node) < cluster_.nodes.size()) continue;
          cluster_.strangers.message();  // somebody else wrote under our keys
          node = kNoNode;
        }
        step(std::move(reply));
      };
      if (registry_up_) {
        registry_->get_routes(call.keys, answer);
      } else {  // answered from the loop, never from inside the question
        later(loop_.now(), [answer] { answer(std::nullopt); });
      }
    }
  }
}

void Node::write_registry(const RegistryCall& call) {
  using Verb = RegistryCall::Verb;
  const bool set = call.verb == Verb::set_route || call.verb == Verb::set_if_newer;
  const std::uint32_t key = call.keys.front();
  const auto reply = [this, call](bool available, bool applied) {
    if (call.request != 0) step(RegistryReply{call.request, available, call.keys, {}, applied});
  };
  if (!registry_up_) {
    later(loop_.now(), [reply] { reply(false, false); });
    return;
  }
  const auto done = [this, key, set, reply](std::optional<bool> applied) {
    const bool of_endpoint = (key & kRoomKey) == 0;
    if (of_endpoint && applied.value_or(false)) note(FactKind::route, key, 0, set);
    reply(applied.has_value(), applied.value_or(false));
  };
  switch (call.verb) {
    case Verb::set_route: registry_->set_route(key, id_, done); break;
    case Verb::delete_route: registry_->delete_route(key, done); break;
    case Verb::set_if_newer: registry_->set_route_if_newer(key, id_, call.epoch, done); break;
    case Verb::delete_if_mine: registry_->delete_route_if_mine(key, id_, done); break;
    case Verb::get_routes: break;
  }
}

// ---- fan-out -----------------------------------------------------------------------------------

void Node::fan_out(const Push& what) {
  const Message& message = what.message;
  std::vector<Session*> recipients;
  if (message.address.kind == Address::Kind::user) {
    Session* const session = by_endpoint_[message.address.id];
    if (session != nullptr) recipients.push_back(session);
  } else {
    for (const Seat& seat : rooms_[message.address.id]) {
      const EndpointId who = seat.session->endpoint;
      const bool meant = what.only.empty() || std::ranges::find(what.only, who) != what.only.end();
      if (meant && who != message.sender) recipients.push_back(seat.session);
    }
  }
  push_to(recipients, message, false, what.place);
}

void Node::replay(const Replay& again) {
  Session* const session = by_endpoint_[index(again.to)];
  std::vector<Session*> recipients;
  if (session != nullptr) recipients.push_back(session);
  push_to(recipients, again.message, true, again.place);
}

void Node::push_to(std::span<Session* const> recipients, const Message& message, bool replayed,
                   const std::optional<LogPlace>& place) {
  const auto id = static_cast<std::uint32_t>(message.id);
  if (recipients.empty()) {
    note(FactKind::benign, id);
    return;
  }
  note(FactKind::fan_out, id, static_cast<std::uint32_t>(recipients.size()), replayed);
  const FramePtr frame = make_frame(
      encode_frame(Opcode::binary, cluster_.spec.has_log() ? encode_message(message, place)
                                                           : encode_message(message)));
  for (Session* const session : recipients) push(*session, frame, message);
}

// Work that is dilated has the frame in hand from here on: whoever dies before its turn comes takes
// it along.
void Node::push(Session& session, const FramePtr& frame, const Message& message) {
  const auto id = static_cast<std::uint32_t>(message.id);
  const auto connection = static_cast<std::uint32_t>(session.connection);
  if (session.gone) {  // kicked a moment ago, by this very fan-out
    session.push_failed(id, Mechanism::purged_by_slow_consumer_kick, true);
    return;
  }
  if (!cluster_.options.dilate) {
    if (session.put_into_queue(frame, message, true)) note(FactKind::pushed, id, connection);
    return;
  }
  note(FactKind::pushed, id, connection);
  after_work(&CostProfile::push, message.size, [this, to = session.connection, frame, message] {
    Session* const still = session_of(to);
    if (still != nullptr && !still->gone) still->put_into_queue(frame, message, false);
  });
}

void Node::Session::push_failed(std::uint32_t message, Mechanism mechanism, bool never_queued) {
  node.cluster_.note(node.loop_, FactKind::push_failed, message,
                     static_cast<std::uint32_t>(connection), node.id_,
                     static_cast<std::uint8_t>(mechanism), TriggerId{never_queued});
}

bool Node::Session::put_into_queue(const FramePtr& frame, const Message& message,
                                   bool never_queued) {
  const auto id = static_cast<std::uint32_t>(message.id);
  const std::uint64_t stream = std::uint64_t{static_cast<std::uint32_t>(message.sender)} << 32 ^
                               std::uint64_t{message.address.id} << 1 ^
                               static_cast<std::uint64_t>(message.address.kind);
  const Channel::Sent sent = channel->send(frame, id, stream);
  for (const std::uint64_t tag : channel->dropped()) {
    push_failed(static_cast<std::uint32_t>(tag), Mechanism::egress_queue_dropped, false);
  }
  if (sent != Channel::Sent::full) return true;
  const bool kick = node.cluster_.scenario.cluster.nodes.egress_on_full == OnFull::disconnect;
  push_failed(id, kick ? Mechanism::purged_by_slow_consumer_kick : Mechanism::egress_queue_dropped,
              never_queued);
  if (kick) node.close_session(*this, CloseReason::kick, kOverload);
  return false;
}

}  // namespace squall::live
