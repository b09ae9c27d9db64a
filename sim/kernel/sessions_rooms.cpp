// Who sits in which room of a node, and who has been told that he is in. See sessions.hpp.
//
// A backplane that admits by itself holds back the welcome of a session, and the answer to a join,
// until it says so (Admit). All others hear of a session when its welcome is on its way.
#include <algorithm>

#include "sim/books/blame.hpp"
#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {

bool Sessions::seated(ConnectionId id, RoomId room) const {
  return at(world_.oracle.connection(id).node).seats.seated(room, id);
}

bool Sessions::anybody_at(NodeId node, Address address) const {
  if (address.kind == Address::Kind::room) return !at(node).seats.in(address.room()).empty();
  return of(node, address.endpoint()) != kNoConnection;
}

// Whether all that may be meant for this session is copied to its node.
bool Sessions::hears_all(NodeId node, ConnectionId id) const {
  const Broker& broker = *world_.broker;
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (!broker.hears(node, Topic::user(endpoint))) return false;
  const auto joined = at(node).rooms_of(endpoint);
  return std::ranges::all_of(joined,
                             [&](RoomId room) { return broker.hears(node, Topic::room(room)); });
}

// Individuals name their rooms; of all others the application knows them.
Bytes Sessions::rooms_in_note(ConnectionId id) const {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (!world_.plan.individual(endpoint)) return 0;
  return std::ranges::count_if(world_.plan.memberships(endpoint), [&](const Membership& m) {
    return world_.clients->wants(endpoint, m.room);
  });
}

// ---- who is in ---------------------------------------------------------------------------------

void Sessions::welcome(NodeId node, ConnectionId id, const Resumption& resumption) {
  Pipe& pipe = world_.pipe(id);
  pipe.welcomed = true;
  pipe.last_heard = world_.now;  // from now on it pings
  Bytes numbers = rooms_in_note(id);
  if (world_.clients->positions().kept()) {
    numbers += wire::kResumptionNumbers;
    world_.oracle.resumed(id, resumption.recovered, world_.now);
    if (resumption.position) world_.clients->positions().told(id, *resumption.position);
  }
  world_.pass_client_frame(wire::note_payload(numbers), false, node);
  const Duration delay = world_.client_delay(id);
  world_.client_acks->node_speaks(id, world_.now);
  world_.client_acks->for_client(id, world_.now + delay);
  world_.after(delay, {EventKind::welcome, kNoNode, static_cast<std::uint32_t>(id)});
}

void Sessions::welcome_to_room(NodeId node, ConnectionId id, RoomId room) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  world_.pass_client_frame(wire::note_payload(1), false, node);
  const Duration delay = world_.client_delay(id);
  world_.client_acks->node_speaks(id, world_.now);
  world_.client_acks->for_client(id, world_.now + delay);
  world_.after(delay, {EventKind::membership_acked, kNoNode, static_cast<std::uint32_t>(endpoint),
                       static_cast<std::uint32_t>(room)});
}

// Who has gone meanwhile, or has left the room, is told nothing.
void Sessions::admit(NodeId node, const Admit& guest) {
  const ConnectionId id = of(node, guest.endpoint);
  if (id == kNoConnection) return;
  if (!guest.room) {
    if (!world_.pipe(id).welcomed) welcome(node, id, guest.resumption);
  } else if (at(node).seats.seated(*guest.room, id)) {
    welcome_to_room(node, id, *guest.room);
  }
}

void Sessions::send_away(NodeId node, const SendAway& whom) {
  const ConnectionId id = of(node, whom.endpoint);
  if (id == kNoConnection) return;
  const TriggerId planned = moved_by(world_.plan, node, whom.to, world_.now);
  close(id, CloseReason::drain,
        planned != kStructural ? planned : world_.processes->blame(whom.to));
}

void Sessions::join_arrives(NodeId node, ConnectionId id, RoomId room) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const bool heard = record.closed == kNever && record.dead == kNever;
  world_.pass_client_frame(wire::note_payload(1), true, node, heard);
  if (!heard) return;
  world_.balancer->heard(id);
  world_.client_acks->for_node(id);
  const EndpointId endpoint = record.endpoint;
  const bool first = at(node).seats.in(room).empty();
  if (!at(node).backplane->admits()) welcome_to_room(node, id, room);
  at(node).seats.leave(room, id);
  at(node).seats.take(room,
                      {id, world_.oracle.rosters().rank_in(endpoint, room), world_.pipe(id).loop});
  if (first) world_.nodes->step(node, RoomOccupied{room});
  world_.nodes->step(node, RoomJoined{endpoint, room});
}

void Sessions::leave_arrives(NodeId node, ConnectionId id, RoomId room) {
  const bool heard = world_.oracle.connection(id).closed == kNever;
  world_.pass_client_frame(wire::note_payload(1), true, node, heard);
  if (!heard) return;
  world_.balancer->heard(id);
  world_.client_acks->for_node(id);
  if (at(node).seats.leave(room, id)) world_.nodes->step(node, RoomVacated{room});
}

}  // namespace squall
