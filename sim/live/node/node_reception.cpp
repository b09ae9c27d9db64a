// Sessions that open, and who has been told that he is in. See node_reception.hpp.
// A welcome goes out before the backplane hears of the session, unless it is the one that admits.
#include "sim/live/node/node_reception.hpp"

#include <algorithm>

#include "sim/books/blame.hpp"
#include "sim/books/paths.hpp"
#include "sim/record/wire.hpp"

namespace squall::live {

// ---- clients ask -------------------------------------------------------------------------------

void NodeReception::subscribe(NodeSession& session, const Envelope& wanted) {
  if (session.open) return;
  if (!process_.accepting()) {  // a drain began between the upgrade and this
    sessions_.close(session, CloseReason::drain, TriggerId{0});
    return;
  }
  sessions_.open(session);
  const Cluster& cluster = process_.cluster();
  const std::vector<RoomId> occupied = take_seats(session, wanted);
  std::optional<Position> seen;
  if (cluster.resumes()) seen = cluster.position_in(wanted, 0);
  process_.note(FactKind::opened, static_cast<std::uint32_t>(session.connection));
  if (!backplane_.admits()) welcome(session);
  const ConnectionId connection = session.connection;
  check_silence(connection, session.last_heard + cluster.plan.patience(session.endpoint));
  for (const RoomId room : occupied) backplane_.step(RoomOccupied{room});
  backplane_.step(SessionOpened{session.endpoint, seen});
  const bool by_node = cluster.scenario.cluster.registry.renew == Renew::node;
  if (cluster.backplane.needs.registry && by_node) renew_later(connection);
}

// Gives back the rooms in which it is the first one here.
std::vector<RoomId> NodeReception::take_seats(NodeSession& session, const Envelope& wanted) {
  const Cluster& cluster = process_.cluster();
  std::vector<RoomId> occupied;
  const auto take = [&](RoomId room) {
    if (sessions_.join(session, room)) occupied.push_back(room);
  };
  if (cluster.plan.individual(session.endpoint)) {
    const std::size_t first_room = cluster.resumes() ? wire::kPositionNumbers : 0;
    for (std::size_t i = first_room; i < wanted.count(); ++i) take(RoomId{wanted.number(i)});
  } else {
    for (const Membership& m : cluster.plan.memberships(session.endpoint)) take(m.room);
  }
  return occupied;
}

void NodeReception::join(NodeSession& session, RoomId room) {
  if (!session.open) return;
  const bool first = sessions_.join(session, room);
  if (!backplane_.admits()) welcome_to_room(session, room);
  if (first) backplane_.step(RoomOccupied{room});
  backplane_.step(RoomJoined{session.endpoint, room});
}

void NodeReception::leave(NodeSession& session, RoomId room) {
  if (sessions_.leave(session, room)) backplane_.step(RoomVacated{room});
}

// The node's own clock keeps the entry of a session alive.
void NodeReception::renew_later(ConnectionId connection) {
  const Duration interval = renewal_interval(process_.cluster().scenario.cluster.registry);
  process_.later(process_.now() + interval, [this, connection] {
    const NodeSession* const session = sessions_.of(connection);
    if (session == nullptr || !session->open) return;
    backplane_.step(RenewalDue{session->endpoint});
    renew_later(connection);
  });
}

void NodeReception::check_silence(ConnectionId connection, Time due) {
  process_.later(due, [this, connection] {
    NodeSession* const session = sessions_.of(connection);
    if (session == nullptr) return;
    if (!session->welcomed) session->last_heard = process_.now();  // it does not ping yet
    const Duration patience = process_.cluster().plan.patience(session->endpoint);
    const Time until = session->last_heard + patience;
    if (until > process_.now()) {
      check_silence(connection, until);
    } else {
      sessions_.close(*session, CloseReason::heartbeat, TriggerId{0});
    }
  });
}

// ---- the backplane says ------------------------------------------------------------------------

// Who has gone meanwhile, or has left the room, is told nothing.
void NodeReception::admit(const Admit& guest) {
  NodeSession* const session = sessions_.of(guest.endpoint);
  if (session == nullptr || !session->open) return;
  if (!guest.room) {
    if (!session->welcomed) welcome(*session, guest.resumption);
  } else if (std::ranges::find(session->rooms, *guest.room) != session->rooms.end()) {
    welcome_to_room(*session, *guest.room);
  }
}

void NodeReception::send_away(const SendAway& whom) {
  NodeSession* const session = sessions_.of(whom.endpoint);
  if (session == nullptr) return;
  sessions_.close(*session, CloseReason::drain,
                  moved_by(process_.cluster().plan, process_.id(), whom.to, process_.now()));
}

void NodeReception::welcome(NodeSession& session, const Resumption& resumption) {
  const Cluster& cluster = process_.cluster();
  session.welcomed = true;
  session.last_heard = process_.now();  // from now on it pings
  std::vector<std::uint32_t> seated;
  if (cluster.resumes()) {
    const auto recovered = static_cast<std::uint8_t>(resumption.recovered);
    seated.push_back(recovered);
    add_position(seated, resumption.position);
    process_.note(FactKind::resumed, static_cast<std::uint32_t>(session.connection), 0, recovered);
  }
  if (cluster.plan.individual(session.endpoint)) {
    for (const RoomId room : session.rooms) seated.push_back(static_cast<std::uint32_t>(room));
  }
  session.channel->send(
      make_frame(encode_frame(Opcode::binary, encode_note(FrameKind::welcome, seated))));
}

void NodeReception::welcome_to_room(NodeSession& session, RoomId room) {
  const std::uint32_t number[] = {static_cast<std::uint32_t>(room)};
  session.channel->send(
      make_frame(encode_frame(Opcode::binary, encode_note(FrameKind::joined, number))));
}

}  // namespace squall::live
