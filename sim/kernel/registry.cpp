// SET, DEL, GET and the room query. See registry.hpp.
#include "sim/kernel/registry.hpp"

#include <algorithm>
#include <string>

#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"

namespace squall {
namespace {

constexpr Bytes kKey = 16, kRoute = 8, kVerb = 3;  // "user:1234567890" -> node and epoch
constexpr Place kRegistry{Place::Kind::registry, kNoNode};

}  // namespace

Registry::Registry(World& world)
    : world_(world),
      entries_(world.plan.endpoints()),
      last_arrival_(world.scenario.cluster.nodes.count, kBeforeAll) {}

bool Registry::routes_to(EndpointId endpoint, NodeId node) const {
  const Entry& entry = entries_[index(endpoint)];
  return live(entry) && entry.node == node;
}

void Registry::count(Link link, const WireCost& cost, NodeId node) {
  world_.bytes.sent(link, BytePurpose::control, cost, world_.now, node);
  world_.bytes.received(link, cost);
}

void Registry::call(NodeId from, const RegistryCall& call) {
  const DoorVerdict verdict = world_.peers->door({Place::Kind::node, from}, kRegistry);
  const Duration delay = world_.cluster_delay(World::Hop::registry, from);
  if (!up_ || verdict.kind == DoorVerdict::Kind::drop) {
    if (up_) trigger_ = verdict.trigger;
    if (call.request == 0) return;  // a write that nobody answers for
    const Duration patience = up_ ? world_.scenario.cluster.net.peer_timeout : delay;
    answer(from, {call.request, RegistryStatus::unavailable, {}}, world_.now + patience);
    return;
  }
  count(Link::node_to_registry, wire::resp_command({kVerb, kKey, call.request == 0 ? kRoute : 0}),
        from);
  Time& last = last_arrival_[index(from)];
  const Time leaves = verdict.kind == DoorVerdict::Kind::delay ? verdict.at : world_.now;
  last = std::max(last, leaves + delay);
  world_.at(last, {EventKind::registry_arrives, from, call.key, call.request,
                   static_cast<std::uint32_t>(call.verb)});
}

void Registry::arrives(NodeId from, const RegistryCall& call) {
  if (!up_) {
    if (call.request != 0) {
      answer(from, {call.request, RegistryStatus::unavailable, {}}, world_.now);
    }
    return;
  }
  std::size_t keys = 1;
  RegistryReply reply;
  switch (call.verb) {
    case RegistryCall::Verb::set_route: set(from, EndpointId{call.key}); break;
    case RegistryCall::Verb::delete_route: remove(EndpointId{call.key}); break;
    case RegistryCall::Verb::get_route:
    case RegistryCall::Verb::get_room: reply = look_up(call, keys); break;
  }
  busy_until_ = std::max(busy_until_, world_.now) + service_costs().registry_call +
                static_cast<std::int64_t>(keys) * service_costs().registry_key;
  if (call.request == 0) return;
  count(Link::registry_to_node,
        wire::resp_reply(static_cast<Bytes>(keys) * kRoute), from);
  answer(from, std::move(reply), busy_until_);
}

void Registry::set(NodeId from, EndpointId endpoint) {
  Entry& entry = entries_[index(endpoint)];
  if (entry.node != kNoNode && !live(entry)) ++expiries_, entry.node = kNoNode;
  if (entry.node == kNoNode) ++sets_;
  entry = {from, world_.now + world_.scenario.cluster.registry.lease};
  world_.update_reach(endpoint);
}

void Registry::remove(EndpointId endpoint) {
  Entry& entry = entries_[index(endpoint)];
  if (entry.node == kNoNode) return;
  ++(live(entry) ? deletes_ : expiries_);
  entry.node = kNoNode;
  world_.update_reach(endpoint);
}

RegistryReply Registry::look_up(const RegistryCall& call, std::size_t& keys) const {
  RegistryReply reply{call.request, RegistryStatus::found, {}};
  if (call.verb == RegistryCall::Verb::get_route) {
    const Entry& entry = entries_[call.key];
    if (live(entry)) reply.nodes.push_back(entry.node);
    else reply.status = RegistryStatus::absent;
    return reply;
  }
  std::vector<bool> seen(world_.scenario.cluster.nodes.count);
  const auto members = world_.plan.members(RoomId{call.key});
  keys = std::max<std::size_t>(1, members.size());
  for (const EndpointId member : members) {
    const Entry& entry = entries_[index(member)];
    if (live(entry)) seen[index(entry.node)] = true;
  }
  for (std::uint16_t n = 0; n < seen.size(); ++n) {
    if (seen[n]) reply.nodes.push_back(NodeId{n});
  }
  return reply;
}

void Registry::answer(NodeId to, RegistryReply reply, Time leaves) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(replies_.size()));
    replies_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  replies_[slot] = std::move(reply);
  world_.at(leaves + world_.cluster_delay(World::Hop::registry, to),
            {EventKind::registry_reply, to, slot, world_.nodes->epoch(to)});
}

void Registry::replies(NodeId node, std::uint32_t slot, std::uint32_t epoch) {
  RegistryReply reply = std::move(replies_[slot]);
  free_.push_back(slot);
  if (epoch == world_.nodes->epoch(node)) world_.nodes->step(node, std::move(reply));
}

void Registry::down(TriggerId trigger) {
  up_ = false;
  trigger_ = trigger;
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
