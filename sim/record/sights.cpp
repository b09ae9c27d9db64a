// What a settled message tells the witness: who read which frame, and which frames nobody read.
// How they were judged: settle.cpp.
#include "sim/record/ledger.hpp"

namespace squall {

void Ledger::tell_ends(const Tracked& tracked, std::span<const Tally> tallies) const {
  for (const Tally& tally : tallies) {
    for (std::size_t k = 0; k < tally.mine.size(); ++k) {
      const std::uint32_t i = tally.mine[k];
      if (!came(tally.fates[k])) continue;
      const PushEntry& entry = tracked.entries[i];
      tell(tracked,
           {.what = first_[entry.rank] == i ? Sight::What::received : Sight::What::repeated,
            .at = entry.arrival,
            .endpoint = recipient(tracked, entry.rank),
            .node = oracle_.connection(entry.connection).node,
            .connection = entry.connection});
    }
    for (const Failure& failure : tally.failed) {
      tell(tracked, {.what = Sight::What::missed,
                     .at = failure.death.at,
                     .endpoint = recipient(tracked, failure.rank),
                     .node = failure.death.node,
                     .death = failure.death});
    }
  }
}

}  // namespace squall
