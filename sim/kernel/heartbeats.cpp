// Rounds of heartbeats, quiet ones in two events. See heartbeats.hpp.
// The pongs of a quiet round are booked when its ping is read, and taken back if they are lost.
#include "sim/kernel/heartbeats.hpp"

#include <algorithm>
#include <array>

#include "sim/kernel/balancer.hpp"
#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {
namespace {

constexpr std::array kPingLinks = {Link::client_to_lb, Link::lb_to_node};
constexpr std::array kPongLinks = {Link::node_to_lb, Link::lb_to_client};
WireCost ping_of(const World& world) { return world.client_frame(0, true); }
WireCost pong_of(const World& world) { return world.client_frame(0, false); }

void book_pongs(World& world, std::int64_t received, std::int64_t lost) {
  for (const Link link : kPongLinks) {
    world.bytes.received(link, pong_of(world), received);
    world.bytes.lost(link, pong_of(world), lost);
  }
}

void book_ping(World& world, bool lost) {
  for (const Link link : kPingLinks) {
    lost ? world.bytes.lost(link, ping_of(world)) : world.bytes.received(link, ping_of(world));
  }
}

}  // namespace

// ---- the client --------------------------------------------------------------------------------

const LinkOptions& Heartbeats::options_of(std::uint32_t link) const {
  return world_.clients->options().link_of(world_.clients->numbers().owner(link));
}

void Heartbeats::ping(std::uint32_t link) {
  const ConnectionId id = world_.clients->link(link).connection;
  Pipe& pipe = world_.pipe(id);
  const NodeId node = pipe.node;
  for (const Link hop : kPingLinks) {
    world_.bytes.sent(hop, BytePurpose::control, ping_of(world_), world_.now, node);
  }
  world_.client_acks->client_speaks(id);
  pipe.last_uplink = std::max(pipe.last_uplink, world_.now + world_.client_delay(id));
  world_.at(pipe.last_uplink, {EventKind::ping_arrives, node, static_cast<std::uint32_t>(id)});
}

bool Heartbeats::timer_waits_for_ping(std::uint32_t link, Time at) const {
  const EndpointLink& state = world_.clients->link(link);
  return !world_.single_heartbeats && state.machine.pong == ClientLink::Pong::awaited &&
         world_.pipes[index(state.connection)].last_uplink < at;
}

// The ping of this connection was read, and its pong will be there at `pong_due`; or it was lost
// (kNever). True when the rest of the round is known and booked with that.
bool Heartbeats::ping_ended(ConnectionId id, Time pong_due) {
  if (world_.single_heartbeats) return false;
  Pipe& pipe = world_.pipe(id);
  ClientLink& link = world_.clients->link(pipe.link).machine;
  const bool waits = link.pong == ClientLink::Pong::awaited;
  if (world_.clients->link(pipe.link).connection != id || !waits)
    return false;  // it has gone meanwhile
  const Time silence = link.wait + options_of(pipe.link).heartbeat_timeout;
  if (pong_due >= silence) {
    if (silence > world_.now)
      world_.clients->start_timer(pipe.link, silence);  // otherwise it is running
    return false;
  }
  pipe.pong_due = pong_due;
  book_pongs(world_, 1, 0);
  link.heard();
  world_.clients->timer(pipe.link, silence);
  return true;
}

void Heartbeats::pong(ConnectionId id) {
  const bool lost = world_.oracle.connection(id).dead != kNever;
  book_pongs(world_, lost ? 0 : 1, lost ? 1 : 0);
  if (!lost) world_.clients->link(world_.pipe(id).link).machine.heard();
}

bool Heartbeats::path_ended(ConnectionId id) {
  Pipe& pipe = world_.pipe(id);
  pipe.over = true;
  if (pipe.pong_due <= world_.now) return false;
  book_pongs(world_, -1, 1);
  pipe.pong_due = kBeforeAll;
  return true;
}

// The path has ended and the client does not know: it goes on waiting for the pong.
void Heartbeats::cut_off(ConnectionId id) {
  if (!path_ended(id)) return;
  const std::uint32_t link = world_.pipe(id).link;
  world_.clients->start_timer(link, world_.clients->link(link).machine.unheard(options_of(link)));
}

// Frames of heartbeats that are still on a wire when the run ends.
void Heartbeats::book_in_flight(EventKind frame) {
  if (frame == EventKind::ping_arrives) {
    for (const Link link : kPingLinks) world_.bytes.in_flight(link, ping_of(world_));
  }
  if (frame == EventKind::pong_arrives) {
    for (const Link link : kPongLinks) world_.bytes.in_flight(link, pong_of(world_));
  }
}

// The same for pongs that were booked as received.
void Heartbeats::book_pongs_in_flight() {
  for (std::size_t i = 0; i < world_.pipes.size(); ++i) {
    const Pipe& pipe = world_.pipes[i];
    if (pipe.pong_due <= world_.now) continue;
    book_pongs(world_, -1, 0);
    book_in_flight(EventKind::pong_arrives);
  }
}

// ---- the node ----------------------------------------------------------------------------------

void Heartbeats::ping_arrives(NodeId node, ConnectionId id) {
  Pipe& pipe = world_.pipe(id);
  book_ping(world_, pipe.over);
  if (pipe.over) {
    ping_ended(id, kNever);
    return;
  }
  world_.balancer->heard(id);
  world_.client_acks->for_node(id);
  const Time answered = world_.nodes->loop_of(id).work(
      world_.now, world_.nodes->at(node).paced(world_.costs.heartbeat));
  world_.client_acks->node_speaks(id, answered);
  world_.client_acks->for_client(id, answered + world_.client_delay(id));
  for (const Link hop : kPongLinks) {
    world_.bytes.sent(hop, BytePurpose::control, pong_of(world_), world_.now, node);
  }
  if (!ping_ended(id, pipe.last_arrival)) {
    world_.at(pipe.last_arrival,
              {EventKind::pong_arrives, kNoNode, static_cast<std::uint32_t>(id)});
  }
  if (world_.processes->stands_still(node)) {
    world_.processes->do_later({EventKind::ping_read, node, static_cast<std::uint32_t>(id)});
  } else {
    ping_read(node, id);
  }
}

void Heartbeats::ping_read(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.closed != kNever) return;  // it died before it woke
  world_.pipe(id).last_heard = world_.now;
  if (!world_.sessions->node_renews()) world_.nodes->step(node, RenewalDue{record.endpoint});
}

// When the node gives this session up if it hears nothing more.
Time Heartbeats::patience_ends(ConnectionId id) const {
  const Pipe& pipe = world_.pipes[index(id)];
  return pipe.last_heard + world_.plan.patience(world_.clients->numbers().owner(pipe.link));
}

// The client has gone, maybe without a word: nothing more will be heard of this session, and there
// may be no look at it to come. There is one when its patience has ended already.
void Heartbeats::expect_silence(ConnectionId id) {
  if (world_.single_heartbeats || world_.oracle.connection(id).closed != kNever) return;
  if (patience_ends(id) >= world_.now) watch(id);
}

void Heartbeats::watch(ConnectionId id) {
  world_.at(patience_ends(id),
            {EventKind::session_check, world_.pipe(id).node, static_cast<std::uint32_t>(id)});
}

// A session that was heard meanwhile needs no next look: when a later round fails, the client goes,
// and expect_silence() asks for one.
void Heartbeats::look(NodeId node, ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  // A client that moves may be given up on a link that has no session yet.
  if (record.opened == kNever || record.closed != kNever) return;
  // Who waits for the welcome does not ping yet.
  if (!world_.pipe(id).welcomed) {
    world_.pipe(id).last_heard = world_.now;
    watch(id);
    return;
  }
  if (patience_ends(id) > world_.now) {
    // A ping that was read late, when its sender had gone, has put off the look at it.
    const bool put_off = record.dead != kNever && !world_.plan.pauses(node).empty();
    // And so may a welcome that had to wait, at any time.
    const bool admitted = world_.nodes->at(node).backplane->admits();
    if (world_.single_heartbeats || put_off || admitted) watch(id);
    return;
  }
  const TriggerId trigger = record.reason != CloseReason::none ? record.trigger : kOverload;
  world_.sessions->close(id, CloseReason::heartbeat, trigger);
}

}  // namespace squall
