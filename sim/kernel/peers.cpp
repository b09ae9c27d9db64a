// Node-to-node links and the door of faults. See peers.hpp.
// A link that is given up loses what it held; one that recovers in time only delays it.
#include "sim/kernel/peers.hpp"

#include <algorithm>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {
namespace {

bool on_side(const PartitionSide& side, const Place& place) {
  switch (place.kind) {
    case Place::Kind::node:
      return std::ranges::find(side.nodes, static_cast<std::uint16_t>(place.node)) !=
             side.nodes.end();
    case Place::Kind::broker: return side.broker;
    case Place::Kind::registry: return side.registry;
  }
  return false;
}

bool crosses(const Partition& partition, const Place& a, const Place& b) {
  return (on_side(partition.a, a) && on_side(partition.b, b)) ||
         (on_side(partition.a, b) && on_side(partition.b, a));
}

}  // namespace

Peers::Peers(World& world)
    : world_(world),
      nodes_(world.scenario.cluster.nodes.count),
      wires_(nodes_ * nodes_),
      card_busy_(nodes_, kBeforeAll) {}

// A time-out begins with the last heartbeat heard, up to one interval before the silence; so it is
// noticed after T + U(0, I) of it.
Duration Peers::until_silence_is_noticed(std::uint64_t salt) const {
  const NetConfig& net = world_.scenario.cluster.net;
  const auto interval = static_cast<std::uint64_t>(net.peer_heartbeat.count());
  const std::uint64_t bits = Rng(world_.plan.seed(), Purpose::silence, salt).at(0);
  return net.peer_timeout + Duration{static_cast<std::int64_t>(below(bits, interval + 1))};
}

Duration Peers::patience(const Partition& partition) const {
  constexpr std::uint64_t kPartitions = std::uint64_t{1} << 32;  // apart from pairs of nodes
  const auto number = static_cast<std::uint64_t>(&partition - world_.plan.partitions().data());
  return until_silence_is_noticed(kPartitions + number);
}

DoorVerdict Peers::door(const Place& a, const Place& b) const {
  for (const Partition& partition : world_.plan.partitions()) {
    if (!partition.range.contains(world_.now) || !crosses(partition, a, b)) continue;
    const Time given_up = partition.range.begin + patience(partition);
    if (partition.range.end <= given_up) {
      return {DoorVerdict::Kind::delay, partition.range.end, partition.trigger};
    }
    return {DoorVerdict::Kind::drop, std::max(world_.now, given_up), partition.trigger};
  }
  return {};
}

const Partition* Peers::severed(const Place& a, const Place& b) const {
  for (const Partition& partition : world_.plan.partitions()) {
    if (partition.range.contains(world_.now) && crosses(partition, a, b) &&
        world_.now >= partition.range.begin + patience(partition)) {
      return &partition;
    }
  }
  return nullptr;
}

Time Peers::depart(NodeId node, Bytes bytes, Time when) {
  Time& busy = card_busy_[index(node)];
  busy = std::max(busy, when) +
         Duration{bytes * 8'000'000'000LL / world_.scenario.cluster.net.node_bandwidth};
  return busy;
}

void Peers::lose(const Message& message, const Death& death) {
  world_.bytes.lost(Link::node_to_node, wire::peer_frame(message.size));
  world_.ledger.drop(message.id, death);
}

void Peers::send(NodeId from, NodeId to, const Message& message, Time when) {
  const WireCost cost = wire::peer_frame(message.size);
  const DoorVerdict verdict = door({Place::Kind::node, from}, {Place::Kind::node, to});
  if (!world_.nodes->up(to) && !world_.nodes->host_lost(to)) {  // the connection is refused
    world_.ledger.drop(message.id, {Mechanism::peer_link_lost, world_.now, to,
                                    world_.nodes->blame(to), CloseReason::crash});
    return;
  }
  Wire& link = wire(from, to);
  if (verdict.kind != DoorVerdict::Kind::pass) {
    if (link.stalled_until < world_.now) link.stalled = 0;
    link.stalled_until = verdict.at;
    link.stalled += cost.total();
    if (link.stalled > world_.scenario.cluster.net.peer_queue) {
      world_.ledger.drop(message.id,
                         {Mechanism::peer_queue_overflow, world_.now, to, verdict.trigger});
      return;
    }
  }
  world_.bytes.sent(Link::node_to_node, BytePurpose::payload_relayed, cost, world_.now, from);
  if (verdict.kind == DoorVerdict::Kind::drop) {
    lose(message, {Mechanism::peer_link_lost, verdict.at, to, verdict.trigger});
    return;
  }
  Time leaves = depart(from, cost.total(), when);
  if (verdict.kind == DoorVerdict::Kind::delay) leaves = std::max(leaves, verdict.at);
  link.last_arrival =
      std::max(link.last_arrival, leaves + world_.cluster_delay(World::Hop::peer, to));
  world_.at(link.last_arrival, {EventKind::peer_arrives, to, static_cast<std::uint32_t>(message.id),
                                0, static_cast<std::uint32_t>(from)});
}

void Peers::arrives(NodeId to, MessageId id, NodeId from) {
  const Message& message = world_.ledger.message(id);
  if (!world_.nodes->up(to)) {
    lose(message,
         {Mechanism::peer_link_lost, world_.now, to, world_.nodes->blame(to), CloseReason::crash});
    return;
  }
  const WireCost cost = wire::peer_frame(message.size);
  world_.bytes.received(Link::node_to_node, cost);
  world_.bytes.acknowledged(Link::node_to_node, wire::acks(cost.segments), world_.now, to);
  const Time done = world_.nodes->work(to, world_.costs.peer_receive, message.size);
  world_.at(done, {EventKind::peer_done, to, static_cast<std::uint32_t>(id),
                   world_.nodes->epoch(to), static_cast<std::uint32_t>(from)});
}

void Peers::done(NodeId to, MessageId id, std::uint32_t epoch, NodeId from) {
  if (epoch != world_.nodes->epoch(to)) {
    world_.ledger.drop(id, world_.nodes->death_of(to, epoch));
    return;
  }
  world_.nodes->step(to, PeerMessage{from, Copy::adopt(world_.ledger.message(id))});
}

// ---- who learns what of whom -------------------------------------------------------------------

void Peers::died(NodeId node, bool silently) {
  if (!world_.backplane.needs.peers) return;
  for (std::uint16_t n = 0; n < nodes_; ++n) {
    if (NodeId{n} == node) continue;
    const Duration delay = silently ? until_silence_is_noticed(index(node) * nodes_ + n)
                                    : world_.cluster_delay(World::Hop::peer, NodeId{n});
    world_.after(delay, {EventKind::peer_down, NodeId{n}, static_cast<std::uint32_t>(node)});
  }
}

void Peers::started(NodeId node) {
  if (!world_.backplane.needs.peers) return;
  for (std::uint16_t n = 0; n < nodes_; ++n) {
    if (NodeId{n} == node) continue;
    world_.after(world_.cluster_delay(World::Hop::peer, NodeId{n}),
                 {EventKind::peer_up, NodeId{n}, static_cast<std::uint32_t>(node)});
  }
}

void Peers::learns(NodeId node, NodeId peer, bool up) {
  if (world_.nodes->up(node)) world_.nodes->step(node, PeerState{peer, up});
}

void Peers::cut(std::uint32_t number) {
  const Partition& partition = world_.plan.partitions()[number];
  const Duration given_up = patience(partition);
  if (partition.range.end - partition.range.begin <= given_up) return;  // TCP rides it out
  if (world_.backplane.needs.peers) {
    for (const std::uint16_t a : partition.a.nodes) {
      for (const std::uint16_t b : partition.b.nodes) {
        world_.after(given_up, {EventKind::peer_down, NodeId{a}, b});
        world_.after(given_up, {EventKind::peer_down, NodeId{b}, a});
      }
    }
  }
  for (std::uint16_t n = 0; n < nodes_; ++n) {
    if (crosses(partition, {Place::Kind::node, NodeId{n}}, {Place::Kind::broker, kNoNode})) {
      world_.after(given_up, {EventKind::broker_link_lost, NodeId{n}, number});
    }
  }
}

void Peers::healed(std::uint32_t number) {
  const Partition& partition = world_.plan.partitions()[number];
  for (std::uint16_t n = 0; n < nodes_; ++n) {
    if (crosses(partition, {Place::Kind::node, NodeId{n}}, {Place::Kind::broker, kNoNode})) {
      world_.broker->reconnect(NodeId{n});
    }
  }
  if (!world_.backplane.needs.peers) return;
  for (const std::uint16_t a : partition.a.nodes) {
    for (const std::uint16_t b : partition.b.nodes) {
      world_.after(world_.cluster_delay(World::Hop::peer, NodeId{a}),
                   {EventKind::peer_up, NodeId{a}, b});
      world_.after(world_.cluster_delay(World::Hop::peer, NodeId{b}),
                   {EventKind::peer_up, NodeId{b}, a});
    }
  }
}

}  // namespace squall
