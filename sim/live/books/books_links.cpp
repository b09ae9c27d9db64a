// Links between nodes and to the broker, as the facts tell: how they ended, and what that took.
// A link that a partition cuts may be dead for one end only; the plan knows. See books.hpp.
#include <fmt/core.h>
#include <algorithm>

#include "sim/live/books/books.hpp"
#include "sim/live/books/engine_facts.hpp"

namespace squall::live {
namespace {

// What takes a link away shows a moment later, and by the clock of another thread.
constexpr Duration kLater = 1s;

template <typename Ends>
const Death* first_from(const Ends& ends, Time at) {
  for (const auto& [when, death] : ends) {
    if (when >= at) return &death;
  }
  return nullptr;
}

// For a node that was not subscribed and so `missed` it. What was written into a cut, and went down
// with the link that it was written on, has not come to the broker: no subscription would have
// saved it.
Death end_in_a_cut(const Plan& plan, NodeId from, const Death* spoken, const Death& missed,
                   Time end) {
  const auto cut = cut_at(plan, node_place(from), kBroker, missed.at);
  if (!cut) return missed;
  if (cut->until >= end) {
    return {Mechanism::publish_failed, missed.at, missed.node, cut->trigger};
  }
  if (spoken == nullptr || spoken->at > cut->until + kLater) return missed;
  Death death = *spoken;
  death.node = missed.node;
  return death;
}

}  // namespace

// Why a node's link to the broker ends at `at`: an outage; one that its end of the link did not
// hear of, because of a partition; the partition itself; or something else.
Death Books::end_of_link(NodeId node, Time at, Mechanism by_itself) const {
  Death death{by_itself, at, node, kOverload};
  if (const LiveOutage* const outage = outage_at("broker", at)) {
    return {Mechanism::broker_lost, at, node, outage->trigger};
  }
  const auto cut = cut_at(plan_, node_place(node), kBroker, std::max(at - kLater, Time{0}));
  const auto here = cut ? cut : cut_at(plan_, node_place(node), kBroker, at);
  if (!here) return death;
  for (const LiveOutage& outage : cluster_.outages) {
    if (outage.what != "broker") continue;
    if (outage.begin < here->since || outage.begin > at || outage.begin >= here->until) continue;
    return {Mechanism::broker_lost, at, node, outage.trigger};
  }
  death.trigger = here->trigger;
  return death;
}

void Books::broker_link(NodeId node, Time at, std::uint8_t how) {
  NodeState& state = nodes_[index(node)];
  const bool was = state.subscribed;
  state.subscribed = how == 1;
  if (how != 1) state.topics.clear();
  if (how != 1 && was) {
    Death death = end_of_link(node, at, Mechanism::not_subscribed);
    if (how == 2 && death.mechanism == Mechanism::not_subscribed) {
      death.mechanism = Mechanism::subscriber_buffer_killed;
      const TriggerId slept = paused(node, at - 10s, at);
      if (slept != kStructural) death.trigger = slept;
    } else if (death.trigger == kOverload) {
      death.trigger = accident_trigger(plan_.scenario());
      remarks_.push_back(
          fmt::format("n{} lost its link to the broker at {}, and neither the script nor a queue "
                      "explains it: billed to `accident`",
                      index(node) + 1, seconds(at)));
    }
    state.link_trigger = death.trigger;
    state.link_ends.emplace_back(at, death);
  }
  for (const ConnectionId id : state.sessions) update_reach(oracle_.connection(id).endpoint, at);
}

// Nobody who sits on the node can be reached but through what it hears.
bool Books::hears_all(NodeId node, EndpointId endpoint) const {
  const NodeState& state = nodes_[index(node)];
  if (!state.hears(Topic::user(endpoint))) return false;
  return std::ranges::all_of(plan_.memberships(endpoint), [&](const Membership& m) {
    const bool in = !plan_.individual(endpoint) || oracle_.rosters().asked_for(endpoint, m.room);
    return !in || state.hears(Topic::room(m.room));
  });
}

void Books::topic(NodeId node, Topic topic, bool yes, Time at) {
  NodeState& state = nodes_[index(node)];
  if (yes) {
    state.topics.insert(topic);
  } else {
    state.topics.erase(topic);
    state.left.emplace_back(at, topic);
  }
  for (const ConnectionId id : state.sessions) update_reach(oracle_.connection(id).endpoint, at);
}

void Books::speaking(NodeId node, Time at, bool yes) {
  if (yes) return;
  NodeState& state = nodes_[index(node)];
  const Death death = end_of_link(node, at, Mechanism::publish_failed);
  state.speak_ends.emplace_back(at, death);
  state.link_trigger = death.trigger;
}

// A broker that goes down while a partition lies before a node has forgotten it when it is back,
// and the node is not told.
void Books::forget_behind_partitions(Time now) {
  for (; outages_told_ < cluster_.outages.size() && cluster_.outages[outages_told_].begin <= now;
       ++outages_told_) {
    const LiveOutage& outage = cluster_.outages[outages_told_];
    if (outage.what != "broker") continue;
    for (std::uint16_t n = 0; n < nodes_.size(); ++n) {
      NodeState& state = nodes_[n];
      if (!state.subscribed || !cut_at(plan_, node_place(NodeId{n}), kBroker, outage.begin)) {
        continue;
      }
      state.subscribed = false;
      state.link_trigger = outage.trigger;
      state.link_ends.emplace_back(
          outage.begin, Death{Mechanism::broker_lost, outage.begin, NodeId{n}, outage.trigger});
      for (const ConnectionId id : state.sessions) {
        update_reach(oracle_.connection(id).endpoint, outage.begin);
      }
    }
  }
}

// Published, and not heard: the first end, of what it was published on or of what it should have
// been heard on. Who publishes on a connection that is dead at the other end is not heard by
// anybody.
Death Books::end_of_published(const Lost& lost) const {
  const bool heard = was_heard(*index_, lost.message);
  const Death* const spoken = first_from(nodes_[index(lost.from)].speak_ends, lost.at);
  if (lost.unsubscribed) {
    const Death missed{Mechanism::not_subscribed, lost.at, lost.to, *lost.unsubscribed};
    return heard ? missed : end_in_a_cut(plan_, lost.from, spoken, missed, end_);
  }
  const Death* const listened = first_from(nodes_[index(lost.to)].link_ends, lost.at);
  // Copied to nobody because the node let go of the topic while it was on its way.
  for (const auto& [when, topic] : nodes_[index(lost.to)].left) {
    if (topic != lost.topic || when < lost.at) continue;
    if (listened == nullptr || when < listened->at) {
      return {Mechanism::not_subscribed, when, lost.to, kStructural};
    }
  }
  const Death* found = listened;
  if (!heard && spoken != nullptr && (listened == nullptr || spoken->at <= listened->at)) {
    found = spoken;
  }
  if (found != nullptr) {
    Death death = *found;
    death.node = lost.to;
    return death;
  }
  // Nothing ended: it waits at a partition, and the run is over.
  if (const auto cut = cut_at(plan_, node_place(lost.from), kBroker, end_); cut && !heard) {
    return {Mechanism::publish_failed, lost.at, lost.to, cut->trigger};
  }
  if (const auto cut = cut_at(plan_, node_place(lost.to), kBroker, end_)) {
    return {Mechanism::not_subscribed, lost.at, lost.to, cut->trigger};
  }
  return {Mechanism::not_subscribed, kNever, lost.to, kStructural};
}

// Forwarded, and not read: a partition, a process that died, or a link that was given up because
// the other node stood still.
void Books::end_forwarded(const Lost& lost) {
  const MessageId id{lost.message};
  const NodeId concerned = lost.returned ? kNoNode : lost.to;
  const Death* const here = death_after(lost.from, lost.at);
  const Death* const there = death_after(lost.to, lost.at);
  const Partition* const partition = partition_between(lost.from, lost.to, lost.at);
  const Time cut = partition != nullptr ? std::max(partition->range.begin, lost.at) : kNever;
  const Time died_here = here != nullptr ? std::max(here->at, lost.at) : kNever;
  const Time died_there = there != nullptr ? std::max(there->at, lost.at) : kNever;
  Time given_up = kNever;
  for (const auto& [when, peer] : nodes_[index(lost.from)].peer_ends) {
    if (when >= lost.at && peer == lost.to) given_up = std::min(given_up, when);
  }
  const Duration silence = plan_.scenario().cluster.net.peer_timeout;
  const Time asked = given_up != kNever ? given_up : end_;
  const TriggerId slept = paused(lost.to, std::max(lost.at, asked - silence), asked);
  if (slept != kStructural && asked < std::min({cut, died_here, died_there})) {
    ledger_.drop(id, {Mechanism::peer_link_lost, asked, concerned, slept});
  } else if (cut != kNever && cut <= std::min(died_here, died_there)) {
    // It waits in the link until that is given up: till then the path may open.
    const Time end = given_up == kNever ? cut : std::max(cut, given_up);
    ledger_.drop(id, {Mechanism::peer_link_lost, end, concerned, partition->trigger});
  } else if (died_there <= died_here && there != nullptr) {
    ledger_.drop(
        id, {Mechanism::peer_link_lost, died_there, concerned, there->trigger, CloseReason::crash});
  } else if (here != nullptr) {
    Death death = *here;
    death.node = concerned;
    ledger_.drop(id, death);
  } else if (given_up != kNever) {
    ledger_.drop(id, {Mechanism::peer_link_lost, given_up, concerned, kOverload});
  }
}

}  // namespace squall::live
