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

TriggerId blame_of_silence(const Plan& plan, const ConnectionRecord& record, Time now) {
  if (record.reason != CloseReason::none) return record.trigger;
  const ClientConfig& client = plan.scenario().client;
  const Time since = now - client.heartbeat_every - client.heartbeat_timeout;
  const TriggerId paused = paused_by(plan, record.node, since, now);
  return paused != kStructural ? paused : kOverload;
}

}  // namespace squall
