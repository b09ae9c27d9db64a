// Where everybody belongs: what the balancer would choose for each key with all nodes up.
//
// Asked of the placement policy itself, so that no rule of hashing is written twice. Only for
// strategies that reach nobody on another node; elsewhere it decides nothing.
#include <algorithm>
#include <map>
#include <string>

#include "scenarios/model/key_homes.hpp"
#include "sim/books/setup.hpp"
#include "sim/books/spells.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

std::vector<NodeId> choices(Placement& policy, std::string_view key, std::size_t each,
                            std::size_t nodes) {
  std::vector<BackendView> all_up(nodes);
  std::vector<NodeId> homes;
  while (homes.size() < each) {
    const auto home = policy.pick({Time{0}, key, 0, homes}, all_up);
    homes.push_back(home.value_or(kNoNode));
  }
  return homes;
}

}  // namespace

Homes homes_of(const Plan& plan, const StrategySpec& spec, const BackplaneRow& backplane) {
  Homes homes;
  homes.own_node = backplane.reach == Reach::own_node;
  const PlacementRow* const row = placement_named(spec.placement);
  SQUALL_CHECK(row != nullptr);
  const Scenario& scenario = plan.scenario();
  const std::size_t nodes = scenario.cluster.nodes.count;
  homes.each = std::min<std::size_t>(spec.connections, nodes);
  if (!homes.own_node || !row->keyed) return homes;
  const auto policy = row->make(planned_backends(scenario), {});
  std::map<std::string, std::vector<NodeId>, std::less<>> known;
  for (std::uint32_t e = 0; e < plan.endpoints(); ++e) {
    if (const auto only = plan.straight_to(EndpointId{e})) {
      homes.nodes.push_back(*only);
      continue;
    }
    const std::string key = plan.placement_key(EndpointId{e});
    auto found = known.find(key);
    if (found == known.end()) {
      found = known.emplace(key, choices(*policy, key, homes.each, nodes)).first;
    }
    homes.nodes.insert(homes.nodes.end(), found->second.begin(), found->second.end());
  }
  for (const Stimulus& stimulus : plan.stimuli()) {
    if (!takes_a_node_away(stimulus.kind)) continue;
    homes.leaves.push_back(
        {NodeId{static_cast<std::uint16_t>(stimulus.item)}, stimulus.at, stimulus.trigger});
  }
  return homes;
}

}  // namespace squall
