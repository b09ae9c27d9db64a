// SET, DEL, MGET and the scripts: what is written, found, and when it runs out. See registry.hpp.
// An entry that has expired is removed by whoever touches it next.
#include "sim/kernel/registry.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <string>
#include <utility>

#include "sim/books/spells.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/processes.hpp"
#include "sim/kernel/registry_bytes.hpp"
#include "sim/kernel/sessions.hpp"

namespace squall {

Registry::Registry(World& world)
    : world_(world),
      entries_(world.backplane.needs.registry ? world.plan.endpoints() : 0),
      leases_(world.scenario.cluster.nodes.count),
      lines_(world.scenario.cluster.nodes.count),
      reconnect_(world.scenario.cluster.broker.reconnect),
      last_arrival_(world.scenario.cluster.nodes.count, kBeforeAll),
      ends_(world.scenario.cluster.nodes.count),
      of_late_(longest_lag_of_registry(world.scenario)) {}

bool Registry::routes_to(EndpointId endpoint, NodeId node) const {
  const Entry& entry = entries_[index(endpoint)];
  return entry.live(world_.now) && (!entry.held || covered(entry)) && entry.node == node;
}

// A call is acknowledged by its answer. Scripts that are called by their names are said before,
// once on each connection.
void Registry::count_call(NodeId from, const RegistryCall& call, Time turn, Time when) {
  Line& line = lines_[index(from)];
  const auto says = [&](const WireCost& cost) {
    world_.bytes.passed(Link::node_to_registry, BytePurpose::control, cost, when, from);
    const Bytes shared = line.asks.join(turn, cost);
    world_.share(Link::node_to_registry, shared, when, from);
    const Bytes bare = ends_[index(from)].sent(when);
    world_.bytes.acknowledged(Link::registry_to_node, bare, when, from);
  };
  if (by_name(call.verb) && !std::exchange(line.loaded, true)) {
    says(wire::resp_load(wire::kLeaseScripts));
    turn_ = turn;
    count_answer(from, wire::resp_loaded(wire::kLeaseScripts), when);
  }
  says(wire_cost(call, world_.scenario.cluster.registry.lease));
}

// What was asked for together is answered together.
void Registry::count_answer(NodeId to, const WireCost& cost, Time when) {
  world_.bytes.passed(Link::registry_to_node, BytePurpose::control, cost, when, to);
  Line& line = lines_[index(to)];
  const Bytes shared = line.hears.join(turn_, cost);
  world_.share(Link::registry_to_node, shared, when, to);
  if (shared == cost.segments) return;
  const Bytes bare = ends_[index(to)].received(when, cost.segments - shared);
  world_.bytes.acknowledged(Link::registry_to_node, bare, when, to);
}

std::optional<Cut> Registry::cut_from(NodeId node) const {
  return world_.network.cut_between(node_place(node), kRegistry, world_.now);
}

// When what is written into this cut now is lost; kNever: it waits, and comes through.
Time Registry::lost_in(const Cut& cut) const {
  const Time end = given_up(world_.plan, cut, world_.scenario.cluster.registry.keep_alive);
  if (end != kNever) return std::max(world_.now, end);
  return cut.until == kNever ? world_.now + world_.scenario.cluster.net.peer_timeout : kNever;
}

// A question is answered "unavailable"; a write is one that nobody answers for.
void Registry::refuse(NodeId to, std::uint32_t epoch, const RegistryCall& call, Time leaves) {
  if (call.request == 0) return;
  world_.at(leaves, {EventKind::registry_reply, to,
                     replies_.put({{call.request, false, call.keys, {}}, false}), epoch});
}

void Registry::call(NodeId from, RegistryCall call, Time when) {
  const std::uint32_t epoch = world_.processes->epoch(from);
  const Duration delay = world_.network.cluster_delay(Place::Kind::registry, from);
  const Line& line = lines_[index(from)];
  const auto cut = cut_from(from);
  if (!line.open) return refuse(from, epoch, call, world_.now + delay);
  if (const Time lost = cut ? lost_in(*cut) : kNever; lost != kNever) {
    lines_[index(from)].trigger = cut->trigger;
    return refuse(from, epoch, call, lost);
  }
  const Time turn = world_.nodes->turn(from, cut);
  count_call(from, call, turn, when);
  Time& last = last_arrival_[index(from)];
  last = std::max(last, (cut ? std::max(cut->until, when) : when) + delay);
  const std::uint32_t slot = calls_.put({std::move(call), turn});
  world_.at(last, {EventKind::registry_arrives, from, slot, epoch, line.made});
}

void Registry::arrives(NodeId from, std::uint32_t slot, std::uint32_t epoch, std::uint32_t made) {
  auto [call, turn] = calls_.take(slot);
  turn_ = turn;
  const WireCost cost = wire_cost(call, world_.scenario.cluster.registry.lease);
  with_others_ = lines_[index(from)].asks.holds_more_than(cost, turn);
  if (!up_ || made != epoch_) {  // nobody knows this connection; its end is told so
    refuse(from, epoch, call,
           world_.now + world_.network.cluster_delay(Place::Kind::registry, from));
    Line& line = lines_[index(from)];
    if (line.open && line.made == made && epoch == world_.processes->epoch(from)) {
      line.close(trigger_);
      reconnect(from);
    }
    return;
  }
  busy_until_ = std::max(busy_until_, world_.now) + service_costs().registry_call +
                keys_touched(call) * service_costs().registry_key;
  carry_out(from, epoch, std::move(call));
}

void Registry::carry_out(NodeId from, std::uint32_t epoch, RegistryCall call) {
  using Verb = RegistryCall::Verb;
  remember(from, call);
  switch (call.verb) {
    case Verb::set_route:
    case Verb::delete_route:
    case Verb::set_if_newer:
    case Verb::delete_if_mine:
    case Verb::set_held:
    case Verb::add_member:
    case Verb::remove_member: {
      const bool plain = call.verb == Verb::set_route;
      count_answer(from, plain ? wire::resp_ok() : wire::resp_integer(1), busy_until_);
      const bool applied = write(from, call);
      if (call.request == 0) break;
      answer(from, epoch, {call.request, true, std::move(call.keys), {}, applied}, busy_until_);
      break;
    }
    case Verb::hold: {
      const bool applied = hold(from, call.epoch);
      if (call.request == 0) break;
      answer(from, epoch, {call.request, true, {}, {}, applied}, busy_until_);
      break;
    }
    case Verb::get_routes:
    case Verb::get_held:
    case Verb::get_members: {
      RegistryReply reply = look_up(from, std::move(call));
      answer(from, epoch, std::move(reply), busy_until_);
    }
  }
}

const Registry::Entry* Registry::known(std::uint32_t key) const {
  if ((key & kRoomKey) == 0) return &entries_[key];
  const auto found = of_rooms_.find(key);
  return found == of_rooms_.end() ? nullptr : &found->second;
}

Registry::Entry& Registry::entry(std::uint32_t key) {
  return (key & kRoomKey) != 0 ? of_rooms_[key] : entries_[key];
}

bool Registry::write(NodeId from, const RegistryCall& call) {
  const std::uint32_t key = call.keys.front();
  if (call.verb == RegistryCall::Verb::add_member) return sets_.add(key, from, call.epoch);
  if (call.verb == RegistryCall::Verb::remove_member) return sets_.remove(key, from, call.epoch);
  const Entry& entry = this->entry(key);
  const bool taken = entry.live(world_.now) && entry.node != from;
  switch (call.verb) {
    case RegistryCall::Verb::set_if_newer:
    case RegistryCall::Verb::set_held:
      if (taken && entry.epoch >= call.epoch) return false;
      [[fallthrough]];
    case RegistryCall::Verb::set_route: set(from, call); return true;
    case RegistryCall::Verb::delete_if_mine:
      if (taken) return false;
      [[fallthrough]];
    case RegistryCall::Verb::delete_route: return remove(from, key);
    case RegistryCall::Verb::hold:
    case RegistryCall::Verb::add_member:
    case RegistryCall::Verb::remove_member:
    case RegistryCall::Verb::get_routes:
    case RegistryCall::Verb::get_held:
    case RegistryCall::Verb::get_members: break;
  }
  return false;
}

void Registry::set(NodeId from, const RegistryCall& call) {
  const std::uint32_t key = call.keys.front();
  Entry& entry = this->entry(key);
  if (entry.node != kNoNode && !entry.live(world_.now)) ++tally_.expiries, entry.node = kNoNode;
  if (entry.node == kNoNode) ++tally_.written;
  entry.node = entry.last = from;
  entry.epoch = call.epoch;
  entry.deleted_by = kStructural;
  if (entry.back_to == from) entry.back_to = kNoNode;
  entry.held = call.verb == RegistryCall::Verb::set_held;
  entry.expires =
      world_.now + (entry.held ? kHeldEntryLife : world_.scenario.cluster.registry.lease);
  if ((key & kRoomKey) != 0) return;  // nobody is reached by it
  const EndpointId endpoint{key};
  if (!entry.watched && world_.backplane.covers == Covers::route) watch(endpoint);
  world_.update_reach(endpoint);
}

// A lease that runs out makes its client unreachable without anybody saying a word.
void Registry::watch(EndpointId endpoint) {
  Entry& entry = entries_[index(endpoint)];
  entry.watched = true;
  world_.at(entry.expires, {EventKind::lease_check, kNoNode, static_cast<std::uint32_t>(endpoint)});
}

void Registry::lease_check(EndpointId endpoint) {
  Entry& entry = entries_[index(endpoint)];
  entry.watched = false;
  if (entry.live(world_.now))
    watch(endpoint);
  else
    world_.update_reach(endpoint);
}

// Whether this process had held it until now.
bool Registry::hold(NodeId node, std::uint64_t since) {
  const Time expires = world_.now + world_.scenario.cluster.registry.lease;
  const std::uint64_t before = leases_.since(node, world_.now);
  count_answer(node, wire_cost_of_lease(before), busy_until_);
  const bool held = leases_.hold(node, since, world_.now, expires);
  if (!held) update_reach(node);
  if (!std::exchange(leases_.watched(node), true)) watch_lease(node);
  return held;
}

void Registry::watch_lease(NodeId node) {
  world_.at(leases_.expires(node), {EventKind::node_lease_check, node});
}

void Registry::lease_check(NodeId node) {
  if (leases_.expires(node) > world_.now) return watch_lease(node);
  leases_.watched(node) = false;
  update_reach(node);
}

void Registry::update_reach(NodeId node) {
  if (world_.backplane.covers != Covers::route) return;
  for (const ConnectionId id : world_.sessions->all(node)) {
    world_.update_reach(world_.oracle.connection(id).endpoint);
  }
}

// An outage, until every lease has been renewed; or a pause of the node that should have renewed
// it, or that deleted it late.
TriggerId Registry::blame_missing(Address to) const {
  const bool recent = !up_ || (up_since_ != kNever &&
                               world_.now < up_since_ + world_.scenario.cluster.registry.lease);
  if (recent) return trigger_;
  if (to.kind == Address::Kind::room) return blame_lease();
  if (entries_.empty()) return kStructural;
  const Entry& entry = entries_[index(to.endpoint())];
  if (entry.deleted_by != kStructural || entry.last == kNoNode) return entry.deleted_by;
  const Time gone = entry.held ? leases_.expires(entry.last) : entry.expires;
  return world_.processes->paused_by(entry.last, gone);
}

bool Registry::remove(NodeId from, std::uint32_t key) {
  Entry& entry = this->entry(key);
  if (entry.node == kNoNode) return false;
  const bool lived = entry.live(world_.now);
  ++(lived ? tally_.deletes : tally_.expiries);
  if (from != entry.node) {
    entry.deleted_by = world_.processes->paused_by(from, world_.now - 1s);
  }
  entry.node = kNoNode;
  if ((key & kRoomKey) == 0) world_.update_reach(EndpointId{key});
  return lived;
}

// Of a room: a node that was in its set, and holds no lease now, as it stood still.
TriggerId Registry::blame_lease() const {
  for (std::uint16_t n = 0; n < lines_.size(); ++n) {
    const Time gone = leases_.expires(NodeId{n});
    if (gone == kBeforeAll || world_.now < gone) continue;
    const TriggerId trigger = world_.processes->paused_by(NodeId{n}, gone);
    if (trigger != kStructural) return trigger;
  }
  return kStructural;
}

RegistryReply Registry::look_up(NodeId from, RegistryCall call) {
  RegistryReply reply{call.request, true, std::move(call.keys), {}};
  RegistryAnswer answer;
  if (call.verb == RegistryCall::Verb::get_members) {
    reply.nodes = sets_.members(reply.keys.front(), leases_, world_.now);
    for (const NodeId node : reply.nodes) answer.found(sets_.epoch(reply.keys.front(), node));
  } else {
    const bool held = call.verb == RegistryCall::Verb::get_held;
    reply.nodes.reserve(reply.keys.size());
    for (const std::uint32_t key : reply.keys) {
      const Entry* const entry = known(key);
      const bool there = entry != nullptr && entry->live(world_.now) && (!held || covered(*entry));
      reply.nodes.push_back(there ? entry->node : kNoNode);
      there ? answer.found(entry->epoch) : answer.absent();
    }
  }
  count_answer(from, answer.cost(), busy_until_);
  return reply;
}

// To the process that asked; its successor on the same node would not know the request.
void Registry::answer(NodeId to, std::uint32_t epoch, RegistryReply reply, Time leaves) {
  if (const auto cut = cut_from(to)) {
    const Time lost = lost_in(*cut);
    if (lost != kNever) {
      reply = {reply.request, false, std::move(reply.keys), {}};
      lines_[index(to)].trigger = cut->trigger;
    }
    leaves = std::max(leaves, lost != kNever ? lost : cut->until);
  }
  world_.at(leaves + world_.network.cluster_delay(Place::Kind::registry, to),
            {EventKind::registry_reply, to, replies_.put({std::move(reply), with_others_}), epoch});
}

void Registry::replies(NodeId node, std::uint32_t slot, std::uint32_t epoch) {
  auto [reply, with_others] = replies_.take(slot);
  if (epoch != world_.processes->epoch(node)) return;
  if (with_others) {
    world_.nodes->work(node, Duration{0}, 0);  // it is awake: the turn lasts as long as its work
    world_.nodes->begin_burst(node);
  }
  world_.nodes->step(node, std::move(reply));
}

void Registry::check(std::vector<Violation>& violations) const {
  std::uint64_t entries = 0;
  for (const Entry& entry : entries_) entries += entry.node != kNoNode;
  for (const auto& [key, entry] : of_rooms_) entries += entry.node != kNoNode;
  if (!sets_.balanced()) violations.push_back({"registry", "members of sets != added - removed"});
  if (entries == tally_.written - tally_.deletes - tally_.expiries) return;
  violations.push_back(
      {"registry", fmt::format("entries {} != sets {} - deletes {} - expiries {}", entries,
                               tally_.written, tally_.deletes, tally_.expiries)});
}

}  // namespace squall
