// Which engine plays a scenario: --engine sim, live or both, or that of `attach`, as functions for
// the farm.
//
// The one place that knows the engines by name. What a live run needs beyond the scenario comes
// from the flags of the command line.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/model/load.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/farm/farm.hpp"
#include "sim/live/live_options.hpp"

namespace squall {

struct EngineChoice {
  std::string name;             // sim, live, attach
  PlayFunction play;            // for FarmOptions
  std::string flags;            // of the command line, to play the same again: " --engine live"
  bool one_at_a_time = false;   // a live run has the machine for itself
  std::string command = "run";  // that plays it
  bool repeats = true;          // the same again is the same: nothing else has to be kept of it
};

using LiveListener = std::function<void(const live::LiveProgress&)>;

// What the scenario must say for the engines that were chosen, before what the user sets: for both
// to have the same delays, those of loopback; as many nodes as there are addresses.
std::vector<Override> engine_overrides(const Scenario& scenario, const Options& options);
// What is played in place of the scenario's strategies; empty: those.
std::vector<StrategySpec> engine_strategies(const Options& options);
// How many of these clients dial which address; empty: only our own.
std::vector<std::pair<std::string, std::uint64_t>> engine_load(const Options& options,
                                                               std::uint64_t endpoints);
// What the script does to servers of others, in order, by name ("crash n2"), and the command that
// brings it about, or why there is none. Empty: the servers are ours.
struct HookPlan {
  std::string fault;
  Time at;
  std::string command, missing;  // one of the two is empty
};
std::vector<HookPlan> engine_hooks(const Options& options, const Scenario& scenario,
                                   std::uint64_t seed);

// What the chosen engines take of the wall clock: sockets play as long as the scenario lasts.
double wall_seconds(const Options& options, double simulated, double virtual_seconds);

// One or two, in the order in which they play. Empty when a flag makes no sense; `error` says why.
std::vector<EngineChoice> engines_of(const Options& options, LiveListener listener,
                                     std::string& error);

}  // namespace squall
