// Blame by the plan. See blame.hpp.
// The latest pause counts: it is what kept the node from catching up.
#include "sim/books/blame.hpp"

namespace squall {

TriggerId paused_by(const Plan& plan, NodeId node, Time from, Time to) {
  TriggerId found = kStructural;
  for (const Pause& pause : plan.pauses(node)) {
    if (pause.range.begin <= to && pause.range.end >= from) found = pause.trigger;
  }
  return found;
}

TriggerId taken_away_by(const Plan& plan, NodeId node, Time now) {
  using Kind = Stimulus::Kind;
  TriggerId found = kStructural;
  for (const Stimulus& stimulus : plan.stimuli()) {
    if (stimulus.at > now) break;
    const bool leaves = stimulus.kind == Kind::crash || stimulus.kind == Kind::host_lost ||
                        stimulus.kind == Kind::stop || stimulus.kind == Kind::drain;
    if (leaves && stimulus.item == index(node)) found = stimulus.trigger;
  }
  return found;
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
  const TriggerId paused = paused_by(plan, record.node, since, now);
  return paused != kStructural ? paused : kOverload;
}

}  // namespace squall
