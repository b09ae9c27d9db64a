// What clients say and hear. See clients.hpp.
// A message counts as sent when it is written to a channel; what becomes of it is seen elsewhere.
#include <algorithm>

#include "sim/live/clients_link.hpp"

namespace squall::live {

Clients::Link* Clients::ready_link(Person& person) const {
  for (const auto& link : person.links) {
    if (link->machine.phase == LinkPhase::ready && link->channel != nullptr) return link.get();
  }
  return nullptr;
}

// ---- saying ------------------------------------------------------------------------------------

void Clients::send(std::uint32_t number) {
  ++sent_;
  const Message& message = cluster_.timeline.messages[number].message;
  Person& sender = person(message.sender);
  Link* const link = ready_link(sender);
  if (link != nullptr) {
    write(sender, number, *link);
    return;
  }
  const ClientConfig& client = cluster_.scenario.client;
  if (client.offline_send == OfflineSend::queue && sender.queued.size() < client.offline_queue &&
      sender.online) {
    sender.queued.push_back(number);
    return;
  }
  note(FactKind::refused_send, number);
}

// Where a message reaches only the nodes it is sent to, it is sent to all of the endpoint's; otherwise
// one is enough.
void Clients::write(Person& person, std::uint32_t number, Link& primary) {
  const std::string payload = encode_message(cluster_.timeline.messages[number].message);
  note(FactKind::written, number, static_cast<std::uint32_t>(primary.connection));
  write_frame(primary, Opcode::binary, payload);
  if (cluster_.backplane.reach == Reach::everybody) return;
  for (const auto& link : person.links) {
    if (link.get() == &primary || link->machine.phase != LinkPhase::ready) continue;
    note(FactKind::written_also, number, static_cast<std::uint32_t>(link->connection));
    write_frame(*link, Opcode::binary, payload);
  }
}

void Clients::write_frame(Link& link, Opcode opcode, std::string_view payload) {
  if (link.channel == nullptr) return;
  link.channel->send(link.wire.frame(opcode, payload));
}

void Clients::flush_queue(EndpointId endpoint) {
  Person& who = person(endpoint);
  Link* const link = ready_link(who);
  for (const std::uint32_t number : std::exchange(who.queued, {})) write(who, number, *link);
}

void Clients::drop_queue(EndpointId endpoint) {
  for (const std::uint32_t number : std::exchange(person(endpoint).queued, {})) {
    note(FactKind::never_sent, number);
  }
}

void Clients::finish() {
  for (Person& who : people_) {
    for (const auto& link : who.links) {
      drop_queue(link->endpoint);
      link->handshake = nullptr;
      link->machine.generation += 1;  // no timer finds its link any more
      drop_channel(*link, CloseReason::logout);
    }
  }
  farewells_.end(false);
  ghosts_.clear();
}

// ---- hearing -----------------------------------------------------------------------------------

std::size_t Clients::Link::on_bytes(std::span<const std::byte> bytes) {
  const std::shared_ptr<Channel> mine = channel;
  const std::size_t used =
      wire.hear(bytes, *mine, [&](Opcode opcode, std::span<const std::byte> payload) {
        clients.heard(*this, opcode, payload);
        return channel == mine;
      });
  if (channel == mine) wire.over() ? clients.ended(*this) : clients.throttle(*this, used);
  return used;
}

void Clients::heard(Link& link, Opcode opcode, std::span<const std::byte> payload) {
  if (opcode == Opcode::pong) {
    link.machine.heard();
    return;
  }
  if (opcode == Opcode::ping) return;
  const std::optional<Envelope> envelope = decode(payload);
  if (!envelope || !could_be_said(link, *envelope)) {  // whoever answers there is no node of ours
    cluster_.strangers.frame();
    ended(link);
    return;
  }
  const auto connection = static_cast<std::uint32_t>(link.connection);
  switch (envelope->kind) {
    case FrameKind::message:
      note(FactKind::read, static_cast<std::uint32_t>(envelope->message.id), connection);
      ++read_;
      break;
    case FrameKind::acknowledge:
      note(FactKind::acknowledged, envelope->number(0), connection);
      break;
    case FrameKind::joined:
      if (person(link.endpoint).rooms.contains(RoomId{envelope->number(0)})) {
        note(FactKind::joined, static_cast<std::uint32_t>(link.endpoint), envelope->number(0));
      }
      break;
    case FrameKind::welcome: {
      std::vector<std::uint32_t> rooms;
      for (std::size_t i = 0; i < envelope->count(); ++i) rooms.push_back(envelope->number(i));
      welcome(link, rooms);
      break;
    }
    default: break;
  }
}

bool Clients::could_be_said(const Link& link, const Envelope& envelope) const {
  const auto& messages = cluster_.timeline.messages;
  switch (envelope.kind) {
    case FrameKind::message: return cluster_.planned(envelope.message);
    case FrameKind::acknowledge:
      return envelope.number(0) < messages.size() &&
             messages[envelope.number(0)].message.sender == link.endpoint;
    default: return true;  // rooms are only compared with those the client wants
  }
}

void Clients::welcome(Link& link, std::span<const std::uint32_t> rooms) {
  if (link.machine.phase != LinkPhase::connecting) return;
  for (const RoomId room : person(link.endpoint).rooms) {
    const auto number = static_cast<std::uint32_t>(room);
    if (std::ranges::find(rooms, number) != rooms.end()) {
      note(FactKind::joined, static_cast<std::uint32_t>(link.endpoint), number);
    } else {  // asked for while the welcome was under way
      const std::uint32_t one[] = {number};
      write_frame(link, Opcode::binary, encode_note(FrameKind::join, one));
    }
  }
  note(FactKind::ready, static_cast<std::uint32_t>(link.connection), 0, link.node);
  link.welcomed = true;
  ++ready_;
  LinkActions actions;
  link.machine.opened(loop_.now(), options_, actions);
  play(link, actions, CloseReason::none, kStructural);
  flush_queue(link.endpoint);
}

// The other side said goodbye, or the socket ended.
void Clients::ended(Link& link) {
  if (link.machine.phase == LinkPhase::connecting) {
    attempt_failed(link, CloseReason::refused);
    return;
  }
  if (link.machine.phase != LinkPhase::ready) return;
  note(FactKind::noticed_end, static_cast<std::uint32_t>(link.connection));
  drop_channel(link, CloseReason::network);
  lost(link);
}

// A client whose line is slower than loopback reads no faster than its line: it stops reading
// when it is more than a few milliseconds ahead.
void Clients::throttle(Link& link, std::size_t bytes) {
  constexpr std::int64_t kAhead = 5'000'000;
  const Time now = loop_.now();
  const std::int64_t passed = (now - link.read_at).count();
  link.read_at = now;
  link.read_debt =
      std::max<std::int64_t>(0, link.read_debt - passed) +
      static_cast<std::int64_t>(bytes) * 8'000'000'000 / cluster_.plan.downlink(link.endpoint);
  if (link.read_debt <= kAhead) return;
  link.channel->read(false);
  loop_.at(now + Duration{link.read_debt}, [weak = std::weak_ptr(link.channel)] {
    if (const auto channel = weak.lock()) channel->read(true);
  });
}

}  // namespace squall::live
