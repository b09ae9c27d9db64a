// Processes of the nodes: start, crash, drain; and what is counted of a node over the run.
// A process that dies takes its epoch with it; what was in its queues is lost when it shows up.
#include <algorithm>
#include <string>
#include <utility>

#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/registry.hpp"

namespace squall {

// ---- processes ---------------------------------------------------------------------------------

void Nodes::start(NodeId id) {
  Node& node = at(id);
  if (node.up) return;
  const bool first = node.epoch == 0;
  node.up = node.accepting = true;
  node.host_lost = false;
  ++node.epoch;
  node.began = world_.now;
  node.backplane = make_backplane(world_.backplane, world_.spec,
                                  {id, static_cast<std::uint16_t>(nodes_.size()), node, directory_,
                                   world_.plan.seed(), node.epoch});
  if (world_.backplane.needs.peers) beats_.begin(id, world_.now);
  if (!first) {
    world_.balancer->tell(id, true);
    world_.peers->started(id);
    world_.registry->started(id);
  }
  if (world_.backplane.needs.broker) world_.broker->open(id);
  step(id, Started{});
  if (world_.backplane.needs.broker) world_.broker->tell_state(id);
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
  refuse_waiting(node);
  while (!node.sessions.empty()) {
    const ConnectionId session = node.sessions.back();
    if (why == CloseReason::host_loss) {
      world_.oracle.dead(session, world_.now, why, trigger);
      world_.clients->cut_off(session);
      shut(session, why, trigger);
    } else {
      shut(session, why, trigger);
      say_goodbye(session);
    }
  }
  node.up = node.accepting = false;
  beats_.end(id, world_.now, world_.bytes);
  ++node.epoch;
  world_.broker->node_died(id);
  world_.peers->died(id, why == CloseReason::host_loss);
  wakes(id);  // what waited for it finds nobody
}

// ---- pauses ------------------------------------------------------------------------------------

void Nodes::do_later(const Event& event) {
  Node& node = at(event.node);
  if (node.heard.empty() && node.due.empty()) {
    world_.at(pause_at(world_.plan, node.id, world_.now)->range.end, {EventKind::wakes, node.id});
  }
  const bool by_clock = event.kind == EventKind::session_check ||
                        event.kind == EventKind::drain_step || event.kind == EventKind::renewal ||
                        event.kind == EventKind::armed || event.kind == EventKind::aged;
  (by_clock ? node.due : node.heard).push_back(event);
}

// Sockets are read before timers are looked at: who has a ping waiting there is not silent. And in
// the order in which they had something to read (epoll): those of broker and peers, with all that
// waits there, before the clients' with their ends.
void Nodes::wakes(NodeId id) {
  Node& node = at(id);
  for (const Event& event : std::exchange(node.heard, {})) {
    const bool ends = event.kind == EventKind::end_at_node;
    world_.at(ends ? node.loops.front().start(world_.now) : world_.now, event);
  }
  for (const Event& event : std::exchange(node.due, {})) world_.at(world_.now, event);
}

void Nodes::keep_pace(NodeId id) {
  at(id).slow = 1;
  for (const Slowness& slow : world_.plan.slow_times(id)) {
    if (slow.range.contains(world_.now)) at(id).slow *= slow.times;
  }
}

// ---- renewals ----------------------------------------------------------------------------------

bool Nodes::node_renews() const {
  return world_.backplane.needs.registry && world_.scenario.cluster.registry.renew == Renew::node;
}

void Nodes::renew(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.closed != kNever) return;
  const EndpointId endpoint = record.endpoint;
  step(node, RenewalDue{endpoint});
  world_.after(renewal_interval(world_.scenario.cluster.registry),
               {EventKind::renewal, node, static_cast<std::uint32_t>(id)});
}

void Nodes::drain(NodeId id, Duration over, TriggerId trigger) {
  Node& node = at(id);
  if (!node.up) return;
  node.trigger = trigger;
  node.accepting = false;
  world_.balancer->tell(id, false);
  node.draining.begin(node.sessions, over,
                      world_.spec.make_before_break ? Drain::Way::ask_to_move : Drain::Way::close);
  if (!node.draining.done()) {
    world_.after(Duration{0}, {EventKind::drain_step, id, 0, node.draining.number()});
  }
  tell_draining(id, true);
}

void Nodes::drain_step(NodeId id, std::uint32_t number) {
  Node& node = at(id);
  if (!node.up || node.accepting || !node.draining.goes_on(number)) return;
  const ConnectionId session = node.draining.take_next();
  if (world_.oracle.connection(session).closed == kNever) {
    if (world_.spec.make_before_break)
      ask_to_move(session);
    else
      close_session(session, CloseReason::drain, node.trigger);
  }
  if (node.draining.done()) return;
  world_.after(node.draining.gap(), {EventKind::drain_step, id, node.draining.position(), number});
}

// Pushes go on until the client has moved: after a close frame there would be none.
void Nodes::ask_to_move(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  Pipe& pipe = world_.pipe(id);
  world_.pass_client_frame(wire::note_payload(0), false, record.node, record.dead == kNever);
  pipe.last_arrival =
      std::max(pipe.last_arrival, world_.now + world_.client_delay(record.endpoint));
  world_.acknowledge(false, 1, pipe.last_arrival, record.node);
  world_.at(pipe.last_arrival, {EventKind::going_away, kNoNode, static_cast<std::uint32_t>(id)});
}

void Nodes::move_arrives(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const bool cut = record.dead != kNever && !world_.pipe(id).flushes;
  const bool session = record.opened != kNever && record.closed == kNever;
  const bool heard = !cut && session && at(node).up;  // as any frame of a client
  world_.pass_client_frame(wire::note_payload(0), true, node, heard);
  if (!heard) return;
  world_.acknowledge(true, 1, world_.now, node);
  close_session(id, CloseReason::drain, at(node).trigger);
}

void Nodes::undrain(NodeId id) {
  at(id).accepting = at(id).up;
  world_.balancer->tell(id, true);
  tell_draining(id, false);
}

// ---- counting ----------------------------------------------------------------------------------

void Nodes::count_sessions(Node& node) {
  node.attendance.count(node.sessions.size(), world_.window, world_.now, node.row);
}

void Nodes::end_measure(RunRecord& record) {
  constexpr Duration kBacklog = 1s;  // more than that was building up, not passing through
  for (Node& node : nodes_) {
    Attendance::take_stock(node.sessions.size(), world_.window, world_.now, node.row);
    const bool paused = paused_by(node.id, world_.now - kBacklog) != kStructural;
    for (std::size_t l = 0; l < node.loops.size(); ++l) {
      const auto waiting = static_cast<std::int64_t>(node.accept_queues[l].waiting.size());
      const Time free = node.loops[l].busy_until() + waiting * world_.costs.handshake;
      record.unstable |= !paused && free > world_.now + kBacklog;
    }
  }
}

// Copies that strategies still hold stay alive in the ledger: unresolved. But what waits for a
// broker that has not come back was never published.
std::uint64_t Nodes::give_back() {
  std::uint64_t copies = 0;
  for (const Node& node : nodes_) {
    if (!node.up) continue;
    Actions held;
    node.backplane->lose_all(held);
    const bool no_broker = world_.backplane.needs.broker && !world_.broker->listens(node.id);
    for (const Action& action : held.list()) {
      const auto* const lost = std::get_if<Drop>(&action);
      if (no_broker && lost != nullptr) {
        world_.ledger.drop(lost->message.id,
                           {Mechanism::publish_failed, world_.now, kNoNode,
                            world_.broker->blame_of_deafness(node.id, kGlobalTopic)});
        continue;
      }
      if (const auto* const kept = std::get_if<LetGo>(&action))
        world_.ledger.let_go(kept->message.id, Ledger::Keeper::history, kNever);
      else
        ++copies;
    }
  }
  return copies;
}

void Nodes::finish(RunRecord& record) {
  beats_.finish(world_.now, world_.bytes);
  for (Node& node : nodes_) {
    count_sessions(node);
    for (Loop& loop : node.loops) {
      if (!loop.balanced(world_.now)) {
        record.violations.push_back(
            {"loops",
             "a queue of node n" + std::to_string(index(node.id) + 1) + " does not balance"});
      }
      node.row.busy.add(loop.busy());
      node.row.queue_ns.add(loop.queue_ns());
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
