// Whether a cluster is calm: nothing but what a closed form names can cost a message or a
// connection. A closed form asks before it answers.
//
// Each question is one condition that formulas take for granted: connections come about and stay,
// pongs come in time, leases last, queues settle, messages fit, everybody is in before measure, and
// whom applications speak to listens.
#pragma once

#include "scenarios/model/scenario.hpp"
#include "strategies/core/spec.hpp"

namespace squall {

bool connections_come_about(const Scenario& scenario);
// Nobody but faults, churn and the client itself ends a connection, or keeps one from coming about.
bool connections_stay(const Scenario& scenario, const StrategySpec& strategy);
// Nor do pongs, or their pings, wait too long behind batches of pushes.
bool pongs_come_in_time(const Scenario& scenario, const StrategySpec& strategy);
bool leases_last(const Scenario& scenario, const StrategySpec& strategy);
bool queues_settle(const Scenario& scenario, const StrategySpec& strategy);
// Into queues and lines; so does what has waited for a client, or at it, and comes at once.
bool messages_fit(const Scenario& scenario, const StrategySpec& strategy);
// Of one client: all that may wait for him in mailboxes of nodes while he is nowhere.
double bytes_in_mailboxes(const Scenario& scenario, const StrategySpec& strategy);
// Everybody logs in during warm-up, no faster than nodes can take them, and stays.
bool settled(const Scenario& scenario, const StrategySpec& strategy);

// What an application publishes is heard: nodes listen to the broker for everything.
bool applications_are_heard(const Scenario& scenario, const StrategySpec& strategy);

// Nobody is pinned to a node, and everybody is in all sets of rooms.
bool everybody_is_anywhere(const Scenario& scenario);
// No client is farther from some nodes than from others: not of the calm, but laws of gaps ask it.
bool clients_are_equally_far(const Scenario& scenario);
// Everybody has been through a gap's time of churn when measure begins, and what waits in a gap at
// the end of measure, for a drain in which nobody drops, is little: not of the calm.
bool gaps_settle(const Scenario& scenario, Duration gap);

// Who comes back waits for loops so little that his gap is not longer: not of the calm.
bool loops_let_in(const Scenario& scenario, const StrategySpec& strategy, Duration gap);

// All of them, but the last three.
bool calm(const Scenario& scenario, const StrategySpec& strategy);

}  // namespace squall
