// The balancer's rule. See rotation.hpp.
// The addresses that a policy hashes are made up (planned_backends), the same in every engine.
#include "sim/books/rotation.hpp"

#include <algorithm>
#include <string>

#include "scenarios/model/key_homes.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

std::unique_ptr<Placement> made(const PlacementRow& row, const Scenario& scenario) {
  const BalancerConfig& lb = scenario.cluster.lb;
  return row.make(planned_backends(scenario), {{lb.max_fails, lb.fail_timeout}, lb.balance_factor});
}

}  // namespace

Rotation::Rotation(const Plan& plan, const StrategySpec& spec, std::uint16_t replica)
    : plan_(plan),
      replica_(replica),
      propagation_(plan.scenario().cluster.lb.propagation),
      row_(nullptr),
      views_(plan.scenario().cluster.nodes.count),
      health_(plan.scenario().cluster.nodes.count),
      cookies_(plan.scenario().cluster.lb.sticky ? plan.endpoints() : 0, kNoNode),
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
  if (!cookies_.empty() && keeps(cookies_[index(endpoint)], avoid, now)) {
    return cookies_[index(endpoint)];
  }
  const std::string key = plan_.placement_key(endpoint);
  const std::uint64_t stream = std::uint64_t{replica_} * plan_.endpoints() + index(endpoint);
  const Rng draws(plan_.seed(), Purpose::placement, stream);
  const auto node =
      policy_->pick({now, key, draws.at(placements_[index(endpoint)]++), avoid}, views_);
  if (node && !cookies_.empty()) cookies_[index(endpoint)] = *node;
  return node;
}

// Whether a cookie that names this node is still good.
bool Rotation::keeps(NodeId node, std::span<const NodeId> avoid, Time now) const {
  const BalancerConfig& lb = plan_.scenario().cluster.lb;
  return node != kNoNode && std::ranges::find(avoid, node) == avoid.end() &&
         eligible(views_[index(node)], now, {lb.max_fails, lb.fail_timeout});
}

std::uint16_t Rotation::followed(EndpointId endpoint, NodeId first, Time now) {
  std::uint16_t followed = 0;
  for (int n = 1; n < plan_.client(endpoint).requests; ++n, ++followed) {
    if (choose(endpoint, {}, now) != first) break;
  }
  return followed;
}

bool Rotation::checked(NodeId node, bool alive) {
  const HealthConfig rule = plan_.scenario().cluster.lb.health.value_or(HealthConfig{});
  Health& health = health_[index(node)];
  health.in_turn = alive == health.well ? 0 : health.in_turn + 1;
  if (health.in_turn < (alive ? rule.rise : rule.fall) || health.in_turn == 0) return false;
  health.well = alive;
  health.in_turn = 0;
  settle(node);
  return true;
}

void Rotation::settle(NodeId node) {
  const Health& health = health_[index(node)];
  views_[index(node)].in_rotation = health.told && health.well;
}

bool Rotation::told(NodeId node, bool in_rotation) {
  health_[index(node)].told = in_rotation;
  settle(node);
  if (plan_.scenario().cluster.lb.reload == OnReload::keep_counts) return false;
  reload();
  return true;
}

void Rotation::reload() {
  for (BackendView& view : views_) forget(view);
}

Duration Rotation::propagation_delay(NodeId node) {
  const std::uint64_t stream = std::uint64_t{replica_} * views_.size() + index(node);
  const Rng draws(plan_.seed(), Purpose::propagation, stream);
  return Duration{propagation_.sample(draws.at(propagations_[index(node)]++))};
}

}  // namespace squall
