// The busiest loop of the nodes, beside the mean over all that demand() says: how much more falls
// on it, how long the batches of pushes are that it serves as one, and what waits behind them.
//
// Estimates on the safe side: a law that takes quiet loops for granted asks them whether it may
// speak. None is a figure that is shown.
#pragma once

#include "scenarios/model/scenario.hpp"
#include "strategies/core/spec.hpp"

namespace squall {

// What the busiest loop has, as a multiple of the mean: by the balancer's hash of rooms, by chance
// (three deviations), or as connections in turn leave a rest.
double times_the_mean(const Scenario& scenario, const StrategySpec& strategy);

// Seconds of pushes on one loop after one message, for the largest room there is.
double longest_batch_s(const Scenario& scenario, const StrategySpec& strategy);

// Seconds that whatever comes waits for the busiest loop, on average (Pollaczek-Khinchine, batches
// being one piece of work).
double wait_for_loop_s(const Scenario& scenario, const StrategySpec& strategy);

}  // namespace squall
