// Forwards that say for whom, and what comes back from where those are not. See peers.hpp.
// They go over the same links as plain forwards; what they say lies in a slot meanwhile.
#include <utility>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/processes.hpp"

namespace squall {

// What is lost on its way back concerns nobody who is where it was going.
Peers::Parcel Peers::parcel_of(const Letter& letter) const {
  const Message& message = world_.ledger.message(letter.message);
  const auto count = static_cast<Bytes>(letter.who.size());
  if (letter.returned)
    return {message.id, wire::return_frame(count), BytePurpose::control, kNoNode, letter.turn};
  return {message.id, wire::peer_frame_for(message.size, count), BytePurpose::payload_relayed,
          letter.to, letter.turn};
}

// The loop has come to it, if that process still lives.
void Peers::letter_leaves(NodeId from, std::uint32_t slot, std::uint32_t epoch) {
  const Letter& letter = letters_[slot];
  if (epoch != world_.processes->epoch(from)) {
    Death death = world_.processes->death_of(from, epoch);
    death.node = letter.returned ? kNoNode : letter.to;
    world_.ledger.drop(letter.message, death);
    letters_.take(slot);
    return;
  }
  const auto gone = letter.returned ? std::nullopt : down(from, letter.to);
  if (gone) {  // who cannot be told is not there; should that be the end of it, this is why
    Letter back = letters_.take(slot);
    world_.ledger.note(back.message,
                       {Mechanism::peer_link_lost, world_.now, back.to, gone->trigger, gone->why});
    world_.nodes->step_in(back.turn, from,
                          Returned{back.to, Copy::adopt(world_.ledger.message(back.message)),
                                   std::move(back.who), back.attempt});
    return;
  }
  world_.ledger.saw(
      letter.message,
      {.what = Sight::What::forwarded, .at = world_.now, .node = from, .other = letter.to});
  if (!leaves(from, letter.to, parcel_of(letter), EventKind::letter_arrives, slot)) {
    letters_.take(slot);
  }
}

void Peers::letter_arrives(NodeId to, std::uint32_t slot, std::uint32_t made, std::uint16_t by) {
  comes(letters_, slot, {letters_[slot].from, to, made, by}, EventKind::letter_done);
}

void Peers::letter_in_flight(std::uint32_t slot) { in_flight(letters_, slot); }

void Peers::letter_done(NodeId to, std::uint32_t slot, std::uint32_t epoch) {
  Letter letter = letters_.take(slot);
  if (epoch != world_.processes->epoch(to)) {
    Death death = world_.processes->death_of(to, epoch);
    if (letter.returned) death.node = kNoNode;
    world_.ledger.drop(letter.message, death);
    return;
  }
  Copy copy = Copy::adopt(world_.ledger.message(letter.message));
  world_.ledger.saw(
      letter.message,
      {.what = Sight::What::from_peer, .at = world_.now, .node = to, .other = letter.from});
  if (letter.returned) {
    world_.nodes->step(
        to, Returned{letter.from, std::move(copy), std::move(letter.who), letter.attempt});
  } else {
    world_.nodes->step(
        to, PeerMessage{letter.from, std::move(copy), std::move(letter.who), letter.attempt});
  }
}

}  // namespace squall
