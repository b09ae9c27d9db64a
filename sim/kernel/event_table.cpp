// Rows in the order of the enum. See event_table.hpp.
// What an event's numbers mean stands at its line of the enum.
#include "sim/kernel/event_table.hpp"

#include <array>
#include <utility>

#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/director.hpp"
#include "sim/kernel/handshakes.hpp"
#include "sim/kernel/heartbeats.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/registry.hpp"
#include "sim/kernel/sessions.hpp"
#include "sim/kernel/supervisor.hpp"

namespace squall {
namespace {

using Kind = EventKind;

constexpr std::string_view kLogins = "logins and logouts", kDrops = "drops",
                           kConnects = "attempts to connect", kSubscriptions = "subscriptions",
                           kReaches = "attempts to reach the broker";
constexpr std::string_view kLoops = "in the loops of the nodes",
                           kPeers = "on the links between nodes";

using W = World&;
using E = const Event&;

constexpr ConnectionId connection(E e) { return ConnectionId{e.a}; }
constexpr MessageId message(E e) { return MessageId{e.a}; }
// A node, and the process of it that sent something, in one number.
constexpr NodeId peer(std::uint32_t number) { return NodeId{static_cast<std::uint16_t>(number)}; }
constexpr std::uint16_t epoch(std::uint32_t number) {
  return static_cast<std::uint16_t>(number >> 16);
}

void beat_in_flight(W w, E e) { w.heartbeats->book_in_flight(e.kind); }

// A frame may come later than was said when this was planned.
void settle(W w, E e) {
  const Time moved = std::as_const(w.ledger).at(message(e)).moved;
  if (moved > w.now)
    w.at(moved, e);
  else
    w.ledger.settle(message(e));
}

void membership_acked(W w, E e) {
  const EndpointId endpoint{e.a};
  const RoomId room{e.b};
  if (w.clients->wants(endpoint, room)) w.oracle.membership(endpoint, room, true, w.now);
}

}  // namespace

// clang-format off
constexpr std::array<EventRow, kEventKinds> kEventRows = std::to_array<EventRow>({
    {Kind::stimulus, [](W w, E e) { w.director->stimulus(e.a); }},
    {Kind::traffic, [](W w, E e) { w.director->traffic(e.a); }},
    {Kind::login, [](W w, E e) { w.clients->login(EndpointId{e.a}, e.b); }, {.doing = kLogins}},
    {Kind::logout, [](W w, E e) { w.clients->logout(EndpointId{e.a}, e.b); }, {.doing = kLogins}},
    {Kind::drop, [](W w, E e) { w.clients->drop(EndpointId{e.a}, e.b); }, {.doing = kDrops}},
    {Kind::link_timer, [](W w, E e) { w.clients->link_timer(e.a, e.b); },
     {.heartbeat = true, .touches = Touches::link, .doing = kConnects}},
    {Kind::at_balancer, [](W w, E e) { w.balancer->attempt(connection(e), e.node); },
     {.doing = kConnects}},
    {Kind::handshake_arrives, [](W w, E e) { w.handshakes->arrives(e.node, connection(e), e.b); },
     {.doing = kConnects}},
    {Kind::handshake_done, [](W w, E e) { w.handshakes->done(e.node, connection(e), e.b); },
     {.touches = Touches::connection, .doing = kConnects}},
    {Kind::upgraded, [](W w, E e) { w.clients->upgraded(connection(e)); },
     {.touches = Touches::connection, .doing = kConnects}},
    {Kind::subscribe_arrives,
     [](W w, E e) { w.sessions->subscribe_arrives(e.node, connection(e)); },
     {.touches = Touches::connection, .doing = kConnects}},
    {Kind::subscribe_done, [](W w, E e) { w.sessions->subscribe_done(e.node, connection(e), e.b); },
     {.touches = Touches::connection, .doing = kConnects}},
    {Kind::welcome, [](W w, E e) { w.clients->welcome(connection(e)); },
     {.touches = Touches::connection, .doing = kConnects}},
    {Kind::attempt_refused, [](W w, E e) { w.clients->attempt_refused(connection(e)); },
     {.doing = kConnects}},
    {Kind::end_at_client, [](W w, E e) { w.clients->end_at_client(connection(e)); },
     {.touches = Touches::connection, .doing = kConnects}},
    {Kind::end_at_node, [](W w, E e) { w.sessions->end_at_node(e.node, connection(e)); },
     {.process = true, .touches = Touches::connection, .doing = kConnects}},
    {Kind::ping_arrives, [](W w, E e) { w.heartbeats->ping_arrives(e.node, connection(e)); },
     {.heartbeat = true, .touches = Touches::pipe, .in_flight = beat_in_flight}},
    {Kind::pong_arrives, [](W w, E e) { w.heartbeats->pong(connection(e)); },
     {.heartbeat = true, .in_flight = beat_in_flight}},
    {Kind::session_check, [](W w, E e) { w.heartbeats->look(e.node, connection(e)); },
     {.process = true, .heartbeat = true, .touches = Touches::connection}},
    {Kind::join_arrives,
     [](W w, E e) { w.sessions->join_arrives(e.node, connection(e), RoomId{e.b}); },
     {.process = true}},
    {Kind::leave_arrives,
     [](W w, E e) { w.sessions->leave_arrives(e.node, connection(e), RoomId{e.b}); },
     {.process = true}},
    {Kind::membership_acked, membership_acked},
    {Kind::frame_arrives,
     [](W w, E e) { w.nodes->frame_arrives(e.node, message(e), ConnectionId{e.b}); },
     {.holds = "on the lines from the clients",
      .in_flight = [](W w, E e) { w.nodes->frame_in_flight(message(e)); }}},
    {Kind::frame_done,
     [](W w, E e) { w.nodes->frame_done(e.node, message(e), e.b, ConnectionId{e.c}); },
     {.holds = kLoops}},
    {Kind::forward_leaves,
     [](W w, E e) { w.nodes->forward_leaves(e.node, message(e), e.b, peer(e.c)); },
     {.holds = kLoops}},
    {Kind::publish_leaves,
     [](W w, E e) { w.nodes->publish_leaves(e.node, message(e), e.b, e.c); },
     {.holds = kLoops}},
    {Kind::peer_arrives,
     [](W w, E e) { w.peers->arrives(e.node, message(e), peer(e.c), e.b, epoch(e.c)); },
     {.holds = kPeers, .in_flight = [](W w, E e) { w.peers->in_flight(message(e)); }}},
    {Kind::peer_done, [](W w, E e) { w.peers->done(e.node, message(e), e.b, peer(e.c)); },
     {.holds = kLoops}},
    {Kind::publish_arrives,
     [](W w, E e) { w.broker->publish_arrives(e.node, message(e), e.b, TopicId{e.c}); },
     {.holds = "on the links to the broker",
      .in_flight = [](W w, E e) { w.broker->publish_in_flight(message(e), TopicId{e.c}); }}},
    {Kind::publish_done,
     [](W w, E e) { w.broker->publish_done(e.node, message(e), e.b, TopicId{e.c}); },
     {.holds = "in the broker"}},
    {Kind::broker_message_arrives,
     [](W w, E e) { w.broker->message_arrives(e.node, message(e), e.b, TopicId{e.c}); },
     {.holds = "on the links from the broker",
      .in_flight = [](W w, E e) { w.broker->message_in_flight(message(e), TopicId{e.c}); }}},
    {Kind::broker_message_done,
     [](W w, E e) { w.broker->message_done(e.node, message(e), e.b, TopicId{e.c}); },
     {.holds = kLoops}},
    {Kind::settle, settle},
    {Kind::broker_link_up, [](W w, E e) { w.broker->links().link_up(e.node, e.b); },
     {.process = true, .doing = kReaches}},
    {Kind::broker_link_lost, [](W w, E e) { w.broker->links().keep_alive_fails(e.node); },
     {.process = true, .doing = kReaches}},
    {Kind::registry_arrives, [](W w, E e) { w.registry->arrives(e.node, e.a, e.b, e.c); }},
    {Kind::registry_reply, [](W w, E e) { w.registry->replies(e.node, e.a, e.b); },
     {.process = true}},
    {Kind::lease_check, [](W w, E e) { w.registry->lease_check(EndpointId{e.a}); }},
    {Kind::peer_down, [](W w, E e) { w.peers->learns(e.node, peer(e.a), false); },
     {.process = true}},
    {Kind::peer_up, [](W w, E e) { w.peers->learns(e.node, peer(e.a), true); }, {.process = true}},
    {Kind::balancer_told,
     [](W w, E e) { w.balancer->told(e.node, static_cast<std::uint16_t>(e.b), e.a != 0); }},
    {Kind::drain_step, [](W w, E e) { w.processes->drain_step(e.node, e.b); }, {.process = true}},
    {Kind::registry_link_up, [](W w, E e) { w.registry->link_up(e.node, e.b); }, {.process = true}},
    {Kind::registry_link_lost, [](W w, E e) { w.registry->keep_alive_fails(e.node); },
     {.process = true}},
    {Kind::renewal, [](W w, E e) { w.sessions->renew(e.node, connection(e)); }, {.process = true}},
    {Kind::ping_read, [](W w, E e) { w.heartbeats->ping_read(e.node, connection(e)); },
     {.heartbeat = true}},
    {Kind::wakes, [](W w, E e) { w.processes->wakes(e.node); }, {.heartbeat = true}},
    {Kind::going_away, [](W w, E e) { w.clients->going_away(connection(e)); }},
    {Kind::move_arrives, [](W w, E e) { w.processes->move_arrives(e.node, connection(e)); },
     {.process = true}},
    {Kind::topic_arrives, [](W w, E e) { w.broker->subscriptions().event(e); },
     {.doing = kSubscriptions}},
    {Kind::topic_done, [](W w, E e) { w.broker->subscriptions().event(e); },
     {.doing = kSubscriptions}},
    {Kind::topic_answered, [](W w, E e) { w.broker->subscriptions().event(e); },
     {.process = true, .doing = kSubscriptions}},
    {Kind::armed, [](W w, E e) { w.nodes->timer(e.node, e.a, e.b); }, {.process = true}},
    {Kind::drain_told, [](W w, E e) { w.nodes->step_if_up(e.node, Draining{e.a != 0}); },
     {.process = true}},
    {Kind::letter_leaves, [](W w, E e) { w.peers->letter_leaves(e.node, e.a, e.b); },
     {.holds = kLoops}},
    {Kind::letter_arrives, [](W w, E e) { w.peers->letter_arrives(e.node, e.a, e.b, epoch(e.c)); },
     {.holds = kPeers, .in_flight = [](W w, E e) { w.peers->letter_in_flight(e.a); }}},
    {Kind::letter_done, [](W w, E e) { w.peers->letter_done(e.node, e.a, e.b); },
     {.holds = kLoops}},
    {Kind::admitted, [](W w, E e) { w.handshakes->admitted(e.node, connection(e), e.b); },
     {.process = true}},
    {Kind::idle_check, [](W w, E e) { w.balancer->idle_check(e.node, connection(e), e.b == 1); }},
    {Kind::aged, [](W w, E e) { w.sessions->aged(e.node, connection(e)); }, {.process = true}},
    {Kind::ack_arrives,
     [](W w, E e) { w.clients->ack_arrives(message(e), ConnectionId{e.b}, e.c); }},
    {Kind::fetch_arrives, [](W w, E e) { w.broker->questions().event(e); }},
    {Kind::fetch_done, [](W w, E e) { w.broker->questions().event(e); }},
    {Kind::fetch_answered, [](W w, E e) { w.broker->questions().event(e); }, {.process = true}},
    {Kind::queue_changes, [](W w, E e) { w.memory->event(e); }},
    {Kind::supervised, [](W w, E e) { w.memory->event(e); }},
    {Kind::node_lease_check, [](W w, E e) { w.registry->lease_check(e.node); }},
    {Kind::note_leaves, [](W w, E e) { w.peers->note_leaves(e.node, e.a, e.b); }},
    {Kind::note_arrives, [](W w, E e) { w.peers->note_arrives(e.node, e.a, e.b, epoch(e.c)); },
     {.in_flight = [](W w, E e) { w.peers->note_in_flight(e.a); }}},
    {Kind::note_done, [](W w, E e) { w.peers->note_done(e.node, e.a, e.b); }},
    {Kind::health_check,
     [](W w, E e) { w.balancer->check(e.node, static_cast<std::uint16_t>(e.a)); },
     {.heartbeat = true}},
    {Kind::bus_arrives,
     [](W w, E e) { w.broker->bus_arrives(e.node, message(e), e.b, TopicId{e.c}); },
     {.holds = "on the bus of the brokers",
      .in_flight = [](W w, E e) { w.broker->bus_in_flight(message(e), TopicId{e.c}); }}},
    {Kind::bus_done, [](W w, E e) { w.broker->bus_done(e.node, message(e), e.b, TopicId{e.c}); },
     {.holds = "in the broker"}},
    {Kind::member_silent, [](W w, E e) { w.broker->links().queues().event(e); }},
    {Kind::group_goes_on, [](W w, E e) { w.broker->links().queues().event(e); }},
    {Kind::probe, [](W w, E e) { w.supervisor->probe(e); }},
});
// clang-format on

namespace {

constexpr bool in_order() {
  for (std::size_t i = 0; i < kEventKinds; ++i) {
    if (static_cast<std::size_t>(kEventRows[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order(), "a row for each event, in the order of the enum");

}  // namespace

bool waits_for_a_loop(EventKind kind) { return row_of(kind).traits.holds == kLoops; }

void play_event(World& world, const Event& event) {
  const EventRow& row = row_of(event.kind);
  if (row.traits.process && world.processes->stands_still(event.node)) {
    return world.processes->do_later(event);
  }
  if (world.memory->counts() && waits_for_a_loop(event.kind)) world.memory->waits_no_more(event);
  row.play(world, event);
}

}  // namespace squall
