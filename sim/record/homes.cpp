// Blame by what would have come without a fault: where people belong, and who sat elsewhere.
//
// Without a backplane only those are reached who sit where the sender sits. If keys keep the two
// apart, or nothing brings them together, no fault made the loss, whenever the connections were
// opened. If their key should have brought them together, the one that sat elsewhere is the reason.
#include <algorithm>

#include "sim/record/attribution.hpp"

namespace squall {

// A copy died, but the recipient was there all the time and would not have had it anyway.
bool Attribution::hopeless(EndpointId who) const {
  if (!setup_.homes.own_node || !tracked_.entered) return false;
  const Time until = std::max(tracked_.write, tracked_.last_end);
  return oracle_.live_throughout(who, tracked_.write, until) != kNoConnection && no_way(who);
}

bool Attribution::no_way(EndpointId who) const {
  const EndpointId sender = tracked_.message.sender;
  if (!setup_.homes.own_node) return false;
  if (!setup_.homes.nodes.empty()) return apart(sender, who);
  const Time said = tracked_.write;
  if (oracle_.live_throughout(sender, said, said) == kNoConnection) return false;
  return !oracle_.together(sender, who, tracked_.write) &&
         !oracle_.together(sender, who, tracked_.accept);
}

bool Attribution::apart(EndpointId a, EndpointId b) const {
  const auto there = setup_.homes.of(b);
  const auto shared = [&](NodeId home) {
    return home != kNoNode && std::ranges::find(there, home) != there.end();
  };
  return std::ranges::none_of(setup_.homes.of(a), shared);
}

TriggerId Attribution::blame_of_seats(EndpointId who) const {
  const TriggerId recipient = displaced(who, tracked_.accept);
  if (recipient != kStructural) return recipient;
  return displaced(tracked_.message.sender, tracked_.write);
}

// Why somebody did not sit at home: the home was away when the first of the connections elsewhere
// was opened. The end of the connection before says why when no node was.
TriggerId Attribution::displaced(EndpointId who, Time at) const {
  const auto homes = setup_.homes.of(who);
  const auto at_home = [&](const ConnectionRecord& record) {
    return std::ranges::find(homes, record.node) != homes.end();
  };
  const ConnectionId there = oracle_.live_throughout(who, at, at);
  if (there == kNoConnection || at_home(oracle_.connection(there))) return kStructural;
  const ConnectionRecord* seat = &oracle_.connection(there);
  for (ConnectionId id = seat->previous; id != kNoConnection;
       id = oracle_.connection(id).previous) {
    const ConnectionRecord& before = oracle_.connection(id);
    if (before.opened == kNever) continue;  // an attempt that came to nothing
    if (at_home(before)) break;
    seat = &before;
  }
  Homes::Leave last{kNoNode, kBeforeAll, seat->born};
  const auto look_at = [&](const std::vector<Homes::Leave>& leaves) {
    for (const Homes::Leave& leave : leaves) {
      if (leave.at > seat->opened) break;
      const bool home = std::ranges::find(homes, leave.node) != homes.end();
      if (home && leave.at >= last.at) last = leave;
    }
  };
  look_at(setup_.homes.leaves);
  if (setup_.homes.unplanned != nullptr) look_at(*setup_.homes.unplanned);
  return last.trigger;
}

}  // namespace squall
