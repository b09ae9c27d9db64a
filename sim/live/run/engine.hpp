// The live engine: plays one strategy over one scenario on real sockets, in real time.
//
// The counterpart of sim/kernel/engine.hpp: the same plan, strategies, books and record. It takes
// as long as the scenario says, listens on loopback only, and leaves nothing behind.
#pragma once

#include <stdexcept>
#include <string>

#include "scenarios/model/scenario.hpp"
#include "sim/live/live_options.hpp"
#include "sim/record/run_record.hpp"
#include "strategies/core/spec.hpp"

namespace squall::live {

// The run could not be started: a server that is not there, a limit of the machine. what() is a
// sentence for the user.
class CannotRun : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws CannotRun. A run that was stopped from outside carries the violation "run cut short"; one
// that fell behind its own schedule says so in RunRecord::invalid.
RunRecord play(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
               const LiveOptions& options);

}  // namespace squall::live
