// Processes start, crash, stand still and drain. See processes.hpp.
// Who learns of a death, and in which order, decides what becomes of what was under way.
#include "sim/kernel/processes.hpp"

#include <algorithm>
#include <utility>

#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/fan_out.hpp"
#include "sim/kernel/handshakes.hpp"
#include "sim/kernel/heartbeats.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/registry.hpp"
#include "sim/kernel/sessions.hpp"
#include "sim/kernel/supervisor.hpp"
#include "strategies/backplane/registry.hpp"

namespace squall {

void Processes::start(NodeId id) {
  Node& node = at(id);
  if (node.up) return;
  const bool first = node.epoch == 0;
  node.up = node.accepting = true;
  node.host_lost = false;
  ++node.epoch;
  node.began = world_.now;
  world_.memory->started(id);
  world_.supervisor->started(id);
  node.backplane = make_backplane(world_.backplane, world_.spec,
                                  {id, nodes_.count(), node, nodes_.directory(), world_.plan.seed(),
                                   node.epoch, renewal_interval(world_.scenario.cluster.registry)});
  if (world_.backplane.needs.peers) beats_.begin(id, world_.now);
  if (!first) {
    world_.balancer->tell(id, true);
    world_.peers->started(id);
    world_.registry->started(id);
  }
  if (world_.backplane.needs.broker) world_.broker->links().open(id);
  world_.nodes->step(id, Started{});
  if (world_.backplane.needs.broker) world_.broker->links().tell_state(id);
}

void Processes::crash(NodeId id, CloseReason why, TriggerId trigger) {
  Node& node = at(id);
  if (!node.up) return;
  node.trigger = trigger;
  node.deaths.push_back({Mechanism::ingress_lost_at_crash, world_.now, id, trigger, why});
  node.host_lost = why == CloseReason::host_loss;
  Actions last_words;
  node.backplane->lose_all(last_words);
  world_.nodes->perform(id, last_words, trigger);
  node.backplane.reset();
  for (Loop& loop : node.loops) loop.purge(world_.now);
  world_.handshakes->refuse_waiting(node);
  while (!node.sessions.empty()) {
    const ConnectionId session = node.sessions.back();
    if (why == CloseReason::host_loss) {
      world_.oracle.dead(session, world_.now, why, trigger);
      world_.heartbeats->cut_off(session);
      world_.sessions->shut(session, why, trigger);
    } else {
      world_.sessions->shut(session, why, trigger);
      world_.sessions->say_goodbye(session);
    }
  }
  node.up = node.accepting = false;
  beats_.end(id, world_.now, world_.bytes);
  ++node.epoch;
  world_.broker->links().node_died(id);
  world_.memory->died(id);
  world_.fan_out->died(id);
  world_.peers->died(id, why == CloseReason::host_loss);
  wakes(id);  // what waited for it finds nobody
}

// ---- pauses ------------------------------------------------------------------------------------

void Processes::do_later(const Event& event) {
  Node& node = at(event.node);
  if (node.heard.empty() && node.due.empty()) {
    world_.at(pause_at(world_.plan, node.id, world_.now)->range.end, {EventKind::wakes, node.id});
  }
  const bool by_clock = event.kind == EventKind::session_check ||
                        event.kind == EventKind::drain_step || event.kind == EventKind::renewal ||
                        event.kind == EventKind::armed || event.kind == EventKind::aged;
  (by_clock ? node.due : node.heard).push_back(event);
}

// Sockets are read before timers are looked at: who has a ping waiting there is not silent, and who
// has gone is not asked for. And in the order in which they had something to read (epoll): those of
// broker and peers, with all that waits there, before the clients' with their ends.
void Processes::wakes(NodeId id) {
  Node& node = at(id);
  const Time read = node.loops.front().start(world_.now);
  for (const Event& event : std::exchange(node.heard, {})) {
    world_.at(event.kind == EventKind::end_at_node ? read : world_.now, event);
  }
  for (const Event& event : std::exchange(node.due, {})) world_.at(read, event);
}

void Processes::keep_pace(NodeId id) {
  at(id).slow = 1;
  for (const Slowness& slow : world_.plan.slow_times(id)) {
    if (slow.range.contains(world_.now)) at(id).slow *= slow.times;
  }
}

// ---- drains ------------------------------------------------------------------------------------

void Processes::drain(NodeId id, Duration over, TriggerId trigger) {
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

void Processes::drain_step(NodeId id, std::uint32_t number) {
  Node& node = at(id);
  if (!node.up || node.accepting || !node.draining.goes_on(number)) return;
  const ConnectionId session = node.draining.take_next();
  if (world_.oracle.connection(session).closed == kNever) {
    if (world_.spec.make_before_break)
      ask_to_move(session);
    else
      world_.sessions->close(session, CloseReason::drain, node.trigger);
  }
  if (node.draining.done()) return;
  world_.after(node.draining.gap(), {EventKind::drain_step, id, node.draining.position(), number});
}

// Pushes go on until the client has moved: after a close frame there would be none.
void Processes::ask_to_move(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  Pipe& pipe = world_.pipe(id);
  world_.pass_client_frame(wire::note_payload(0), false, record.node, record.dead == kNever);
  world_.client_acks->node_speaks(id, world_.now);
  world_.client_acks->for_client(id, world_.now + world_.client_delay(id));
  world_.at(pipe.last_arrival, {EventKind::going_away, kNoNode, static_cast<std::uint32_t>(id)});
}

void Processes::move_arrives(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const bool cut = record.dead != kNever && !world_.pipe(id).flushes;
  const bool session = record.opened != kNever && record.closed == kNever;
  const bool heard = !cut && session && at(node).up;  // as any frame of a client
  world_.pass_client_frame(wire::note_payload(0), true, node, heard);
  if (!heard) return;
  world_.acknowledge(true, 1, world_.now, node);
  world_.sessions->close(id, CloseReason::drain, at(node).trigger);
}

void Processes::undrain(NodeId id) {
  at(id).accepting = at(id).up;
  world_.balancer->tell(id, true);
  tell_draining(id, false);
}

void Processes::tell_draining(NodeId node, bool yes) {
  if (!up(node)) return;
  if (stands_still(node))
    do_later({EventKind::drain_told, node, yes});
  else
    world_.nodes->step(node, Draining{yes});
}

const Death* Processes::died_holding(NodeId from, std::uint16_t by, const Place& to) const {
  if (static_cast<std::uint16_t>(epoch(from)) == by) return nullptr;
  const Death& death = death_of(from, by);
  const auto cut = cut_at(world_.plan, node_place(from), to, death.at);
  return cut ? &death : nullptr;
}

}  // namespace squall
