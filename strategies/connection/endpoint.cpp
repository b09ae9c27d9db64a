// The rules of an endpoint. See endpoint.hpp.
// A message is written on the first link that is ready; who has none lets it wait, or hears no.
#include "strategies/connection/endpoint.hpp"

#include <algorithm>

namespace squall {
namespace {

using Kind = EndpointAction::Kind;
using Step = EndpointAction::Step;

constexpr std::uint16_t kNoLink = 0xffff;

// Whatever follows the word that it has moved would not be read.
bool can_send(const ClientLink& link) {
  return link.phase == LinkPhase::ready && link.leaving != ClientLink::Leaving::moved;
}

// A link that will be closed sends only while there is no other.
std::uint16_t first_to_send(const Endpoint& who) {
  std::uint16_t leaving = kNoLink;
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    const ClientLink& machine = who.links[link].machine;
    if (!can_send(machine)) continue;
    if (machine.leaving == ClientLink::Leaving::no) return link;
    if (leaving == kNoLink) leaving = link;
  }
  return leaving;
}

std::uint16_t first_idle(const Endpoint& who) {
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    if (who.links[link].machine.phase == LinkPhase::idle) return link;
  }
  return kNoLink;
}

// Links of a user who is logged in are ready, or on their way to be.
bool online(const Endpoint& who) {
  return std::ranges::any_of(
      who.links, [](const EndpointLink& link) { return link.machine.phase != LinkPhase::idle; });
}

// Another link has its place.
bool has_successor(const ClientLink& link) {
  return link.leaving == ClientLink::Leaving::replaced ||
         link.leaving == ClientLink::Leaving::moved;
}

}  // namespace

const ClientKind& EndpointOptions::kind_of(EndpointId who) const {
  return *std::prev(std::ranges::upper_bound(kinds, index(who), {}, &ClientKind::from));
}

// ---- the user ----------------------------------------------------------------------------------

Endpoints::Actions Endpoints::login(const Endpoint& who, Time now) {
  begin();
  for (std::uint16_t link = 0; link < options_.links; ++link) {
    LinkActions actions;
    who.links[link].machine.start(now, options_.link_of(who.id), actions);
    add(who, link, actions, CloseReason::none, CloseReason::none);
  }
  return actions_;
}

Endpoints::Actions Endpoints::logout(const Endpoint& who) {
  begin();
  drop_queue(who.id);
  seen_.erase(who.id);  // what is said until the next login is not missed
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    LinkActions actions;
    who.links[link].machine.stop(actions);
    add(who, link, actions, CloseReason::logout, CloseReason::logout);
  }
  return actions_;
}

Endpoints::Actions Endpoints::send(const Endpoint& who, MessageId message) {
  begin();
  const std::uint16_t link = first_to_send(who);
  if (link != kNoLink) {
    write(who, link, message);
    return actions_;
  }
  if (options_.queue_of(who.id) > 0 && online(who)) {
    auto& queue = queued_[who.id];
    if (queue.size() < options_.queue_of(who.id)) {
      queue.push_back(message);
      return actions_;
    }
  }
  actions_.push_back({.kind = Kind::message, .step = Step::refuse, .message = message});
  return actions_;
}

// One node is enough where it brings the message to the others.
void Endpoints::write(const Endpoint& who, std::uint16_t primary, MessageId message) {
  actions_.push_back(
      {.kind = Kind::message, .step = Step::write, .link = primary, .message = message});
  if (outbox_.keep(who.id, message, primary)) {
    actions_.push_back({.kind = Kind::message, .step = Step::keep, .message = message});
  }
  if (!options_.on_all_links) return;
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    if (link == primary || !can_send(who.links[link].machine)) continue;
    actions_.push_back(
        {.kind = Kind::message, .step = Step::write_also, .link = link, .message = message});
  }
}

// What was written on a link that has ended since; in its order, and before anything that is new.
void Endpoints::write_again(const Endpoint& who) {
  const std::uint16_t link = first_to_send(who);
  if (link == kNoLink) return;
  outbox_.each(who.id, [&](Outbox::Letter& letter) {
    if (!letter.adrift) return;
    letter.adrift = false;
    letter.link = link;
    actions_.push_back({.kind = Kind::message,
                        .step = Step::write_again,
                        .link = link,
                        .times = ++letter.written,
                        .message = letter.message});
  });
}

Endpoints::Actions Endpoints::acknowledged(EndpointId who, MessageId message) {
  begin();
  if (outbox_.acknowledged(who, message)) {
    actions_.push_back({.kind = Kind::message, .step = Step::let_go, .message = message});
  }
  return actions_;
}

std::optional<Position> Endpoints::seen(EndpointId who) const {
  const auto found = seen_.find(who);
  return found == seen_.end() ? std::nullopt : std::optional(found->second);
}

void Endpoints::drop_queue(EndpointId who) {
  outbox_.each(who, [&](const Outbox::Letter& letter) {
    actions_.push_back({.kind = Kind::message, .step = Step::let_go, .message = letter.message});
  });
  outbox_.drop(who);
  const auto found = queued_.find(who);
  if (found == queued_.end()) return;
  for (const MessageId message : found->second) {
    actions_.push_back({.kind = Kind::message, .step = Step::never_sent, .message = message});
  }
  queued_.erase(found);
}

std::optional<EndpointId> Endpoints::waiting() const {
  if (queued_.empty()) return outbox_.somebody();
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
  who.links[link].machine.opened(now, options_.link_of(who.id), actions);
  add(who, link, actions, CloseReason::none, CloseReason::none);
  write_again(who);
  const auto found = queued_.find(who.id);
  if (found != queued_.end()) {
    for (const MessageId message : found->second) write(who, first_to_send(who), message);
    queued_.erase(found);
  }
  move_to_new(who);
  return actions_;
}

Endpoints::Actions Endpoints::lost(const Endpoint& who, std::uint16_t link, Time now) {
  begin();
  end_link(who, link, now);
  write_again(who);
  return actions_;
}

Endpoints::Actions Endpoints::timer(const Endpoint& who, std::uint16_t link,
                                    std::uint32_t generation, Time now) {
  begin();
  LinkActions actions;
  who.links[link].machine.timer(now, generation, options_.link_of(who.id), backoff(who, link),
                                actions);
  ClientLink& machine = who.links[link].machine;
  const bool ended = machine.phase == LinkPhase::backoff && has_successor(machine);
  if (ended) machine.retire();
  // What comes next on this link is another connection, which nobody has asked to move.
  if (machine.phase == LinkPhase::backoff) machine.leaving = ClientLink::Leaving::no;
  add(who, link, actions, CloseReason::timeout, CloseReason::heartbeat);
  if (ended) replace_leaving(who, now);
  if (options_.outbox > 0 && !machine.busy()) {
    outbox_.link_ended(who.id, link);
    write_again(who);
  }
  return actions_;
}

Endpoints::Actions Endpoints::cut(const Endpoint& who, Time now, CloseReason why) {
  begin();
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    if (who.links[link].machine.phase != LinkPhase::ready) continue;
    actions_.push_back({.kind = Kind::close, .why = why, .link = link});
    end_link(who, link, now);
  }
  write_again(who);
  return actions_;
}

void Endpoints::end_link(const Endpoint& who, std::uint16_t link, Time now) {
  ClientLink& machine = who.links[link].machine;
  outbox_.link_ended(who.id, link);
  if (has_successor(machine)) {
    machine.retire();
    replace_leaving(who, now);
    return;
  }
  machine.leaving = ClientLink::Leaving::no;
  LinkActions actions;
  machine.lost(now, options_.link_of(who.id), backoff(who, link), actions);
  add(who, link, actions, CloseReason::none, CloseReason::none);
}

// ---- make before break -------------------------------------------------------------------------

Endpoints::Actions Endpoints::going_away(const Endpoint& who, std::uint16_t link, Time now) {
  begin();
  ClientLink& machine = who.links[link].machine;
  const bool stays = machine.leaving == ClientLink::Leaving::no;
  if (!options_.make_before_break || machine.phase != LinkPhase::ready || !stays) return actions_;
  machine.leaving = ClientLink::Leaving::told;
  replace_leaving(who, now);
  return actions_;
}

// As far as there are links to do it with; the others wait until one is free.
void Endpoints::replace_leaving(const Endpoint& who, Time now) {
  for (EndpointLink& leaving : who.links) {
    if (leaving.machine.leaving != ClientLink::Leaving::told) continue;
    const std::uint16_t free = first_idle(who);
    if (free == kNoLink) return;
    leaving.machine.leaving = ClientLink::Leaving::replaced;
    LinkActions actions;
    who.links[free].machine.start(now, options_.link_of(who.id), actions);
    add(who, free, actions, CloseReason::none, CloseReason::none);
  }
}

// A link has become ready: one that waited for it may go.
void Endpoints::move_to_new(const Endpoint& who) {
  for (std::uint16_t link = 0; link < who.links.size(); ++link) {
    ClientLink& machine = who.links[link].machine;
    if (machine.leaving != ClientLink::Leaving::replaced) continue;
    machine.leaving = ClientLink::Leaving::moved;
    actions_.push_back({.kind = Kind::move, .link = link});
    return;
  }
}

// ---- what a link wants -------------------------------------------------------------------------

void Endpoints::add(const Endpoint& who, std::uint16_t link, const LinkActions& actions,
                    CloseReason abandoned, CloseReason closed) {
  for (const LinkAction& action : actions.list()) {
    const bool timer = action.kind == LinkAction::Kind::start_timer;
    if (timer && action.generation != who.links[link].machine.generation) continue;  // void already
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
  return Rng(seed_, Purpose::backoff, index(who.id) * options_.slots() + link);
}

}  // namespace squall
