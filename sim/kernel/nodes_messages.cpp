// A message on a node: read it, ask the backplane, do what it says, push to the local clients.
// A push is not an event: departures are computed here, and judged when the message settles.
#include <algorithm>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/registry.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/core/prefetch.hpp"

namespace squall {
namespace {

constexpr Bytes kAckPayload = 16;   // {"ack":<sequence>}
constexpr std::size_t kAhead = 24;  // pushes: a pipe is fetched while so many others are worked on

TriggerId trigger_of_drop(const Drop& drop, TriggerId given, const Registry& registry) {
  if (drop.mechanism == Mechanism::registry_unavailable) return registry.blame();
  if (drop.mechanism == Mechanism::route_missing) return registry.blame_missing();
  return given;
}

}  // namespace

Duration Nodes::cost(Duration base, Bytes size) const {
  return base + world_.costs.per_kib * size / 1024;
}

Time Nodes::work(NodeId node, Duration base, Bytes size) {
  return at(node).loops.front().work(world_.now, cost(base, size));
}

void Nodes::read_frame(NodeId node, MessageId id, ConnectionId from) {
  Loop& loop = loop_of(from);
  const std::uint32_t limit = world_.scenario.cluster.nodes.work_queue;
  if (limit > 0 && loop.resident(world_.now) >= limit) {
    const TriggerId paused = paused_by(node, world_.now);
    world_.ledger.drop(id, {Mechanism::overload_shed, world_.now, kNoNode,
                            paused != kStructural ? paused : kOverload});
    return;
  }
  ++world_.pipe(from).unread;
  const Time done =
      loop.work(world_.now, cost(world_.costs.frame_read, world_.ledger.message(id).size));
  world_.at(done, {EventKind::frame_done, node, static_cast<std::uint32_t>(id), at(node).epoch,
                   static_cast<std::uint32_t>(from)});
}

void Nodes::frame_done(NodeId node, MessageId id, std::uint32_t epoch, ConnectionId from) {
  --world_.pipe(from).unread;
  if (epoch != at(node).epoch) {
    Death death = death_of(node, epoch);
    death.node = kNoNode;  // it was the only copy
    world_.ledger.drop(id, death);
    return;
  }
  world_.ledger.accepted(id, world_.now);
  ++at(node).row.ingress;
  if (world_.scenario.client.ack == AckLevel::ingress) acknowledge(id, from);
  step(node, ClientMessage{Copy::adopt(world_.ledger.message(id))});
}

void Nodes::acknowledge(MessageId id, ConnectionId sender) {
  const ConnectionRecord& record = world_.oracle.connection(sender);
  if (record.closed != kNever) return;
  Pipe& pipe = world_.pipe(sender);
  const Time written = loop_of(sender).work(world_.now, world_.costs.push);
  const Duration delay = world_.message_delay(world_.uplink_rng(id).at(1));
  pipe.last_arrival = std::max(pipe.last_arrival, written + delay);
  world_.ledger.acked(id, sender, pipe.last_arrival);
  const WireCost cost = wire::websocket(kAckPayload, false);
  for (const Link link : {Link::node_to_lb, Link::lb_to_client}) {
    world_.bytes.sent(link, BytePurpose::control, cost, world_.now, record.node);
    world_.bytes.received(link, cost);  // an ack that is cut off is still booked as read
  }
}

void Nodes::ping_arrives(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const WireCost ping = wire::websocket(0, true);
  if (record.closed != kNever || record.dead != kNever) {
    world_.bytes.lost(Link::client_to_lb, ping);
    world_.bytes.lost(Link::lb_to_node, ping);
    return;
  }
  world_.bytes.received(Link::client_to_lb, ping);
  world_.bytes.received(Link::lb_to_node, ping);
  Pipe& pipe = world_.pipe(id);
  pipe.last_heard = world_.now;
  const Time answered = loop_of(id).work(world_.now, world_.costs.heartbeat);
  const EndpointId endpoint = record.endpoint;
  pipe.last_arrival = std::max(pipe.last_arrival, answered + world_.client_delay(endpoint));
  const WireCost pong = wire::websocket(0, false);
  world_.bytes.sent(Link::node_to_lb, BytePurpose::control, pong, world_.now, node);
  world_.bytes.sent(Link::lb_to_client, BytePurpose::control, pong, world_.now, node);
  world_.at(pipe.last_arrival, {EventKind::pong_arrives, kNoNode, static_cast<std::uint32_t>(id)});
  step(node, SessionHeard{endpoint});
}

// Both directions, when the node takes the request up.
void Nodes::handshake_bytes(ConnectionId id) {
  const NodeId node = world_.oracle.connection(id).node;
  const auto tls = world_.costs.handshake_legs > 3 ? wire::Tls::on : wire::Tls::off;
  const wire::HandshakeCost cost = wire::handshake(tls);
  const auto book = [&](Link link, Bytes bytes) {
    world_.bytes.sent(link, BytePurpose::handshake, {bytes, 0, 0}, world_.now, node);
    world_.bytes.received(link, {bytes, 0, 0});
  };
  book(Link::client_to_lb, cost.up);
  book(Link::lb_to_node, cost.up);
  book(Link::node_to_lb, cost.down);
  book(Link::lb_to_client, cost.down);
}

// ---- the backplane -----------------------------------------------------------------------------

void Nodes::step(NodeId id, Input input) {
  Node& node = at(id);
  SQUALL_CHECK(node.up);
  Actions actions;
  node.backplane->step(world_.now, std::move(input), actions);
  perform(id, actions, kStructural);
}

void Nodes::perform(NodeId node, const Actions& actions, TriggerId trigger) {
  if (actions.forks() > 0) {
    for (const Action& action : actions.list()) {
      const auto message = std::visit(Match{[](const auto& a) -> std::optional<Message> {
                                        if constexpr (requires { a.message; })
                                          return a.message;
                                        else
                                          return std::nullopt;
                                      }},
                                      action);
      if (!message) continue;
      world_.ledger.forked(message->id, actions.forks());
      break;
    }
  }
  for (const Action& action : actions.list()) perform_one(node, action, trigger);
}

void Nodes::perform_one(NodeId node, const Action& action, TriggerId trigger) {
  std::visit(
      Match{
          [&](const Push& push) { fan_out(at(node), push.message); },
          [&](const Forward& forward) {
            count_lookup(forward.to, forward.message);
            const Time sent = work(node, world_.costs.peer_send, forward.message.size);
            world_.at(sent, {EventKind::forward_leaves, node,
                             static_cast<std::uint32_t>(forward.message.id), at(node).epoch,
                             static_cast<std::uint32_t>(forward.to)});
          },
          [&](const Publish& publish) {
            const Time sent = work(node, world_.costs.publish, publish.message.size);
            world_.at(sent, {EventKind::publish_leaves, node,
                             static_cast<std::uint32_t>(publish.message.id), at(node).epoch});
          },
          [&](const Drop& drop) {
            const Message& message = drop.message;
            if (drop.mechanism == Mechanism::route_missing &&
                message.address.kind == Address::Kind::user) {
              ++lookups_;
              missing_ += world_.oracle.connected(message.address.endpoint());
            }
            world_.ledger.drop(message.id, {drop.mechanism, world_.now, kNoNode,
                                            trigger_of_drop(drop, trigger, *world_.registry)});
          },
          [&](const Discard& discard) { world_.ledger.benign(discard.message.id, world_.now); },
          [&](const Subscribe&) { world_.broker->subscribe(node); },
          [&](const RegistryCall& call) {
            work(node, world_.costs.registry_call, 0);
            world_.registry->call(node, call);
          },
      },
      action);
}

// The loop has come to it: a copy on its way out of the process, unless that is no more.
void Nodes::leaves(NodeId node, MessageId id, std::uint32_t epoch, NodeId to) {
  if (epoch != at(node).epoch) {
    Death death = death_of(node, epoch);
    if (to == kNoNode)
      death.node = kNoNode;  // a publish was meant for everybody
    else
      death.node = to;
    world_.ledger.drop(id, death);
  } else if (to == kNoNode) {
    world_.broker->publish(node, world_.ledger.message(id), world_.now);
  } else {
    world_.peers->send(node, to, world_.ledger.message(id), world_.now);
  }
}

// By oracle: did the route that is about to be used point to where the client is?
void Nodes::count_lookup(NodeId to, const Message& message) {
  if (message.address.kind != Address::Kind::user) return;
  ++lookups_;
  const EndpointId endpoint = message.address.endpoint();
  stale_ += world_.oracle.connected(endpoint) && !world_.oracle.live_on(endpoint, to, world_.now);
}

// ---- fan-out -----------------------------------------------------------------------------------

// A fan-out in progress: where each loop stands, and who could not be written to.
struct Nodes::Batch {
  Node& node;
  const Message& message;
  std::vector<PushEntry>* entries;  // null for messages outside of measure
  WireCost wire;
  Duration cost;
  Rng delays;
  struct Turn {
    Time start, at;
    std::uint32_t count = 0;
  };
  std::vector<Turn> turns;  // by loop
  std::vector<ConnectionId> kicked;
  std::uint32_t tried = 0;
};

void Nodes::fan_out(Node& node, const Message& message) {
  if (world_.log != nullptr && world_.ledger.measured(message.id)) {
    world_.log->egress.push_back(
        {world_.ledger.number(message.id), message.sender, message.address, node.id, world_.now});
  }
  Seat one{};
  std::span<const Seat> seats;
  std::uint32_t sender_rank = UINT32_MAX;
  if (message.address.kind == Address::Kind::user) {
    one.connection = session(node.id, message.address.endpoint());
    if (one.connection != kNoConnection) seats = {&one, 1};
  } else {
    seats = node.rooms.in(message.address.room());
    sender_rank = world_.oracle.rank_in(message.sender, message.address.room());
  }
  if (seats.empty() || (seats.size() == 1 && seats.front().rank == sender_rank)) {
    node.row.wasted += cost(world_.costs.broker_receive, message.size);
    world_.ledger.benign(message.id, world_.now);
    return;
  }
  auto& entries = world_.ledger.push(message.id, node.id, world_.now);
  Batch batch{node,
              message,
              world_.ledger.measured(message.id) ? &entries : nullptr,
              wire::websocket(message.size, false),
              cost(world_.costs.push, message.size),
              world_.downlink_rng(message.id),
              {},
              {},
              0};
  for (const Loop& loop : node.loops) {
    batch.turns.push_back({loop.start(world_.now), loop.start(world_.now)});
  }
  std::size_t fetched = 0;
  for (std::size_t i = 0; i < seats.size(); ++i) {
    for (; fetched < std::min(i + kAhead, seats.size()); ++fetched) {
      fetch_ahead(&world_.pipe(seats[fetched].connection));
    }
    if (seats[i].rank != sender_rank) push_one(batch, seats[i]);
  }
  end_batch(batch);
}

// One frame to one connection: its turn in the loop, the egress queue, the client's line.
void Nodes::push_one(Batch& batch, Seat seat) {
  Pipe& pipe = world_.pipe(seat.connection);
  Batch::Turn& turn = batch.turns[pipe.loop];
  turn.at = batch.node.loops[pipe.loop].next(turn.at, batch.cost);
  ++turn.count, ++batch.tried;
  const auto line_time = [&](Bytes bytes) {
    return Duration{bytes * static_cast<std::int64_t>(pipe.ns_per_byte_q8) >> 8};
  };
  const Time free = std::max(turn.at, pipe.downlink_busy);
  const NodeConfig& config = world_.scenario.cluster.nodes;
  if (free - turn.at > Duration{0}) {
    const Duration room = line_time(config.egress_limit + kSendBuffer - batch.wire.total());
    if (free - turn.at > room) {
      const bool kick = config.egress_on_full == OnFull::disconnect;
      world_.ledger.push_failed(
          batch.message.id, seat.rank,
          {kick ? Mechanism::purged_by_slow_consumer_kick : Mechanism::egress_queue_dropped,
           world_.now, batch.node.id, kOverload, kick ? CloseReason::kick : CloseReason::none});
      if (kick) batch.kicked.push_back(seat.connection);
      return;
    }
  }
  pipe.downlink_busy = free + line_time(batch.wire.total());
  // Keyed by recipient and by which of its links this is: sister paths are independent.
  const std::uint64_t path = index(world_.clients->owner(pipe.link)) |
                             std::uint64_t{world_.clients->slot(pipe.link)} << 32;
  const Time arrival = pipe.downlink_busy + world_.message_delay(batch.delays.at(path));
  // Never equal: two frames of one connection have an order, and room_divergence looks at it.
  pipe.last_arrival = std::max(pipe.last_arrival + Duration{1}, arrival);
  if (batch.entries == nullptr) return;
  // It has left user space when the kernel holds all of it.
  const Time socket = std::max(turn.at, pipe.downlink_busy - line_time(kSendBuffer));
  batch.entries->push_back({seat.rank, seat.connection, socket, pipe.last_arrival});
}

void Nodes::end_batch(Batch& batch) {
  Node& node = batch.node;
  for (std::size_t l = 0; l < batch.turns.size(); ++l) {
    const Batch::Turn& turn = batch.turns[l];
    if (turn.count == 0) continue;
    node.loops[l].serve(world_.now, turn.start, turn.at, batch.cost * turn.count);
  }
  node.row.pushes += batch.tried;
  const MessageId id = batch.message.id;
  world_.ledger.pushed(id, world_.now, batch.tried);
  for (const ConnectionId kicked : batch.kicked) {
    close_session(kicked, CloseReason::kick, kOverload);
  }
}

}  // namespace squall
