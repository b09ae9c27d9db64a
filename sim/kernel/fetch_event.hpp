// What an event will touch, fetched into the cache a few events ahead of it.
//
// It changes no result, and looks at nothing that another event may change: what is touched is
// found by the event's index alone.
#pragma once

#include "sim/kernel/clients.hpp"
#include "sim/kernel/event.hpp"
#include "sim/kernel/world.hpp"
#include "sim/machine/fetch_ahead.hpp"

namespace squall {

inline void fetch_for(const World& world, const Event& event) {
  switch (event.kind) {
    case EventKind::link_timer: fetch_ahead(&world.clients->link(event.a)); break;
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

// The same for what is found through the former.
inline void fetch_through(const World& world, const Event& event) {
  Clients& clients = *world.clients;
  if (event.kind == EventKind::link_timer) {
    const ConnectionId id = clients.link(event.a).connection;
    if (id != kNoConnection) fetch_ahead(&world.pipes[index(id)]);
  }
  if (event.kind == EventKind::ping_arrives) {
    fetch_ahead(&clients.link(world.pipes[event.a].link));
  }
}

}  // namespace squall
