// Placement of connection attempts. See balancer.hpp.
// Which node it is to be is the rotation's decision; here it is tried.
#include "sim/kernel/balancer.hpp"

#include <algorithm>

#include "scenarios/model/own_clients.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/heartbeats.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {
namespace {

bool somebody_is_behind_a_nat(const Scenario& scenario) {
  return std::ranges::any_of(played_clients(scenario), [](const ClientConfig& client) {
    return client.nat_timeout > Duration{0};
  });
}

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
      counts_silence_(idle_ > Duration{0} || somebody_is_behind_a_nat(world.scenario)),
      heard_(std::size_t{world.scenario.cluster.nodes.count} * world.scenario.cluster.lb.replicas,
             kBeforeAll) {
  const BalancerConfig& config = world.scenario.cluster.lb;
  for (std::uint16_t r = 0; r < config.replicas; ++r) {
    rotations_.emplace_back(world.plan, world.spec, r);
  }
  if (config.source_ports > 0) ports_.resize(heard_.size());
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
    const bool has_port = has_port_to(*node, id);
    if (has_port && world_.processes->up(*node)) {
      rotation.succeeded(*node);
      forward(id, *node);
      break;
    }
    if (has_port && world_.processes->host_lost(*node)) {
      wait_for(world_, endpoint, *node);
      world_.after(world_.scenario.cluster.lb.connect_timeout,
                   {EventKind::at_balancer, *node, static_cast<std::uint32_t>(id)});
      return;
    }
    rotation.failed(*node, world_.now);  // refused at once, or nothing to connect from
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
  if (!ports_.empty()) {
    ports(node, id).take();
    world_.pipe(id).has_port = true;
  }
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
  if (pipe.has_port) give_port_back(id);
  if (!pipe.counted) return;
  pipe.counted = false;
  --open_;
  rotations_[replica_of(id)].released(world_.oracle.connection(id).node);
}

// ---- its ports ---------------------------------------------------------------------------------

SourcePorts& Balancer::ports(NodeId node, ConnectionId id) {
  return ports_[index(node) * rotations_.size() + replica_of(id)];
}

bool Balancer::has_port_to(NodeId node, ConnectionId id) {
  if (ports_.empty()) return true;
  return ports(node, id).any_left(world_.scenario.cluster.lb.source_ports, world_.now);
}

// Of a client that hangs up it hears first, and closes towards the node. One that falls silent it
// does not miss: the node's heartbeat ends that.
void Balancer::give_port_back(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const bool client_went = record.dead != kNever && record.reason != CloseReason::silent &&
                           record.reason != CloseReason::host_loss &&
                           record.reason != CloseReason::crash;
  world_.pipe(id).has_port = false;
  ports(record.node, id).give_back(client_went || id == cutting_, world_.now);
}

void Balancer::cut(ConnectionId id, CloseReason why, TriggerId trigger) {
  cutting_ = id;
  world_.sessions->close(id, why, trigger);
  cutting_ = kNoConnection;
}

// ---- silence ------------------------------------------------------------------------------------

void Balancer::watch(NodeId node, ConnectionId id) {
  if (!counts_silence_) return;
  if (passed_.size() <= index(id)) passed_.resize(world_.pipes.size(), kBeforeAll);
  passed_[index(id)] = world_.now;
  const auto number = static_cast<std::uint32_t>(id);
  const Duration nat = nat_timeout(id);
  if (nat > Duration{0}) world_.after(nat, {EventKind::idle_check, node, number, 1});
  if (idle_ > Duration{0} && passes(id)) world_.after(idle_, {EventKind::idle_check, node, number});
}

Duration Balancer::nat_timeout(ConnectionId id) const {
  return world_.plan.client(world_.oracle.connection(id).endpoint).nat_timeout;
}

// Neither end has said a word. A balancer tells both that the connection is over, and nobody why; a
// NAT tells neither: the client finds out by its heartbeat, and so does the node.
void Balancer::idle_check(NodeId node, ConnectionId id, bool nat) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.closed != kNever || (nat && record.dead != kNever)) return;
  const Duration limit = nat ? nat_timeout(id) : idle_;
  const bool enters = nat && record.ready == kNever;  // and may wait for its welcome
  const Time last =
      enters ? world_.now : std::max(passed_[index(id)], world_.pipe(id).downlink_busy);
  if (last + limit > world_.now) {
    world_.at(last + limit,
              {EventKind::idle_check, node, static_cast<std::uint32_t>(id), nat ? 1U : 0U});
    return;
  }
  if (!nat) return cut(id, CloseReason::idle, kStructural);
  world_.oracle.dead(id, world_.now, CloseReason::silent, kStructural);
  world_.heartbeats->cut_off(id);
  world_.update_reach(record.endpoint);
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
    cut(id, CloseReason::reload, trigger);
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
