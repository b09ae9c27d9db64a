// What clients say: messages, joins and leaves. Their heartbeats: heartbeats.hpp.
// From here a message goes on to nodes_messages.cpp.
#include <algorithm>

#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/clients.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

// What had to wait for the connection is written in one turn, and shares segments.
void transmit(World& world, MessageId id, ConnectionId connection, std::uint64_t draw) {
  Pipe& pipe = world.pipe(connection);
  const NodeId node = world.oracle.connection(connection).node;
  const Duration delay = world.network.message_delay(world.uplink_rng(id).at(draw)) +
                         world.network.detour(pipe, node) +
                         world.network.weather(pipe, node, world.frames_up(id), draw);
  world.client_acks->client_speaks(connection);
  pipe.last_uplink = std::max(pipe.last_uplink, world.now + delay);
  const WireCost cost = world.said_frame(id);
  const Bytes shared = world.client_acks->says_with_others(connection, cost);
  for (const Link link : {Link::client_to_lb, Link::lb_to_node}) {
    world.bytes.sent(link, BytePurpose::payload_relayed, cost, world.now, node);
    world.share(link, shared, world.now, node);
  }
  world.at(pipe.last_uplink, {EventKind::frame_arrives, node, static_cast<std::uint32_t>(id),
                              static_cast<std::uint32_t>(connection)});
}

}  // namespace

void Clients::send(const Send& send) {
  const MessageId id =
      world_.ledger.offer({send.at, send.traffic, send.sender, send.to, send.size});
  play(send.sender, machine_.send(at(send.sender), id));
}

void Clients::play_message(EndpointId endpoint, std::uint32_t link, const EndpointAction& action) {
  const MessageId id = action.message;
  const ConnectionId connection = links_[link].connection;
  using Step = EndpointAction::Step;
  switch (action.step) {
    case Step::write:
      world_.ledger.written(id, world_.now);
      transmit(world_, id, connection, 0);
      break;
    case Step::write_also:
      world_.ledger.forked(id, 1);
      transmit(world_, id, connection, 2 + std::uint64_t{action.link});  // 1: the acknowledgement's
      break;
    case Step::write_again:
      world_.ledger.written_again(id, world_.now);
      transmit(world_, id, connection, 1000 + std::uint64_t{action.times});
      break;
    case Step::keep: world_.ledger.keep(id, Ledger::Keeper::sender); break;
    case Step::let_go: world_.ledger.let_go(id, Ledger::Keeper::sender, world_.now); break;
    case Step::refuse:
      world_.ledger.refused(id, world_.oracle.silenced_by(endpoint), CloseReason::none);
      break;
    case Step::never_sent:
      world_.ledger.never_sent(id, world_.now, world_.oracle.silenced_by(endpoint));
      break;
  }
}

// Only what is in an outbox is waited for: the place of another may be a new message's.
void Clients::ack_arrives(MessageId id, ConnectionId connection, std::uint32_t number) {
  const ConnectionRecord& record = world_.oracle.connection(connection);
  if (record.dead < world_.now || !std::as_const(world_.ledger).at(id).in_use) return;
  if (static_cast<std::uint32_t>(world_.ledger.number(id)) != number) return;
  play(record.endpoint, machine_.acknowledged(record.endpoint, id));
}

void Clients::finish() {
  while (const auto who = machine_.waiting()) play(*who, machine_.give_up_queue(*who));
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

}  // namespace squall
