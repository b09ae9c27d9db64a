// What the frames of a message were worth, and how many bytes on the line: for settling.cpp.
// Frames that ended half sent are booked by the part that was; the rest never was on any wire.
#include <algorithm>

#include "sim/record/settling.hpp"

namespace squall {

// How much of a frame that came to nothing went on the line before the path ended.
Bytes Settling::carried(const Tracked& tracked, const PushEntry& entry, Fate fate) const {
  const Bytes total = setup_.push_cost(tracked.message.size).total();
  if (!setup_.on_the_line) return fate == Fate::ghost || fate == Fate::lost_on_wire ? total : 0;
  const ConnectionRecord& connection = oracle_.connection(entry.connection);
  const auto by = [&](Time when) {
    return setup_.on_the_line(tracked.message, entry, std::min(when, entry.arrival));
  };
  const auto within = [&](Bytes bytes) { return std::clamp<Bytes>(bytes, 0, total); };
  switch (fate) {
    case Fate::lost_on_wire: return within(by(connection.dead));
    case Fate::ghost: return within(within(by(connection.dead)) + setup_.send_buffer);
    case Fate::session_gone:
    case Fate::lost_at_node:
      if (connection.reset) return within(by(connection.closed));
      // What the kernel held when the session ended still goes, as long as the path is there.
      return std::min(within(by(connection.dead)),
                      within(by(connection.closed) + setup_.send_buffer));
    case Fate::arrived:
    case Fate::arrived_later:
    case Fate::recovered: break;
  }
  return total;
}

// The last hop is the only place where it is known what a frame was worth.
void Settling::count_worth(const Tracked& tracked, Tally& tally) const {
  const WireCost whole = setup_.push_cost(tracked.message.size);
  std::size_t batch = 0;
  for (std::size_t k = 0; k < tally.mine.size(); ++k) {
    const std::uint32_t i = tally.mine[k];
    while (i >= tracked.batches[batch].end) ++batch;
    BatchWorth& worth = tally.batches[batch];
    const std::uint32_t rank = tracked.entries[i].rank;
    switch (tally.fates[k]) {
      case Fate::session_gone:
      case Fate::lost_at_node:
      case Fate::ghost:
      case Fate::lost_on_wire: {
        const Bytes bytes = carried(tracked, tracked.entries[i], tally.fates[k]);
        bytes >= whole.total() ? static_cast<void>(++worth.lost)
                               : static_cast<void>(worth.parts += wire::part(whole, bytes));
        break;
      }
      case Fate::arrived:
      case Fate::arrived_later:
      case Fate::recovered:
        ++(receipts_.first[rank] == i && test_bit(tracked.owed, rank) ? worth.useful
                                                                      : worth.redundant);
    }
  }
}

void Settling::book_bytes(const Tracked& tracked, std::span<const Tally> tallies) {
  const WireCost cost = setup_.push_cost(tracked.message.size);
  for (std::size_t b = 0; b < tracked.batches.size(); ++b) {
    const PushBatch& batch = tracked.batches[b];
    BatchWorth worth;
    for (const Tally& tally : tallies) {
      worth.useful += tally.batches[b].useful;
      worth.redundant += tally.batches[b].redundant;
      worth.lost += tally.batches[b].lost;
      worth.parts += tally.batches[b].parts;
    }
    const std::int64_t read = worth.useful + worth.redundant;
    for (const Link link : {Link::node_to_lb, Link::lb_to_client}) {
      const auto sent = [&](BytePurpose purpose, std::int64_t times) {
        bytes_.sent(link, purpose, cost, batch.egress, batch.node, times);
      };
      sent(BytePurpose::payload_useful, worth.useful);
      sent(BytePurpose::payload_redundant, worth.redundant);
      sent(BytePurpose::payload_wasted, worth.lost);
      bytes_.received(link, cost, read);
      bytes_.acknowledged(link, wire::acks(cost.segments) * read, batch.egress, batch.node);
      bytes_.lost(link, cost, worth.lost);
      bytes_.passed(link, BytePurpose::payload_wasted, worth.parts, batch.egress, batch.node,
                    false);
    }
  }
}

}  // namespace squall
