// Who sits where on a node, as its backplane may ask, and who has been told that he is in.
//
// A backplane that admits by itself holds back the welcome of a session, and the answer to a join,
// until it says so (Admit). All others hear of a session when its welcome is on its way.
#include "sim/kernel/broker.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {

// ---- what a backplane may ask ------------------------------------------------------------------

std::vector<RoomId> Nodes::Node::rooms() const {
  std::vector<RoomId> occupied;
  for (std::uint32_t r = 0; r < all->world_.plan.rooms(); ++r) {
    if (!seats.in(RoomId{r}).empty()) occupied.push_back(RoomId{r});
  }
  return occupied;
}

std::vector<RoomId> Nodes::Node::rooms_of(EndpointId endpoint) const {
  const ConnectionId session = all->session(id, endpoint);
  if (session == kNoConnection) return {};
  std::vector<RoomId> joined;
  const bool all_of_them = !all->world_.plan.individual(endpoint);
  for (const Membership& m : all->world_.plan.memberships(endpoint)) {
    if (all_of_them || seats.seated(m.room, session)) joined.push_back(m.room);
  }
  return joined;
}

std::vector<EndpointId> Nodes::here(NodeId node, RoomId room) const {
  std::vector<EndpointId> members;
  for (const Seat& seat : at(node).seats.in(room)) {
    members.push_back(world_.oracle.connection(seat.connection).endpoint);
  }
  return members;
}

bool Nodes::anybody_at(NodeId node, Address address) const {
  if (address.kind == Address::Kind::room) return !at(node).seats.in(address.room()).empty();
  return session(node, address.endpoint()) != kNoConnection;
}

// Whether all that may be meant for this session is copied to its node.
bool Nodes::hears_all(NodeId node, ConnectionId id) const {
  const Broker& broker = *world_.broker;
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (!broker.hears(node, Topic::user(endpoint))) return false;
  const auto joined = at(node).rooms_of(endpoint);
  return std::ranges::all_of(joined,
                             [&](RoomId room) { return broker.hears(node, Topic::room(room)); });
}

// ---- who is in ---------------------------------------------------------------------------------

void Nodes::welcome(NodeId node, ConnectionId id, const Resumption& resumption) {
  Pipe& pipe = world_.pipe(id);
  pipe.welcomed = true;
  Bytes numbers = rooms_in_note(id);
  if (world_.clients->positions().kept()) {
    numbers += wire::kResumptionNumbers;
    world_.oracle.resumed(id, resumption.recovered, world_.now);
    if (resumption.position) world_.clients->positions().told(id, *resumption.position);
  }
  world_.pass_client_frame(wire::note_payload(numbers), false, node);
  const Duration delay = world_.client_delay(world_.oracle.connection(id).endpoint);
  world_.acknowledge(false, 1, world_.now + delay, node);
  pipe.last_arrival = std::max(pipe.last_arrival, world_.now + delay);
  world_.after(delay, {EventKind::welcome, kNoNode, static_cast<std::uint32_t>(id)});
}

void Nodes::welcome_to_room(NodeId node, ConnectionId id, RoomId room) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  world_.pass_client_frame(wire::note_payload(1), false, node);
  world_.acknowledge(false, 1, world_.now, node);
  world_.after(world_.client_delay(endpoint),
               {EventKind::membership_acked, kNoNode, static_cast<std::uint32_t>(endpoint),
                static_cast<std::uint32_t>(room)});
}

// Who has gone meanwhile, or has left the room, is told nothing.
void Nodes::admit(NodeId node, const Admit& guest) {
  const ConnectionId id = session(node, guest.endpoint);
  if (id == kNoConnection) return;
  if (!guest.room) {
    if (!world_.pipe(id).welcomed) welcome(node, id, guest.resumption);
  } else if (at(node).seats.seated(*guest.room, id)) {
    welcome_to_room(node, id, *guest.room);
  }
}

// The blame is with what took the node away that its clients are sent to, as that moved them.
void Nodes::send_away(NodeId node, const SendAway& whom) {
  const ConnectionId id = session(node, whom.endpoint);
  if (id == kNoConnection) return;
  close_session(id, CloseReason::drain, taken_away_by(world_.plan, whom.to, world_.now));
}

void Nodes::tell_closed(NodeId node, EndpointId endpoint, std::span<const RoomId> vacated) {
  for (const RoomId room : vacated) step(node, RoomVacated{room});
  step(node, SessionClosed{endpoint});
}

// ---- other words to the backplane, and of it ---------------------------------------------------

void Nodes::ask_broker(NodeId node, Topic topic, bool yes) {
  // The attempt to connect pays for what is asked for at the start.
  const bool starting = at(node).began == world_.now;
  const Time sent = starting ? world_.now : work(node, world_.costs.registry_call, 0);
  world_.broker->ask(node, topic, yes, sent);
}

void Nodes::timer(NodeId node, std::uint32_t number, std::uint32_t epoch) {
  if (at(node).epoch == epoch) step(node, Timer{number});
}

void Nodes::tell_draining(NodeId node, bool yes) {
  if (!up(node)) return;
  if (stands_still(node))
    do_later({EventKind::drain_told, node, yes});
  else
    step(node, Draining{yes});
}

}  // namespace squall
