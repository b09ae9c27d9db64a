// What a strategy tells itself on another node. See peers.hpp.
// Notes go over the links of forwards, in order with them. They are no copies: one that is lost is
// nobody's loss, and whoever relies on them says what becomes of that.
#include <utility>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/processes.hpp"

namespace squall {

Peers::Parcel Peers::parcel_of(const Note& note) {
  const auto count = static_cast<Bytes>(note.numbers.size());
  return {std::nullopt, wire::note_frame(count), BytePurpose::control, kNoNode};
}

void Peers::note_leaves(NodeId from, std::uint32_t slot, std::uint32_t epoch) {
  const Note& note = notes_[slot];
  const bool lives = epoch == world_.processes->epoch(from);
  if (!lives || !leaves(from, note.to, parcel_of(note), EventKind::note_arrives, slot)) {
    notes_.take(slot);
  }
}

void Peers::note_arrives(NodeId to, std::uint32_t slot, std::uint32_t made, std::uint16_t by) {
  comes(notes_, slot, {notes_[slot].from, to, made, by}, EventKind::note_done);
}

void Peers::note_in_flight(std::uint32_t slot) { in_flight(notes_, slot); }

void Peers::note_done(NodeId to, std::uint32_t slot, std::uint32_t epoch) {
  Note note = notes_.take(slot);
  if (epoch != world_.processes->epoch(to)) return;
  world_.nodes->step(to, Told{note.from, std::move(note.numbers)});
}

}  // namespace squall
