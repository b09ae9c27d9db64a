// The balancer's rule. See rotation.hpp.
// The addresses that a policy hashes are made up (planned_backends), the same in every engine.
#include "sim/books/rotation.hpp"

#include <string>

#include "sim/books/setup.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

const PlacementRow& placement_of(const StrategySpec& spec) {
  const PlacementRow* row = placement_named(spec.placement);
  SQUALL_CHECK(row != nullptr);
  return *row;
}

}  // namespace

Rotation::Rotation(const Plan& plan, const StrategySpec& spec)
    : plan_(plan),
      propagation_(plan.scenario().cluster.lb.propagation),
      keyed_(placement_of(spec).keyed),
      policy_(placement_of(spec).make(
          planned_backends(plan.scenario()),
          {{plan.scenario().cluster.lb.max_fails, plan.scenario().cluster.lb.fail_timeout},
           plan.scenario().cluster.lb.balance_factor})),
      views_(plan.scenario().cluster.nodes.count),
      placements_(plan.endpoints(), 0),
      propagations_(plan.scenario().cluster.nodes.count, 0) {}

std::optional<NodeId> Rotation::choose(EndpointId endpoint, std::span<const NodeId> avoid,
                                       Time now) {
  if (!keyed_ && avoid.empty() && plan_.individual(endpoint)) {
    const auto& on = plan_.individual_config(endpoint).on;
    if (on && views_[*on].in_rotation) return NodeId{*on};
  }
  const std::string key = plan_.placement_key(endpoint);
  const Rng draws(plan_.seed(), Purpose::placement, index(endpoint));
  return policy_->pick({now, key, draws.at(placements_[index(endpoint)]++), avoid}, views_);
}

bool Rotation::told(NodeId node, bool in_rotation) {
  views_[index(node)].in_rotation = in_rotation;
  if (plan_.scenario().cluster.lb.reload == OnReload::keep_counts) return false;
  reload();
  return true;
}

void Rotation::reload() {
  for (BackendView& view : views_) forget(view);
}

Duration Rotation::propagation_delay(NodeId node) {
  const Rng draws(plan_.seed(), Purpose::propagation, index(node));
  return Duration{propagation_.sample(draws.at(propagations_[index(node)]++))};
}

}  // namespace squall
