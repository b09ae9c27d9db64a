// L9: what k connections save, and what they cost: every delivery k times, and gone together when
// all their nodes are.
#include <fmt/core.h>
#include <algorithm>

#include "scenarios/model/calm.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::predict {
namespace {

bool somebody_hears(const Case& of) {
  return std::ranges::any_of(of.scenario.traffic, [&](const Traffic& traffic) {
    return messages_per_second(traffic) * mean_recipients(of.scenario, traffic) > 0;
  });
}

}  // namespace

Answer redundancy(const Case& of) {
  const std::uint16_t k = of.strategy.connections;
  const std::uint16_t nodes = of.scenario.cluster.nodes.count;
  if (k < 2) return Answer::nothing("clients hold one connection");
  if (k > nodes) return Answer::nothing("there are fewer nodes than connections");
  Answer answer;
  for (const ScriptStep& step : of.scenario.script) {
    const bool dies = step.verb == Verb::crash || step.verb == Verb::host_loss;
    if (!dies) continue;
    const auto dead = static_cast<std::uint32_t>(step.nodes.size());
    answer.say(fmt::format("{}: clients that lose all {} connections", step.label, k),
               laws::cut_off({nodes, k}, dead), "ratio");
  }
  answer.say("clients that lose all, of a node in ten at random",
             laws::redundant_loss({.count = k, .loss = 0.1}), "ratio");
  const bool all = backplane_named(of.strategy.backplane)->reach == Reach::everybody &&
                   !in_shared_group(of.scenario, of.strategy);
  const bool quiet = kNoFaults.holds(of) && kNoDrops.holds(of) && calm(of.scenario, of.strategy);
  if (all && quiet && somebody_hears(of)) {
    answer.say("deliberate extra copies per delivery", k - 1.0, "ratio", "dup.redundant");
  }
  return answer;
}

}  // namespace squall::predict
