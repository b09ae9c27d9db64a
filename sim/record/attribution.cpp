// The three rules. See attribution.hpp.
// Nothing here guesses: a pair that no rule explains is unattributed, and fails the run.
#include "sim/record/attribution.hpp"

namespace squall {

Death Attribution::of(EndpointId who, const Death* failure) const {
  const Death* last = failure;
  const Death* lookup = nullptr;
  for (const Death& death : tracked_.deaths) {
    if (!relevant(who, death)) continue;
    if (row(death.mechanism).coverage) {
      lookup = &death;
    } else if (last == nullptr || !later(*last, death)) {
      last = &death;
    }
  }
  if (last != nullptr) {
    Death death = *last;
    if (last != failure && hopeless(who)) death.trigger = kStructural;
    return death;
  }
  if (!tracked_.entered) return {Mechanism::unattributed, tracked_.intend};
  const ConnectionRecord* session =
      oracle_.live_throughout(who, tracked_.accept, tracked_.last_end);
  if (session != nullptr) return coverage(who, *session, lookup);
  return gap(who);
}

bool Attribution::relevant(EndpointId who, const Death& death) const {
  // What dies with a session, in the instant of a crash, was still on its way to it.
  const Time before = death.at - Duration{1};
  return death.node == kNoNode || oracle_.live_on(who, death.node, before);
}

Death Attribution::coverage(EndpointId who, const ConnectionRecord& session,
                            const Death* lookup) const {
  Death death = lookup != nullptr ? *lookup : Death{setup_.uncovered, tracked_.last_end};
  const Homes& homes = setup_.homes;
  if (no_way(who)) {
    if (death.mechanism == Mechanism::split_room) death.mechanism = Mechanism::keys_apart;
    death.trigger = kStructural;
  } else if (homes.own_node && !homes.nodes.empty()) {
    death.trigger = blame_of_seats(who);
  } else if (death.trigger == kStructural && death.mechanism != Mechanism::wrong_node) {
    death.trigger = session.born;  // it sits where it sits because of that
  }
  return death;
}

Death Attribution::gap(EndpointId who) const {
  const ConnectionRecord* ended = oracle_.last_ended(who, tracked_.last_end);
  if (ended == nullptr) return {Mechanism::unattributed, tracked_.last_end};
  return {Mechanism::reconnect_gap, tracked_.last_end, kNoNode, ended->trigger, ended->reason};
}

}  // namespace squall
