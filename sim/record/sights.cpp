// What a settled message tells the witness: who read which frame, and which frames nobody read.
// How they were judged: settling.cpp.
#include "sim/record/settling.hpp"

namespace squall {

void tell(Witness& witness, const Tracked& tracked, Sight sight) {
  sight.message = tracked.number;
  sight.measured = tracked.born.has_value();
  witness.see(tracked.message, sight);
}

void Settling::tell_ends(const Tracked& tracked, std::span<const Tally> tallies) const {
  for (const Tally& tally : tallies) {
    for (std::size_t k = 0; k < tally.mine.size(); ++k) {
      const std::uint32_t i = tally.mine[k];
      if (!came(tally.fates[k])) continue;
      const PushEntry& entry = tracked.entries[i];
      tell(
          *setup_.witness, tracked,
          {.what = receipts_.first[entry.rank] == i ? Sight::What::received : Sight::What::repeated,
           .at = entry.arrival,
           .endpoint = setup_.recipient(tracked.message, entry.rank),
           .node = oracle_.connection(entry.connection).node,
           .connection = entry.connection});
    }
    for (const PushFailure& failure : tally.failed) {
      tell(*setup_.witness, tracked,
           {.what = Sight::What::missed,
            .at = failure.death.at,
            .endpoint = setup_.recipient(tracked.message, failure.rank),
            .node = failure.death.node,
            .death = failure.death});
    }
  }
}

}  // namespace squall
