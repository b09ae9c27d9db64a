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
      idle_(world.scenario.cluster.lb.idle_timeout),
      heard_(std::size_t{world.scenario.cluster.nodes.count} * world.scenario.cluster.lb.replicas,
             kBeforeAll) {
  const BalancerConfig& config = world.scenario.cluster.lb;
  for (std::uint16_t r = 0; r < config.replicas; ++r) {
    rotations_.emplace_back(world.plan, world.spec, r);
  }
  if (config.replicas > 1) came_.assign(world.plan.endpoints(), 0);
  if (config.dns_ttl > Duration{0}) addresses_.resize(world.plan.endpoints());
}

// Which of them an attempt comes to is drawn, as by a name with several addresses.
std::uint16_t Balancer::replica_of(ConnectionId id) {
  if (came_.empty()) return 0;
  constexpr std::uint16_t kNone = UINT16_MAX;
  if (via_.size() <= index(id)) via_.resize(world_.pipes.size(), kNone);
  if (via_[index(id)] == kNone) {
    const EndpointId endpoint = world_.oracle.connection(id).endpoint;
    const Rng draws(world_.plan.seed(), Purpose::replica, index(endpoint));
    via_[index(id)] =
        static_cast<std::uint16_t>(below(draws.at(came_[index(endpoint)]++), rotations_.size()));
  }
  return via_[index(id)];
}

std::optional<NodeId> Balancer::choose(ConnectionId id, std::span<const NodeId> avoid) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  const auto node = rotations_[replica_of(id)].choose(endpoint, avoid, world_.now);
  if (node) {
    for (Rotation& rotation : rotations_) rotation.remember(endpoint, *node);
  }
  return node;
}

bool Balancer::passes(ConnectionId id) const {
  return addresses_.empty() && !world_.plan.straight_to(world_.oracle.connection(id).endpoint);
}

// Nobody stands in between, and no other node is tried: a client goes where it was told, until what
// it was told runs out.
void Balancer::ask_name_server(ConnectionId id) {
  Address& known = addresses_[index(world_.oracle.connection(id).endpoint)];
  const std::vector<NodeId> sisters = world_.clients->sisters(id);
  const bool taken = std::ranges::find(sisters, known.node) != sisters.end();
  if (world_.now >= known.until || taken) {
    const auto node = choose(id, sisters);
    if (!node) return refuse(id);
    known = {*node, world_.now + world_.scenario.cluster.lb.dns_ttl};
  }
  go_straight(id, known.node);
}

void Balancer::attempt(ConnectionId id, NodeId silent) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (const auto node = world_.plan.straight_to(endpoint)) return go_straight(id, *node);
  if (!addresses_.empty()) return ask_name_server(id);
  Rotation& rotation = rotations_[replica_of(id)];
  if (silent != kNoNode) {  // it has not answered for the whole connect time-out
    // Who has walked away before took the attempt along, and nobody counts it (nginx: 499).
    if (world_.oracle.connection(id).dead != kNever) {
      tried_.erase(id);
      return;
    }
    rotation.failed(silent, world_.now);
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
    const auto node = choose(id, avoid);
    if (!node) {
      refuse(id);
      break;
    }
    if (world_.processes->up(*node)) {
      rotation.succeeded(*node);
      forward(id, *node);
      break;
    }
    if (world_.processes->host_lost(*node)) {
      wait_for(world_, endpoint, *node);
      world_.after(world_.scenario.cluster.lb.connect_timeout,
                   {EventKind::at_balancer, *node, static_cast<std::uint32_t>(id)});
      return;
    }
    rotation.failed(*node, world_.now);  // refused at once
    if (!config.next_upstream) {
      refuse(id);
      break;
    }
    avoid.push_back(*node);
  }
  tried_.erase(id);
}

// Where the session begins with several requests, each is placed for itself; the first that meets
// another node is told that there is no such session.
void Balancer::forward(ConnectionId id, NodeId node) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  const int others = world_.plan.client(endpoint).requests - 1;
  const int followed = rotations_[replica_of(id)].followed(endpoint, node, world_.now);
  if (followed < others) return refuse(id, 2 * followed + 3);
  world_.oracle.connection(id).node = node;
  world_.pipe(id).counted = true;
  ++open_;
  rotations_[replica_of(id)].connected(node);
  shake_hands(id, node);
}

// The legs that are left; that to the balancer was as long as those to this node.
void Balancer::shake_hands(ConnectionId id, NodeId node) {
  wait_for(world_, world_.oracle.connection(id).endpoint, node);
  Time when = world_.now + world_.network.detour(world_.pipe(id), node);
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  const int legs = world_.costs.handshake_legs + 2 * (world_.plan.client(endpoint).requests - 1);
  for (int leg = 1; leg < legs; ++leg) when += world_.client_delay(id);
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

void Balancer::refuse(ConnectionId id, int legs) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  Duration after{0};
  for (int leg = 0; leg < legs; ++leg) after += world_.client_delay(endpoint);
  world_.after(after, {EventKind::attempt_refused, kNoNode, static_cast<std::uint32_t>(id)});
}

void Balancer::released(ConnectionId id) {
  Pipe& pipe = world_.pipe(id);
  if (!pipe.counted) return;
  pipe.counted = false;
  --open_;
  rotations_[replica_of(id)].released(world_.oracle.connection(id).node);
}

// ---- silence ------------------------------------------------------------------------------------

void Balancer::watch(NodeId node, ConnectionId id) {
  if (idle_ == Duration{0}) return;
  if (passed_.size() <= index(id)) passed_.resize(world_.pipes.size(), kBeforeAll);
  passed_[index(id)] = world_.now;
  if (!passes(id)) return;
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

// ---- what it knows ------------------------------------------------------------------------------

void Balancer::begin() {
  if (!world_.scenario.cluster.lb.health) return;
  const std::uint64_t nodes = world_.scenario.cluster.nodes.count;
  for (std::uint64_t k = 0; k < nodes * rotations_.size(); ++k) {
    const Rng draws(world_.plan.seed(), Purpose::health, k);
    const Duration every = world_.scenario.cluster.lb.health->every;
    const Duration first{
        static_cast<std::int64_t>(below(draws.at(0), static_cast<std::uint64_t>(every.count())))};
    world_.after(first, {EventKind::health_check, NodeId{static_cast<std::uint16_t>(k % nodes)},
                         static_cast<std::uint32_t>(k / nodes)});
  }
}

// A connection that its kernel takes: who stands still, or is slow, is healthy.
void Balancer::check(NodeId node, std::uint16_t replica) {
  rotations_[replica].checked(node, world_.processes->up(node));
  world_.after(world_.scenario.cluster.lb.health->every, {EventKind::health_check, node, replica});
}

void Balancer::count_anew(std::uint16_t replica) {
  for (std::uint32_t c = 0; c < world_.pipes.size(); ++c) {
    if (!world_.pipes[c].counted || replica_of(ConnectionId{c}) != replica) continue;
    world_.pipes[c].counted = false;
    --open_;
  }
}

void Balancer::told(NodeId node, std::uint16_t replica, bool in_rotation) {
  if (rotations_[replica].told(node, in_rotation)) count_anew(replica);
}

void Balancer::reload(std::uint32_t step) {
  for (std::uint16_t r = 0; r < rotations_.size(); ++r) {
    rotations_[r].reload();
    count_anew(r);
  }
  if (world_.scenario.script[step].lasts == Duration{0}) return;  // they may take their time
  std::vector<ConnectionId>& old = old_[step];
  for (std::uint32_t c = 0; c < world_.pipes.size(); ++c) {
    const ConnectionRecord& record = world_.oracle.connection(ConnectionId{c});
    const bool through = record.node != kNoNode && record.closed == kNever;
    if (through && passes(ConnectionId{c})) old.push_back(ConnectionId{c});
  }
}

// Neither end is told why. Who had no session yet is served by the new ones.
void Balancer::old_workers_end(std::uint32_t step, TriggerId trigger) {
  for (const ConnectionId id : old_[step]) {
    const ConnectionRecord& record = world_.oracle.connection(id);
    if (record.opened == kNever || record.closed != kNever) continue;
    world_.sessions->close(id, CloseReason::reload, trigger);
  }
  old_.erase(step);
}

void Balancer::tell(NodeId node, bool in_rotation) {
  for (std::uint16_t r = 0; r < rotations_.size(); ++r) {
    // News of one node arrives in the order it was sent.
    Time& heard = heard_[index(node) * rotations_.size() + r];
    heard = std::max(heard, world_.now + rotations_[r].propagation_delay(node));
    if (heard == world_.now) {
      told(node, r, in_rotation);
      continue;
    }
    world_.at(heard, {EventKind::balancer_told, node, in_rotation ? 1U : 0U, r});
  }
}

}  // namespace squall
