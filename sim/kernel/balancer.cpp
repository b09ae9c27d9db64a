// Placement of connection attempts. See balancer.hpp.
// The policies themselves are sans-IO and live in strategies/placement.
#include "sim/kernel/balancer.hpp"

#include <algorithm>

#include "sim/books/setup.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {
namespace {

const PlacementRow& placement_of(const World& world) {
  const PlacementRow* row = placement_named(world.spec.placement);
  SQUALL_CHECK(row != nullptr);
  return *row;
}

}  // namespace

Balancer::Balancer(World& world)
    : world_(world),
      rule_{world.scenario.cluster.lb.max_fails, world.scenario.cluster.lb.fail_timeout},
      propagation_(world.scenario.cluster.lb.propagation),
      keyed_(placement_of(world).keyed),
      policy_(placement_of(world).make(planned_backends(world.scenario), rule_)),
      views_(world.scenario.cluster.nodes.count),
      heard_(world.scenario.cluster.nodes.count, kBeforeAll) {}

std::optional<NodeId> Balancer::choose(ConnectionId id, const std::vector<NodeId>& avoid) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (!keyed_ && avoid.empty() && world_.plan.individual(endpoint)) {
    const auto& on = world_.plan.individual_config(endpoint).on;
    if (on && views_[*on].in_rotation) return NodeId{*on};
  }
  const std::string key_text = world_.plan.placement_key(endpoint);
  return policy_->pick(
      {world_.now, key_text, world_.draw(Purpose::placement, static_cast<std::uint32_t>(endpoint)),
       avoid},
      views_);
}

void Balancer::attempt(ConnectionId id, NodeId silent) {
  if (silent != kNoNode) {  // it has not answered for the whole connect time-out
    report_failure(views_[index(silent)], world_.now);
    tried_[id].push_back(silent);
  }
  std::vector<NodeId> avoid = world_.clients->sisters(id);
  if (const auto tried = tried_.find(id); tried != tried_.end()) {
    avoid.insert(avoid.end(), tried->second.begin(), tried->second.end());
  }
  while (world_.oracle.connection(id).dead == kNever) {  // unless the client gave up already
    const auto node = choose(id, avoid);
    if (!node) {
      refuse(id);
      break;
    }
    if (world_.nodes->up(*node)) {
      report_success(views_[index(*node)]);
      forward(id, *node);
      break;
    }
    if (world_.nodes->host_lost(*node)) {
      world_.after(world_.scenario.cluster.lb.connect_timeout,
                   {EventKind::at_balancer, *node, static_cast<std::uint32_t>(id)});
      return;
    }
    report_failure(views_[index(*node)], world_.now);  // refused at once
    avoid.push_back(*node);
  }
  tried_.erase(id);
}

void Balancer::forward(ConnectionId id, NodeId node) {
  Time when = world_.now;
  world_.oracle.connection(id).node = node;
  world_.pipe(id).counted = true;
  ++views_[index(node)].connections;
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  for (int leg = 1; leg < world_.costs.handshake_legs; ++leg) {
    when += world_.client_delay(endpoint);
  }
  world_.at(when, {EventKind::handshake_arrives, node, static_cast<std::uint32_t>(id)});
}

void Balancer::refuse(ConnectionId id) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  world_.after(world_.client_delay(endpoint),
               {EventKind::attempt_refused, kNoNode, static_cast<std::uint32_t>(id)});
}

void Balancer::released(ConnectionId id) {
  Pipe& pipe = world_.pipe(id);
  if (!pipe.counted) return;
  pipe.counted = false;
  --views_[index(world_.oracle.connection(id).node)].connections;
}

void Balancer::told(NodeId node, bool in_rotation) {
  views_[index(node)].in_rotation = in_rotation;
  if (world_.scenario.cluster.lb.reload == OnReload::keep_counts) return;
  for (std::uint32_t c = 0; c < world_.pipes.size(); ++c) world_.pipes[c].counted = false;
  for (BackendView& view : views_) forget(view);
}

void Balancer::tell(NodeId node, bool in_rotation) {
  const Duration delay{
      propagation_.sample(world_.draw(Purpose::propagation, static_cast<std::uint32_t>(node)))};
  Time& heard = heard_[index(node)];  // news of one node arrives in the order it was sent
  heard = std::max(heard, world_.now + delay);
  if (heard == world_.now) {
    told(node, in_rotation);
    return;
  }
  world_.at(heard, {EventKind::balancer_told, node, in_rotation ? 1U : 0U});
}

}  // namespace squall
