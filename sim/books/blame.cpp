// Blame by the plan. See blame.hpp.
// The latest pause counts: it is what kept the node from catching up.
#include "sim/books/blame.hpp"

#include "sim/books/spells.hpp"

namespace squall {

TriggerId paused_by(const Plan& plan, NodeId node, Time from, Time to) {
  TriggerId found = kStructural;
  for (const Pause& pause : plan.pauses(node)) {
    if (pause.range.begin <= to && pause.range.end >= from) found = pause.trigger;
  }
  return found;
}

TriggerId held_up_by(const Plan& plan, NodeId node, Time from, Time to) {
  TriggerId found = paused_by(plan, node, from, to);
  if (found != kStructural) return found;
  for (const Slowness& slow : plan.slow_times(node)) {
    const bool then = slow.range.begin <= to && slow.range.end >= from;
    if (then && slow.times > 1) found = slow.trigger;
  }
  return found;
}

TriggerId moved_by(const Plan& plan, NodeId from, NodeId to, Time now) {
  TriggerId of_these = kStructural, of_any = kStructural;
  for (const Stimulus& stimulus : plan.stimuli()) {
    if (stimulus.at > now) break;
    if (!takes_a_node_away(stimulus.kind)) continue;
    of_any = stimulus.trigger;
    const NodeId node{static_cast<std::uint16_t>(stimulus.item)};
    if (node == from || node == to) of_these = stimulus.trigger;
  }
  return of_these != kStructural ? of_these : of_any;
}

NodeId seat_of(const Oracle& oracle, const Plan& plan, EndpointId who, Time at) {
  for (std::uint16_t n = 0; n < plan.scenario().cluster.nodes.count; ++n) {
    if (oracle.live_on(who, NodeId{n}, at)) return NodeId{n};
  }
  return kNoNode;
}

TriggerId blame_of_silence(const Plan& plan, const ConnectionRecord& record, Time now) {
  if (record.reason != CloseReason::none) return record.trigger;
  const Time since = now - plan.patience(record.endpoint);
  const TriggerId held_up = held_up_by(plan, record.node, since, now);
  return held_up != kStructural ? held_up : kOverload;
}

}  // namespace squall
