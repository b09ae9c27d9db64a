// What the loads say beside CPU: how long a way is between two processes, what a protocol puts
// around a message, and how both fit the design that is simulated for servers of others.
//
// Pure: played loads in. fit_design() plays the typical load in virtual time.
#pragma once

#include <functional>
#include <vector>

#include "scenarios/model/calibration.hpp"
#include "sim/cli/calibrate/loads.hpp"

namespace squall {

Duration from_seconds(double s);  // at least a nanosecond

// Of the load that disturbs least, from a client to its node and back to another: half of what the
// costs do not explain of its median. 0: they explain more, or no such load was played.
Duration one_way_through_a_node(const std::vector<PlayedLoad>& played, const CostChanges& costs);

// With which `simulated_s`, which grows evenly with it, shows this median; where the costs alone
// show a longer one, the shortest. 0: there is no median.
Duration fitted_way(double median_s, const std::function<double(Duration way)>& simulated_s);

// Bytes around a message at a client, and what its sender hears of it.
ProtocolOverhead overhead_in(const std::vector<PlayedLoad>& played);

// A message's cost has the push of its echo in it, which is played apart.
void take_echo_apart(CostChanges& costs);

// What a message costs these servers is divided among the steps that `as` takes for it, and one_way
// becomes what makes its simulated median that of the typical load.
void fit_design(Calibration& profile, const StrategySpec& as, std::size_t nodes,
                const std::vector<PlayedLoad>& played);

}  // namespace squall
