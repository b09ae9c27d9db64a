// One event to the part it concerns. See dispatch.hpp.
// Events are grouped by whom they concern, so that each group reads as one story.
#include "sim/kernel/dispatch.hpp"

#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/faults.hpp"
#include "sim/kernel/handshakes.hpp"
#include "sim/kernel/heartbeats.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/registry.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {
namespace {

// A connection's life, seen from the client.
void client_event(World& world, const Event& event) {
  const ConnectionId connection{event.a};
  const EndpointId endpoint{event.a};
  switch (event.kind) {
    case EventKind::login: world.clients->login(endpoint, event.b); break;
    case EventKind::logout: world.clients->logout(endpoint, event.b); break;
    case EventKind::drop: world.clients->drop(endpoint, event.b); break;
    case EventKind::link_timer: world.clients->link_timer(event.a, event.b); break;
    case EventKind::at_balancer: world.balancer->attempt(connection, event.node); break;
    case EventKind::upgraded: world.clients->upgraded(connection); break;
    case EventKind::welcome: world.clients->welcome(connection); break;
    case EventKind::attempt_refused: world.clients->attempt_refused(connection); break;
    case EventKind::end_at_client: world.clients->end_at_client(connection); break;
    case EventKind::going_away: world.clients->going_away(connection); break;
    case EventKind::pong_arrives: world.heartbeats->pong(connection); break;
    case EventKind::membership_acked:
      if (world.clients->wants(endpoint, RoomId{event.b})) {
        world.oracle.membership(endpoint, RoomId{event.b}, true, world.now);
      }
      break;
    default: SQUALL_CHECK(false);
  }
}

// A connection's life, seen from the node.
void session_event(World& world, const Event& event) {
  const ConnectionId connection{event.a};
  Handshakes& handshakes = *world.handshakes;
  Sessions& sessions = *world.sessions;
  Processes& processes = *world.processes;
  Heartbeats& heartbeats = *world.heartbeats;
  switch (event.kind) {
    case EventKind::handshake_arrives: handshakes.arrives(event.node, connection); break;
    case EventKind::handshake_done: handshakes.done(event.node, connection, event.b); break;
    case EventKind::subscribe_arrives: sessions.subscribe_arrives(event.node, connection); break;
    case EventKind::subscribe_done: sessions.subscribe_done(event.node, connection, event.b); break;
    case EventKind::end_at_node: sessions.end_at_node(event.node, connection); break;
    case EventKind::ping_arrives: heartbeats.ping_arrives(event.node, connection); break;
    case EventKind::session_check: heartbeats.look(event.node, connection); break;
    case EventKind::join_arrives:
      sessions.join_arrives(event.node, connection, RoomId{event.b});
      break;
    case EventKind::leave_arrives:
      sessions.leave_arrives(event.node, connection, RoomId{event.b});
      break;
    case EventKind::drain_step: processes.drain_step(event.node, event.b); break;
    case EventKind::move_arrives: processes.move_arrives(event.node, connection); break;
    case EventKind::renewal: sessions.renew(event.node, connection); break;
    case EventKind::ping_read: heartbeats.ping_read(event.node, connection); break;
    case EventKind::wakes: processes.wakes(event.node); break;
    case EventKind::admitted: handshakes.admitted(event.node, connection, event.b); break;
    case EventKind::aged: sessions.aged(event.node, connection); break;
    case EventKind::idle_check: world.balancer->idle_check(event.node, connection); break;
    default: SQUALL_CHECK(false);
  }
}

// A message's way from node to node.
void message_event(World& world, const Event& event) {
  const MessageId message{event.a};
  const NodeId other{static_cast<std::uint16_t>(event.c)};
  const auto by = static_cast<std::uint16_t>(event.c >> 16);  // the process
  const TopicId topic{event.c};
  Broker& broker = *world.broker;
  switch (event.kind) {
    case EventKind::frame_arrives:
      world.nodes->frame_arrives(event.node, message, ConnectionId{event.b});
      break;
    case EventKind::frame_done:
      world.nodes->frame_done(event.node, message, event.b, ConnectionId{event.c});
      break;
    case EventKind::forward_leaves: world.nodes->leaves(event.node, message, event.b, other); break;
    case EventKind::publish_leaves:
      world.nodes->leaves(event.node, message, event.b, kNoNode, topic);
      break;
    case EventKind::peer_arrives:
      world.peers->arrives(event.node, message, other, event.b, by);
      break;
    case EventKind::peer_done: world.peers->done(event.node, message, event.b, other); break;
    case EventKind::publish_arrives:
      broker.publish_arrives(event.node, message, event.b, topic);
      break;
    case EventKind::publish_done: broker.publish_done(event.node, message, event.b, topic); break;
    case EventKind::broker_message_arrives:
      broker.message_arrives(event.node, message, event.b, topic);
      break;
    case EventKind::broker_message_done:
      broker.message_done(event.node, message, event.b, topic);
      break;
    case EventKind::settle: world.ledger.settle(message); break;
    case EventKind::ack_arrives:
      world.clients->ack_arrives(message, ConnectionId{event.b}, event.c);
      break;
    default: SQUALL_CHECK(false);
  }
}

// The outside world, and what parts of the cluster learn of each other.
void cluster_event(World& world, const Event& event) {
  const NodeId peer{static_cast<std::uint16_t>(event.a)};
  switch (event.kind) {
    case EventKind::stimulus: world.faults->stimulus(event.a); break;
    case EventKind::traffic: world.faults->traffic(event.a); break;
    case EventKind::broker_link_up: world.broker->links().link_up(event.node, event.b); break;
    case EventKind::broker_link_lost: world.broker->links().keep_alive_fails(event.node); break;
    case EventKind::registry_arrives:
      world.registry->arrives(event.node, event.a, event.b, event.c);
      break;
    case EventKind::registry_link_up: world.registry->link_up(event.node, event.b); break;
    case EventKind::registry_link_lost: world.registry->keep_alive_fails(event.node); break;
    case EventKind::registry_reply: world.registry->replies(event.node, event.a, event.b); break;
    case EventKind::lease_check: world.registry->lease_check(EndpointId{event.a}); break;
    case EventKind::peer_down: world.peers->learns(event.node, peer, false); break;
    case EventKind::peer_up: world.peers->learns(event.node, peer, true); break;
    case EventKind::balancer_told: world.balancer->told(event.node, event.a != 0); break;
    case EventKind::topic_arrives:
    case EventKind::topic_done:
    case EventKind::topic_answered: world.broker->subscriptions().event(event); break;
    case EventKind::fetch_arrives:
    case EventKind::fetch_done:
    case EventKind::fetch_answered: world.broker->questions().event(event); break;
    case EventKind::armed: world.nodes->timer(event.node, event.a, event.b); break;
    case EventKind::drain_told: world.nodes->step_if_up(event.node, Draining{event.a != 0}); break;
    default: SQUALL_CHECK(false);
  }
}

// What is for a process that stands still waits until it goes on.
bool put_off(World& world, const Event& event) {
  const bool waits = is_for_a_process(event.kind) && world.processes->stands_still(event.node);
  if (waits) world.processes->do_later(event);
  return waits;
}

void hand_over(World& world, const Event& event) {
  switch (event.kind) {
    case EventKind::stimulus:
    case EventKind::traffic:
    case EventKind::broker_link_up:
    case EventKind::broker_link_lost:
    case EventKind::registry_arrives:
    case EventKind::registry_reply:
    case EventKind::registry_link_up:
    case EventKind::registry_link_lost:
    case EventKind::lease_check:
    case EventKind::peer_down:
    case EventKind::peer_up:
    case EventKind::topic_arrives:
    case EventKind::topic_done:
    case EventKind::topic_answered:
    case EventKind::fetch_arrives:
    case EventKind::fetch_done:
    case EventKind::fetch_answered:
    case EventKind::armed:
    case EventKind::drain_told:
    case EventKind::balancer_told: cluster_event(world, event); break;
    case EventKind::login:
    case EventKind::logout:
    case EventKind::drop:
    case EventKind::link_timer:
    case EventKind::at_balancer:
    case EventKind::upgraded:
    case EventKind::welcome:
    case EventKind::attempt_refused:
    case EventKind::end_at_client:
    case EventKind::going_away:
    case EventKind::pong_arrives:
    case EventKind::membership_acked: client_event(world, event); break;
    case EventKind::handshake_arrives:
    case EventKind::handshake_done:
    case EventKind::subscribe_arrives:
    case EventKind::subscribe_done:
    case EventKind::end_at_node:
    case EventKind::ping_arrives:
    case EventKind::session_check:
    case EventKind::join_arrives:
    case EventKind::leave_arrives:
    case EventKind::renewal:
    case EventKind::ping_read:
    case EventKind::wakes:
    case EventKind::move_arrives:
    case EventKind::admitted:
    case EventKind::aged:
    case EventKind::idle_check:
    case EventKind::drain_step: session_event(world, event); break;
    case EventKind::frame_arrives:
    case EventKind::frame_done:
    case EventKind::forward_leaves:
    case EventKind::publish_leaves:
    case EventKind::peer_arrives:
    case EventKind::peer_done:
    case EventKind::publish_arrives:
    case EventKind::publish_done:
    case EventKind::broker_message_arrives:
    case EventKind::broker_message_done:
    case EventKind::ack_arrives:
    case EventKind::settle: message_event(world, event); break;
    case EventKind::letter_leaves:
    case EventKind::letter_arrives:
    case EventKind::letter_done: world.peers->letter_event(event); break;
    case EventKind::queue_changes:
    case EventKind::supervised: world.memory->event(event); break;
  }
}

}  // namespace

void dispatch(World& world, const Event& event) {
  if (put_off(world, event)) return;
  const bool waited = waits_for_a_loop(event.kind) && world.memory->counts();
  if (waited) world.memory->waits_no_more(event);
  hand_over(world, event);
}

}  // namespace squall
