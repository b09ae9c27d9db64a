// Who is to blame for what the facts alone do not say. See books.hpp.
// The rules are those of the virtual-time engine; the plan knows when what was broken.
#include <algorithm>

#include "sim/live/books/books.hpp"

namespace squall::live {
// Effects of an outage come a moment later than itself; so do those of its end.
const LiveOutage* Books::outage_at(std::string_view what, Time at) const {
  for (const LiveOutage& outage : cluster_.outages) {
    const bool open = outage.end == kNever || at < outage.end + 1s;
    if (outage.what == what && outage.begin <= at && open) return &outage;
  }
  return nullptr;
}

// What a broker keeps goes down with it, and who asks a new log is told. Where nodes only read it,
// nobody is; nor where a replica takes its place, which lacks the last of it.
void Books::close_log(Time end) {
  struct Loss {
    Time at, since;  // of what was kept later than `since`
    TriggerId trigger;
  };
  const bool tells_nobody =
      cluster_.backplane.reads_log && !cluster_.scenario.cluster.broker.persistent;
  std::vector<Loss> losses;
  for (const LiveOutage& outage : cluster_.outages) {
    const auto lag = failover_lag(plan_, outage.trigger);
    if (outage.what != "broker" || (!lag && !tells_nobody)) continue;
    losses.push_back({outage.begin, lag ? outage.begin - *lag : kBeforeAll, outage.trigger});
  }
  for (const auto& [message, kept] : in_log_) {
    const Time forgotten = kept + cluster_.spec.resume;
    for (const Loss& loss : losses) {
      if (kept <= loss.since || kept > loss.at || loss.at > forgotten) continue;
      ledger_.note(message, {Mechanism::broker_lost, loss.at, kNoNode, loss.trigger});
    }
    ledger_.let_go(message, Ledger::Keeper::log, forgotten < end ? forgotten : kNever);
  }
}

const Partition* Books::partition_between(NodeId a, NodeId b, Time from) const {
  for (const Partition& partition : plan_.partitions()) {
    const bool between = crosses(partition, node_place(a), node_place(b));
    if (between && from < partition.range.end + 1s) return &partition;
  }
  return nullptr;
}

// A host that is lost is written to until its silence is noticed.
const Death* Books::death_after(NodeId node, Time at) const {
  const NodeState& state = nodes_[index(node)];
  for (std::size_t i = 0; i < state.deaths.size(); ++i) {
    const bool still_dead = i >= state.starts.size() || state.starts[i] > at;
    if (state.deaths[i].at >= at || still_dead) return &state.deaths[i];
  }
  return nullptr;
}

// A node that stood still, and has not renewed the entry, or deletes it late: the recipient was or
// is there.
TriggerId Books::slept_on_route(const Message& message, Time at) const {
  const Duration lease = plan_.scenario().cluster.registry.lease;
  if (message.address.kind == Address::Kind::room) {  // a node that held a lease, and lost it
    for (std::uint16_t n = 0; n < nodes_.size(); ++n) {
      const std::vector<Time>& held = nodes_[n].leases;
      const auto next = std::ranges::upper_bound(held, at);
      if (next == held.begin() || at < *std::prev(next) + lease) continue;
      if (const TriggerId slept = paused(NodeId{n}, *std::prev(next) + lease, at);
          slept != kStructural) {
        return slept;
      }
    }
    return kStructural;
  }
  TriggerId found = kStructural;
  for (std::uint16_t n = 0; n < nodes_.size(); ++n) {
    if (!oracle_.live_on(message.address.endpoint(), NodeId{n}, at)) continue;
    found = paused(NodeId{n}, at, at);
  }
  if (found != kStructural) return found;
  for (std::uint16_t n = 0; n < nodes_.size(); ++n) {
    const TriggerId slept = paused(NodeId{n}, at - lease, at);
    if (slept != kStructural) found = slept;
  }
  return found;
}

Death Books::death_of_drop(const Fact& fact, Time at) const {
  const auto mechanism = static_cast<Mechanism>(fact.detail);
  const NodeId node{fact.node}, concerned{static_cast<std::uint16_t>(fact.b)};
  const NodeState& state = nodes_[index(node)];
  Death death{mechanism, at, fact.c != 0 ? kNoNode : concerned};
  switch (mechanism) {
    case Mechanism::ingress_lost_at_crash:
      death.trigger = state.trigger;
      if (!state.deaths.empty()) death.reason = state.deaths.back().reason;
      break;
    case Mechanism::registry_unavailable:
    case Mechanism::route_missing: {
      // Until every lease has been renewed after an outage, what is missing is missing for it.
      const Duration lease = plan_.scenario().cluster.registry.lease;
      for (const LiveOutage& outage : cluster_.outages) {
        if (outage.what != "registry" || outage.begin > at) continue;
        if (outage.end == kNever || at < outage.end + lease) death.trigger = outage.trigger;
      }
      if (const auto cut = cut_at(plan_, node_place(node), kRegistry, at)) {
        death.trigger = cut->trigger;
      } else if (mechanism == Mechanism::route_missing && death.trigger == kStructural) {
        death.trigger = slept_on_route(ledger_.message(MessageId{fact.a}), at);
      }
      break;
    }
    case Mechanism::publish_failed:
    case Mechanism::publisher_buffer_overflow: death.trigger = state.link_trigger; break;
    case Mechanism::peer_link_lost:
      death.trigger = nodes_[index(concerned)].trigger;
      death.reason = CloseReason::crash;
      if (const Partition* const partition = partition_between(node, concerned, at);
          partition != nullptr && partition->range.begin <= at) {
        death.trigger = partition->trigger;
        death.reason = CloseReason::none;
      } else if (const TriggerId slept = paused(concerned, at - 1s, at);
                 slept != kStructural && nodes_[index(concerned)].up) {
        death.trigger = slept;  // it stands still, and its link was given up
        death.reason = CloseReason::none;
      }
      break;
    case Mechanism::peer_queue_overflow: {
      const Partition* const partition = partition_between(node, concerned, at);
      death.trigger = partition != nullptr ? partition->trigger : kOverload;
      break;
    }
    case Mechanism::sender_offline_refused:
    case Mechanism::uplink_in_flight_at_disconnect:
    case Mechanism::overload_shed:
    case Mechanism::wrong_node:
    case Mechanism::split_room:
    case Mechanism::keys_apart:
    case Mechanism::route_stale:
    case Mechanism::broker_lost:
    case Mechanism::not_subscribed:
    case Mechanism::subscriber_buffer_killed:
    case Mechanism::consumer_misassigned:
    case Mechanism::egress_queue_dropped:
    case Mechanism::egress_coalesced:
    case Mechanism::purged_by_slow_consumer_kick:
    case Mechanism::egress_lost_at_crash:
    case Mechanism::pushed_to_ghost:
    case Mechanism::downlink_in_flight_at_disconnect:
    case Mechanism::reconnect_gap:
    case Mechanism::resume_window_exceeded:
    case Mechanism::retention_expired:
    case Mechanism::foreign_system:
    case Mechanism::unattributed: break;
  }
  return death;
}

}  // namespace squall::live
