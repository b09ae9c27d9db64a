// A replica takes the registry's place: what was written of late is taken back. See registry.hpp.
// Nobody is told. Who is not found is missed as in an outage; who is found where he was before is
// the failover's doing as well.
#include "sim/kernel/registry.hpp"

namespace squall {

void Registry::remember(NodeId from, const RegistryCall& call) {
  using Verb = RegistryCall::Verb;
  if (!of_late_.keeps()) return;
  const auto keep = [&](std::function<void()> put_back) {
    of_late_.keep(world_.now, std::move(put_back));
  };
  switch (call.verb) {
    case Verb::hold:
      return keep([this, from, before = leases_.of(from)] {
        leases_.put_back(from, before);
        update_reach(from);
      });
    case Verb::add_member:
    case Verb::remove_member:
      return keep([this, key = call.keys.front(), before = sets_.of(call.keys.front())] {
        sets_.put_back(key, before);
      });
    case Verb::set_route:
    case Verb::delete_route:
    case Verb::set_if_newer:
    case Verb::delete_if_mine:
    case Verb::set_held:
      return keep([this, key = call.keys.front(), before = entry(call.keys.front()),
                   tally = tally_] { put_back(key, before, tally); });
    case Verb::get_routes:
    case Verb::get_held:
    case Verb::get_members: break;
  }
}

void Registry::put_back(std::uint32_t key, const Entry& before, const Tally& tally) {
  Entry& entry = this->entry(key);
  const bool watched = entry.watched;
  const bool elsewhere = before.node != kNoNode && before.node != entry.node;
  entry = before;
  entry.watched = watched;
  if (elsewhere) entry.back = trigger_, entry.back_to = before.node;
  tally_ = tally;
  if ((key & kRoomKey) != 0) return;
  const EndpointId endpoint{key};
  if (entry.live(world_.now) && !entry.watched && world_.backplane.covers == Covers::route)
    watch(endpoint);
  world_.update_reach(endpoint);
}

TriggerId Registry::blame_stale(EndpointId endpoint, NodeId node) const {
  if (entries_.empty()) return kStructural;
  const Entry& entry = entries_[index(endpoint)];
  return entry.back_to == node ? entry.back : kStructural;
}

}  // namespace squall
