// Blame by what would have come without a fault: where people belong, and who sat elsewhere.
//
// Without a backplane only those are reached who sit where the sender sits. If keys keep the two
// apart, or nothing brings them together, no fault made the loss, whenever the connections were
// opened. If their key should have brought them together, the one that sat elsewhere is the reason.
#include <algorithm>
#include <functional>
#include <vector>

#include "sim/record/attribution.hpp"

namespace squall {
namespace {

// The latest first.
std::vector<ConnectionId> live(const Oracle& oracle, EndpointId who, Time at) {
  std::vector<ConnectionId> found;
  for (ConnectionId id = oracle.live_throughout(who, at, at); id != kNoConnection;
       id = oracle.connection(id).previous) {
    const ConnectionRecord& record = oracle.connection(id);
    if (record.opened <= at && at < record.ended()) found.push_back(id);
  }
  return found;
}

// How many connections live; of more than `most` that many.
std::size_t count_live(const Oracle& oracle, EndpointId who, Time at, std::size_t most) {
  std::size_t count = 0;
  for (ConnectionId id = oracle.live_throughout(who, at, at); id != kNoConnection && count < most;
       id = oracle.connection(id).previous) {
    const ConnectionRecord& record = oracle.connection(id);
    count += record.opened <= at && at < record.ended();
  }
  return count;
}

// Of `count` connections side by side: those that have ended, the last first, and are not back.
std::vector<ConnectionId> missing(const Oracle& oracle, EndpointId who, std::size_t count,
                                  Time at) {
  const std::size_t there = count_live(oracle, who, at, count);
  if (there == count) return {};
  std::vector<ConnectionId> ended;
  for (ConnectionId id = oracle.last_ended(who, at); id != kNoConnection;
       id = oracle.connection(id).previous) {
    const ConnectionRecord& record = oracle.connection(id);
    if (record.ready != kNever && record.ended() <= at) ended.push_back(id);
  }
  const auto end = [&](ConnectionId id) { return oracle.connection(id).ended(); };
  std::ranges::stable_sort(ended, std::greater{}, end);
  ended.resize(std::min(ended.size(), count - there));
  std::erase_if(
      ended, [&](ConnectionId id) { return oracle.connection(id).reason == CloseReason::logout; });
  return ended;
}

// Where clients hold several connections: what ended one over which the two would have met, and
// which is not back. The recipient's first, then the sender's.
TriggerId torn(const Oracle& oracle, std::size_t each, EndpointId sender, EndpointId who, Time at) {
  if (each < 2) return kStructural;
  const auto hers = missing(oracle, who, each, at);
  const auto his = missing(oracle, sender, each, at);
  const auto node_of = [&](ConnectionId id) { return oracle.connection(id).node; };
  for (const ConnectionId id : hers) {
    const bool met = oracle.live_on(sender, node_of(id), at) ||
                     std::ranges::find(his, node_of(id), node_of) != his.end();
    if (met) return oracle.connection(id).trigger;
  }
  for (const ConnectionId id : his) {
    if (oracle.live_on(who, node_of(id), at)) return oracle.connection(id).trigger;
  }
  return kStructural;
}

// When it was written, or when it was accepted.
TriggerId torn(const Oracle& oracle, std::size_t each, const Tracked& tracked, EndpointId who) {
  const EndpointId sender = tracked.message.sender;
  const TriggerId written = torn(oracle, each, sender, who, tracked.write);
  return written != kStructural ? written : torn(oracle, each, sender, who, tracked.accept);
}

}  // namespace

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
         !oracle_.together(sender, who, tracked_.accept) &&
         torn(oracle_, setup_.homes.each, tracked_, who) == kStructural;
}

bool Attribution::apart(EndpointId a, EndpointId b) const {
  const auto there = setup_.homes.of(b);
  const auto shared = [&](NodeId home) {
    return home != kNoNode && std::ranges::find(there, home) != there.end();
  };
  return std::ranges::none_of(setup_.homes.of(a), shared);
}

TriggerId Attribution::blame_of_seats(EndpointId who) const {
  const TriggerId cut = torn(oracle_, setup_.homes.each, tracked_, who);
  if (cut != kStructural || setup_.homes.nodes.empty()) return cut;
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
  const auto elsewhere = [&](ConnectionId id) { return !at_home(oracle_.connection(id)); };
  const auto seats = live(oracle_, who, at);
  const auto there = std::ranges::find_if(seats, elsewhere);
  if (there == seats.end()) return kStructural;
  const ConnectionRecord* seat = &oracle_.connection(*there);
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
