// Sending from node to node, and who learns what of whom. See peers.hpp.
// A link that is given up loses what it held; one that recovers in time only delays it.
#include "sim/kernel/peers.hpp"

#include <algorithm>
#include <utility>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/processes.hpp"

namespace squall {

Peers::Peers(World& world)
    : world_(world), nodes_(world.scenario.cluster.nodes.count), wires_(nodes_ * nodes_) {}

Peers::Parcel Peers::forwarded(const Message& message, NodeId to) const {
  return {message.id, wire::peer_frame(message.size), BytePurpose::payload_relayed, to};
}

void Peers::drop(const Parcel& parcel, const Death& death) {
  if (parcel.message) world_.ledger.drop(*parcel.message, death);
}

// When the message has left through a cut that the link survives; kNever: it is lost, and booked.
Time Peers::leaves_through(const Cut& cut, NodeId from, NodeId to, const Parcel& parcel) {
  Wire& link = wire(from, to);
  const auto lost = [&](Mechanism mechanism, Time when) {
    drop(parcel, {mechanism, when, parcel.concerns, cut.trigger});
    return kNever;
  };
  const Time given_up =
      squall::given_up(world_.plan, cut, of_peers(world_.scenario.cluster.net), from);
  const bool for_good = given_up != kNever || cut.until == kNever;
  const Time end = given_up != kNever ? given_up : cut.until == kNever ? world_.now : cut.until;
  if (link.stalled_until < world_.now) link.stalled = 0;
  link.stalled_until = std::max(world_.now, end);
  link.stalled += parcel.cost.total();
  if (link.stalled > world_.scenario.cluster.net.peer_queue) {
    return lost(Mechanism::peer_queue_overflow, world_.now);
  }
  world_.bytes.sent(Link::node_to_node, parcel.purpose, parcel.cost, world_.now, from, 1, to);
  if (!for_good) return end;
  world_.bytes.lost(Link::node_to_node, parcel.cost);
  return lost(Mechanism::peer_link_lost, std::max(world_.now, end));
}

const Pause* Peers::given_up_on(NodeId from, NodeId to) const {
  const Pause* const pause = pause_at(world_.plan, to, world_.now);
  if (pause == nullptr) return nullptr;
  const bool dialled_in_vain = world_.processes->began(from) > pause->range.begin;
  const Time given_up = gives_up_on_sleeper(world_.plan, from, to, *pause);
  return dialled_in_vain || given_up <= world_.now ? pause : nullptr;
}

void Peers::send(NodeId from, NodeId to, const Message& message) {
  leaves(from, to, forwarded(message, to), EventKind::peer_arrives,
         static_cast<std::uint32_t>(message.id));
}

// A lost host refuses nothing; what is written to it goes nowhere, until the link is given up.
bool Peers::refuses(NodeId from, NodeId to) const {
  if (world_.processes->up(to)) return false;
  return !world_.processes->host_lost(to) || wires_[index(from) * nodes_ + index(to)].given_up;
}

std::optional<Peers::Down> Peers::down(NodeId from, NodeId to) const {
  if (const auto cut = cut_between(from, to)) {
    // Given up, or of a process that began behind the partition: else it holds what is written.
    const bool stands =
        wires_[index(from) * nodes_ + index(to)].from == world_.processes->epoch(from);
    const Time end = given_up(world_.plan, *cut, of_peers(world_.scenario.cluster.net), from);
    if (stands && end > world_.now) return std::nullopt;
    return Down{cut->trigger, CloseReason::none};
  }
  if (refuses(from, to)) return Down{world_.processes->blame(to), CloseReason::crash};
  if (const Pause* const pause = given_up_on(from, to)) {
    return Down{pause->trigger, CloseReason::none};
  }
  return std::nullopt;
}

std::optional<Peers::Posted> Peers::put_on_link(NodeId from, NodeId to, const Parcel& parcel) {
  if (const auto gone = down(from, to)) {
    drop(parcel,
         {Mechanism::peer_link_lost, world_.now, parcel.concerns, gone->trigger, gone->why});
    return std::nullopt;
  }
  const auto cut = cut_between(from, to);
  Wire& link = wire(from, to);
  Time open = world_.now;
  if (cut) {
    open = leaves_through(*cut, from, to, parcel);
    if (open == kNever) return std::nullopt;
  } else {
    world_.bytes.sent(Link::node_to_node, parcel.purpose, parcel.cost, world_.now, from, 1, to);
    const Time burst = world_.nodes->burst(from);
    const Time turn = burst != kNever ? burst : parcel.turn;
    const Bytes shared = link.flight.join(turn, parcel.cost);
    link.passes_on = burst != kNever || link.flight.holds_more_than(parcel.cost, turn);
    world_.share(Link::node_to_node, shared, world_.now, from, to);
    world_.bytes.acknowledged(Link::node_to_node, -shared, world_.now, to, from);
  }
  const Time leaves = std::max(world_.network.depart(from, parcel.cost.total(), world_.now), open);
  link.last_arrival = std::max(link.last_arrival, leaves + world_.network.peer_delay(from, to));
  return Posted{link.last_arrival, cut ? link.to : world_.processes->epoch(to)};
}

void Peers::arrives(NodeId to, MessageId id, NodeId from, std::uint32_t made, std::uint16_t by) {
  const Message& message = world_.ledger.message(id);
  if (!taken_off_link(from, to, forwarded(message, to), made, by)) return;
  const Time done = receive(from, to, message.size);
  world_.at(done, {EventKind::peer_done, to, static_cast<std::uint32_t>(id),
                   world_.processes->epoch(to), static_cast<std::uint32_t>(from)});
}

bool Peers::taken_off_link(NodeId from, NodeId to, const Parcel& parcel, std::uint32_t made,
                           std::uint16_t by) {
  const auto lost = [&](TriggerId trigger) {
    world_.bytes.lost(Link::node_to_node, parcel.cost);
    drop(parcel,
         {Mechanism::peer_link_lost, world_.now, parcel.concerns, trigger, CloseReason::crash});
    return false;
  };
  if (const Death* const death = world_.processes->died_holding(from, by, node_place(to))) {
    return lost(death->trigger);
  }
  if (!world_.processes->up(to) || made != world_.processes->epoch(to)) {
    return lost(world_.processes->blame(to));
  }
  world_.bytes.received(Link::node_to_node, parcel.cost);
  acknowledge(from, to, parcel.cost.segments);
  return true;
}

// Who pongs answers, and is taken for interactive until it has waited in vain for more to say. The
// beats are no events: of those since the last forward only the last one makes a difference.
void Peers::acknowledge(NodeId from, NodeId to, Bytes segments) {
  Wire& link = wire(from, to);
  Bytes bare = 0;
  const auto beat = world_.processes->beats().last(from, to, world_.now);
  if (beat && *beat > link.beat) {
    link.beat = *beat;
    bare += link.hears.received(*beat, 1) + link.hears.sent(*beat);
  }
  bare += link.hears.received(world_.now, segments);
  world_.bytes.acknowledged(Link::node_to_node, bare, world_.now, to, from);
}

bool Peers::leaves(NodeId from, NodeId to, const Parcel& parcel, EventKind arrives,
                   std::uint32_t slot) {
  const auto posted = put_on_link(from, to, parcel);
  if (!posted) return false;
  world_.at(posted->arrives,
            {arrives, to, slot, posted->made,
             static_cast<std::uint32_t>(from) | world_.processes->epoch(from) << 16});
  return true;
}

bool Peers::comes(const Coming& what, const Parcel& parcel, EventKind done, std::uint32_t slot) {
  if (!taken_off_link(what.from, what.to, parcel, what.made, what.by)) return false;
  world_.at(receive(what.from, what.to, parcel.cost.payload),
            {done, what.to, slot, world_.processes->epoch(what.to)});
  return true;
}

// What came together is passed on together.
Time Peers::receive(NodeId from, NodeId to, Bytes size) {
  const Time done = world_.nodes->work(to, world_.costs.peer_receive, size);
  if (wire(from, to).passes_on) world_.nodes->begin_burst(to);
  return done;
}

// The run ends with it on its way.
void Peers::in_flight(MessageId id) {
  world_.bytes.in_flight(Link::node_to_node, wire::peer_frame(world_.ledger.message(id).size));
}

void Peers::done(NodeId to, MessageId id, std::uint32_t epoch, NodeId from) {
  if (epoch != world_.processes->epoch(to)) {
    world_.ledger.drop(id, world_.processes->death_of(to, epoch));
    return;
  }
  world_.ledger.saw(id,
                    {.what = Sight::What::from_peer, .at = world_.now, .node = to, .other = from});
  world_.nodes->step(to, PeerMessage{from, Copy::adopt(world_.ledger.message(id))});
}

// ---- who learns what of whom -------------------------------------------------------------------

void Peers::begin() {
  if (!world_.backplane.needs.peers) return;
  for (std::uint16_t p = 0; p < nodes_; ++p) {
    for (const Pause& pause : world_.plan.pauses(NodeId{p})) {
      for (std::uint16_t n = 0; n < nodes_; ++n) {
        if (n == p) continue;
        const Time given_up = gives_up_on_sleeper(world_.plan, NodeId{n}, NodeId{p}, pause);
        if (given_up != kNever) world_.at(given_up, {EventKind::peer_down, NodeId{n}, p});
      }
    }
  }
}

void Peers::died(NodeId node, bool silently) {
  if (!world_.backplane.needs.peers) return;
  const Patience patience = of_peers(world_.scenario.cluster.net);
  for (std::uint16_t n = 0; n < nodes_; ++n) {
    if (NodeId{n} == node) continue;
    const auto cut = cut_between(node, NodeId{n});
    Duration delay = silently
                         ? until_silence_is_noticed(world_.plan, patience, index(node) * nodes_ + n)
                         : world_.network.peer_delay(node, NodeId{n});
    if (cut && !silently) {  // the news waits at the partition; the heartbeat may be sooner
      const Time given_up = squall::given_up(world_.plan, *cut, patience, NodeId{n});
      const Time learned = std::min(given_up, cut->until);
      if (learned == kNever || learned <= world_.now) continue;
      delay += learned - world_.now;
    }
    world_.after(delay, {EventKind::peer_down, NodeId{n}, static_cast<std::uint32_t>(node)});
  }
}

void Peers::started(NodeId node) {
  if (!world_.backplane.needs.peers) return;
  for (std::uint16_t n = 0; n < nodes_; ++n) {
    if (NodeId{n} == node) continue;
    const Duration delay = world_.network.peer_delay(node, NodeId{n});
    if (cut_between(node, NodeId{n})) continue;  // healed() tells
    world_.after(delay, {EventKind::peer_up, NodeId{n}, static_cast<std::uint32_t>(node)});
  }
}

void Peers::learns(NodeId node, NodeId peer, bool up) {
  wire(node, peer).given_up = !up;
  if (world_.processes->up(node)) world_.nodes->step(node, PeerState{peer, up});
}

void Peers::cut(std::uint32_t number) {
  const Partition& partition = world_.plan.partitions()[number];
  for (const std::uint16_t a : partition.a.nodes) {
    for (const std::uint16_t b : partition.b.nodes) {
      const Place here = node_place(NodeId{a}), there = node_place(NodeId{b});
      if (a == b || !world_.network.cut_by(number, here, there, world_.now)) continue;
      for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}}) {
        Wire& link = wire(NodeId{from}, NodeId{to});
        link.from = world_.processes->epoch(NodeId{from});
        link.to = world_.processes->epoch(NodeId{to});
      }
      if (!world_.backplane.needs.peers) continue;
      const auto cut = cut_between(NodeId{a}, NodeId{b});
      for (const auto& [watcher, other] : {std::pair{a, b}, std::pair{b, a}}) {
        const Time given_up = squall::given_up(
            world_.plan, *cut, of_peers(world_.scenario.cluster.net), NodeId{watcher});
        if (given_up == kNever) continue;  // TCP rides it out
        world_.at(given_up, {EventKind::peer_down, NodeId{watcher}, other});
      }
    }
  }
}

void Peers::healed(std::uint32_t number) {
  if (!world_.backplane.needs.peers) return;
  const Partition& partition = world_.plan.partitions()[number];
  for (const std::uint16_t a : partition.a.nodes) {
    for (const std::uint16_t b : partition.b.nodes) {
      world_.after(world_.network.peer_delay(NodeId{b}, NodeId{a}),
                   {EventKind::peer_up, NodeId{a}, b});
      world_.after(world_.network.peer_delay(NodeId{a}, NodeId{b}),
                   {EventKind::peer_up, NodeId{b}, a});
    }
  }
}

}  // namespace squall
