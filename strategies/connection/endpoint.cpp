// The rules of an endpoint. See endpoint.hpp.
// A message is written on the first link that is ready; who has none lets it wait, or hears no.
#include "strategies/connection/endpoint.hpp"

#include <algorithm>
#include <utility>

namespace squall {
namespace {

using Kind = EndpointAction::Kind;

constexpr std::uint16_t kNoLink = 0xffff;

std::uint16_t first_ready(const Endpoint& who) {
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    if (who.links[link].machine.phase == LinkPhase::ready) return link;
  }
  return kNoLink;
}

// All links of a user who is logged in are on their way to be ready.
bool online(const Endpoint& who) { return who.links.front().machine.phase != LinkPhase::idle; }

}  // namespace

// ---- the user ----------------------------------------------------------------------------------

Endpoints::Actions Endpoints::login(const Endpoint& who, Time now) {
  begin();
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    LinkActions actions;
    who.links[link].machine.start(now, options_.link, actions);
    add(link, actions, CloseReason::none, CloseReason::none);
  }
  return actions_;
}

Endpoints::Actions Endpoints::logout(const Endpoint& who) {
  begin();
  drop_queue(who.id);
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    LinkActions actions;
    who.links[link].machine.stop(actions);
    add(link, actions, CloseReason::logout, CloseReason::logout);
  }
  return actions_;
}

Endpoints::Actions Endpoints::send(const Endpoint& who, MessageId message) {
  begin();
  const std::uint16_t link = first_ready(who);
  if (link != kNoLink) {
    write(who, link, message);
    return actions_;
  }
  if (options_.queue > 0 && online(who)) {
    auto& queue = queued_[who.id];
    if (queue.size() < options_.queue) {
      queue.push_back(message);
      return actions_;
    }
  }
  actions_.push_back({.kind = Kind::refuse, .message = message});
  return actions_;
}

// One node is enough where it brings the message to the others.
void Endpoints::write(const Endpoint& who, std::uint16_t primary, MessageId message) {
  actions_.push_back({.kind = Kind::write, .link = primary, .message = message});
  if (!options_.on_all_links) return;
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    if (link == primary || who.links[link].machine.phase != LinkPhase::ready) continue;
    actions_.push_back({.kind = Kind::write_also, .link = link, .message = message});
  }
}

void Endpoints::drop_queue(EndpointId who) {
  const auto found = queued_.find(who);
  if (found == queued_.end()) return;
  for (const MessageId message : found->second) {
    actions_.push_back({.kind = Kind::never_sent, .message = message});
  }
  queued_.erase(found);
}

std::optional<EndpointId> Endpoints::waiting() const {
  if (queued_.empty()) return std::nullopt;
  return queued_.begin()->first;
}

Endpoints::Actions Endpoints::give_up_queue(EndpointId who) {
  begin();
  drop_queue(who);
  return actions_;
}

// ---- rooms -------------------------------------------------------------------------------------

Endpoints::Actions Endpoints::join(const Endpoint& who, RoomId room) {
  begin();
  rooms_[who.id].insert(room);
  ask(who, room, Kind::ask_to_join);
  return actions_;
}

Endpoints::Actions Endpoints::leave(const Endpoint& who, RoomId room) {
  begin();
  rooms_[who.id].erase(room);
  ask(who, room, Kind::ask_to_leave);
  return actions_;
}

// On every ready link; the next handshake subscribes to what is wanted by then.
void Endpoints::ask(const Endpoint& who, RoomId room, Kind what) {
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    if (who.links[link].machine.phase != LinkPhase::ready) continue;
    actions_.push_back({.kind = what, .link = link, .room = room});
  }
}

const std::set<RoomId>& Endpoints::rooms(EndpointId who) const {
  static const std::set<RoomId> none;
  const auto found = rooms_.find(who);
  return found == rooms_.end() ? none : found->second;
}

// ---- a link ------------------------------------------------------------------------------------

Endpoints::Actions Endpoints::opened(const Endpoint& who, std::uint16_t link, Time now,
                                     std::span<const RoomId> seated) {
  begin();
  for (const RoomId room : rooms(who.id)) {
    const bool there = std::ranges::find(seated, room) != seated.end();
    // Otherwise it was asked for while the welcome was under way.
    actions_.push_back(
        {.kind = there ? Kind::joined : Kind::ask_to_join, .link = link, .room = room});
  }
  actions_.push_back({.kind = Kind::ready, .link = link});
  LinkActions actions;
  who.links[link].machine.opened(now, options_.link, actions);
  add(link, actions, CloseReason::none, CloseReason::none);
  const auto found = queued_.find(who.id);
  if (found == queued_.end()) return actions_;
  for (const MessageId message : std::exchange(found->second, {})) {
    write(who, first_ready(who), message);
  }
  queued_.erase(found);
  return actions_;
}

Endpoints::Actions Endpoints::lost(const Endpoint& who, std::uint16_t link, Time now) {
  begin();
  end_link(who, link, now);
  return actions_;
}

Endpoints::Actions Endpoints::timer(const Endpoint& who, std::uint16_t link,
                                    std::uint32_t generation, Time now) {
  begin();
  LinkActions actions;
  who.links[link].machine.timer(now, generation, options_.link, backoff(who, link), actions);
  add(link, actions, CloseReason::timeout, CloseReason::heartbeat);
  return actions_;
}

Endpoints::Actions Endpoints::cut(const Endpoint& who, Time now, CloseReason why) {
  begin();
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    if (who.links[link].machine.phase != LinkPhase::ready) continue;
    actions_.push_back({.kind = Kind::close, .why = why, .link = link});
    end_link(who, link, now);
  }
  return actions_;
}

void Endpoints::end_link(const Endpoint& who, std::uint16_t link, Time now) {
  LinkActions actions;
  who.links[link].machine.lost(now, options_.link, backoff(who, link), actions);
  add(link, actions, CloseReason::none, CloseReason::none);
}

void Endpoints::add(std::uint16_t link, const LinkActions& actions, CloseReason abandoned,
                    CloseReason closed) {
  for (const LinkAction& action : actions.list()) {
    EndpointAction& added = actions_.emplace_back();
    added.link = link;
    switch (action.kind) {
      case LinkAction::Kind::connect: added.kind = Kind::connect; break;
      case LinkAction::Kind::abandon: added.kind = Kind::abandon, added.why = abandoned; break;
      case LinkAction::Kind::close: added.kind = Kind::close, added.why = closed; break;
      case LinkAction::Kind::send_ping: added.kind = Kind::send_ping; break;
      case LinkAction::Kind::start_timer:
        added.kind = Kind::start_timer;
        added.at = action.at;
        added.generation = action.generation;
        break;
    }
  }
}

// Every link has its own stream of waits, the same in every engine.
Rng Endpoints::backoff(const Endpoint& who, std::uint16_t link) const {
  return Rng(seed_, Purpose::backoff, index(who.id) * options_.links + link);
}

}  // namespace squall
