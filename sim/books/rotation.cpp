// The balancer's rule. See rotation.hpp.
// The addresses that a policy hashes are made up (planned_backends), the same in every engine.
#include "sim/books/rotation.hpp"

#include <string>

#include "sim/books/setup.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

std::unique_ptr<Placement> made(const PlacementRow& row, const Scenario& scenario) {
  const BalancerConfig& lb = scenario.cluster.lb;
  return row.make(planned_backends(scenario), {{lb.max_fails, lb.fail_timeout}, lb.balance_factor});
}

}  // namespace

Rotation::Rotation(const Plan& plan, const StrategySpec& spec)
    : plan_(plan),
      propagation_(plan.scenario().cluster.lb.propagation),
      row_(nullptr),
      views_(plan.scenario().cluster.nodes.count),
      placements_(plan.endpoints(), 0),
      propagations_(plan.scenario().cluster.nodes.count, 0) {
  obey(spec.placement);
}

void Rotation::obey(std::string_view policy) {
  const PlacementRow* const row = placement_named(policy);
  SQUALL_CHECK(row != nullptr);
  if (row == row_) return;
  row_ = row;
  policy_ = made(*row, plan_.scenario());
}

std::optional<NodeId> Rotation::choose(EndpointId endpoint, std::span<const NodeId> avoid,
                                       Time now) {
  if (!row_->keyed && avoid.empty() && plan_.individual(endpoint)) {
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
  for (BackendView& view : views_) forget(view);
  return true;
}

Duration Rotation::propagation_delay(NodeId node) {
  const Rng draws(plan_.seed(), Purpose::propagation, index(node));
  return Duration{propagation_.sample(draws.at(propagations_[index(node)]++))};
}

}  // namespace squall
