// What clients say: messages, heartbeats, joins and leaves; and a frame's way to the node.
// From here a message goes on to nodes_messages.cpp.
#include <algorithm>

#include "sim/kernel/balancer.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {

void Clients::send(const Send& send) {
  const MessageId id =
      world_.ledger.offer({send.at, send.traffic, send.sender, send.to, send.size});
  play(send.sender, machine_.send(at(send.sender), id));
}

void Clients::play_message(EndpointId endpoint, std::uint32_t link, const EndpointAction& action) {
  const MessageId id = action.message;
  const ConnectionId connection = links_[link].connection;
  switch (action.kind) {
    case EndpointAction::Kind::write:
      world_.ledger.written(id, world_.now);
      transmit(id, connection, 0);
      break;
    case EndpointAction::Kind::write_also:
      world_.ledger.forked(id, 1);
      transmit(id, connection, 2 + std::uint64_t{action.link});  // 1: the acknowledgement's
      break;
    case EndpointAction::Kind::write_again:
      world_.ledger.written_again(id, world_.now);
      transmit(id, connection, 1000 + std::uint64_t{action.times});
      break;
    case EndpointAction::Kind::keep: world_.ledger.keep(id, Ledger::Keeper::sender); break;
    case EndpointAction::Kind::let_go:
      world_.ledger.let_go(id, Ledger::Keeper::sender, world_.now);
      break;
    case EndpointAction::Kind::refuse:
      world_.ledger.refused(id, world_.oracle.gap_trigger(endpoint), CloseReason::none);
      break;
    default: world_.ledger.never_sent(id, world_.now, world_.oracle.gap_trigger(endpoint)); break;
  }
}

// Only what is in an outbox is waited for: the place of another may be a new message's.
void Clients::ack_arrives(MessageId id, ConnectionId connection, std::uint32_t number) {
  const ConnectionRecord& record = world_.oracle.connection(connection);
  if (record.dead < world_.now || !world_.ledger.pending(id)) return;
  if (static_cast<std::uint32_t>(world_.ledger.number(id)) != number) return;
  play(record.endpoint, machine_.acknowledged(record.endpoint, id));
}

void Clients::finish() {
  while (const auto who = machine_.waiting()) play(*who, machine_.give_up_queue(*who));
}

void Clients::transmit(MessageId id, ConnectionId connection, std::uint64_t draw) {
  Pipe& pipe = world_.pipe(connection);
  const NodeId node = world_.oracle.connection(connection).node;
  const Duration delay = world_.message_delay(world_.uplink_rng(id).at(draw));
  pipe.last_uplink = std::max(pipe.last_uplink, world_.now + delay);
  const WireCost cost = world_.client_frame(world_.ledger.message(id).size, true);
  world_.bytes.sent(Link::client_to_lb, BytePurpose::payload_relayed, cost, world_.now, node);
  world_.bytes.sent(Link::lb_to_node, BytePurpose::payload_relayed, cost, world_.now, node);
  world_.at(pipe.last_uplink, {EventKind::frame_arrives, node, static_cast<std::uint32_t>(id),
                               static_cast<std::uint32_t>(connection)});
}

// The frame is at the node's network card: is there still somebody to read it?
void Clients::frame_arrives(NodeId node, MessageId id, ConnectionId connection) {
  const ConnectionRecord& record = world_.oracle.connection(connection);
  const WireCost cost = world_.client_frame(world_.ledger.message(id).size, true);
  const bool cut = record.dead != kNever && !world_.pipe(connection).flushes;
  if (cut || record.closed != kNever) {
    world_.bytes.lost(Link::client_to_lb, cost);
    world_.bytes.lost(Link::lb_to_node, cost);
    world_.ledger.drop(id, {Mechanism::uplink_in_flight_at_disconnect, world_.now, kNoNode,
                            record.trigger, record.reason});
    return;
  }
  world_.bytes.received(Link::client_to_lb, cost);
  world_.bytes.received(Link::lb_to_node, cost);
  world_.balancer->heard(connection);
  world_.ledger.arrived(id, world_.now, node);
  world_.nodes->read_frame(node, id, connection);
}

// The run ends with it on its way.
void Clients::frame_in_flight(MessageId id) {
  const WireCost cost = world_.client_frame(world_.ledger.message(id).size, true);
  world_.bytes.in_flight(Link::client_to_lb, cost);
  world_.bytes.in_flight(Link::lb_to_node, cost);
}

void Clients::fetch_pipe(std::uint32_t link) const {
  const ConnectionId id = links_[link].connection;
  if (id != kNoConnection) fetch_ahead(&world_.pipes[index(id)]);
}

// ---- individuals: joins and leaves -------------------------------------------------------------

bool Clients::wants(EndpointId endpoint, RoomId room) const {
  return !world_.plan.individual(endpoint) || machine_.rooms(endpoint).contains(room);
}

void Clients::join(EndpointId endpoint, RoomId room) {
  world_.oracle.rosters().requested(endpoint, room, true);
  play(endpoint, machine_.join(at(endpoint), room));
}

void Clients::leave(EndpointId endpoint, RoomId room) {
  world_.oracle.rosters().requested(endpoint, room, false);
  world_.oracle.membership(endpoint, room, false, world_.now);
  play(endpoint, machine_.leave(at(endpoint), room));
}

void Clients::tell(ConnectionId id, RoomId room, EventKind what) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  Pipe& pipe = world_.pipe(id);
  pipe.last_uplink = std::max(pipe.last_uplink, world_.now + world_.client_delay(record.endpoint));
  world_.at(pipe.last_uplink,
            {what, record.node, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(room)});
}

}  // namespace squall
