// Who is owed a message, at the instant of its birth: a part of the ledger.
//
// What the plan says (who means to be online, who has joined and left) both engines judge at its
// moments. When a welcome comes only the machine can say; of two engines that are compared, the
// second leaves out whom either was still welcoming, so that they owe the same pairs.
#include <bit>

#include "sim/record/ledger.hpp"

namespace squall {
namespace {

// Whoever means to be there and is not owed it yet: the first welcome since the login is under
// way, or the answer to a join.
BitSet awaiting(const Tracked& tracked, const Oracle& oracle, const LedgerSetup& setup) {
  const Message& message = tracked.message;
  const bool direct = message.address.kind == Address::Kind::user;
  BitSet bits(tracked.owed.size(), 0);
  for (std::uint32_t rank = 0; rank < bits.size() * 64; ++rank) {
    if (direct && rank > 0) break;
    if (!direct) {
      const auto asked = oracle.rosters().in(message.address.room(), Rosters::Set::requested);
      if (!test_bit(asked, rank)) continue;
    }
    const EndpointId who = setup.recipient(message, rank);
    const bool waits = who != message.sender && oracle.intends(who);
    set_bit(bits, rank, waits && !test_bit(tracked.owed, rank));
  }
  return bits;
}

}  // namespace

void Ledger::take_owed(Tracked& tracked) {
  const Message& message = tracked.message;
  if (message.address.kind == Address::Kind::user) {
    const EndpointId to = message.address.endpoint();
    const bool owed = to != message.sender && oracle_.owed(to);
    tracked.owed.assign(1, owed);
    tracked.connected.assign(1, owed && oracle_.connected(to));
  } else {
    const RoomId room = message.address.room();
    const auto owed = oracle_.owed(room);
    const auto connected = oracle_.connected(room);
    tracked.owed.assign(owed.begin(), owed.end());
    tracked.connected.assign(connected.begin(), connected.end());
    const std::uint32_t sender = oracle_.rosters().rank_in(message.sender, room);
    if (sender < tracked.owed.size() * 64) {
      set_bit(tracked.owed, sender, false);
      set_bit(tracked.connected, sender, false);
    }
  }
  Cell& cell = pairs_.cell(tracked);
  cell.messages.add(*tracked.born);
  if (setup_.uncertainty > Duration{0} || setup_.owed_elsewhere != nullptr) {
    leave_out_grey(tracked, cell);
  }
  if (setup_.owed_log != nullptr) {
    setup_.owed_log->add(tracked.number, {tracked.owed, awaiting(tracked, oracle_, setup_)});
  }
  pairs_.owed(tracked, cell);
}

// Whom the clock of this engine cannot tell from somebody who came a moment later, and whom the
// other engine was still welcoming.
void Ledger::leave_out_grey(Tracked& tracked, Cell& cell) {
  BitSet left_out(tracked.owed.size(), 0);
  if (setup_.uncertainty > Duration{0}) {
    for (std::uint32_t rank = 0; rank < tracked.owed.size() * 64; ++rank) {
      if (!test_bit(tracked.owed, rank)) continue;
      const EndpointId who = setup_.recipient(tracked.message, rank);
      set_bit(left_out, rank, oracle_.began_within(who, tracked.intend, setup_.uncertainty));
    }
  }
  const OwedSets theirs =
      setup_.owed_elsewhere != nullptr ? setup_.owed_elsewhere->of(tracked.number) : OwedSets{};
  std::size_t grey = theirs.owed.empty() ? count_bits(left_out) : 0;
  if (theirs.owed.size() == tracked.owed.size()) {
    const BitSet here = awaiting(tracked, oracle_, setup_);
    for (std::size_t i = 0; i < here.size(); ++i) {
      const std::uint64_t only_theirs = theirs.owed[i] & (here[i] | left_out[i]);
      const std::uint64_t only_ours = tracked.owed[i] & ~left_out[i] & theirs.awaiting[i];
      left_out[i] |= only_ours;
      grey += static_cast<std::size_t>(std::popcount(only_theirs) + std::popcount(only_ours));
    }
  }
  for (std::size_t i = 0; i < left_out.size(); ++i) {
    tracked.owed[i] &= ~left_out[i];
    tracked.connected[i] &= ~left_out[i];
  }
  cell.grey.add(tracked.born, grey);
}

}  // namespace squall
