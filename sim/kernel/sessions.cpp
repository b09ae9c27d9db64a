// Sessions begin and end. See sessions.hpp; who is told that he is in: sessions_rooms.cpp.
// Order matters at the end of a session: the books first, then the words to the other side.
#include "sim/kernel/sessions.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <string>

#include "sim/books/paths.hpp"
#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/fan_out.hpp"
#include "sim/kernel/handshakes.hpp"
#include "sim/kernel/heartbeats.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/registry.hpp"

namespace squall {

ConnectionId Sessions::of(NodeId node, EndpointId endpoint) const {
  ConnectionId id = first_session_[index(endpoint)];
  while (id != kNoConnection && world_.pipe(id).node != node) id = world_.pipe(id).next_session;
  return id;
}

bool Sessions::reaches(EndpointId endpoint) const {
  for (ConnectionId id = first_session_[index(endpoint)]; id != kNoConnection;
       id = world_.pipes[index(id)].next_session) {
    const ConnectionRecord& record = world_.oracle.connection(id);
    if (record.ready == kNever || record.dead != kNever) continue;
    if (covered(endpoint, record.node, id)) return true;
  }
  return false;
}

bool Sessions::covered(EndpointId endpoint, NodeId node, ConnectionId session) const {
  switch (world_.backplane.covers) {
    case Covers::always: break;
    case Covers::broker_link: return world_.broker->hears(node, kGlobalTopic);
    case Covers::topic: return hears_all(node, session);
    case Covers::route: return world_.registry->routes_to(endpoint, node);
  }
  return true;
}

// ---- how they begin ----------------------------------------------------------------------------

void Sessions::subscribe_arrives(NodeId node, ConnectionId id) {
  const bool asks = world_.clients->positions().kept();
  const Bytes numbers = rooms_in_note(id) + (asks ? wire::kPositionNumbers : 0);
  world_.pass_client_frame(wire::note_payload(numbers), true, node, at(node).up);
  world_.client_acks->opened(id);
  if (at(node).up) world_.client_acks->for_node(id);
  const Time done = at(node).up ? world_.nodes->loop_of(id).work(
                                      world_.now, at(node).paced(world_.costs.subscribe))
                                : world_.now;
  world_.at(done, {EventKind::subscribe_done, node, static_cast<std::uint32_t>(id),
                   at(node).up ? at(node).epoch : 0});
}

void Sessions::subscribe_done(NodeId node, ConnectionId id, std::uint32_t epoch) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (world_.pipe(id).hung_up) {  // the request was read, and then the end of the stream
    if (epoch == at(node).epoch) at(node).waste(world_.now, at(node).paced(world_.costs.subscribe));
    return;
  }
  if (epoch != at(node).epoch || !at(node).up || !at(node).accepting) {
    world_.handshakes->turn_away(node, id);
    return;
  }
  const std::vector<RoomId> occupied = open_session(at(node), id);
  if (!at(node).backplane->admits()) welcome(node, id);
  for (const RoomId room : occupied) world_.nodes->step(node, RoomOccupied{room});
  world_.nodes->step(node, SessionOpened{endpoint, world_.clients->seen(endpoint)});
  if (!world_.pipe(id).welcomed) {
    world_.oracle.kept_waiting(endpoint, world_.broker->blame_of_deafness(node, kGlobalTopic));
  }
  if (world_.scenario.cluster.broker.on_loss == OnLoss::close_clients &&
      world_.backplane.needs.broker && !world_.broker->links().of(node).listening) {
    close(id, CloseReason::no_broker, world_.broker->blame_of_deafness(node, kGlobalTopic));
    return;
  }
  if (!node_renews()) return;
  world_.after(renewal_interval(world_.scenario.cluster.registry),
               {EventKind::renewal, node, static_cast<std::uint32_t>(id)});
}

// The rooms whose first member here it is.
std::vector<RoomId> Sessions::open_session(Node& node, ConnectionId id) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  const ConnectionId ghost = of(node.id, endpoint);
  if (ghost != kNoConnection) {  // the same client again: the newer session wins
    close(ghost, CloseReason::network, world_.oracle.gap_trigger(endpoint));
  }
  Pipe& pipe = world_.pipe(id);
  count(node);
  pipe.place = static_cast<std::uint32_t>(node.sessions.size());
  node.sessions.push_back(id);
  pipe.next_session = first_session_[index(endpoint)];
  first_session_[index(endpoint)] = id;
  std::vector<RoomId> occupied;
  for (const Membership& m : world_.plan.memberships(endpoint)) {
    if (!world_.clients->wants(endpoint, m.room)) continue;
    if (node.seats.take(m.room, {id, m.rank, pipe.loop})) occupied.push_back(m.room);
  }
  pipe.last_heard = world_.now;
  world_.oracle.opened(id, world_.now);
  world_.memory->connected(node.id, id);  // it is new to a process that was started since
  ++opened_;
  world_.heartbeats->watch(id);
  expect_its_end(id);
  return occupied;
}

// Who sets no such limits has no such events.
void Sessions::expect_its_end(ConnectionId id) {
  const Pipe& pipe = world_.pipe(id);
  world_.balancer->watch(pipe.node, id);
  const Distribution& age = world_.scenario.cluster.nodes.max_age;
  if (age.is_never()) return;
  const auto endpoint = static_cast<std::uint32_t>(world_.oracle.connection(id).endpoint);
  const Duration lives{Sampler(age).sample(world_.draw(Purpose::session_age, endpoint))};
  world_.after(lives, {EventKind::aged, pipe.node, static_cast<std::uint32_t>(id)});
}

void Sessions::aged(NodeId, ConnectionId id) {
  if (world_.oracle.connection(id).closed != kNever) return;
  close(id, CloseReason::aged, kStructural);
}

bool Sessions::node_renews() const {
  return world_.backplane.needs.registry && world_.scenario.cluster.registry.renew == Renew::node;
}

void Sessions::renew(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.closed != kNever) return;
  const EndpointId endpoint = record.endpoint;
  world_.nodes->step(node, RenewalDue{endpoint});
  world_.after(renewal_interval(world_.scenario.cluster.registry),
               {EventKind::renewal, node, static_cast<std::uint32_t>(id)});
}

// ---- how they end ------------------------------------------------------------------------------

void Sessions::close_all(NodeId node, CloseReason why, TriggerId trigger) {
  for (const ConnectionId id : all(node)) close(id, why, trigger);
}

// The rooms whose last member here it was.
std::vector<RoomId> Sessions::remove_session(Node& node, ConnectionId id) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  count(node);
  const std::uint32_t place = world_.pipe(id).place;
  node.sessions[place] = node.sessions.back();
  world_.pipe(node.sessions[place]).place = place;
  node.sessions.pop_back();
  ConnectionId* link = &first_session_[index(endpoint)];
  while (*link != id) link = &world_.pipe(*link).next_session;
  *link = world_.pipe(id).next_session;
  std::vector<RoomId> vacated;
  for (const Membership& m : world_.plan.memberships(endpoint)) {
    if (node.seats.leave(m.room, id)) vacated.push_back(m.room);
  }
  world_.handshakes->release(node.id, id);
  return vacated;
}

std::vector<RoomId> Sessions::shut(ConnectionId id, CloseReason why, TriggerId trigger) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const EndpointId endpoint = record.endpoint;
  std::vector<RoomId> vacated = remove_session(at(record.node), id);
  world_.pipe(id).over = true;
  world_.oracle.closed(id, world_.now, why, trigger);
  world_.memory->released(record.node, id);
  world_.fan_out->ended(record.node, id);
  ++shut_;
  world_.update_reach(endpoint);
  return vacated;
}

void Sessions::end_at_node(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.opened == kNever) {
    world_.pipe(id).hung_up = true;
    world_.handshakes->release(node, id);  // a handshake that is under way goes on
    return;
  }
  if (record.closed != kNever) return;
  const EndpointId endpoint = record.endpoint;
  if (world_.pipe(id).flushes) {
    count_goodbye(node);
  } else {
    world_.acknowledge(false, 1, world_.now, node);  // the client's reset: a segment that is empty
  }
  const std::vector<RoomId> vacated = shut(id, record.reason, record.trigger);
  world_.nodes->work(node, world_.costs.close, 0);
  tell_closed(node, endpoint, vacated);
}

void Sessions::close(ConnectionId id, CloseReason why, TriggerId trigger) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const NodeId node = record.node;
  const EndpointId endpoint = record.endpoint;
  const std::vector<RoomId> vacated = shut(id, why, trigger);
  say_goodbye(id);
  world_.nodes->work(node, world_.costs.close, 0);
  tell_closed(node, endpoint, vacated);
}

// A close frame each way, as RFC 6455 5.5.1 wants, and then both ends of the TCP connection: each
// sends its FIN and acknowledges the other's.
void Sessions::count_goodbye(NodeId node) {
  for (const bool from_client : {true, false}) {
    world_.pass_client_frame(wire::kCloseBody, from_client, node);
    world_.acknowledge(from_client, 2, world_.now, node);
  }
}

// The goodbye follows what the kernel still holds for this connection.
void Sessions::say_goodbye(ConnectionId id) {
  ConnectionRecord& record = world_.oracle.connection(id);
  if (record.dead != kNever) return;
  const bool without_a_word = record.reason == CloseReason::crash ||
                              record.reason == CloseReason::idle ||
                              record.reason == CloseReason::reload;
  if (!without_a_word) count_goodbye(record.node);
  const Pipe& pipe = world_.pipe(id);
  const Duration delay = world_.client_delay(id);
  const Duration held = world_.network.line(pipe).buffer();
  // Unread input makes it a reset, not a goodbye.
  record.reset = pipe.unread > 0 && record.reason == CloseReason::crash;
  const Time flushed =
      record.reset ? world_.now : std::min(pipe.last_arrival, world_.now + held + 4 * delay);
  const Time all = record.reason == CloseReason::drain ? pipe.last_arrival : flushed;
  world_.at(std::max(world_.now + delay, all),
            {EventKind::end_at_client, kNoNode, static_cast<std::uint32_t>(id)});
}

void Sessions::tell_closed(NodeId node, EndpointId endpoint, std::span<const RoomId> vacated) {
  for (const RoomId room : vacated) world_.nodes->step(node, RoomVacated{room});
  world_.nodes->step(node, SessionClosed{endpoint});
}

// ---- counting ----------------------------------------------------------------------------------

void Sessions::count(Node& node) {
  node.attendance.count(node.sessions.size(), world_.window, world_.now, node.row);
}

void Sessions::check(RunRecord& record) const {
  std::uint64_t open = 0;
  for (std::uint16_t n = 0; n < nodes_.count(); ++n) open += at(NodeId{n}).sessions.size();
  if (opened_ != shut_ + open) {
    record.violations.push_back(
        {"sessions", fmt::format("opened {} != shut {} + open {}", opened_, shut_, open)});
  }
}

}  // namespace squall
