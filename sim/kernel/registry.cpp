// SET, DEL, MGET and two scripts. See registry.hpp.
// An entry that has expired is removed by whoever touches it next.
#include "sim/kernel/registry.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/processes.hpp"

namespace squall {
namespace {

constexpr Bytes kKey = 16, kRoute = 8;  // "user:1234567890" -> node and epoch
constexpr Bytes kNode = 2;              // alone
constexpr Place kRegistry{Place::Kind::registry, kNoNode};

}  // namespace

Registry::Registry(World& world)
    : world_(world),
      entries_(world.backplane.needs.registry ? world.plan.endpoints() : 0),
      lines_(world.scenario.cluster.nodes.count),
      reconnect_(world.scenario.cluster.broker.reconnect),
      last_arrival_(world.scenario.cluster.nodes.count, kBeforeAll),
      ends_(world.scenario.cluster.nodes.count) {}

bool Registry::routes_to(EndpointId endpoint, NodeId node) const {
  const Entry& entry = entries_[index(endpoint)];
  return live(entry) && entry.node == node;
}

// A call is acknowledged by its answer.
void Registry::count_call(NodeId from, const RegistryCall& call, Time when) {
  using Verb = RegistryCall::Verb;
  const auto keys = static_cast<Bytes>(call.keys.size());
  const auto lease = world_.scenario.cluster.registry.lease.count() / 1'000'000;
  const Bytes digits = wire::decimal_digits(lease);
  const auto command = [&]() -> wire::Command {
    switch (call.verb) {
      case Verb::get_routes: return {.verb = 4, .keys = keys, .key = kKey};  // MGET
      case Verb::delete_route: return {.verb = 3, .keys = 1, .key = kKey};   // DEL
      case Verb::set_if_newer:
        return {.verb = 4,
                .keys = 1,
                .key = kKey,
                .value = kNode,
                .option = wire::decimal_digits(static_cast<Bytes>(call.epoch)),
                .words = digits,
                .script = wire::kSetIfNewerScript};
      case Verb::delete_if_mine:
        return {
            .verb = 4, .keys = 1, .key = kKey, .value = kNode, .script = wire::kDeleteIfMineScript};
      case Verb::set_route: break;
    }
    return {
        .verb = 3, .keys = 1, .key = kKey, .value = kRoute, .option = 2, .words = digits};  // PX
  }();
  const WireCost cost = wire::resp_command(command);
  world_.bytes.passed(Link::node_to_registry, BytePurpose::control, cost, when, from);
  const Bytes shared = lines_[index(from)].asks.join(world_.nodes->burst(from), cost);
  world_.share(Link::node_to_registry, shared, when, from);
  world_.bytes.acknowledged(Link::registry_to_node, ends_[index(from)].sent(when), when, from);
}

// What was asked for together is answered together.
void Registry::count_answer(NodeId to, const WireCost& cost, Time when) {
  world_.bytes.passed(Link::registry_to_node, BytePurpose::control, cost, when, to);
  Line& line = lines_[index(to)];
  const Bytes shared = line.hears.join(line.asks.burst, cost);
  world_.share(Link::registry_to_node, shared, when, to);
  if (shared == cost.segments) return;
  const Bytes bare = ends_[index(to)].received(when, cost.segments - shared);
  world_.bytes.acknowledged(Link::registry_to_node, bare, when, to);
}

std::optional<Cut> Registry::cut_from(NodeId node) const {
  return world_.peers->cut_between(node_place(node), kRegistry);
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
                     replies_.put({call.request, false, call.keys, {}}), epoch});
}

void Registry::call(NodeId from, const RegistryCall& call, Time when) {
  const std::uint32_t epoch = world_.processes->epoch(from);
  const Duration delay = world_.cluster_delay(World::Hop::registry, from);
  const Line& line = lines_[index(from)];
  const auto cut = cut_from(from);
  if (!line.open) return refuse(from, epoch, call, world_.now + delay);
  if (const Time lost = cut ? lost_in(*cut) : kNever; lost != kNever) {
    lines_[index(from)].trigger = cut->trigger;
    return refuse(from, epoch, call, lost);
  }
  count_call(from, call, when);
  Time& last = last_arrival_[index(from)];
  last = std::max(last, (cut ? std::max(cut->until, when) : when) + delay);
  world_.at(last, {EventKind::registry_arrives, from, calls_.put(call), epoch, line.made});
}

void Registry::arrives(NodeId from, std::uint32_t slot, std::uint32_t epoch, std::uint32_t made) {
  RegistryCall call = calls_.take(slot);
  if (!up_ || made != epoch_) {  // nobody knows this connection; its end is told so
    refuse(from, epoch, call, world_.now + world_.cluster_delay(World::Hop::registry, from));
    Line& line = lines_[index(from)];
    if (line.open && line.made == made && epoch == world_.processes->epoch(from)) {
      close(line, trigger_);
      reconnect(from);
    }
    return;
  }
  const auto keys = static_cast<std::int64_t>(call.keys.size());
  busy_until_ = std::max(busy_until_, world_.now) + service_costs().registry_call +
                keys * service_costs().registry_key;
  switch (call.verb) {
    case RegistryCall::Verb::set_route:
    case RegistryCall::Verb::delete_route:
    case RegistryCall::Verb::set_if_newer:
    case RegistryCall::Verb::delete_if_mine: {
      const bool plain = call.verb == RegistryCall::Verb::set_route;
      count_answer(from, plain ? wire::resp_ok() : wire::resp_integer(1), busy_until_);
      const bool applied = write(from, call);
      if (call.request == 0) break;
      answer(from, epoch, {call.request, true, std::move(call.keys), {}, applied}, busy_until_);
      break;
    }
    case RegistryCall::Verb::get_routes: {
      RegistryReply reply = look_up(std::move(call));
      const Bytes absent = std::ranges::count(reply.nodes, kNoNode);
      const wire::Values values{.found = keys - absent, .absent = absent, .value = kRoute};
      count_answer(from, wire::resp_values(values), busy_until_);
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
  const Entry& entry = this->entry(key);
  const bool taken = live(entry) && entry.node != from;
  switch (call.verb) {
    case RegistryCall::Verb::set_if_newer:
      if (taken && entry.epoch >= call.epoch) return false;
      [[fallthrough]];
    case RegistryCall::Verb::set_route: set(from, key, call.epoch); return true;
    case RegistryCall::Verb::delete_if_mine:
      if (taken) return false;
      [[fallthrough]];
    case RegistryCall::Verb::delete_route: return remove(from, key);
    case RegistryCall::Verb::get_routes: break;
  }
  return false;
}

void Registry::set(NodeId from, std::uint32_t key, std::uint64_t epoch) {
  Entry& entry = this->entry(key);
  if (entry.node != kNoNode && !live(entry)) ++expiries_, entry.node = kNoNode;
  if (entry.node == kNoNode) ++sets_;
  entry.node = entry.last = from;
  entry.epoch = epoch;
  entry.deleted_by = kStructural;
  entry.expires = world_.now + world_.scenario.cluster.registry.lease;
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
  if (live(entry))
    watch(endpoint);
  else
    world_.update_reach(endpoint);
}

// An outage, until every lease has been renewed; or a pause of the node that should have renewed
// it, or that deleted it late.
TriggerId Registry::blame_missing(Address to) const {
  const bool recent = !up_ || (up_since_ != kNever &&
                               world_.now < up_since_ + world_.scenario.cluster.registry.lease);
  if (recent) return trigger_;
  if (to.kind != Address::Kind::user || entries_.empty()) return kStructural;
  const Entry& entry = entries_[index(to.endpoint())];
  if (entry.deleted_by != kStructural || entry.last == kNoNode) return entry.deleted_by;
  return world_.processes->paused_by(entry.last, entry.expires);
}

bool Registry::remove(NodeId from, std::uint32_t key) {
  Entry& entry = this->entry(key);
  if (entry.node == kNoNode) return false;
  const bool lived = live(entry);
  ++(lived ? deletes_ : expiries_);
  if (from != entry.node) {
    entry.deleted_by = world_.processes->paused_by(from, world_.now - 1s);
  }
  entry.node = kNoNode;
  if ((key & kRoomKey) == 0) world_.update_reach(EndpointId{key});
  return lived;
}

RegistryReply Registry::look_up(RegistryCall call) const {
  RegistryReply reply{call.request, true, std::move(call.keys), {}};
  reply.nodes.reserve(reply.keys.size());
  for (const std::uint32_t key : reply.keys) {
    const Entry* const entry = known(key);
    reply.nodes.push_back(entry != nullptr && live(*entry) ? entry->node : kNoNode);
  }
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
  world_.at(leaves + world_.cluster_delay(World::Hop::registry, to),
            {EventKind::registry_reply, to, replies_.put(std::move(reply)), epoch});
}

void Registry::replies(NodeId node, std::uint32_t slot, std::uint32_t epoch) {
  RegistryReply reply = replies_.take(slot);
  if (epoch == world_.processes->epoch(node)) world_.nodes->step(node, std::move(reply));
}

// ---- links -------------------------------------------------------------------------------------

void Registry::started(NodeId node) {
  Line& line = lines_[index(node)];
  ++line.attempt;
  line.open = true;
  line.made = epoch_;
  const auto cut = cut_from(node);
  if (!up_ || cut) close(line, cut ? cut->trigger : trigger_);
}

void Registry::close(Line& line, TriggerId trigger) {
  line.open = false;
  line.trigger = trigger;
}

// One wait, then an attempt, as at the broker.
void Registry::reconnect(NodeId node) {
  Line& line = lines_[index(node)];
  if (!world_.backplane.needs.registry) return;
  if (!up_ || line.open || !world_.processes->up(node) || cut_from(node)) return;
  const auto entity = reconnect_stream(world_.plan, node, Place::Kind::registry);
  Duration delay{reconnect_.sample(world_.draw(Purpose::broker_reconnect, entity))};
  for (int leg = 0; leg < 2; ++leg) delay += world_.cluster_delay(World::Hop::registry, node);
  const Pause* const pause = pause_at(world_.plan, node, world_.now);
  const Time noticed = pause != nullptr ? pause->range.end : world_.now;
  world_.at(noticed + delay, {EventKind::registry_link_up, node, 0, ++line.attempt});
}

void Registry::link_up(NodeId node, std::uint32_t attempt) {
  Line& line = lines_[index(node)];
  if (!up_ || attempt != line.attempt || !world_.processes->up(node) || cut_from(node)) return;
  line.open = true;
  line.made = epoch_;
}

void Registry::cut_off(NodeId node) {
  if (!world_.backplane.needs.registry) return;
  const Time end =
      given_up(world_.plan, *cut_from(node), world_.scenario.cluster.registry.keep_alive);
  if (end != kNever) world_.at(end, {EventKind::registry_link_lost, node});
}

void Registry::keep_alive_fails(NodeId node) {
  Line& line = lines_[index(node)];
  const auto cut = cut_from(node);
  if (cut || line.made != epoch_) close(line, cut ? cut->trigger : trigger_);
  reconnect(node);
}

void Registry::healed(NodeId node) {
  if (!world_.backplane.needs.registry) return;
  reconnect(node);
  const Line& line = lines_[index(node)];
  const Patience patience = of_server_link(world_.scenario.cluster.registry.keep_alive);
  if (!line.open || line.made == epoch_ || patience.timeout == Duration{0}) return;
  world_.after(patience.interval, {EventKind::registry_link_lost, node});
}

void Registry::down(TriggerId trigger) {
  up_ = false;
  ++epoch_;
  trigger_ = trigger;
  for (std::uint16_t n = 0; n < lines_.size(); ++n) {
    if (!cut_from(NodeId{n})) close(lines_[n], trigger);  // else the news does not come through
  }
}

void Registry::up() {
  up_ = true;
  up_since_ = world_.now;
  for (std::uint16_t n = 0; n < lines_.size(); ++n) reconnect(NodeId{n});
}

void Registry::check(std::vector<Violation>& violations) const {
  std::uint64_t entries = 0;
  for (const Entry& entry : entries_) entries += entry.node != kNoNode;
  for (const auto& [key, entry] : of_rooms_) entries += entry.node != kNoNode;
  if (entries == sets_ - deletes_ - expiries_) return;
  violations.push_back({"registry", "entries " + std::to_string(entries) + " != sets " +
                                        std::to_string(sets_) + " - deletes " +
                                        std::to_string(deletes_) + " - expiries " +
                                        std::to_string(expiries_)});
}

}  // namespace squall
