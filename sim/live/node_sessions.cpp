// Sessions of a node: accept, subscribe, hear, and all the ways in which they end. See node.hpp.
// The books of the node first, then words to the other side, then the backplane.
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "sim/live/node_session.hpp"

namespace squall::live {
namespace {

// The number in the query of a target; empty when it is not one.
std::optional<std::uint32_t> number_in(std::string_view target, std::string_view name) {
  const std::string text = query_value(target, name);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

// ---- opening -----------------------------------------------------------------------------------

void Node::accepted(int descriptor) {
  if (silent_ || paused_) {
    unanswered_.push_back(descriptor);
    return;
  }
  if (epoch_ % 2 == 0) {
    ::close(descriptor);
    return;
  }
  const std::uint64_t attempt = ++attempts_;
  auto handshake = accept_upgrade(
      loop_, descriptor, [this, attempt](const Upgrade& upgrade) { upgraded(attempt, upgrade); },
      [this] { return accepting_; });
  handshakes_[attempt] = std::move(handshake);
}

void Node::upgraded(std::uint64_t attempt, Upgrade upgrade) {
  const auto found = handshakes_.find(attempt);
  if (found != handshakes_.end()) {
    abandon(loop_, found->second);
    handshakes_.erase(found);
  }
  if (!upgrade.error.empty()) return;
  if (epoch_ % 2 == 0 || silent_) {
    ::close(upgrade.descriptor);
    return;
  }
  const std::uint32_t nodes = cluster_.scenario.cluster.nodes.count;
  if (upgrade.target.starts_with("/peer") || upgrade.http) {
    const auto from = number_in(upgrade.target, "from");
    if (from && *from < nodes) {
      peers_.accept(NodeId{static_cast<std::uint16_t>(*from)}, upgrade);
    } else {
      ::close(upgrade.descriptor);
    }
    return;
  }
  const auto endpoint = number_in(upgrade.target, "endpoint");
  const auto connection = number_in(upgrade.target, "connection");
  if (!endpoint || !connection || *endpoint >= cluster_.plan.endpoints()) {
    ::close(upgrade.descriptor);
    return;
  }
  auto session =
      std::make_unique<Session>(*this, upgrade, ConnectionId{*connection}, EndpointId{*endpoint});
  const NodeConfig& config = cluster_.scenario.cluster.nodes;
  session->channel->limit({config.egress_limit, config.egress_on_full == OnFull::disconnect
                                                    ? OnFullQueue::disconnect
                                                    : OnFullQueue::drop_newest});
  session->place = sessions_.size();
  by_connection_[session->connection] = session.get();
  const std::shared_ptr<Channel> channel = session->channel;
  sessions_.push_back(std::move(session));
  channel->found(std::as_bytes(std::span(upgrade.rest)));
}

void Node::subscribe(Session& session, const Envelope& wanted) {
  if (session.open) return;
  if (!accepting_) {  // a drain began between the upgrade and this
    close_session(session, CloseReason::drain, TriggerId{0});
    return;
  }
  Session* const ghost = by_endpoint_[index(session.endpoint)];
  if (ghost != nullptr) {  // the same client again: the newer session wins
    close_session(*ghost, CloseReason::network, TriggerId{0});
  }
  session.open = true;
  session.last_heard = loop_.now();
  by_endpoint_[index(session.endpoint)] = &session;
  std::vector<std::uint32_t> seated;
  if (cluster_.plan.individual(session.endpoint)) {
    for (std::size_t i = 0; i < wanted.count(); ++i) {
      if (wanted.number(i) >= rooms_.size()) continue;
      join(session, RoomId{wanted.number(i)});
      seated.push_back(wanted.number(i));
    }
  } else {
    for (const Membership& m : cluster_.plan.memberships(session.endpoint)) {
      join(session, m.room);
    }
  }
  note(FactKind::opened, static_cast<std::uint32_t>(session.connection));
  session.channel->send(
      make_frame(encode_frame(Opcode::binary, encode_note(FrameKind::welcome, seated))));
  const ClientConfig& client = cluster_.scenario.client;
  check_silence(session.connection,
                session.last_heard + client.heartbeat_every + client.heartbeat_timeout);
  step(SessionOpened{session.endpoint});
}

void Node::join(Session& session, RoomId room) {
  leave(session, room);
  std::uint32_t rank = 0;
  for (const Membership& m : cluster_.plan.memberships(session.endpoint)) {
    if (m.room == room) rank = m.rank;
  }
  rooms_[index(room)].push_back({&session, rank});
  session.rooms.push_back(room);
}

void Node::leave(Session& session, RoomId room) {
  if (std::erase(session.rooms, room) == 0) return;
  auto& seats = rooms_[index(room)];
  const auto seat = std::ranges::find(seats, &session, &Seat::session);
  *seat = seats.back();
  seats.pop_back();
}

Node::Session* Node::session_of(ConnectionId connection) const {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? nullptr : found->second;
}

// ---- hearing -----------------------------------------------------------------------------------

void Node::heard(Session& session, Opcode opcode, std::span<const std::byte> payload) {
  if (opcode == Opcode::ping) {
    session.last_heard = loop_.now();
    if (session.open) step(SessionHeard{session.endpoint});
    return;
  }
  if (opcode == Opcode::pong) return;
  const std::optional<Envelope> envelope = decode(payload);
  if (!envelope) return;
  const auto known = [&](std::size_t i) {
    return i < envelope->count() && envelope->number(i) < rooms_.size();
  };
  switch (envelope->kind) {
    case FrameKind::subscribe: subscribe(session, *envelope); break;
    case FrameKind::message: client_message(session, envelope->message); break;
    case FrameKind::join:
      if (!session.open || !known(0)) break;
      join(session, RoomId{envelope->number(0)});
      {
        const std::uint32_t room[] = {envelope->number(0)};
        session.channel->send(
            make_frame(encode_frame(Opcode::binary, encode_note(FrameKind::joined, room))));
      }
      break;
    case FrameKind::leave:
      if (known(0)) leave(session, RoomId{envelope->number(0)});
      break;
    default: break;
  }
}

// ---- the ends ----------------------------------------------------------------------------------

void Node::session_gone(Session& session) {
  if (session.gone) return;
  const EndpointId endpoint = session.endpoint;
  const bool was_open = session.open;
  if (was_open) note(FactKind::session_ended, static_cast<std::uint32_t>(session.connection));
  if (session.wire.over()) session.channel->send(session.wire.goodbye());
  farewells_.add(session.channel, Farewells::First::us);
  remove(session, false);
  if (was_open) step(SessionClosed{endpoint});
}

void Node::close_session(Session& session, CloseReason why, TriggerId trigger) {
  const EndpointId endpoint = session.endpoint;
  const bool was_open = session.open;
  if (was_open) {
    note(FactKind::session_closed, static_cast<std::uint32_t>(session.connection), 0,
         static_cast<std::uint8_t>(why), trigger);
  }
  const std::uint16_t code = why == CloseReason::drain  ? kServiceRestart
                             : why == CloseReason::kick ? kPolicyViolation
                                                        : kGoingAway;
  session.channel->send(session.wire.goodbye(code));
  farewells_.add(session.channel, Farewells::First::us);
  remove(session, false);
  if (was_open) step(SessionClosed{endpoint});
}

// Forgets it; the channel is closed, reset or held already. abruptly: the process is dying.
void Node::remove(Session& session, bool abruptly) {
  closed_clients_ += session.channel->traffic();
  session.gone = true;
  for (const RoomId room : std::vector<RoomId>(session.rooms)) leave(session, room);
  by_connection_.erase(session.connection);
  if (by_endpoint_[index(session.endpoint)] == &session) {
    by_endpoint_[index(session.endpoint)] = nullptr;
  }
  if (!cluster_.has_front) cluster_.balancer.released(id_);
  session.open = session.open && !abruptly;
  const std::size_t place = session.place;
  std::unique_ptr<Session> taken = std::move(sessions_[place]);
  if (place + 1 < sessions_.size()) {
    sessions_[place] = std::move(sessions_.back());
    sessions_[place]->place = place;
  }
  sessions_.pop_back();
  loop_.retire(std::shared_ptr<Session>(std::move(taken)));
}

void Node::check_silence(ConnectionId connection, Time due) {
  later(due, [this, connection] {
    Session* const session = session_of(connection);
    if (session == nullptr) return;
    const ClientConfig& client = cluster_.scenario.client;
    const Time now = loop_.now();
    const Time until = session->last_heard + client.heartbeat_every + client.heartbeat_timeout;
    if (paused_) {  // nobody looks at timers meanwhile
      check_silence(connection, now + std::chrono::milliseconds{10});
    } else if (until > now) {
      check_silence(connection, until);
    } else {
      close_session(*session, CloseReason::heartbeat, TriggerId{0});
    }
  });
}

}  // namespace squall::live
