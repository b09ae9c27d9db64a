// What clients say and hear. See clients.hpp.
// A message counts as sent when it is written to a channel; what becomes of it is seen elsewhere.
#include <fmt/core.h>
#include <algorithm>

#include "sim/live/clients/clients_link.hpp"
#include "sim/record/ledger.hpp"
#include "sim/record/wire.hpp"
#include "strategies/core/check.hpp"

namespace squall::live {

// ---- saying ------------------------------------------------------------------------------------

void Clients::send(std::uint32_t number) {
  ++sent_;
  const EndpointId sender = cluster_.timeline.messages[number].message.sender;
  play(sender, machine_.send(at(sender), MessageId{number}));
}

void Clients::play_message(Link& link, const EndpointAction& action) {
  const auto number = static_cast<std::uint32_t>(action.message);
  const auto written = [&](FactKind as) {
    note(as, number, static_cast<std::uint32_t>(link.state.connection));
    const Message& message = cluster_.timeline.messages[number].message;
    say(link, [&](Speech& speech, Turn& turn) { speech.message(message, turn); });
  };
  using Step = EndpointAction::Step;
  switch (action.step) {
    case Step::write: written(FactKind::written); break;
    case Step::write_also: written(FactKind::written_also); break;
    case Step::write_again: written(FactKind::written_again); break;
    case Step::keep:
      note(FactKind::kept, number, 0, kNoNode, static_cast<std::uint8_t>(Ledger::Keeper::sender));
      break;
    case Step::let_go:
      note(FactKind::let_go, number, 0, kNoNode, static_cast<std::uint8_t>(Ledger::Keeper::sender));
      break;
    case Step::refuse: note(FactKind::refused_send, number); break;
    case Step::never_sent: note(FactKind::never_sent, number); break;
  }
}

void Clients::write_frame(Link& link, Opcode opcode, std::string_view payload) {
  if (link.channel == nullptr) return;
  link.channel->send(link.wire.frame(opcode, payload));
}

// One step of the link's language, and what comes of it.
void Clients::say(Link& link, const std::function<void(Speech&, Turn&)>& what) {
  if (link.channel == nullptr) return;
  const std::shared_ptr<Channel> mine = link.channel;
  Turn turn;
  what(*link.speech, turn);
  for (const auto& [opcode, payload] : turn.say) write_frame(link, opcode, payload);
  for (const Heard& heard : turn.heard) {
    if (link.channel != mine) return;  // what was heard before has ended it
    understood(link, heard);
  }
}

void Clients::finish() {
  for (Person& who : people_) {
    const EndpointId endpoint = who.links.front()->endpoint;
    play(endpoint, machine_.give_up_queue(endpoint));
    for (const auto& link : who.links) {
      link->handshake = nullptr;
      link->state.machine.generation += 1;  // no timer finds its link any more
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
    link.state.machine.heard();
    return;
  }
  if (opcode == Opcode::ping) return;
  say(link, [&](Speech& speech, Turn& turn) { speech.hear(opcode, payload, turn); });
}

void Clients::understood(Link& link, const Heard& what) {
  const auto connection = static_cast<std::uint32_t>(link.state.connection);
  using Kind = Heard::Kind;
  switch (what.kind) {
    case Kind::message:
      note(FactKind::read, what.number, connection);
      ++read_;
      if (what.position) machine_.saw(link.endpoint, *what.position);
      break;
    case Kind::acknowledged:
      note(FactKind::acknowledged, what.number, connection);
      play(link.endpoint, machine_.acknowledged(link.endpoint, MessageId{what.number}));
      break;
    case Kind::joined:
      if (machine_.rooms(link.endpoint).contains(RoomId{what.number})) {
        note(FactKind::joined, static_cast<std::uint32_t>(link.endpoint), what.number);
      }
      break;
    case Kind::welcome:
      if (link.state.machine.phase != LinkPhase::connecting) break;
      if (what.position) machine_.saw(link.endpoint, *what.position);
      play(link.endpoint, machine_.opened(at(link.endpoint), link.slot, loop_.now(), what.rooms));
      break;
    case Kind::going_away:
      play(link.endpoint, machine_.going_away(at(link.endpoint), link.slot, loop_.now()));
      break;
    case Kind::noise: cluster_.strangers.frame(); break;
    case Kind::stranger:
      cluster_.strangers.frame();
      ended(link);
      break;
  }
}

void Clients::now_ready(Link& link) {
  note(FactKind::ready, static_cast<std::uint32_t>(link.state.connection), 0, link.node);
  link.welcomed = true;
  ++ready_;
}

// The other side said goodbye, or the socket ended.
void Clients::ended(Link& link) {
  if (link.state.machine.phase == LinkPhase::connecting) {
    if (link.wire.over() && !link.wire.mistaken()) {
      cluster_.language->turned_away(
          fmt::format("close code {} before the login was answered", link.wire.code()));
    }
    attempt_failed(link, CloseReason::refused);
    return;
  }
  if (link.state.machine.phase != LinkPhase::ready) return;
  note(FactKind::noticed_end, static_cast<std::uint32_t>(link.state.connection), link.wire.code(),
       kNoNode, link.wire.mistaken());
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
