// Lives and connections of the clients. Their messages are in clients_send.cpp.
// Every change of a connection goes to the oracle first; the node hears of it a delay later.
#include "sim/kernel/clients.hpp"

#include <algorithm>

#include "scenarios/model/volume.hpp"
#include "sim/books/blame.hpp"
#include "sim/books/setup.hpp"
#include "sim/kernel/balancer.hpp"
#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/heartbeats.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {
namespace {

// A word of a client to its node, behind all that it has said before.
void tell(World& world, ConnectionId id, RoomId room, EventKind what) {
  const ConnectionRecord& record = world.oracle.connection(id);
  Pipe& pipe = world.pipe(id);
  world.client_acks->client_speaks(id);
  pipe.last_uplink = std::max(pipe.last_uplink, world.now + world.client_delay(id));
  world.at(pipe.last_uplink,
           {what, record.node, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(room)});
}

// The next of a life, if there is one.
void will(World& world, EventKind what, EndpointId endpoint, std::optional<Time> at,
          std::uint32_t n) {
  if (at) world.at(*at, {what, kNoNode, static_cast<std::uint32_t>(endpoint), n});
}

// Whoever took this node away, or keeps it from answering; if none was chosen: the last that was
// taken away. An attempt has come to nothing.
TriggerId kept_out_by(const World& world, ConnectionId id) {
  const ConnectionRecord& record = world.oracle.connection(id);
  const NodeId straight = world.plan.straight_to(record.endpoint).value_or(kNoNode);
  const NodeId only = record.node != kNoNode ? record.node : straight;
  TriggerId why = kStructural;
  Time last = kBeforeAll;
  for (std::uint16_t n = 0; n < world.scenario.cluster.nodes.count; ++n) {
    const Node& node = world.nodes->at(NodeId{n});
    if ((only != kNoNode && node.id != only) || (node.up && node.accepting)) continue;
    const Time since = node.up || node.deaths.empty() ? node.began : node.deaths.back().at;
    if (since >= last) why = node.trigger, last = since;
  }
  const Time from = world.now - world.plan.client(record.endpoint).connect_timeout;
  if (why == kStructural && only != kNoNode) why = world.processes->paused_by(only, from);
  return why != kStructural ? why : world.oracle.gap_trigger(record.endpoint);
}

}  // namespace

Clients::Clients(World& world)
    : world_(world),
      lives_(world.plan),
      machine_(endpoint_options(world.scenario, world.spec, world.backplane), world.plan.seed()),
      numbers_(machine_.options().slots()),
      positions_(world.spec.resumes() ? numbers_.of(world.plan.endpoints()) : 0) {
  links_.resize(numbers_.of(world.plan.endpoints()));
  for (const Population& population : world.scenario.people) {
    lines_.push_back(world.network.line_of(population.downlink, population.zone));
  }
}

void Clients::begin() {
  for (std::uint32_t e = 0; e < world_.plan.endpoints(); ++e) {
    const EndpointId endpoint{e};
    if (world_.plan.individual(endpoint)) {
      for (const Membership& m : world_.plan.memberships(endpoint)) {
        if (!world_.plan.initially_joined(endpoint, m.room)) continue;
        machine_.begins_in(endpoint, m.room);
        world_.oracle.rosters().requested(endpoint, m.room, true);
      }
    }
    will(world_, EventKind::login, endpoint, lives_.first_login(endpoint), 0);
    will(world_, EventKind::drop, endpoint, lives_.first_drop(endpoint), 0);
  }
}

// ---- lives -------------------------------------------------------------------------------------

void Clients::login(EndpointId endpoint, std::uint32_t n) {
  if (world_.oracle.intends(endpoint)) return;
  world_.oracle.logged_in(endpoint, world_.now);
  play(endpoint, machine_.login(at(endpoint), world_.now));
  will(world_, EventKind::logout, endpoint, lives_.logout_after(endpoint, world_.now, n), n);
}

void Clients::logout(EndpointId endpoint, std::uint32_t n) {
  world_.oracle.logged_out(endpoint, world_.now);
  play(endpoint, machine_.logout(at(endpoint)));
  if (positions_.kept()) take_position(endpoint);  // the next login begins anew
  will(world_, EventKind::login, endpoint, lives_.login_after(endpoint, world_.now, n), n + 1);
}

void Clients::drop(EndpointId endpoint, std::uint32_t n) {
  const bool silent = world_.plan.drop_is_silent(endpoint, n);
  disconnect(endpoint, silent ? DisconnectHow::silent : DisconnectHow::abort,
             world_.plan.churn(endpoint));
  will(world_, EventKind::drop, endpoint, lives_.drop_after(endpoint, world_.now, n), n + 1);
}

// The path of every connection breaks and the device notices at once; the node is told unless the
// break is silent (a phone that changes networks).
void Clients::disconnect(EndpointId endpoint, DisconnectHow how, TriggerId trigger) {
  for (const EndpointLink& link : at(endpoint).links) {
    if (link.machine.phase != LinkPhase::ready) continue;
    const bool there = world_.oracle.connection(link.connection).dead == kNever;
    world_.pipe(link.connection).flushes = there && how == DisconnectHow::close;
  }
  const auto why = how == DisconnectHow::silent ? CloseReason::silent : CloseReason::network;
  play(endpoint, machine_.cut(at(endpoint), world_.now, why), trigger);
}

// ---- a link's actions --------------------------------------------------------------------------

void Clients::play(EndpointId endpoint, Endpoints::Actions actions, TriggerId cut) {
  using Kind = EndpointAction::Kind;
  for (const EndpointAction& action : actions) {
    const std::uint32_t link = numbers_.first(endpoint) + action.link;
    const ConnectionId id = links_[link].connection;
    switch (action.kind) {
      case Kind::connect: connect(link); break;
      case Kind::abandon: give_up(link, action.why, blame(link, action.why, cut)); break;
      case Kind::close: {
        const bool tell_node = action.why != CloseReason::silent;
        close(id, action.why, blame(link, action.why, cut), tell_node);
        break;
      }
      case Kind::ready: ready(id); break;
      case Kind::send_ping: world_.heartbeats->ping(link); break;
      case Kind::start_timer:
        if (!world_.heartbeats->timer_waits_for_ping(link, action.at)) start_timer(link, action.at);
        break;
      case Kind::joined: world_.oracle.membership(endpoint, action.room, true, world_.now); break;
      case Kind::ask_to_join: tell(world_, id, action.room, EventKind::join_arrives); break;
      case Kind::ask_to_leave: tell(world_, id, action.room, EventKind::leave_arrives); break;
      case Kind::move: tell(world_, id, kNoRoom, EventKind::move_arrives); break;
      case Kind::message: play_message(endpoint, link, action); break;
    }
  }
}

TriggerId Clients::blame(std::uint32_t link, CloseReason why, TriggerId cut) const {
  switch (why) {
    case CloseReason::timeout: return kept_out_by(world_, links_[link].connection);
    case CloseReason::heartbeat:
      return blame_of_silence(world_.plan, world_.oracle.connection(links_[link].connection),
                              world_.now);
    case CloseReason::logout: return world_.plan.churn(numbers_.owner(link));
    case CloseReason::none:
    case CloseReason::network:
    case CloseReason::silent:
    case CloseReason::crash:
    case CloseReason::host_loss:
    case CloseReason::drain:
    case CloseReason::kick:
    case CloseReason::refused:
    case CloseReason::idle:
    case CloseReason::aged:
    case CloseReason::no_broker:
    case CloseReason::reload: break;
  }
  return cut;
}

// Of the link's present generation.
void Clients::start_timer(std::uint32_t link, Time at) {
  world_.at(at, {EventKind::link_timer, kNoNode, link, links_[link].machine.generation});
}

void Clients::link_timer(std::uint32_t link, std::uint32_t generation) {
  if (links_[link].machine.generation != generation) return;
  timer(link, world_.now);
}

void Clients::timer(std::uint32_t link, Time due) {
  const EndpointId endpoint = numbers_.owner(link);
  const std::uint32_t generation = links_[link].machine.generation;
  play(endpoint, machine_.timer(at(endpoint), numbers_.slot(link), generation, due));
}

void Clients::connect(std::uint32_t link) {
  const EndpointId endpoint = numbers_.owner(link);
  const ConnectionId id = world_.oracle.attempted(endpoint, kNoNode);
  links_[link].connection = id;
  Pipe& pipe = world_.pipes.emplace_back();
  pipe.link = link;
  if (world_.plan.individual(endpoint)) {
    const ScriptedClient& own = world_.plan.individual_config(endpoint);
    pipe.line = world_.network.line_of(own.downlink, own.zone);
  } else {
    pipe.line = lines_[world_.plan.population(endpoint)];
  }
  ++tally_.attempts;
  tally_.attempts_in_measure.add(world_.inside());
  world_.after(world_.client_delay(endpoint),
               {EventKind::at_balancer, kNoNode, static_cast<std::uint32_t>(id)});
}

// The client walks away from a running attempt; the node will still do its part of the work.
void Clients::give_up(std::uint32_t link, CloseReason why, TriggerId trigger) {
  const ConnectionId id = links_[link].connection;
  ++(why == CloseReason::timeout ? tally_.timed_out : tally_.abandoned);
  world_.oracle.dead(id, world_.now, why, trigger);
  world_.pipe(id).noticed = true;
  const NodeId node = world_.oracle.connection(id).node;
  if (node == kNoNode) return;
  world_.after(world_.client_delay(id),
               {EventKind::end_at_node, node, static_cast<std::uint32_t>(id)});
}

void Clients::lost(std::uint32_t link) {
  const EndpointId endpoint = numbers_.owner(link);
  play(endpoint, machine_.lost(at(endpoint), numbers_.slot(link), world_.now));
}

void Clients::notice(ConnectionId id) {
  Pipe& pipe = world_.pipe(id);
  if (pipe.noticed) return;
  pipe.noticed = true;
  --tally_.ready;
  world_.oracle.noticed(id, world_.now);
  world_.heartbeats->expect_silence(id);
}

// The client is done with a ready connection.
void Clients::close(ConnectionId id, CloseReason why, TriggerId trigger, bool tell_node) {
  ConnectionRecord& record = world_.oracle.connection(id);
  const EndpointId endpoint = record.endpoint;
  record.reset |= record.closed != kNever;  // what the node's kernel still sends finds nobody
  // A NAT has forgotten it: no way leads to the node any more.
  const bool forgotten = record.dead != kNever && record.reason == CloseReason::silent;
  world_.oracle.dead(id, world_.now, why, trigger);
  world_.heartbeats->path_ended(id);
  if (why == CloseReason::logout && !forgotten) world_.pipe(id).flushes = true;
  notice(id);
  world_.update_reach(endpoint);
  if (!tell_node || forgotten || world_.oracle.connection(id).closed != kNever) return;
  Pipe& pipe = world_.pipe(id);
  const Time arrival = std::max(world_.now + world_.client_delay(id), pipe.last_uplink);
  world_.at(arrival, {EventKind::end_at_node, world_.oracle.connection(id).node,
                      static_cast<std::uint32_t>(id)});
}

// ---- the handshake, as the client sees it ------------------------------------------------------

void Clients::upgraded(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  if (record.dead != kNever) return;
  if (positions_.kept()) {
    if (const auto seen = take_position(record.endpoint)) machine_.saw(record.endpoint, *seen);
  }
  world_.after(world_.client_delay(id),
               {EventKind::subscribe_arrives, record.node, static_cast<std::uint32_t>(id)});
}

void Clients::welcome(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const EndpointId endpoint = record.endpoint;
  const std::uint32_t link = world_.pipe(id).link;
  if (record.dead != kNever || links_[link].connection != id) return;
  if (const auto position = positions_.hear(id)) machine_.saw(endpoint, *position);
  std::vector<RoomId> seated;
  for (const RoomId room : machine_.rooms(endpoint)) {
    if (world_.sessions->seated(id, room)) seated.push_back(room);
  }
  play(endpoint, machine_.opened(at(endpoint), numbers_.slot(link), world_.now, seated));
}

std::optional<Position> Clients::take_position(EndpointId endpoint) {
  return positions_.take(numbers_.first(endpoint), machine_.options().slots(), world_.oracle,
                         world_.now);
}

void Clients::ready(ConnectionId id) {
  ++tally_.established;
  ++tally_.ready;
  world_.oracle.ready(id, world_.now);
  world_.update_reach(world_.oracle.connection(id).endpoint);
}

void Clients::going_away(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const std::uint32_t link = world_.pipe(id).link;
  if (record.dead != kNever || links_[link].connection != id) return;
  const EndpointId endpoint = record.endpoint;
  play(endpoint, machine_.going_away(at(endpoint), numbers_.slot(link), world_.now));
}

void Clients::attempt_refused(ConnectionId id) {
  const std::uint32_t link = world_.pipe(id).link;
  const EndpointLink& state = links_[link];
  if (state.connection != id || state.machine.phase != LinkPhase::connecting) return;
  ++tally_.refused;
  world_.oracle.dead(id, world_.now, CloseReason::refused, kept_out_by(world_, id));
  world_.pipe(id).noticed = true;
  lost(link);
}

void Clients::end_at_client(ConnectionId id) {
  const ConnectionRecord& record = world_.oracle.connection(id);
  const CloseReason why = record.reason;
  const TriggerId trigger = record.trigger;
  const EndpointId endpoint = record.endpoint;
  const std::uint32_t link = world_.pipe(id).link;
  if (record.ready == kNever && links_[link].connection == id) {
    attempt_refused(id);  // the node said goodbye before the welcome
    return;
  }
  if (record.dead != kNever) return;
  world_.oracle.dead(id, world_.now, why, trigger);
  world_.heartbeats->path_ended(id);
  notice(id);
  world_.update_reach(endpoint);
  lost(link);
}

std::vector<NodeId> Clients::sisters(ConnectionId id) const {
  std::vector<NodeId> nodes;
  const std::uint32_t mine = world_.pipes[index(id)].link;
  const std::uint32_t first = mine - numbers_.slot(mine);
  for (std::uint32_t link = first; link < first + machine_.options().slots(); ++link) {
    const EndpointLink& sister = links_[link];
    if (link == mine || sister.connection == kNoConnection || !sister.machine.busy()) continue;
    const NodeId node = world_.oracle.connection(sister.connection).node;
    if (node != kNoNode) nodes.push_back(node);
  }
  return nodes;
}

std::uint64_t Clients::pending() const {
  std::uint64_t count = 0;
  for (std::size_t link = 0; link < links_.size(); ++link) {
    count += links_[link].machine.phase == LinkPhase::connecting;
  }
  return count;
}

}  // namespace squall
