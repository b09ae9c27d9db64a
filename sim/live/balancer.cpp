// Asks the policy, under a lock. See balancer.hpp.
// The addresses it hashes are those of the virtual-time engine, so both place a key alike.
#include "sim/live/balancer.hpp"

#include <string>

#include "sim/books/setup.hpp"
#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

const PlacementRow& placement_of(const StrategySpec& spec) {
  const PlacementRow* row = placement_named(spec.placement);
  SQUALL_CHECK(row != nullptr);
  return *row;
}

}  // namespace

Balancer::Balancer(const Plan& plan, const StrategySpec& spec)
    : plan_(plan),
      rule_{plan.scenario().cluster.lb.max_fails, plan.scenario().cluster.lb.fail_timeout},
      propagation_(plan.scenario().cluster.lb.propagation),
      keyed_(placement_of(spec).keyed),
      policy_(placement_of(spec).make(planned_backends(plan.scenario()), rule_)),
      views_(plan.scenario().cluster.nodes.count),
      placements_(plan.endpoints(), 0),
      propagations_(plan.scenario().cluster.nodes.count, 0) {}

std::uint64_t Balancer::draw(Purpose purpose, std::uint32_t entity,
                             std::vector<std::uint64_t>& draws) {
  return Rng(plan_.seed(), purpose, entity).at(draws[entity]++);
}

std::optional<NodeId> Balancer::choose(EndpointId endpoint, std::span<const NodeId> avoid,
                                       Time now) {
  const std::lock_guard lock(mutex_);
  if (!keyed_ && avoid.empty() && plan_.individual(endpoint)) {
    const auto& on = plan_.individual_config(endpoint).on;
    if (on && views_[*on].in_rotation) return NodeId{*on};
  }
  const std::string key = plan_.placement_key(endpoint);
  return policy_->pick(
      {now, key, draw(Purpose::placement, static_cast<std::uint32_t>(endpoint), placements_),
       avoid},
      views_);
}

void Balancer::failed(NodeId node, Time now) {
  const std::lock_guard lock(mutex_);
  report_failure(views_[index(node)], now);
}

void Balancer::succeeded(NodeId node) {
  const std::lock_guard lock(mutex_);
  report_success(views_[index(node)]);
}

void Balancer::connected(NodeId node, ConnectionId connection) {
  const std::lock_guard lock(mutex_);
  if (counted_.insert(connection).second) ++views_[index(node)].connections;
}

void Balancer::released(NodeId node, ConnectionId connection) {
  const std::lock_guard lock(mutex_);
  if (counted_.erase(connection) > 0) --views_[index(node)].connections;
}

void Balancer::told(NodeId node, bool in_rotation) {
  const std::lock_guard lock(mutex_);
  views_[index(node)].in_rotation = in_rotation;
  if (plan_.scenario().cluster.lb.reload == OnReload::keep_counts) return;
  counted_.clear();
  for (BackendView& view : views_) forget(view);
}

bool Balancer::in_rotation(NodeId node) const {
  const std::lock_guard lock(mutex_);
  return views_[index(node)].in_rotation;
}

Duration Balancer::propagation_delay(NodeId node) {
  const std::lock_guard lock(mutex_);
  return Duration{propagation_.sample(
      draw(Purpose::propagation, static_cast<std::uint32_t>(node), propagations_))};
}

}  // namespace squall::live
