// Sessions and processes of the nodes. Messages are in nodes_messages.cpp.
// Order matters at the end of a session: the books first, then the words to the other side.
#include "sim/kernel/nodes.hpp"

#include <algorithm>
#include <string>

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
      nodes_(world.scenario.cluster.nodes.count),
      first_session_(world.plan.endpoints(), kNoConnection) {
  for (std::uint16_t n = 0; n < nodes_.size(); ++n) {
    Node& node = nodes_[n];
    node.all = this;
    node.id = NodeId{n};
    for (std::uint16_t l = 0; l < world.scenario.cluster.nodes.loops; ++l) {
      node.loops.emplace_back(world.now, world.scenario.time.measure, world.plan.pauses(node.id));
    }
    node.rooms.resize(world.plan.rooms());
  }
}

void Nodes::begin() {
  for (Node& node : nodes_) start(node.id);
}

TriggerId Nodes::paused_by(NodeId node, Time since) const {
  TriggerId found = kStructural;
  for (const Pause& pause : world_.plan.pauses(node)) {
    if (pause.range.begin <= world_.now && pause.range.end >= since) found = pause.trigger;
  }
  return found;
}

ConnectionId Nodes::session(NodeId node, EndpointId endpoint) const {
  ConnectionId id = first_session_[index(endpoint)];
  while (id != kNoConnection && world_.oracle.connection(id).node != node) {
    id = world_.pipes[index(id)].next_session;
  }
  return id;
}

bool Nodes::reaches(EndpointId endpoint) const {
  for (ConnectionId id = first_session_[index(endpoint)]; id != kNoConnection;
       id = world_.pipes[index(id)].next_session) {
    const ConnectionRecord& record = world_.oracle.connection(id);
    if (record.ready == kNever || record.dead != kNever) continue;
    if (world_.backplane.needs.broker && !world_.broker->subscribed(record.node)) continue;
    if (world_.backplane.needs.peers && !world_.registry->routes_to(endpoint, record.node)) {
      continue;
    }
    return true;
  }
  return false;
}

// ---- handshakes --------------------------------------------------------------------------------

void Nodes::handshake_arrives(NodeId node, ConnectionId id) {
  if (!at(node).up || !at(node).accepting) {
    world_.balancer->released(id);
    const EndpointId endpoint = world_.oracle.connection(id).endpoint;
    if (at(node).host_lost) return;  // nobody answers; the client's time-out will notice
    world_.after(world_.client_delay(endpoint),
                 {EventKind::attempt_refused, kNoNode, static_cast<std::uint32_t>(id)});
    return;
  }
  handshake_bytes(id);
  world_.pipe(id).loop = static_cast<std::uint16_t>(index(id) % at(node).loops.size());
  const Time done = loop_of(id).work(world_.now, world_.costs.handshake);
  world_.at(done,
            {EventKind::handshake_done, node, static_cast<std::uint32_t>(id), at(node).epoch});
}

void Nodes::handshake_done(NodeId node, ConnectionId id, std::uint32_t epoch) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (epoch != at(node).epoch) {
    world_.balancer->released(id);
    if (at(node).host_lost) return;  // nobody is left to refuse it
    world_.after(world_.client_delay(endpoint),
                 {EventKind::attempt_refused, kNoNode, static_cast<std::uint32_t>(id)});
    return;
  }
  if (world_.oracle.connection(id).dead != kNever) {  // abandoned: the work was wasted
    at(node).row.wasted += world_.costs.handshake;
    world_.balancer->released(id);
    return;
  }
  world_.after(world_.client_delay(endpoint),
               {EventKind::upgraded, kNoNode, static_cast<std::uint32_t>(id)});
}

void Nodes::subscribe_arrives(NodeId node, ConnectionId id) {
  const Time done = at(node).up ? loop_of(id).work(world_.now, world_.costs.subscribe) : world_.now;
  world_.at(done, {EventKind::subscribe_done, node, static_cast<std::uint32_t>(id),
                   at(node).up ? at(node).epoch : 0});
}

void Nodes::subscribe_done(NodeId node, ConnectionId id, std::uint32_t epoch) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  if (world_.pipe(id).hung_up) {  // the request was read, and then the end of the stream
    if (epoch == at(node).epoch) at(node).row.wasted += world_.costs.subscribe;
    return;
  }
  if (epoch != at(node).epoch || !at(node).up || !at(node).accepting) {
    world_.balancer->released(id);
    if (at(node).host_lost) return;  // nobody is left to refuse it
    world_.after(world_.client_delay(endpoint),
                 {EventKind::attempt_refused, kNoNode, static_cast<std::uint32_t>(id)});
    return;
  }
  open_session(at(node), id);
  const Duration delay = world_.client_delay(endpoint);
  world_.pipe(id).last_arrival = world_.now + delay;
  world_.after(delay, {EventKind::welcome, kNoNode, static_cast<std::uint32_t>(id)});
  step(node, SessionOpened{endpoint});
}

void Nodes::open_session(Node& node, ConnectionId id) {
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
  for (const Membership& m : world_.plan.memberships(endpoint)) {
    if (world_.clients->wants(endpoint, m.room)) {
      node.rooms[index(m.room)].push_back({id, m.rank, endpoint});
    }
  }
  pipe.last_heard = world_.now;
  world_.oracle.opened(id, world_.now);
  ++opened_;
  const ClientConfig& client = world_.scenario.client;
  check_silence_at(node.id, id, world_.now + client.heartbeat_every + client.heartbeat_timeout);
}

void Nodes::remove_session(Node& node, ConnectionId id) {
  const EndpointId endpoint = world_.oracle.connection(id).endpoint;
  count_sessions(node);
  const std::uint32_t place = world_.pipe(id).place;
  node.sessions[place] = node.sessions.back();
  world_.pipe(node.sessions[place]).place = place;
  node.sessions.pop_back();
  ConnectionId* link = &first_session_[index(endpoint)];
  while (*link != id) link = &world_.pipe(*link).next_session;
  *link = world_.pipe(id).next_session;
  for (const Membership& m : world_.plan.memberships(endpoint)) leave_room(node, id, m.room);
  world_.balancer->released(id);
}

void Nodes::leave_room(Node& node, ConnectionId id, RoomId room) {
  auto& seats = node.rooms[index(room)];
  const auto seat = std::ranges::find(seats, id, &Seat::connection);
  if (seat == seats.end()) return;
  *seat = seats.back();
  seats.pop_back();
}

void Nodes::join_arrives(NodeId node, ConnectionId id, RoomId room) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.closed != kNever || record.dead != kNever) return;
  const EndpointId endpoint = record.endpoint;
  leave_room(at(node), id, room);
  at(node).rooms[index(room)].push_back({id, world_.oracle.rank_in(endpoint, room), endpoint});
  world_.after(world_.client_delay(endpoint),
               {EventKind::membership_acked, kNoNode, static_cast<std::uint32_t>(endpoint),
                static_cast<std::uint32_t>(room)});
}

void Nodes::leave_arrives(NodeId node, ConnectionId id, RoomId room) {
  if (world_.oracle.connection(id).closed == kNever) leave_room(at(node), id, room);
}

// ---- the ends of sessions ----------------------------------------------------------------------

void Nodes::shut(ConnectionId id, CloseReason why, TriggerId trigger) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const EndpointId endpoint = record.endpoint;
  remove_session(at(record.node), id);
  world_.oracle.closed(id, world_.now, why, trigger);
  ++shut_;
  world_.update_reach(endpoint);
}

void Nodes::end_at_node(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.opened == kNever) {
    world_.pipe(id).hung_up = true;
    world_.balancer->released(id);
    return;
  }
  if (record.closed != kNever) return;
  const EndpointId endpoint = record.endpoint;
  shut(id, record.reason, record.trigger);
  work(node, world_.costs.close, 0);
  step(node, SessionClosed{endpoint});
}

void Nodes::close_session(ConnectionId id, CloseReason why, TriggerId trigger) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const NodeId node = record.node;
  const EndpointId endpoint = record.endpoint;
  shut(id, why, trigger);
  say_goodbye(id);
  work(node, world_.costs.close, 0);
  step(node, SessionClosed{endpoint});
}

// The goodbye follows what the kernel still holds for this connection.
void Nodes::say_goodbye(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.dead != kNever) return;
  const Pipe& pipe = world_.pipe(id);
  const Duration delay = world_.client_delay(record.endpoint);
  const Duration held{kSendBuffer * static_cast<std::int64_t>(pipe.ns_per_byte_q8) / 256};
  const bool unread = pipe.unread > 0 && record.reason == CloseReason::crash;
  const Time flushed = unread ? world_.now  // unread input makes it a reset, not a goodbye
                              : std::min(pipe.last_arrival, world_.now + held + 4 * delay);
  const Time all = record.reason == CloseReason::drain ? pipe.last_arrival : flushed;
  world_.at(std::max(world_.now + delay, all),
            {EventKind::end_at_client, kNoNode, static_cast<std::uint32_t>(id)});
}

void Nodes::check_silence_at(NodeId node, ConnectionId id, Time when) {
  for (const Pause& pause : world_.plan.pauses(node)) {
    if (pause.range.contains(when)) when = pause.range.end;  // nobody looks at timers meanwhile
  }
  world_.at(when, {EventKind::session_check, node, static_cast<std::uint32_t>(id)});
}

void Nodes::session_check(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.closed != kNever) return;
  const ClientConfig& client = world_.scenario.client;
  const Duration patience = client.heartbeat_every + client.heartbeat_timeout;
  const Time due = world_.pipe(id).last_heard + patience;
  if (due > world_.now) {
    check_silence_at(node, id, due);
    return;
  }
  const TriggerId trigger = record.reason != CloseReason::none ? record.trigger : kOverload;
  close_session(id, CloseReason::heartbeat, trigger);
}

// ---- processes ---------------------------------------------------------------------------------

void Nodes::start(NodeId id) {
  Node& node = at(id);
  if (node.up) return;
  const bool first = node.epoch == 0;
  node.up = node.accepting = true;
  node.host_lost = false;
  ++node.epoch;
  node.backplane = world_.backplane.make(
      world_.spec, {id, static_cast<std::uint16_t>(nodes_.size()), node, directory_});
  if (!first) {
    world_.balancer->tell(id, true);
    world_.peers->started(id);
  }
  step(id, Started{});
}

void Nodes::crash(NodeId id, CloseReason why, TriggerId trigger) {
  Node& node = at(id);
  if (!node.up) return;
  node.trigger = trigger;
  node.deaths.push_back({Mechanism::ingress_lost_at_crash, world_.now, id, trigger, why});
  node.host_lost = why == CloseReason::host_loss;
  Actions last_words;
  node.backplane->lose_all(last_words);
  perform(id, last_words, trigger);
  node.backplane.reset();
  for (Loop& loop : node.loops) loop.purge(world_.now);
  while (!node.sessions.empty()) {
    const ConnectionId session = node.sessions.back();
    if (why == CloseReason::host_loss) {
      world_.oracle.dead(session, world_.now, why, trigger);
      shut(session, why, trigger);
    } else {
      shut(session, why, trigger);
      say_goodbye(session);
    }
  }
  node.up = node.accepting = false;
  ++node.epoch;
  world_.broker->node_died(id);
  world_.peers->died(id, why == CloseReason::host_loss);
}

void Nodes::drain(NodeId id, Duration over, TriggerId trigger) {
  Node& node = at(id);
  if (!node.up) return;
  node.trigger = trigger;
  node.accepting = false;
  world_.balancer->tell(id, false);
  node.draining = node.sessions;
  node.drain_gap =
      over / std::max<std::int64_t>(1, static_cast<std::int64_t>(node.draining.size()));
  if (!node.draining.empty()) world_.after(Duration{0}, {EventKind::drain_step, id, 0, node.epoch});
}

void Nodes::drain_step(NodeId id, std::uint32_t position, std::uint32_t epoch) {
  Node& node = at(id);
  if (epoch != node.epoch || node.accepting || position >= node.draining.size()) return;
  const ConnectionId session = node.draining[position];
  if (world_.oracle.connection(session).closed == kNever) {
    close_session(session, CloseReason::drain, node.trigger);
  }
  if (position + 1 < node.draining.size()) {
    world_.after(node.drain_gap, {EventKind::drain_step, id, position + 1, epoch});
  }
}

void Nodes::undrain(NodeId id) {
  at(id).accepting = at(id).up;
  world_.balancer->tell(id, true);
}

// ---- counting ----------------------------------------------------------------------------------

void Nodes::count_sessions(Node& node) {
  const Duration measure = world_.scenario.time.measure;
  const Duration passed =
      std::max(Duration{0}, std::min(world_.now, measure) - std::max(node.counted_since, Time{0}));
  const auto sessions = static_cast<std::int64_t>(node.sessions.size());
  node.row.connection_ns += static_cast<__int128>(sessions) * passed.count();
  if (Time{0} <= world_.now && world_.now < measure) {
    node.row.connections_max =
        std::max<std::uint64_t>(node.row.connections_max, node.sessions.size() + 1);
  }
  node.counted_since = world_.now;
}

void Nodes::end_measure(RunRecord& record) {
  constexpr Duration kBacklog = 1s;  // more than that was building up, not passing through
  for (Node& node : nodes_) {
    node.row.connections_end = node.sessions.size();
    node.row.connections_max =
        std::max<std::uint64_t>(node.row.connections_max, node.sessions.size());
    for (const Loop& loop : node.loops) {
      const bool paused = paused_by(node.id, world_.now - kBacklog) != kStructural;
      record.unstable |= !paused && loop.busy_until() > world_.now + kBacklog;
    }
  }
}

void Nodes::finish(RunRecord& record) {
  for (Node& node : nodes_) {
    count_sessions(node);
    if (node.up) {  // what it still holds stays alive in the ledger: unresolved
      Actions held;
      node.backplane->lose_all(held);
    }
    for (Loop& loop : node.loops) {
      if (!loop.balanced(world_.now)) {
        record.violations.push_back(
            {"loops",
             "a queue of node n" + std::to_string(index(node.id) + 1) + " does not balance"});
      }
      node.row.busy += loop.busy_in_measure();
      node.row.queue_ns += loop.queue_ns();
    }
    record.node_rows.push_back(node.row);
  }
  std::uint64_t open = 0;
  for (const Node& node : nodes_) open += node.sessions.size();
  if (opened_ != shut_ + open) {
    record.violations.push_back({"sessions", "opened " + std::to_string(opened_) + " != shut " +
                                                 std::to_string(shut_) + " + open " +
                                                 std::to_string(open)});
  }
  record.route_lookups = lookups_;
  record.route_stale = stale_;
  record.route_missing = missing_;
}

}  // namespace squall
