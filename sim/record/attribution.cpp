// The three rules. See attribution.hpp.
// Nothing here guesses: a pair that no rule explains is unattributed, and fails the run.
#include "sim/record/attribution.hpp"

#include <algorithm>

namespace squall {
namespace {

// When the message was last said to all who were there, as far as that left a trace. A copy out of
// a history is for one of them: for whoever was there meanwhile nothing ended with it.
Time last_said(const Tracked& tracked, const Oracle& oracle, EndpointId who) {
  if (!tracked.in_history || tracked.accept == kNever) return tracked.last_end;
  Time said = kBeforeAll;
  for (const PushBatch& batch : tracked.batches) {
    if (batch.source == PushSource::live) said = std::max(said, batch.egress);
  }
  for (const Death& death : tracked.deaths) {
    if (row(death.mechanism).coverage) said = std::max(said, death.at);
  }
  if (said < tracked.accept || said > tracked.last_end) return tracked.last_end;
  const bool known = oracle.live_throughout(who, tracked.accept, said) != kNoConnection ||
                     oracle.last_ended(who, said) != kNoConnection;
  return known ? said : tracked.last_end;
}

// When it was meant. Who has a session and was not welcomed yet is not.
bool was_connected(const Tracked& tracked, const Oracle& oracle, EndpointId who) {
  const Address& to = tracked.message.address;
  const bool alone = to.kind == Address::Kind::user;
  return test_bit(tracked.connected, alone ? 0 : oracle.rosters().rank_in(who, to.room()));
}

// Why his last connection had ended: he knows that he misses something until he is welcomed again,
// unless the welcome says that it was nothing (knows_of_gap()).
CloseReason reason_of_gap(const Oracle& oracle, EndpointId who, Time at) {
  const ConnectionId ended = oracle.last_ended(who, at);
  return ended == kNoConnection ? CloseReason::none : oracle.connection(ended).reason;
}

bool knows_of_gap(const Oracle& oracle, EndpointId who, Time at) {
  ConnectionId welcome = oracle.live_throughout(who, at, at);  // it may not have come yet
  if (welcome == kNoConnection) welcome = oracle.first_opened_after(who, at);
  return welcome == kNoConnection || oracle.connection(welcome).recovered != Recovered::yes;
}

// A copy died for everybody. Who had no connection when it was meant, or when it died, cannot fail
// to notice: the reason for which that had ended; else none.
CloseReason reason_of_absence(const Tracked& tracked, const Oracle& oracle, EndpointId who,
                              const Death& death) {
  if (!was_connected(tracked, oracle, who) && knows_of_gap(oracle, who, tracked.intend)) {
    return reason_of_gap(oracle, who, tracked.intend);
  }
  const bool there = oracle.live_throughout(who, death.at, death.at) != kNoConnection;
  if (there || !knows_of_gap(oracle, who, death.at)) return CloseReason::none;
  return reason_of_gap(oracle, who, death.at);
}

}  // namespace

Finding Attribution::of(EndpointId who, const Death* failure) const {
  Finding finding = first_finding(who, failure);
  if (tracked_.in_history && came_too_late(who, finding.death)) {
    finding.death.mechanism = Mechanism::resume_window_exceeded;
  }
  if (tracked_.in_log && setup_.reads_on && finding.death.mechanism == Mechanism::not_subscribed &&
      tracked_.forgotten != kNever) {
    finding.death.mechanism = Mechanism::retention_expired;
  }
  return finding;
}

bool Attribution::came_too_late(EndpointId who, const Death& death) const {
  switch (death.mechanism) {
    case Mechanism::purged_by_slow_consumer_kick:
    case Mechanism::egress_lost_at_crash:
    case Mechanism::pushed_to_ghost:
    case Mechanism::downlink_in_flight_at_disconnect:
    case Mechanism::reconnect_gap: break;
    case Mechanism::sender_offline_refused:
    case Mechanism::uplink_in_flight_at_disconnect:
    case Mechanism::ingress_lost_at_crash:
    case Mechanism::overload_shed:
    case Mechanism::wrong_node:
    case Mechanism::split_room:
    case Mechanism::keys_apart:
    case Mechanism::route_missing:
    case Mechanism::route_stale:
    case Mechanism::registry_unavailable:
    case Mechanism::publish_failed:
    case Mechanism::publisher_buffer_overflow:
    case Mechanism::broker_lost:
    case Mechanism::not_subscribed:
    case Mechanism::subscriber_buffer_killed:
    case Mechanism::consumer_misassigned:
    case Mechanism::peer_link_lost:
    case Mechanism::peer_queue_overflow:
    case Mechanism::egress_queue_dropped:
    case Mechanism::egress_coalesced:
    case Mechanism::resume_window_exceeded:
    case Mechanism::retention_expired:
    case Mechanism::foreign_system:
    case Mechanism::unattributed: return false;
  }
  const ConnectionId back = oracle_.first_opened_after(who, death.at);
  const bool in_time =
      back != kNoConnection && oracle_.connection(back).opened <= tracked_.forgotten;
  if (in_time) {
    const ConnectionRecord& session = oracle_.connection(back);
    const bool waits = tracked_.in_log && session.ready == kNever && tracked_.forgotten != kNever;
    return session.recovered == Recovered::no || waits;  // for an answer that comes too late
  }
  return tracked_.forgotten != kNever;
}

// The sender had kept what died on its way in.
bool Attribution::was_written_again(const Death& death) const {
  const bool on_its_way_in = death.mechanism == Mechanism::uplink_in_flight_at_disconnect ||
                             death.mechanism == Mechanism::overload_shed ||
                             death.mechanism == Mechanism::ingress_lost_at_crash;
  return on_its_way_in && death.node == kNoNode && death.at <= tracked_.again;
}

Finding Attribution::first_finding(EndpointId who, const Death* failure) const {
  const Death* last = failure;
  const Death* lookup = nullptr;
  for (const Death& death : tracked_.deaths) {
    if (!relevant(who, death) || was_written_again(death)) continue;
    if (row(death.mechanism).coverage) {
      lookup = &death;
    } else if (last == nullptr || !later(*last, death)) {
      last = &death;
    }
  }
  if (last != nullptr) {
    Death death = *last;
    if (last != failure && hopeless(who)) death.trigger = kStructural;
    if (death.reason == CloseReason::none && row(death.mechanism).family != "uplink") {
      death.reason = reason_of_absence(tracked_, oracle_, who, death);
    }
    return {death, Rule::copy_died};
  }
  if (!tracked_.entered) return {{Mechanism::unattributed, tracked_.intend}, Rule::unexplained};
  const Time said = last_said(tracked_, oracle_, who);
  const ConnectionId session = oracle_.live_throughout(who, tracked_.accept, said);
  if (session == kNoConnection) return gap(who);
  const ConnectionRecord& there = oracle_.connection(session);
  Death death = coverage(who, there, lookup);
  if (!was_connected(tracked_, oracle_, who) && there.recovered != Recovered::yes) {
    death.reason = reason_of_gap(oracle_, who, tracked_.intend);
  }
  return {death, Rule::no_copy, session};
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
  } else if (homes.own_node && (!homes.nodes.empty() || death.mechanism == Mechanism::wrong_node)) {
    death.trigger = blame_of_seats(who);
  } else if (death.trigger == kStructural && death.mechanism != Mechanism::wrong_node &&
             death.mechanism != Mechanism::consumer_misassigned) {
    death.trigger = session.born;  // it sits where it sits because of that
  }
  return death;
}

Finding Attribution::gap(EndpointId who) const {
  const Time end = last_said(tracked_, oracle_, who);
  const ConnectionId id = oracle_.last_ended(who, end);
  if (id == kNoConnection) return {{Mechanism::unattributed, end}, Rule::unexplained};
  const ConnectionRecord& ended = oracle_.connection(id);
  const Death death{Mechanism::reconnect_gap, end, kNoNode, ended.trigger, ended.reason};
  return {death, Rule::not_there, id};
}

}  // namespace squall
