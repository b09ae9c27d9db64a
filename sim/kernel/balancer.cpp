// Placement of connection attempts. See balancer.hpp.
// Which node it is to be is the rotation's decision; here it is tried.
#include "sim/kernel/balancer.hpp"

#include <algorithm>

#include "sim/kernel/clients.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {
namespace {

// At the door of a node that does not answer, and nobody knows how long.
void wait_for(World& world, EndpointId endpoint, NodeId node) {
  const bool lost = world.processes->host_lost(node);
  const TriggerId paused = world.processes->paused_by(node, world.now);
  world.oracle.kept_waiting(endpoint, lost ? world.processes->blame(node) : paused);
}

}  // namespace

Balancer::Balancer(World& world)
    : world_(world),
      rotation_(world.plan, world.spec),
      idle_(world.scenario.cluster.lb.idle_timeout),
      heard_(world.scenario.cluster.nodes.count, kBeforeAll) {}

void Balancer::attempt(ConnectionId id, NodeId silent) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (const auto node = world_.plan.straight_to(endpoint)) return go_straight(id, *node);
  if (silent != kNoNode) {  // it has not answered for the whole connect time-out
    rotation_.failed(silent, world_.now);
    tried_[id].push_back(silent);
  }
  const BalancerConfig& config = world_.scenario.cluster.lb;
  const bool full = config.max_connections > 0 && open_ >= config.max_connections;
  if (full || (silent != kNoNode && !config.next_upstream)) {
    refuse(id);
    tried_.erase(id);
    return;
  }
  std::vector<NodeId> avoid = world_.clients->sisters(id);
  if (const auto tried = tried_.find(id); tried != tried_.end()) {
    avoid.insert(avoid.end(), tried->second.begin(), tried->second.end());
  }
  while (world_.oracle.connection(id).dead == kNever) {  // unless the client gave up already
    const auto node = rotation_.choose(endpoint, avoid, world_.now);
    if (!node) {
      refuse(id);
      break;
    }
    if (world_.processes->up(*node)) {
      rotation_.succeeded(*node);
      forward(id, *node);
      break;
    }
    if (world_.processes->host_lost(*node)) {
      wait_for(world_, endpoint, *node);
      world_.after(world_.scenario.cluster.lb.connect_timeout,
                   {EventKind::at_balancer, *node, static_cast<std::uint32_t>(id)});
      return;
    }
    rotation_.failed(*node, world_.now);  // refused at once
    if (!config.next_upstream) {
      refuse(id);
      break;
    }
    avoid.push_back(*node);
  }
  tried_.erase(id);
}

void Balancer::forward(ConnectionId id, NodeId node) {
  world_.oracle.connection(id).node = node;
  world_.pipe(id).counted = true;
  ++open_;
  rotation_.connected(node);
  shake_hands(id, node);
}

// The legs that are left; that to the balancer was as long as those to this node.
void Balancer::shake_hands(ConnectionId id, NodeId node) {
  wait_for(world_, world_.oracle.connection(id).endpoint, node);
  Time when = world_.now + world_.detour(world_.pipe(id), node);
  for (int leg = 1; leg < world_.costs.handshake_legs; ++leg) when += world_.client_delay(id);
  world_.at(when, {EventKind::handshake_arrives, node, static_cast<std::uint32_t>(id)});
}

// Past the balancer: no other node is tried, and a lost host answers nobody.
void Balancer::go_straight(ConnectionId id, NodeId node) {
  if (world_.oracle.connection(id).dead != kNever) return;
  if (world_.processes->host_lost(node)) {
    return wait_for(world_, world_.oracle.connection(id).endpoint, node);
  }
  if (!world_.processes->up(node)) return refuse(id);
  world_.oracle.connection(id).node = node;
  shake_hands(id, node);
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
  --open_;
  rotation_.released(world_.oracle.connection(id).node);
}

// ---- silence ------------------------------------------------------------------------------------

void Balancer::watch(NodeId node, ConnectionId id) {
  if (idle_ == Duration{0}) return;
  if (passed_.size() <= index(id)) passed_.resize(world_.pipes.size(), kBeforeAll);
  passed_[index(id)] = world_.now;
  if (world_.plan.straight_to(world_.oracle.connection(id).endpoint)) return;  // past it
  world_.after(idle_, {EventKind::idle_check, node, static_cast<std::uint32_t>(id)});
}

// Neither end has said a word: both are told that the connection is over, and nobody why.
void Balancer::idle_check(NodeId node, ConnectionId id) {
  if (world_.oracle.connection(id).closed != kNever) return;
  const Time last = std::max(passed_[index(id)], world_.pipe(id).downlink_busy);
  if (last + idle_ > world_.now) {
    world_.at(last + idle_, {EventKind::idle_check, node, static_cast<std::uint32_t>(id)});
    return;
  }
  world_.sessions->close(id, CloseReason::idle, kStructural);
}

void Balancer::told(NodeId node, bool in_rotation) {
  if (!rotation_.told(node, in_rotation)) return;
  for (std::uint32_t c = 0; c < world_.pipes.size(); ++c) world_.pipes[c].counted = false;
  open_ = 0;
}

void Balancer::tell(NodeId node, bool in_rotation) {
  Time& heard = heard_[index(node)];  // news of one node arrives in the order it was sent
  heard = std::max(heard, world_.now + rotation_.propagation_delay(node));
  if (heard == world_.now) {
    told(node, in_rotation);
    return;
  }
  world_.at(heard, {EventKind::balancer_told, node, in_rotation ? 1U : 0U});
}

}  // namespace squall
