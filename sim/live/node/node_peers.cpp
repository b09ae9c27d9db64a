// Forwards of a node, out and in. See node_peers.hpp.
// A hop is written down with its attempt and direction, so that the books can tell hops apart.
#include "sim/live/node/node_peers.hpp"

#include <algorithm>
#include <utility>

#include "sim/live/books/one_member.hpp"

namespace squall::live {

NodePeers::NodePeers(NodeProcess& process, NodeBackplane& backplane, NodeWork& work)
    : process_(process),
      backplane_(backplane),
      work_(work),
      links_(process.cluster(), process.id(), *this) {}

void NodePeers::forward(const Forward& forward) {
  send(forward.to, forward.message, {forward.meant, forward.attempt, false});
}

void NodePeers::give_back(const Return& back) {
  send(back.to, back.message, {back.absent, back.attempt, true});
}

void NodePeers::send(NodeId to, const Message& message, PeerNote said) {
  const Time when = process_.now();
  const PeerLinks::Sent sent = links_.send(to, message, said);
  if (sent == PeerLinks::Sent::down && !said.returned && !said.who.empty()) {
    // Who cannot be told is not there: it comes back at once.
    process_.note(FactKind::came_back, static_cast<std::uint32_t>(message.id),
                  static_cast<std::uint32_t>(to),
                  static_cast<std::uint8_t>(Mechanism::peer_link_lost));
    backplane_.step(Returned{to, Copy::adopt(message), std::move(said.who), said.attempt});
    return;
  }
  if (sent != PeerLinks::Sent::queued) {
    const bool full = sent == PeerLinks::Sent::full;
    const auto why = full ? Mechanism::peer_queue_overflow : Mechanism::peer_link_lost;
    process_.note(FactKind::dropped, static_cast<std::uint32_t>(message.id),
                  static_cast<std::uint32_t>(to), static_cast<std::uint8_t>(why),
                  hop_of(0, said.returned));
    return;
  }
  const auto who = static_cast<std::uint32_t>(std::min(said.who.size(), kMostTold));
  process_.note_at(when, FactKind::forwarded, message, static_cast<std::uint32_t>(to) | who << 16,
                   0, hop_of(said.attempt, said.returned));
}

void NodePeers::peer_message(PeerEnvelope envelope) {
  const Bytes size = envelope.message.size;
  work_.after(&CostProfile::peer_receive, size,
              [this, envelope = std::move(envelope)] { take(envelope); });
}

void NodePeers::take(const PeerEnvelope& envelope) {
  PeerNote said = envelope.note;
  process_.note(FactKind::peer_read, static_cast<std::uint32_t>(envelope.message.id),
                index(envelope.from), 0, hop_of(said.attempt, said.returned));
  Copy copy = Copy::adopt(envelope.message);
  if (said.returned) {
    backplane_.step(Returned{envelope.from, std::move(copy), std::move(said.who), said.attempt});
  } else {
    backplane_.step(PeerMessage{envelope.from, std::move(copy), std::move(said.who), said.attempt});
  }
}

void NodePeers::peer_told(NodeId from, std::vector<std::uint32_t> numbers) {
  const Bytes size = wire::note_payload(static_cast<Bytes>(numbers.size()));
  work_.after(&CostProfile::peer_receive, size,
              [this, told = Told{from, std::move(numbers)}] { backplane_.step(told); });
}

void NodePeers::peer_state(NodeId peer, bool up) {
  if (backplane_.there()) backplane_.step(PeerState{peer, up});
}

}  // namespace squall::live
