// Sessions of a node: accept, subscribe, hear, and all the ways in which they end. See node.hpp.
// The books of the node first, then words to the other side, then the backplane.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "sim/live/node_session.hpp"
#include "sim/record/wire.hpp"

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

// Beyond what clients and nodes may open at once. The oldest goes first: ours are never old.
constexpr std::size_t kStrangers = 256;
constexpr std::size_t kGuests = 256;
constexpr Duration kPatience = std::chrono::seconds{10};  // for an opening handshake, at least

}  // namespace

// ---- opening -----------------------------------------------------------------------------------

void Node::accepted(int descriptor) {
  if (silent_ || paused_) {
    if (unanswered_.size() >= most_opening()) {
      cluster_.strangers.connection();
      ::close(unanswered_.front());
      unanswered_.erase(unanswered_.begin());
    }
    unanswered_.push_back(descriptor);
    return;
  }
  if (epoch_ % 2 == 0) {
    ::close(descriptor);
    return;
  }
  if (handshakes_.size() >= most_opening()) give_up(handshakes_.begin()->first);
  const std::uint64_t attempt = ++attempts_;
  auto handshake = accept_upgrade(
      loop_, descriptor, [this, attempt](const Upgrade& upgrade) { upgraded(attempt, upgrade); },
      [this] { return accepting_; });
  handshakes_[attempt] = std::move(handshake);
  const Duration patience = std::max(kPatience, 2 * cluster_.longest_connect);
  later(loop_.now() + patience, [this, attempt] { give_up(attempt); });
}

std::size_t Node::most_opening() const {
  return cluster_.plan.endpoints() + cluster_.nodes.size() + kStrangers;
}

// Whoever has not asked for anything by now is none of ours.
void Node::give_up(std::uint64_t attempt) {
  const auto found = handshakes_.find(attempt);
  if (found == handshakes_.end()) return;
  cluster_.strangers.connection();
  abandon(loop_, found->second);
  handshakes_.erase(found);
}

void Node::upgraded(std::uint64_t attempt, Upgrade upgrade) {
  const auto found = handshakes_.find(attempt);
  if (found != handshakes_.end()) {
    abandon(loop_, found->second);
    handshakes_.erase(found);
  }
  if (!upgrade.error.empty()) {
    count_opening(upgrade);
    return;
  }
  if (epoch_ % 2 == 0 || silent_) {
    ::close(upgrade.descriptor);
    return;
  }
  const bool ours = query_value(upgrade.target, "run") == cluster_.run.pass;
  if (upgrade.http || (ours && upgrade.target.starts_with("/peer"))) {
    accept_peer(upgrade);
    return;
  }
  const auto endpoint = number_in(upgrade.target, "endpoint");
  const auto connection = number_in(upgrade.target, "connection");
  const bool known = ours && endpoint && connection && *endpoint < cluster_.plan.endpoints() &&
                     *connection < cluster_.connections &&
                     !by_connection_.contains(ConnectionId{*connection});
  if (!known) {
    welcome_guest(upgrade);
    return;
  }
  count_opening(upgrade);
  auto session =
      std::make_unique<Session>(*this, upgrade, ConnectionId{*connection}, EndpointId{*endpoint});
  const NodeConfig& config = cluster_.scenario.cluster.nodes;
  session->channel->limit({config.egress_limit, config.egress_on_full == OnFull::disconnect
                                                    ? OnFullQueue::disconnect
                                                    : OnFullQueue::drop_newest});
  if (paused_) session->channel->hold(true);
  session->place = sessions_.size();
  by_connection_[session->connection] = session.get();
  const std::shared_ptr<Channel> channel = session->channel;
  sessions_.push_back(std::move(session));
  channel->found(std::as_bytes(std::span(upgrade.rest)));
}

void Node::accept_peer(const Upgrade& upgrade) {
  const auto from = number_in(upgrade.target, "from");
  const bool ours = query_value(upgrade.target, "run") == cluster_.run.pass;
  if (ours && from && *from < cluster_.nodes.size() && *from != index(id_)) {
    peers_.accept(NodeId{static_cast<std::uint16_t>(*from)}, upgrade);
    return;
  }
  cluster_.strangers.connection();
  const std::string no = http_forbidden();
  ::send(upgrade.descriptor, no.data(), no.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::close(upgrade.descriptor);
}

// It may ping and close as with any server of WebSockets. It is in no book.
void Node::welcome_guest(const Upgrade& upgrade) {
  cluster_.strangers.connection();
  if (guests_.size() >= kGuests) session_gone(*guests_.front());
  auto session = std::make_unique<Session>(*this, upgrade, kNoConnection, kNoEndpoint);
  session->place = sessions_.size();
  guests_.push_back(session.get());
  sessions_.push_back(std::move(session));
}

void Node::count_opening(const Upgrade& upgrade) {
  opening_ += traffic_of(upgrade.counters);
  ++openings_;
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
  std::vector<RoomId> occupied;
  const auto take = [&](RoomId room) {
    if (join(session, room)) occupied.push_back(room);
  };
  const std::size_t first_room = cluster_.resumes() ? wire::kPositionNumbers : 0;
  std::optional<Position> seen;
  if (cluster_.resumes()) seen = cluster_.position_in(wanted, 0);
  if (cluster_.plan.individual(session.endpoint)) {
    for (std::size_t i = first_room; i < wanted.count(); ++i) take(RoomId{wanted.number(i)});
  } else {
    for (const Membership& m : cluster_.plan.memberships(session.endpoint)) take(m.room);
  }
  note(FactKind::opened, static_cast<std::uint32_t>(session.connection));
  if (!backplane_->admits()) welcome(session);
  check_silence(session.connection, session.last_heard + cluster_.plan.patience(session.endpoint));
  const ConnectionId connection = session.connection;
  for (const RoomId room : occupied) step(RoomOccupied{room});
  step(SessionOpened{session.endpoint, seen});
  const RegistryConfig& registry = cluster_.scenario.cluster.registry;
  if (!cluster_.backplane.needs.registry || registry.renew != Renew::node) return;
  later(loop_.now() + renewal_interval(registry), [this, connection] { renew(connection); });
}

// The node's own clock keeps the entry of a session alive.
void Node::renew(ConnectionId connection) {
  Session* const session = session_of(connection);
  if (session == nullptr || !session->open) return;
  step(RenewalDue{session->endpoint});
  later(loop_.now() + renewal_interval(cluster_.scenario.cluster.registry),
        [this, connection] { renew(connection); });
}

bool Node::join(Session& session, RoomId room) {
  const bool first = rooms_[index(room)].empty();
  leave(session, room);
  std::uint32_t rank = 0;
  for (const Membership& m : cluster_.plan.memberships(session.endpoint)) {
    if (m.room == room) rank = m.rank;
  }
  rooms_[index(room)].push_back({&session, rank});
  session.rooms.push_back(room);
  return first;
}

void Node::asked_to_join(Session& session, RoomId room) {
  if (!session.open) return;
  const bool first = join(session, room);
  if (!backplane_->admits()) welcome_to_room(session, room);
  if (first) step(RoomOccupied{room});
  step(RoomJoined{session.endpoint, room});
}

bool Node::leave(Session& session, RoomId room) {
  if (std::erase(session.rooms, room) == 0) return false;
  auto& seats = rooms_[index(room)];
  const auto seat = std::ranges::find(seats, &session, &Seat::session);
  *seat = seats.back();
  seats.pop_back();
  return seats.empty();
}

Node::Session* Node::session_of(ConnectionId connection) const {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? nullptr : found->second;
}

// ---- hearing -----------------------------------------------------------------------------------

void Node::heard(Session& session, Opcode opcode, std::span<const std::byte> payload) {
  if (opcode == Opcode::ping) {
    const auto unread = static_cast<std::size_t>(session.channel->queued());
    if (session.guest() && unread > Session::kGuestBytes) {
      refuse(session);
      return;
    }
    session.last_heard = loop_.now();
    const bool by_ping = cluster_.scenario.cluster.registry.renew == Renew::ping;
    if (session.open && by_ping) step(RenewalDue{session.endpoint});
    return;
  }
  if (opcode == Opcode::pong) return;
  const std::optional<Envelope> envelope = decode(payload);
  if (!envelope || !may_say(session, *envelope)) {
    refuse(session);
    return;
  }
  switch (envelope->kind) {
    case FrameKind::subscribe: subscribe(session, *envelope); break;
    case FrameKind::message:
      session.last_message = envelope->message.id;
      if (!session.open) break;
      after_work(&CostProfile::frame_read, envelope->message.size,
                 [this, connection = session.connection, message = envelope->message] {
                   client_message(connection, message);
                 });
      break;
    case FrameKind::join: asked_to_join(session, RoomId{envelope->number(0)}); break;
    case FrameKind::leave:
      if (leave(session, RoomId{envelope->number(0)})) {
        step(RoomVacated{RoomId{envelope->number(0)}});
      }
      break;
    case FrameKind::moved: close_session(session, CloseReason::drain, trigger_); break;
    default: break;
  }
}

// What a client of ours says is in the plan: nothing else is looked up, stored or passed on.
bool Node::may_say(const Session& session, const Envelope& envelope) const {
  if (session.guest()) return false;
  const bool individual = cluster_.plan.individual(session.endpoint);
  const auto member = [&](std::size_t i) {
    const auto memberships = cluster_.plan.memberships(session.endpoint);
    return individual && std::ranges::any_of(memberships, [&](const Membership& m) {
             return m.room == RoomId{envelope.number(i)};
           });
  };
  switch (envelope.kind) {
    case FrameKind::subscribe: {
      const std::size_t first_room = cluster_.resumes() ? wire::kPositionNumbers : 0;
      std::size_t own = first_room;
      while (own < envelope.count() && member(own)) ++own;
      return envelope.count() <= first_room + rooms_.size() && own == envelope.count();
    }
    case FrameKind::message:
      return envelope.message.sender == session.endpoint && cluster_.planned(envelope.message) &&
             (cluster_.spec.outbox > 0 || !session.last_message ||
              envelope.message.id > *session.last_message);
    case FrameKind::join:
    case FrameKind::leave: return member(0);
    case FrameKind::moved: return session.asked_to_move;
    default: return false;
  }
}

void Node::refuse(Session& session) {
  cluster_.strangers.frame();
  if (!session.guest()) {
    close_session(session, CloseReason::kick, kStructural);
    return;
  }
  session.channel->send(session.wire.goodbye(kPolicyViolation));
  session_gone(session);
}

// ---- the ends ----------------------------------------------------------------------------------

// Pushes go on until the client has moved: RFC 6455 allows none after a close frame.
void Node::ask_to_move(Session& session) {
  session.asked_to_move = true;
  session.channel->send(
      make_frame(encode_frame(Opcode::binary, encode_note(FrameKind::going_away, {}))));
}

void Node::session_gone(Session& session) {
  if (session.gone) return;
  const EndpointId endpoint = session.endpoint;
  const bool was_open = session.open;
  if (was_open) note(FactKind::session_ended, static_cast<std::uint32_t>(session.connection));
  if (session.wire.over()) session.channel->send(session.wire.goodbye());
  take_leave(session);
  if (was_open) tell_closed(endpoint);
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
  take_leave(session);
  if (was_open) tell_closed(endpoint);
}

// What went through its channel until now is counted with the session, what is still to come with
// the farewells: the goodbye, which the kernel takes only now, in one of them.
void Node::take_leave(Session& session) {
  const bool counted = !session.guest();
  std::shared_ptr<Channel> channel = session.channel;
  remove(session, false);
  farewells_.add(std::move(channel), Farewells::First::us, counted);
}

// Forgets it; the channel is closed, reset or held already. abruptly: the process is dying.
void Node::remove(Session& session, bool abruptly) {
  session.gone = true;
  if (session.guest()) {
    std::erase(guests_, &session);
  } else {
    closed_clients_ += session.channel->traffic();
    for (const RoomId room : std::vector<RoomId>(session.rooms)) {
      if (leave(session, room)) vacated_.push_back(room);
    }
    by_connection_.erase(session.connection);
    if (by_endpoint_[index(session.endpoint)] == &session) {
      by_endpoint_[index(session.endpoint)] = nullptr;
    }
    if (!cluster_.has_front) cluster_.balancer.released(id_, session.connection);
  }
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
    const Time now = loop_.now();
    const Time until = session->last_heard + cluster_.plan.patience(session->endpoint);
    if (until > now) {
      check_silence(connection, until);
    } else {
      close_session(*session, CloseReason::heartbeat, TriggerId{0});
    }
  });
}

}  // namespace squall::live
