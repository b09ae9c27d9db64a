// Whom the plan blames: for a node that stood still, for a client that hears nothing.
//
// What both engines can read off the plan and the oracle's record. What only one of them sees (a
// process that died, a server that was killed) is blamed there.
#pragma once

#include "scenarios/model/plan.hpp"
#include "sim/record/oracle.hpp"

namespace squall {

// Who paused the node at some time in [from, to]; kStructural when nobody.
TriggerId paused_by(const Plan& plan, NodeId node, Time from, Time to);

// Who kept it from its work: a pause, else what made it slow; kStructural when nobody.
TriggerId held_up_by(const Plan& plan, NodeId node, Time from, Time to);

// What moved clients from one node to the other: the last departure of either, for who comes back
// takes what is his, and who goes leaves it to others; else the last of any node.
TriggerId moved_by(const Plan& plan, NodeId from, NodeId to, Time now);

// The node that this client has a connection to; kNoNode when it has none.
NodeId seat_of(const Oracle& oracle, const Plan& plan, EndpointId who, Time at);

// A client that hears nothing: the dead path has an author; otherwise a node that was held up, or
// overload.
TriggerId blame_of_silence(const Plan& plan, const ConnectionRecord& record, Time now);

}  // namespace squall
