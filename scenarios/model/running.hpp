// How many nodes run, by `running` and the script's `scale` alone: a node that crashed belongs to
// the cluster, one that was never started does not.
//
// The nodes that run are always the first ones. One that leaves runs until it has drained. Pure.
#pragma once

#include <algorithm>

#include "scenarios/model/scenario.hpp"

namespace squall {

std::uint16_t most_running(const Scenario& scenario);  // at any moment of measure
double mean_running(const Scenario& scenario);         // over measure

// Calls `use` with a cluster of only those nodes that run, where they are the same all the time.
template <typename Use>
auto as_it_runs(const Scenario& scenario, const Use& use) {
  const std::uint16_t running = scenario.cluster.nodes.running;
  const auto scales = [](const ScriptStep& step) { return step.verb == Verb::scale; };
  if (running == 0 || std::ranges::any_of(scenario.script, scales)) return use(scenario);
  Scenario own = scenario;
  own.cluster.nodes.count = running;
  own.cluster.nodes.running = 0;
  return use(own);
}

}  // namespace squall
