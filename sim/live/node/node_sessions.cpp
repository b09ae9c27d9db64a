// Sessions of a node, their seats, and all the ways in which they end. See node_sessions.hpp.
// Rooms are left in the turn in which a session ends; the backplane hears of it when all is done.
#include "sim/live/node/node_sessions.hpp"

#include <algorithm>
#include <utility>

#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

constexpr std::size_t kGuests = 256;  // the oldest goes first

OnFullQueue queue_policy(OnFull on_full) {
  switch (on_full) {
    case OnFull::disconnect: return OnFullQueue::disconnect;
    case OnFull::drop_newest: return OnFullQueue::drop_newest;
    case OnFull::drop_oldest: return OnFullQueue::drop_oldest;
    case OnFull::coalesce: return OnFullQueue::coalesce;
    case OnFull::block: break;  // refused before a live run begins
  }
  SQUALL_CHECK(false);
  return OnFullQueue::disconnect;
}

}  // namespace

NodeSessions::NodeSessions(NodeProcess& process, NodeBackplane& backplane)
    : process_(process),
      backplane_(backplane),
      by_endpoint_(process.cluster().plan.endpoints(), nullptr),
      rooms_(process.cluster().plan.rooms()),
      farewells_(process.loop()) {}

// ---- who is here -------------------------------------------------------------------------------

std::vector<RoomId> NodeSessions::rooms() const {
  std::vector<RoomId> occupied;
  for (std::uint32_t r = 0; r < rooms_.size(); ++r) {
    if (!rooms_[r].empty()) occupied.push_back(RoomId{r});
  }
  return occupied;
}

std::vector<EndpointId> NodeSessions::here(RoomId room) const {
  std::vector<EndpointId> members;
  for (const NodeSession* const session : seats(room)) members.push_back(session->endpoint);
  return members;
}

std::vector<RoomId> NodeSessions::rooms_of(EndpointId endpoint) const {
  const NodeSession* const session = of(endpoint);
  return session == nullptr ? std::vector<RoomId>{} : session->rooms;
}

NodeSession* NodeSessions::of(ConnectionId connection) const {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? nullptr : found->second;
}

std::vector<ConnectionId> NodeSessions::all() const {
  std::vector<ConnectionId> all;
  for (const auto& session : sessions_) {
    if (!session->guest()) all.push_back(session->connection);
  }
  return all;
}

// ---- how they begin ----------------------------------------------------------------------------

void NodeSessions::add(std::unique_ptr<NodeSession> session) {
  const NodeConfig& config = process_.cluster().scenario.cluster.nodes;
  session->channel->limit({config.egress_limit, queue_policy(config.egress_on_full)});
  if (process_.paused()) session->channel->hold(true);
  session->place = sessions_.size();
  by_connection_[session->connection] = session.get();
  sessions_.push_back(std::move(session));
}

// It may ping and close as with any server of WebSockets. It is in no book.
void NodeSessions::add_guest(std::unique_ptr<NodeSession> session) {
  if (guests_.size() >= kGuests) end(*guests_.front());
  session->place = sessions_.size();
  guests_.push_back(session.get());
  sessions_.push_back(std::move(session));
}

void NodeSessions::open(NodeSession& session) {
  NodeSession* const ghost = of(session.endpoint);
  if (ghost != nullptr) {  // the same client again: the newer session wins
    close(*ghost, CloseReason::network, TriggerId{0});
  }
  session.open = true;
  session.last_heard = process_.now();
  by_endpoint_[index(session.endpoint)] = &session;
}

bool NodeSessions::join(NodeSession& session, RoomId room) {
  const bool first = seats(room).empty();
  leave(session, room);
  rooms_[index(room)].push_back(&session);
  session.rooms.push_back(room);
  return first;
}

bool NodeSessions::leave(NodeSession& session, RoomId room) {
  if (std::erase(session.rooms, room) == 0) return false;
  auto& seats = rooms_[index(room)];
  *std::ranges::find(seats, &session) = seats.back();
  seats.pop_back();
  return seats.empty();
}

// ---- how they end ------------------------------------------------------------------------------

void NodeSessions::end(NodeSession& session) {
  if (session.removed) return;
  const EndpointId endpoint = session.endpoint;
  const bool was_open = session.open;
  if (was_open) {
    process_.note(FactKind::session_ended, static_cast<std::uint32_t>(session.connection));
  }
  if (session.wire.over()) session.channel->send(session.wire.goodbye());
  take_leave(session);
  if (was_open) tell_closed(endpoint);
}

void NodeSessions::close(NodeSession& session, CloseReason why, TriggerId trigger) {
  const EndpointId endpoint = session.endpoint;
  const bool was_open = session.open;
  if (was_open) {
    process_.note(FactKind::session_closed, static_cast<std::uint32_t>(session.connection), 0,
                  static_cast<std::uint8_t>(why), trigger);
  }
  const std::uint16_t code = why == CloseReason::drain  ? kServiceRestart
                             : why == CloseReason::kick ? kPolicyViolation
                                                        : kGoingAway;
  session.channel->send(session.wire.goodbye(code));
  take_leave(session);
  if (was_open) tell_closed(endpoint);
}

// A lost host keeps its connections, and never says a word on them.
void NodeSessions::crash(CloseReason why) {
  const bool silently = why == CloseReason::host_loss;
  while (!sessions_.empty()) {
    NodeSession& session = *sessions_.back();
    if (silently) {
      session.channel->hold(true);
      held_.push_back({session.channel, session.channel->traffic()});
    } else if (why == CloseReason::drain) {  // the stop after a drain: whoever is left hears it
      session.channel->send(session.wire.goodbye(kServiceRestart));
      session.channel->close();
    } else {
      session.channel->reset();
    }
    remove(session, true);
  }
  silently ? farewells_.hold(true) : farewells_.end(why != CloseReason::drain);
  vacated_.clear();
}

void NodeSessions::come_back() {
  for (const auto& held : held_) held.channel->reset();
  closed_ += heard_while_lost();
  held_.clear();
  farewells_.end(true);
}

void NodeSessions::hold(bool yes) {
  for (const auto& session : sessions_) session->channel->hold(yes);
  farewells_.hold(yes);
}

void NodeSessions::finish() {
  while (!sessions_.empty()) {
    NodeSession& session = *sessions_.back();
    session.channel->send(session.wire.goodbye(kGoingAway));
    session.channel->close();
    remove(session, true);
  }
  held_.clear();
  farewells_.end(false);
}

// What went through its channel until now is counted with the session, what is still to come with
// the farewells: the goodbye, which the kernel takes only now, in one of them.
void NodeSessions::take_leave(NodeSession& session) {
  const bool counted = !session.guest();
  std::shared_ptr<Channel> channel = session.channel;
  remove(session, false);
  farewells_.add(std::move(channel), Farewells::First::us, counted);
}

// Forgets it; the channel is closed, reset or held already. abruptly: the process is dying.
void NodeSessions::remove(NodeSession& session, bool abruptly) {
  session.removed = true;
  if (session.guest()) {
    std::erase(guests_, &session);
  } else {
    forget(session);
  }
  session.open = session.open && !abruptly;
  const std::size_t place = session.place;
  std::unique_ptr<NodeSession> taken = std::move(sessions_[place]);
  if (place + 1 < sessions_.size()) {
    sessions_[place] = std::move(sessions_.back());
    sessions_[place]->place = place;
  }
  sessions_.pop_back();
  process_.loop().retire(std::shared_ptr<NodeSession>(std::move(taken)));
}

void NodeSessions::forget(NodeSession& session) {
  closed_ += session.channel->traffic();
  for (const RoomId room : std::vector<RoomId>(session.rooms)) {
    if (leave(session, room)) vacated_.push_back(room);
  }
  by_connection_.erase(session.connection);
  if (of(session.endpoint) == &session) by_endpoint_[index(session.endpoint)] = nullptr;
  Cluster& cluster = process_.cluster();
  if (!cluster.has_front) cluster.balancer.released(process_.id(), session.connection);
}

void NodeSessions::tell_closed(EndpointId endpoint) {
  for (const RoomId room : std::exchange(vacated_, {})) backplane_.step(RoomVacated{room});
  backplane_.step(SessionClosed{endpoint});
}

// ---- what went through -------------------------------------------------------------------------

// What clients still send to a machine that is gone was on the wire. What its kernel, which is
// ours, answers was not.
Traffic NodeSessions::heard_while_lost() const {
  Traffic heard;
  for (const Held& held : held_) {
    const Traffic since = held.channel->traffic() - held.before;
    heard.received += since.received;
    heard.segments_received += since.segments_received;
  }
  return heard;
}

Traffic NodeSessions::traffic() const {
  Traffic total = closed_;
  total += farewells_.traffic();
  total += heard_while_lost();
  return total;
}

std::vector<std::shared_ptr<Channel>> NodeSessions::channels() const {
  std::vector<std::shared_ptr<Channel>> channels;
  channels.reserve(sessions_.size());
  for (const auto& session : sessions_) {
    if (!session->guest()) channels.push_back(session->channel);
  }
  return channels;
}

}  // namespace squall::live
