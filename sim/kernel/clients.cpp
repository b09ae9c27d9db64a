// Lives and connections of the clients. Their messages are in clients_send.cpp.
// Every change of a connection goes to the oracle first; the node hears of it a delay later.
#include "sim/kernel/clients.hpp"

#include <algorithm>
#include <set>

#include "sim/kernel/balancer.hpp"
#include "sim/kernel/nodes.hpp"

namespace squall {
Clients::Clients(World& world)
    : world_(world),
      options_{world.scenario.client.heartbeat_every, world.scenario.client.heartbeat_timeout,
               world.scenario.client.connect_timeout, world.scenario.client.backoff},
      links_per_endpoint_(
          std::min<std::uint32_t>(world.spec.connections, world.scenario.cluster.nodes.count)) {
  slots_.resize(static_cast<std::size_t>(world.plan.endpoints()) * links_per_endpoint_);
  for (const Population& population : world.scenario.people) {
    lines_.push_back(line_of(population.downlink));
  }
}

// Individuals may have as many rates as there are of them; populations have few.
std::uint32_t Clients::line_of(std::int64_t bits_per_second) {
  const auto found = std::ranges::find(world_.lines, bits_per_second, &Line::rate);
  const auto place = static_cast<std::uint32_t>(found - world_.lines.begin());
  if (found == world_.lines.end()) world_.lines.emplace_back(bits_per_second);
  return place;
}

void Clients::begin() {
  const Scenario& scenario = world_.scenario;
  std::set<std::string> scripted;  // those whose login stands in the script
  for (const ScriptStep& step : scenario.script) {
    if (step.verb == Verb::connect) scripted.insert(step.client);
  }
  for (std::uint32_t e = 0; e < world_.plan.endpoints(); ++e) {
    const EndpointId endpoint{e};
    if (world_.plan.individual(endpoint)) {
      const ScriptedClient& config = world_.plan.individual_config(endpoint);
      for (const Membership& m : world_.plan.memberships(endpoint)) {
        if (!world_.plan.initially_joined(endpoint, m.room)) continue;
        joined_[endpoint].insert(m.room);
        world_.oracle.requested(endpoint, m.room, true);
      }
      if (scripted.contains(config.name)) continue;
      world_.after(Duration{0}, {EventKind::login, kNoNode, e, 0});
      continue;
    }
    const Time first = world_.plan.first_login(endpoint);
    if (first >= scenario.time.measure) continue;
    world_.at(first, {EventKind::login, kNoNode, e, 0});
    const Duration drop = world_.plan.until_drop(endpoint, 0);
    if (drop < scenario.time.measure - first) {
      world_.at(first + drop, {EventKind::drop, kNoNode, e, 0});
    }
  }
}

// ---- lives -------------------------------------------------------------------------------------

void Clients::login(EndpointId endpoint, std::uint32_t n) {
  if (world_.oracle.intends(endpoint)) return;
  world_.oracle.logged_in(endpoint, world_.now);
  const auto first = static_cast<std::uint32_t>(index(endpoint)) * links_per_endpoint_;
  for (std::uint32_t link = first; link < first + links_per_endpoint_; ++link) {
    LinkActions actions;
    slots_[link].link.start(world_.now, options_, actions);
    play(link, actions, CloseReason::none, kStructural);
  }
  if (world_.plan.individual(endpoint)) return;
  const Duration stay = world_.plan.stay(endpoint, n);
  if (stay < world_.scenario.time.measure - world_.now) {
    world_.after(stay, {EventKind::logout, kNoNode, static_cast<std::uint32_t>(endpoint), n});
  }
}

void Clients::logout(EndpointId endpoint, std::uint32_t n) {
  world_.oracle.logged_out(endpoint, world_.now);
  drop_queue(endpoint);
  const auto first = static_cast<std::uint32_t>(index(endpoint)) * links_per_endpoint_;
  for (std::uint32_t link = first; link < first + links_per_endpoint_; ++link) {
    LinkActions actions;
    slots_[link].link.stop(actions);
    play(link, actions, CloseReason::logout, world_.plan.churn(endpoint));
  }
  const Duration away = world_.plan.away(endpoint, n);
  if (away < world_.scenario.time.measure - world_.now) {
    world_.after(away, {EventKind::login, kNoNode, static_cast<std::uint32_t>(endpoint), n + 1});
  }
}

void Clients::drop(EndpointId endpoint, std::uint32_t n) {
  const bool silent = world_.plan.drop_is_silent(endpoint, n);
  disconnect(endpoint, silent ? DisconnectHow::silent : DisconnectHow::abort,
             world_.plan.churn(endpoint));
  const Duration next = world_.plan.until_drop(endpoint, n + 1);
  if (next < world_.scenario.time.measure - world_.now) {
    world_.after(next, {EventKind::drop, kNoNode, static_cast<std::uint32_t>(endpoint), n + 1});
  }
}

// The path of every connection breaks and the device notices at once; the node is told unless the
// break is silent (a phone that changes networks).
void Clients::disconnect(EndpointId endpoint, DisconnectHow how, TriggerId trigger) {
  const auto first = static_cast<std::uint32_t>(index(endpoint)) * links_per_endpoint_;
  for (std::uint32_t link = first; link < first + links_per_endpoint_; ++link) {
    Slot& slot = slots_[link];
    if (slot.link.phase != LinkPhase::ready) continue;
    world_.pipe(slot.connection).flushes = how == DisconnectHow::close;
    const auto why = how == DisconnectHow::silent ? CloseReason::silent : CloseReason::network;
    close(slot.connection, why, trigger, how != DisconnectHow::silent);
    lost(link, why, trigger);
  }
}

// ---- a link's actions --------------------------------------------------------------------------

Rng Clients::backoff_rng(std::uint32_t link) const {
  return Rng(world_.plan.seed(), Purpose::backoff, link);
}

void Clients::play(std::uint32_t link, const LinkActions& actions, CloseReason why,
                   TriggerId trigger) {
  for (const LinkAction& action : actions.list()) {
    switch (action.kind) {
      case LinkAction::Kind::connect: connect(link); break;
      case LinkAction::Kind::abandon: give_up(link, why, trigger); break;
      case LinkAction::Kind::close: close(slots_[link].connection, why, trigger, true); break;
      case LinkAction::Kind::send_ping: ping(link); break;
      case LinkAction::Kind::start_timer:
        if (!timer_waits_for_ping(link, action.at)) start_timer(link, action.at);
        break;
    }
  }
}

// Of the link's present generation.
void Clients::start_timer(std::uint32_t link, Time at) {
  world_.at(at, {EventKind::link_timer, kNoNode, link, slots_[link].link.generation});
}

void Clients::link_timer(std::uint32_t link, std::uint32_t generation) {
  Slot& slot = slots_[link];
  if (slot.link.generation != generation) return;
  const bool connecting = slot.link.phase == LinkPhase::connecting;
  TriggerId trigger = kStructural;
  if (connecting) trigger = world_.oracle.gap_trigger(owner(link));
  if (slot.link.pong == ClientLink::Pong::awaited) trigger = blame_silence(slot.connection);
  LinkActions actions;
  slot.link.timer(world_.now, generation, options_, backoff_rng(link), actions);
  play(link, actions, connecting ? CloseReason::timeout : CloseReason::heartbeat, trigger);
}

// A client that hears nothing: the dead path has an author; otherwise a paused node, or overload.
TriggerId Clients::blame_silence(ConnectionId id) const {
  if (id == kNoConnection) return kOverload;
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.reason != CloseReason::none) return record.trigger;
  const TriggerId paused = world_.nodes->paused_by(
      record.node, world_.now - options_.heartbeat_every - options_.heartbeat_timeout);
  return paused != kStructural ? paused : kOverload;
}

void Clients::connect(std::uint32_t link) {
  const EndpointId endpoint = owner(link);
  const ConnectionId id = world_.oracle.attempted(endpoint, kNoNode);
  slots_[link].connection = id;
  Pipe& pipe = world_.pipes.emplace_back();
  pipe.link = link;
  pipe.line = world_.plan.individual(endpoint) ? line_of(world_.plan.downlink(endpoint))
                                               : lines_[world_.plan.population(endpoint)];
  ++tally_.attempts;
  tally_.attempts_in_measure.add(world_.inside());
  world_.after(world_.client_delay(endpoint),
               {EventKind::at_balancer, kNoNode, static_cast<std::uint32_t>(id)});
}

// The client walks away from a running attempt; the node will still do its part of the work.
void Clients::give_up(std::uint32_t link, CloseReason why, TriggerId trigger) {
  const ConnectionId id = slots_[link].connection;
  ++(why == CloseReason::timeout ? tally_.timed_out : tally_.abandoned);
  world_.oracle.dead(id, world_.now, why, trigger);
  world_.pipe(id).noticed = true;
  const NodeId node = world_.oracle.connection(id).node;
  if (node == kNoNode) return;
  world_.after(world_.client_delay(owner(link)),
               {EventKind::end_at_node, node, static_cast<std::uint32_t>(id)});
}

void Clients::lost(std::uint32_t link, CloseReason why, TriggerId trigger) {
  LinkActions actions;
  slots_[link].link.lost(world_.now, options_, backoff_rng(link), actions);
  play(link, actions, why, trigger);
}

void Clients::notice(ConnectionId id) {
  Pipe& pipe = world_.pipe(id);
  if (pipe.noticed) return;
  pipe.noticed = true;
  --ready_links_;
  world_.oracle.noticed(id, world_.now);
  world_.nodes->expect_silence(id);
}

// The client is done with a ready connection.
void Clients::close(ConnectionId id, CloseReason why, TriggerId trigger, bool tell_node) {
  ConnectionRecord& record = world_.oracle.connection(id);
  const EndpointId endpoint = record.endpoint;
  record.reset |= record.closed != kNever;  // what the node's kernel still sends finds nobody
  world_.oracle.dead(id, world_.now, why, trigger);
  path_ended(id);
  if (why == CloseReason::logout) world_.pipe(id).flushes = true;
  notice(id);
  world_.update_reach(endpoint);
  if (!tell_node || world_.oracle.connection(id).closed != kNever) return;
  Pipe& pipe = world_.pipe(id);
  const Time arrival = std::max(world_.now + world_.client_delay(endpoint), pipe.last_uplink);
  world_.at(arrival, {EventKind::end_at_node, world_.oracle.connection(id).node,
                      static_cast<std::uint32_t>(id)});
}

// ---- the handshake, as the client sees it ------------------------------------------------------

void Clients::upgraded(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.dead != kNever) return;
  world_.after(world_.client_delay(record.endpoint),
               {EventKind::subscribe_arrives, record.node, static_cast<std::uint32_t>(id)});
}

void Clients::welcome(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const EndpointId endpoint = record.endpoint;
  const std::uint32_t link = world_.pipe(id).link;
  if (record.dead != kNever || slots_[link].connection != id) return;
  ++tally_.established;
  ++ready_links_;
  for (const Membership& m : world_.plan.memberships(endpoint)) {
    if (!world_.plan.individual(endpoint) || !wants(endpoint, m.room)) continue;
    if (world_.nodes->seated(id, m.room)) {
      world_.oracle.membership(endpoint, m.room, true, world_.now);
    } else {
      tell(id, m.room, EventKind::join_arrives);  // asked for while the welcome was under way
    }
  }
  world_.oracle.ready(id, world_.now);
  world_.update_reach(endpoint);
  LinkActions actions;
  slots_[link].link.opened(world_.now, options_, actions);
  play(link, actions, CloseReason::none, kStructural);
  flush(endpoint);
}

void Clients::attempt_refused(ConnectionId id) {
  const std::uint32_t link = world_.pipe(id).link;
  Slot& slot = slots_[link];
  if (slot.connection != id || slot.link.phase != LinkPhase::connecting) return;
  ++tally_.refused;
  const TriggerId trigger = world_.oracle.gap_trigger(owner(link));
  world_.oracle.dead(id, world_.now, CloseReason::refused, trigger);
  world_.pipe(id).noticed = true;
  lost(link, CloseReason::refused, trigger);
}

void Clients::end_at_client(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const CloseReason why = record.reason;
  const TriggerId trigger = record.trigger;
  const EndpointId endpoint = record.endpoint;
  const std::uint32_t link = world_.pipe(id).link;
  if (record.ready == kNever && slots_[link].connection == id) {
    attempt_refused(id);  // the node said goodbye before the welcome
    return;
  }
  if (record.dead != kNever) return;
  world_.oracle.dead(id, world_.now, why, trigger);
  path_ended(id);
  notice(id);
  world_.update_reach(endpoint);
  lost(link, why, trigger);
}

std::vector<NodeId> Clients::sisters(ConnectionId id) const {
  std::vector<NodeId> nodes;
  const std::uint32_t mine = world_.pipes[index(id)].link;
  const std::uint32_t first = mine / links_per_endpoint_ * links_per_endpoint_;
  for (std::uint32_t link = first; link < first + links_per_endpoint_; ++link) {
    const Slot& slot = slots_[link];
    if (link == mine || slot.connection == kNoConnection) continue;
    if (slot.link.phase != LinkPhase::connecting && slot.link.phase != LinkPhase::ready) continue;
    const NodeId node = world_.oracle.connection(slot.connection).node;
    if (node != kNoNode) nodes.push_back(node);
  }
  return nodes;
}

std::uint64_t Clients::pending() const {
  std::uint64_t count = 0;
  for (std::size_t link = 0; link < slots_.size(); ++link) {
    count += slots_[link].link.phase == LinkPhase::connecting;
  }
  return count;
}

}  // namespace squall
