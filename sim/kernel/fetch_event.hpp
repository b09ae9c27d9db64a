// What an event will touch, fetched into the cache a few events ahead of it.
//
// It changes no result, and looks at nothing that another event may change: what is touched is
// found by the event's index alone.
#pragma once

#include "sim/kernel/clients.hpp"
#include "sim/kernel/event_table.hpp"
#include "sim/kernel/world.hpp"
#include "sim/machine/fetch_ahead.hpp"

namespace squall {

inline void fetch_for(const World& world, const Event& event) {
  switch (row_of(event.kind).traits.touches) {
    case Touches::nothing: break;
    case Touches::link: fetch_ahead(&world.clients->link(event.a)); break;
    case Touches::connection:
      fetch_ahead(&world.oracle.connection(ConnectionId{event.a}));
      [[fallthrough]];
    case Touches::pipe: fetch_ahead(&world.pipes[event.a]); break;
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
