// What clients that come back ask of the nodes' loops: their handshakes, and what their node reads
// for them in the broker's log; and how much of the time they are there.
#pragma once

#include "scenarios/model/scenario.hpp"
#include "strategies/core/spec.hpp"

namespace squall {

// Of the time, of those who drop: the rest are gaps. 1 where nobody does.
double share_online(const Scenario& scenario, const Population& people);
double share_online(const Scenario& scenario);  // of all users

// Seconds of loops in a second.
double work_of_returns(const Scenario& scenario, const StrategySpec& strategy);

}  // namespace squall
