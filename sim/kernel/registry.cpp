// SET, DEL and MGET. See registry.hpp.
// An entry that has expired is removed by whoever touches it next.
#include "sim/kernel/registry.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"

namespace squall {
namespace {

constexpr Bytes kKey = 16, kRoute = 8;  // "user:1234567890" -> node and epoch
constexpr Place kRegistry{Place::Kind::registry, kNoNode};

}  // namespace

Registry::Registry(World& world)
    : world_(world),
      entries_(world.backplane.needs.registry ? world.plan.endpoints() : 0),
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
  const wire::Command command =
      call.verb == Verb::get_routes ? wire::Command{.verb = 4, .keys = keys, .key = kKey}  // MGET
      : call.verb == Verb::delete_route ? wire::Command{.verb = 3, .keys = 1, .key = kKey}
                                        : wire::Command{.verb = 3,
                                                        .keys = 1,
                                                        .key = kKey,
                                                        .value = kRoute,
                                                        .option = 2,  // PX
                                                        .words = wire::decimal_digits(lease)};
  const WireCost cost = wire::resp_command(command);
  world_.bytes.passed(Link::node_to_registry, BytePurpose::control, cost, when, from);
  world_.bytes.acknowledged(Link::registry_to_node, ends_[index(from)].sent(when), when, from);
}

void Registry::count_answer(NodeId to, const WireCost& cost, Time when) {
  world_.bytes.passed(Link::registry_to_node, BytePurpose::control, cost, when, to);
  const Bytes bare = ends_[index(to)].received(when, cost.segments);
  world_.bytes.acknowledged(Link::registry_to_node, bare, when, to);
}

void Registry::call(NodeId from, const RegistryCall& call, Time when) {
  const DoorVerdict verdict = world_.peers->door({Place::Kind::node, from}, kRegistry);
  const Duration delay = world_.cluster_delay(World::Hop::registry, from);
  if (!up_ || verdict.kind == DoorVerdict::Kind::drop) {
    if (up_) trigger_ = verdict.trigger;
    if (call.request == 0) return;  // a write that nobody answers for
    const Duration patience = up_ ? world_.scenario.cluster.net.peer_timeout : delay;
    answer(from, world_.nodes->epoch(from), {call.request, false, {}, {}}, world_.now + patience);
    return;
  }
  count_call(from, call, when);
  Time& last = last_arrival_[index(from)];
  const Time leaves = verdict.kind == DoorVerdict::Kind::delay ? std::max(verdict.at, when) : when;
  last = std::max(last, leaves + delay);
  world_.at(last, {EventKind::registry_arrives, from, calls_.put(call), world_.nodes->epoch(from)});
}

void Registry::arrives(NodeId from, std::uint32_t slot, std::uint32_t epoch) {
  RegistryCall call = calls_.take(slot);
  if (!up_) {
    if (call.request != 0) answer(from, epoch, {call.request, false, {}, {}}, world_.now);
    return;
  }
  const auto keys = static_cast<std::int64_t>(call.keys.size());
  busy_until_ = std::max(busy_until_, world_.now) + service_costs().registry_call +
                keys * service_costs().registry_key;
  switch (call.verb) {
    case RegistryCall::Verb::set_route:
      count_answer(from, wire::resp_ok(), busy_until_);
      set(from, EndpointId{call.keys.front()});
      break;
    case RegistryCall::Verb::delete_route:
      count_answer(from, wire::resp_integer(1), busy_until_);
      remove(EndpointId{call.keys.front()});
      break;
    case RegistryCall::Verb::get_routes: {
      RegistryReply reply = look_up(std::move(call));
      const Bytes absent = std::ranges::count(reply.nodes, kNoNode);
      const wire::Values values{.found = keys - absent, .absent = absent, .value = kRoute};
      count_answer(from, wire::resp_values(values), busy_until_);
      answer(from, epoch, std::move(reply), busy_until_);
    }
  }
}

void Registry::set(NodeId from, EndpointId endpoint) {
  Entry& entry = entries_[index(endpoint)];
  if (entry.node != kNoNode && !live(entry)) ++expiries_, entry.node = kNoNode;
  if (entry.node == kNoNode) ++sets_;
  entry.node = from;
  entry.expires = world_.now + world_.scenario.cluster.registry.lease;
  if (!entry.watched && world_.backplane.needs.peers) watch(endpoint);
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

// Who is to blame for entries that are missing: an outage, until every lease has been renewed.
TriggerId Registry::blame_missing() const {
  const bool recent = !up_ || (up_since_ != kNever &&
                               world_.now < up_since_ + world_.scenario.cluster.registry.lease);
  return recent ? trigger_ : kStructural;
}

void Registry::remove(EndpointId endpoint) {
  Entry& entry = entries_[index(endpoint)];
  if (entry.node == kNoNode) return;
  ++(live(entry) ? deletes_ : expiries_);
  entry.node = kNoNode;
  world_.update_reach(endpoint);
}

RegistryReply Registry::look_up(RegistryCall call) const {
  RegistryReply reply{call.request, true, std::move(call.keys), {}};
  reply.nodes.reserve(reply.keys.size());
  for (const std::uint32_t key : reply.keys) {
    reply.nodes.push_back(live(entries_[key]) ? entries_[key].node : kNoNode);
  }
  return reply;
}

// To the process that asked; its successor on the same node would not know the request.
void Registry::answer(NodeId to, std::uint32_t epoch, RegistryReply reply, Time leaves) {
  world_.at(leaves + world_.cluster_delay(World::Hop::registry, to),
            {EventKind::registry_reply, to, replies_.put(std::move(reply)), epoch});
}

void Registry::replies(NodeId node, std::uint32_t slot, std::uint32_t epoch) {
  RegistryReply reply = replies_.take(slot);
  if (epoch == world_.nodes->epoch(node)) world_.nodes->step(node, std::move(reply));
}

void Registry::down(TriggerId trigger) {
  up_ = false;
  trigger_ = trigger;
}

void Registry::up() {
  up_ = true;
  up_since_ = world_.now;
}

void Registry::check(std::vector<Violation>& violations) const {
  std::uint64_t entries = 0;
  for (const Entry& entry : entries_) entries += entry.node != kNoNode;
  if (entries == sets_ - deletes_ - expiries_) return;
  violations.push_back({"registry", "entries " + std::to_string(entries) + " != sets " +
                                        std::to_string(sets_) + " - deletes " +
                                        std::to_string(deletes_) + " - expiries " +
                                        std::to_string(expiries_)});
}

}  // namespace squall
