// Counts and no judgement. See look.hpp.
// Nothing is changed by looking: a run that is watched is the same run.
#include "sim/kernel/look.hpp"

#include "sim/kernel/clients.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {

Glimpse look_at(const World& world, const ConnectedSeconds& connected, Time end) {
  Glimpse look{world.now, end, world.clients->tally().ready, {}, {}};
  const std::vector<std::uint64_t>& counts = connected.counts();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const SecondRow& row = world.ledger.seconds()[i];  // as many, or more
    look.seconds.push_back({row.owed, row.lost, row.delivered, counts[i]});
  }
  for (std::uint16_t n = 0; n < world.plan.scenario().cluster.nodes.count; ++n) {
    look.sessions.push_back(world.nodes->at(NodeId{n}).sessions.size());
  }
  return look;
}

}  // namespace squall
