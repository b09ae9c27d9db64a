// What clients say: messages, heartbeats, joins and leaves; and a frame's way to the node.
// From here a message goes on to nodes_messages.cpp.
#include <algorithm>

#include "sim/kernel/clients.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {

ConnectionId Clients::ready_connection(EndpointId endpoint) const {
  const auto first = static_cast<std::uint32_t>(index(endpoint)) * links_per_endpoint_;
  for (std::uint32_t link = first; link < first + links_per_endpoint_; ++link) {
    if (slots_[link].link.phase == LinkPhase::ready) return slots_[link].connection;
  }
  return kNoConnection;
}

void Clients::send(const Send& send) {
  const MessageId id =
      world_.ledger.offer({send.at, send.traffic, send.sender, send.to, send.size});
  const ConnectionId connection = ready_connection(send.sender);
  if (connection != kNoConnection) {
    write(id, connection);
    return;
  }
  auto& queue = queued_[send.sender];
  const ClientConfig& client = world_.scenario.client;
  if (client.offline_send == OfflineSend::queue && queue.size() < client.offline_queue &&
      world_.oracle.intends(send.sender)) {
    queue.push_back(id);
    return;
  }
  world_.ledger.refused(id, world_.oracle.gap_trigger(send.sender), CloseReason::none);
}

void Clients::flush(EndpointId endpoint) {
  const auto found = queued_.find(endpoint);
  if (found == queued_.end()) return;
  const ConnectionId connection = ready_connection(endpoint);
  for (const MessageId id : found->second) write(id, connection);
  queued_.erase(found);
}

void Clients::drop_queue(EndpointId endpoint) {
  const auto found = queued_.find(endpoint);
  if (found == queued_.end()) return;
  const TriggerId trigger = world_.oracle.gap_trigger(endpoint);
  for (const MessageId id : found->second) world_.ledger.never_sent(id, world_.now, trigger);
  queued_.erase(found);
}

void Clients::finish() {
  while (!queued_.empty()) drop_queue(queued_.begin()->first);
}

// Where a message reaches only the nodes it is sent to, it is sent to all of the endpoint's; otherwise
// one is enough.
void Clients::write(MessageId id, ConnectionId primary) {
  world_.ledger.written(id, world_.now);
  transmit(id, primary, 0);
  if (world_.backplane.reach == Reach::everybody) return;
  const std::uint32_t mine = world_.pipe(primary).link;
  const std::uint32_t first = mine - slot(mine);
  for (std::uint32_t link = first; link < first + links_per_endpoint_; ++link) {
    if (link == mine || slots_[link].link.phase != LinkPhase::ready) continue;
    world_.ledger.forked(id, 1);
    transmit(id, slots_[link].connection, 2 + slot(link));  // draw 1 is the acknowledgement's
  }
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
  world_.ledger.arrived(id, world_.now);
  world_.nodes->read_frame(node, id, connection);
}

// The run ends with it on its way.
void Clients::frame_in_flight(MessageId id) {
  const WireCost cost = world_.client_frame(world_.ledger.message(id).size, true);
  world_.bytes.in_flight(Link::client_to_lb, cost);
  world_.bytes.in_flight(Link::lb_to_node, cost);
}

void Clients::fetch_pipe(std::uint32_t link) const {
  const ConnectionId id = slots_[link].connection;
  if (id != kNoConnection) fetch_ahead(&world_.pipes[index(id)]);
}

// ---- individuals: joins and leaves -------------------------------------------------------------

bool Clients::wants(EndpointId endpoint, RoomId room) const {
  if (!world_.plan.individual(endpoint)) return true;
  const auto found = joined_.find(endpoint);
  return found != joined_.end() && found->second.contains(room);
}

void Clients::join(EndpointId endpoint, RoomId room) {
  joined_[endpoint].insert(room);
  world_.oracle.requested(endpoint, room, true);
  tell_all(endpoint, room, EventKind::join_arrives);
}

void Clients::leave(EndpointId endpoint, RoomId room) {
  joined_[endpoint].erase(room);
  world_.oracle.requested(endpoint, room, false);
  world_.oracle.membership(endpoint, room, false, world_.now);
  tell_all(endpoint, room, EventKind::leave_arrives);
}

// On every ready connection; the next handshake subscribes to what is wanted by then.
void Clients::tell_all(EndpointId endpoint, RoomId room, EventKind what) {
  const auto first = static_cast<std::uint32_t>(index(endpoint)) * links_per_endpoint_;
  for (std::uint32_t link = first; link < first + links_per_endpoint_; ++link) {
    if (slots_[link].link.phase == LinkPhase::ready) tell(slots_[link].connection, room, what);
  }
}

void Clients::tell(ConnectionId id, RoomId room, EventKind what) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  Pipe& pipe = world_.pipe(id);
  pipe.last_uplink = std::max(pipe.last_uplink, world_.now + world_.client_delay(record.endpoint));
  world_.at(pipe.last_uplink,
            {what, record.node, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(room)});
}

}  // namespace squall
