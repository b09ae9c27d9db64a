// Which engine plays a scenario: --engine sim, live or both, as functions for the farm.
//
// The one place that knows both engines by name. What a live run needs beyond the scenario comes
// from the flags of the command line.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scenarios/model/load.hpp"
#include "sim/cli/options.hpp"
#include "sim/farm/farm.hpp"
#include "sim/live/live_options.hpp"

namespace squall {

struct EngineChoice {
  std::string name;            // sim, live
  PlayFunction play;           // for FarmOptions
  std::string flags;           // of the command line, to play the same again: " --engine live"
  bool one_at_a_time = false;  // a live run has the machine for itself
};

using LiveListener = std::function<void(const live::LiveProgress&)>;

// What the scenario must say for both engines to have the same delays: those of loopback.
std::vector<Override> on_loopback(const Scenario& scenario, const Options& options);

// One or two, in the order in which they play. Empty when a flag makes no sense; `error` says why.
std::vector<EngineChoice> engines_of(const Options& options, LiveListener listener,
                                     std::string& error);

}  // namespace squall
