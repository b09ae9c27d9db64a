// Sessions of the nodes. Messages are in nodes_messages.cpp, who is admitted in nodes_rooms.cpp.
// Order matters at the end of a session: the books first, then the words to the other side.
#include "sim/kernel/nodes.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/registry.hpp"

namespace squall {

bool Nodes::Node::has(EndpointId endpoint) const {
  return all->session(id, endpoint) != kNoConnection;
}

Nodes::Nodes(World& world)
    : world_(world),
      directory_(world.plan),
      first_session_(world.plan.endpoints(), kNoConnection),
      beats_(world.plan),
      database_(world.scenario.cluster.database) {
  nodes_.reserve(world.scenario.cluster.nodes.count);
  for (std::uint16_t n = 0; n < world.scenario.cluster.nodes.count; ++n) {
    Node& node = nodes_.emplace_back(world.scenario.cluster.nodes);
    node.all = this;
    node.id = NodeId{n};
    for (std::uint16_t l = 0; l < world.scenario.cluster.nodes.loops; ++l) {
      node.loops.emplace_back(world.now, world.scenario.time.measure, world.plan.pauses(node.id));
    }
    node.accept_queues.resize(node.loops.size());
  }
}

void Nodes::begin() {
  for (Node& node : nodes_) start(node.id);
  world_.broker->booted();
}

ConnectionId Nodes::session(NodeId node, EndpointId endpoint) const {
  ConnectionId id = first_session_[index(endpoint)];
  while (id != kNoConnection && world_.pipe(id).node != node) id = world_.pipe(id).next_session;
  return id;
}

bool Nodes::reaches(EndpointId endpoint) const {
  for (ConnectionId id = first_session_[index(endpoint)]; id != kNoConnection;
       id = world_.pipes[index(id)].next_session) {
    const ConnectionRecord& record = world_.oracle.connection(id);
    if (record.ready == kNever || record.dead != kNever) continue;
    if (covered(endpoint, record.node, id)) return true;
  }
  return false;
}

bool Nodes::covered(EndpointId endpoint, NodeId node, ConnectionId session) const {
  switch (world_.backplane.covers) {
    case Covers::always: break;
    case Covers::broker_link: return world_.broker->hears(node, kGlobalTopic);
    case Covers::topic: return hears_all(node, session);
    case Covers::route: return world_.registry->routes_to(endpoint, node);
  }
  return true;
}

// ---- handshakes --------------------------------------------------------------------------------

void Nodes::handshake_arrives(NodeId node, ConnectionId id) {
  Node& here = at(node);
  const bool full =
      !here.door.has_place_for(id) && world_.scenario.cluster.nodes.on_limit == OnLimit::refuse;
  if (!here.up || !here.accepting || full) {
    turn_away(node, id);
    return;
  }
  Pipe& pipe = world_.pipe(id);
  pipe.node = node;
  pipe.loop = loop_for(here, id);
  if (here.door.has_place_for(id)) here.door.take_place(id);
  AcceptQueue& queue = here.accept_queues[pipe.loop];
  queue.waiting.push_back(id);
  take_next(here, queue);
}

// It is refused; but of a lost host nobody refuses it, and the client's time-out will notice.
void Nodes::turn_away(NodeId node, ConnectionId id) {
  release(node, id);
  if (at(node).host_lost) return;
  world_.after(world_.client_delay(world_.oracle.connection(id).endpoint),
               {EventKind::attempt_refused, kNoNode, static_cast<std::uint32_t>(id)});
}

// The connection is over for the balancer and for the node; somebody else may come in.
void Nodes::release(NodeId node, ConnectionId id) {
  world_.balancer->released(id);
  Node& here = at(node);
  if (!here.door.limits()) return;
  here.door.leave(id);
  for (AcceptQueue& queue : here.accept_queues) take_next(here, queue);
}

void Nodes::take_next(Node& node, AcceptQueue& queue) {
  if (queue.taking || queue.waiting.empty()) return;
  const ConnectionId next = queue.waiting.front();
  if (!node.door.has_place_for(next) || !node.door.may_begin()) return;
  queue.waiting.pop_front();
  node.door.take_place(next);
  node.door.begin(next);
  take_up(next);
}

void Nodes::take_up(ConnectionId id) {
  const Pipe& pipe = world_.pipe(id);
  at(pipe.node).accept_queues[pipe.loop].taking = true;
  handshake_bytes(id);
  const Time done = loop_of(id).work(world_.now, paced(at(pipe.node), world_.costs.handshake));
  world_.at(done, {EventKind::handshake_done, pipe.node, static_cast<std::uint32_t>(id),
                   at(pipe.node).epoch});
}

// The process dies: its kernel refuses who was still waiting for it, if there is one.
void Nodes::refuse_waiting(Node& node) {
  std::vector<ConnectionId> all;
  for (AcceptQueue& queue : node.accept_queues) {
    all.insert(all.end(), queue.waiting.begin(), queue.waiting.end());
    queue = {};
  }
  all.insert(all.end(), node.asking.begin(), node.asking.end());
  node.asking.clear();
  node.door.clear();
  for (const ConnectionId id : all) turn_away(node.id, id);
}

void Nodes::handshake_done(NodeId node, ConnectionId id, std::uint32_t epoch) {
  Node& here = at(node);
  if (epoch != here.epoch) {
    turn_away(node, id);
    return;
  }
  AcceptQueue& queue = here.accept_queues[world_.pipe(id).loop];
  queue.taking = false;
  const bool abandoned = world_.oracle.connection(id).dead != kNever;
  if (!database_.is_asked() || abandoned) here.door.handshake_ended(id);
  take_next(here, queue);
  if (abandoned) {  // the work was wasted
    waste(here, paced(here, world_.costs.handshake));
    release(node, id);
  } else if (database_.is_asked()) {
    here.asking.insert(id);
    world_.at(database_.answer(world_.now),
              {EventKind::admitted, node, static_cast<std::uint32_t>(id), epoch});
  } else {
    world_.after(world_.client_delay(world_.oracle.connection(id).endpoint),
                 {EventKind::upgraded, kNoNode, static_cast<std::uint32_t>(id)});
  }
}

// The database has answered: maybe too late for the client, or for the process.
void Nodes::admitted(NodeId node, ConnectionId id, std::uint32_t epoch) {
  Node& here = at(node);
  if (epoch != here.epoch) return;  // it was turned away when the process died
  here.asking.erase(id);
  here.door.handshake_ended(id);
  if (world_.oracle.connection(id).dead != kNever) {
    release(node, id);
  } else {
    world_.after(world_.client_delay(world_.oracle.connection(id).endpoint),
                 {EventKind::upgraded, kNoNode, static_cast<std::uint32_t>(id)});
  }
  for (AcceptQueue& queue : here.accept_queues) take_next(here, queue);
}

// The wish is acknowledged by the welcome; that by the client, 40 ms later.
void Nodes::subscribe_arrives(NodeId node, ConnectionId id) {
  const bool asks = world_.clients->positions().kept();
  const Bytes numbers = rooms_in_note(id) + (asks ? wire::kPositionNumbers : 0);
  world_.pass_client_frame(wire::note_payload(numbers), true, node, at(node).up);
  const Time done = at(node).up
                        ? loop_of(id).work(world_.now, paced(at(node), world_.costs.subscribe))
                        : world_.now;
  world_.at(done, {EventKind::subscribe_done, node, static_cast<std::uint32_t>(id),
                   at(node).up ? at(node).epoch : 0});
}

void Nodes::subscribe_done(NodeId node, ConnectionId id, std::uint32_t epoch) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (world_.pipe(id).hung_up) {  // the request was read, and then the end of the stream
    if (epoch == at(node).epoch) waste(at(node), paced(at(node), world_.costs.subscribe));
    return;
  }
  if (epoch != at(node).epoch || !at(node).up || !at(node).accepting) {
    turn_away(node, id);
    return;
  }
  const std::vector<RoomId> occupied = open_session(at(node), id);
  if (!at(node).backplane->admits()) welcome(node, id);
  for (const RoomId room : occupied) step(node, RoomOccupied{room});
  step(node, SessionOpened{endpoint, world_.clients->seen(endpoint)});
  if (!world_.pipe(id).welcomed) {
    world_.oracle.kept_waiting(endpoint, world_.broker->blame_of_deafness(node, kGlobalTopic));
  }
  if (world_.scenario.cluster.broker.on_loss == OnLoss::close_clients &&
      world_.backplane.needs.broker && !world_.broker->listens(node)) {
    close_session(id, CloseReason::no_broker, world_.broker->blame_of_deafness(node, kGlobalTopic));
    return;
  }
  if (!node_renews()) return;
  world_.after(renewal_interval(world_.scenario.cluster.registry),
               {EventKind::renewal, node, static_cast<std::uint32_t>(id)});
}

// The rooms whose first member here it is.
std::vector<RoomId> Nodes::open_session(Node& node, ConnectionId id) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  const ConnectionId ghost = session(node.id, endpoint);
  if (ghost != kNoConnection) {  // the same client again: the newer session wins
    close_session(ghost, CloseReason::network, world_.oracle.gap_trigger(endpoint));
  }
  Pipe& pipe = world_.pipe(id);
  count_sessions(node);
  pipe.place = static_cast<std::uint32_t>(node.sessions.size());
  node.sessions.push_back(id);
  pipe.next_session = first_session_[index(endpoint)];
  first_session_[index(endpoint)] = id;
  std::vector<RoomId> occupied;
  for (const Membership& m : world_.plan.memberships(endpoint)) {
    if (!world_.clients->wants(endpoint, m.room)) continue;
    if (node.seats.take(m.room, {id, m.rank})) occupied.push_back(m.room);
  }
  pipe.last_heard = world_.now;
  world_.oracle.opened(id, world_.now);
  ++opened_;
  check_silence(id);
  expect_its_end(id);
  return occupied;
}

// Who sets no such limits has no such events.
void Nodes::expect_its_end(ConnectionId id) {
  const Pipe& pipe = world_.pipe(id);
  world_.balancer->watch(pipe.node, id);
  const Distribution& age = world_.scenario.cluster.nodes.max_age;
  if (age.is_never()) return;
  const auto endpoint = static_cast<std::uint32_t>(world_.oracle.connection(id).endpoint);
  const Duration lives{Sampler(age).sample(world_.draw(Purpose::session_age, endpoint))};
  world_.after(lives, {EventKind::aged, pipe.node, static_cast<std::uint32_t>(id)});
}

void Nodes::aged(NodeId, ConnectionId id) {
  if (world_.oracle.connection(id).closed != kNever) return;
  close_session(id, CloseReason::aged, kStructural);
}

void Nodes::close_all(NodeId node, CloseReason why, TriggerId trigger) {
  for (const ConnectionId id : sessions(node)) close_session(id, why, trigger);
}

// The rooms whose last member here it was.
std::vector<RoomId> Nodes::remove_session(Node& node, ConnectionId id) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  count_sessions(node);
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
  release(node.id, id);
  return vacated;
}

bool Nodes::seated(ConnectionId id, RoomId room) const {
  return at(world_.oracle.connection(id).node).seats.seated(room, id);
}

// Individuals name their rooms; of all others the application knows them.
Bytes Nodes::rooms_in_note(ConnectionId id) const {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (!world_.plan.individual(endpoint)) return 0;
  return std::ranges::count_if(world_.plan.memberships(endpoint), [&](const Membership& m) {
    return world_.clients->wants(endpoint, m.room);
  });
}

void Nodes::join_arrives(NodeId node, ConnectionId id, RoomId room) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const bool heard = record.closed == kNever && record.dead == kNever;
  world_.pass_client_frame(wire::note_payload(1), true, node, heard);
  if (!heard) return;
  world_.balancer->heard(id);
  const EndpointId endpoint = record.endpoint;
  const bool first = at(node).seats.in(room).empty();
  if (!at(node).backplane->admits()) welcome_to_room(node, id, room);
  at(node).seats.leave(room, id);
  at(node).seats.take(room, {id, world_.oracle.rosters().rank_in(endpoint, room)});
  if (first) step(node, RoomOccupied{room});
  step(node, RoomJoined{endpoint, room});
}

void Nodes::leave_arrives(NodeId node, ConnectionId id, RoomId room) {
  const bool heard = world_.oracle.connection(id).closed == kNever;
  world_.pass_client_frame(wire::note_payload(1), true, node, heard);
  if (!heard) return;
  world_.balancer->heard(id);
  world_.acknowledge(true, 1, world_.now, node);
  if (at(node).seats.leave(room, id)) step(node, RoomVacated{room});
}

// ---- the ends of sessions ----------------------------------------------------------------------

std::vector<RoomId> Nodes::shut(ConnectionId id, CloseReason why, TriggerId trigger) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const EndpointId endpoint = record.endpoint;
  std::vector<RoomId> vacated = remove_session(at(record.node), id);
  world_.pipe(id).over = true;
  world_.oracle.closed(id, world_.now, why, trigger);
  ++shut_;
  world_.update_reach(endpoint);
  return vacated;
}

void Nodes::end_at_node(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.opened == kNever) {
    world_.pipe(id).hung_up = true;
    release(node, id);  // a handshake that is under way goes on
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
  work(node, world_.costs.close, 0);
  tell_closed(node, endpoint, vacated);
}

void Nodes::close_session(ConnectionId id, CloseReason why, TriggerId trigger) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const NodeId node = record.node;
  const EndpointId endpoint = record.endpoint;
  const std::vector<RoomId> vacated = shut(id, why, trigger);
  say_goodbye(id);
  work(node, world_.costs.close, 0);
  tell_closed(node, endpoint, vacated);
}

// A close frame each way, as RFC 6455 5.5.1 wants, and then both ends of the TCP connection: each
// sends its FIN and acknowledges the other's.
void Nodes::count_goodbye(NodeId node) {
  for (const bool from_client : {true, false}) {
    world_.pass_client_frame(wire::kCloseBody, from_client, node);
    world_.acknowledge(from_client, 2, world_.now, node);
  }
}

// The goodbye follows what the kernel still holds for this connection.
void Nodes::say_goodbye(ConnectionId id) {
  ConnectionRecord& record = world_.oracle.connection(id);
  if (record.dead != kNever) return;
  const bool without_a_word =
      record.reason == CloseReason::crash || record.reason == CloseReason::idle;
  if (!without_a_word) count_goodbye(record.node);
  const Pipe& pipe = world_.pipe(id);
  const Duration delay = world_.client_delay(record.endpoint);
  const Duration held = world_.line(pipe).buffer();
  // Unread input makes it a reset, not a goodbye.
  record.reset = pipe.unread > 0 && record.reason == CloseReason::crash;
  const Time flushed =
      record.reset ? world_.now : std::min(pipe.last_arrival, world_.now + held + 4 * delay);
  const Time all = record.reason == CloseReason::drain ? pipe.last_arrival : flushed;
  world_.at(std::max(world_.now + delay, all),
            {EventKind::end_at_client, kNoNode, static_cast<std::uint32_t>(id)});
}

}  // namespace squall
