// What each kind of event touches first. See outlook.hpp.
// A kind that is missing is played all the same, only later.
#include "sim/kernel/outlook.hpp"

#include "sim/kernel/clients.hpp"
#include "sim/machine/fetch_ahead.hpp"

namespace squall {

void fetch_for(const World& world, const Event& event) {
  switch (event.kind) {
    case EventKind::link_timer: world.clients->fetch_link(event.a); break;
    case EventKind::handshake_done:
    case EventKind::upgraded:
    case EventKind::subscribe_arrives:
    case EventKind::subscribe_done:
    case EventKind::welcome:
    case EventKind::end_at_client:
    case EventKind::end_at_node:
    case EventKind::session_check:
      fetch_ahead(&world.pipes[event.a]);
      fetch_ahead(&world.oracle.connection(ConnectionId{event.a}));
      break;
    case EventKind::ping_arrives: fetch_ahead(&world.pipes[event.a]); break;
    default: break;
  }
}

void fetch_through(const World& world, const Event& event) {
  if (event.kind == EventKind::link_timer) world.clients->fetch_pipe(event.a);
  if (event.kind == EventKind::ping_arrives) world.clients->fetch_link(world.pipes[event.a].link);
}

}  // namespace squall
