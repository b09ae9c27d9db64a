// Calls of a node to the registry, and its link there. See node_registry.hpp.
// A route that was written, or deleted, is a fact; what somebody else wrote there is a stranger's.
#include "sim/live/node/node_registry.hpp"

#include <utility>

namespace squall::live {

// ---- the link ----------------------------------------------------------------------------------

void NodeRegistry::begin() {
  const Cluster& cluster = process_.cluster();
  link_.hold(RegistryLink::make(process_.loop(), cluster.registry[index(process_.id())], *this));
  const Time now = process_.now();
  const bool open = process_.first() ||
                    reachable_from(cluster.plan, process_.id(), Place::Kind::registry, now) == now;
  connects_ = open;
  open ? link_->open() : open_again();
}

void NodeRegistry::end() {
  link_.end(process_.loop());
  up_ = was_down_ = connects_ = false;
  waiting_.clear();
}

void NodeRegistry::open_again() {
  const Time when = reconnects_.next(Place::Kind::registry);
  if (when != kNever) process_.later(when, [this] { link_->open(); });
}

void NodeRegistry::connected(bool yes) {
  up_ = yes;
  connects_ = false;
  for (const RegistryCall& call : std::exchange(waiting_, {})) this->call(call);
}

void NodeRegistry::registry_up() {
  connected(true);
  if (std::exchange(was_down_, false)) backplane_.step(RegistryBack{});
}

void NodeRegistry::registry_down(const std::string& why) {
  process_.link_failed("registry", why);
  connected(false);
  was_down_ = true;
  open_again();
}

// ---- calls -------------------------------------------------------------------------------------

void NodeRegistry::call(const RegistryCall& call) {
  if (connects_) return waiting_.push_back(call);
  using Verb = RegistryCall::Verb;
  switch (call.verb) {
    case Verb::set_route:
    case Verb::delete_route:
    case Verb::set_if_newer:
    case Verb::delete_if_mine:
    case Verb::set_held:
    case Verb::hold:
    case Verb::add_member:
    case Verb::remove_member: write(call); break;
    case Verb::get_routes:
    case Verb::get_held:
    case Verb::get_members: ask(call); break;
  }
}

void NodeRegistry::ask(const RegistryCall& call) {
  const auto answer = [this, call](std::optional<std::vector<NodeId>> nodes) {
    Cluster& cluster = process_.cluster();
    RegistryReply reply{call.request, nodes.has_value(), call.keys, {}};
    if (nodes) reply.nodes = std::move(*nodes);
    for (NodeId& node : reply.nodes) {
      if (node == kNoNode || index(node) < cluster.nodes.size()) continue;
      cluster.strangers.message();  // somebody else wrote under our keys
      node = kNoNode;
    }
    backplane_.step(std::move(reply));
  };
  if (!up_) {
    process_.later(process_.now(), [answer] { answer(std::nullopt); });
  } else if (call.verb == RegistryCall::Verb::get_members) {
    link_->get_members(call.keys.front(), answer);
  } else if (call.verb == RegistryCall::Verb::get_held) {
    link_->get_held_routes(call.keys, answer);
  } else {
    link_->get_routes(call.keys, answer);
  }
}

void NodeRegistry::write(const RegistryCall& call) {
  using Verb = RegistryCall::Verb;
  const auto reply = [this, call](bool available, bool applied) {
    if (call.request == 0) return;
    backplane_.step(RegistryReply{call.request, available, call.keys, {}, applied});
  };
  if (!up_) {
    process_.later(process_.now(), [reply] { reply(false, false); });
    return;
  }
  const auto done = [this, verb = call.verb, keys = call.keys, reply](std::optional<bool> applied) {
    if (applied && verb == RegistryCall::Verb::hold) process_.note(FactKind::lease, 0, 0, 1);
    if (applied.value_or(false)) note_route(verb, keys);
    reply(applied.has_value(), applied.value_or(false));
  };
  const NodeId self = process_.id();
  if (call.verb == Verb::hold) return link_->hold_lease(self, call.epoch, done);
  const std::uint32_t key = call.keys.front();
  switch (call.verb) {
    case Verb::set_route: link_->set_route(key, self, done); break;
    case Verb::delete_route: link_->delete_route(key, done); break;
    case Verb::set_if_newer: link_->set_route_if_newer(key, self, call.epoch, done); break;
    case Verb::delete_if_mine: link_->delete_route_if_mine(key, self, done); break;
    case Verb::set_held: link_->set_held_route(key, self, call.epoch, done); break;
    case Verb::add_member: link_->add_member(key, self, call.epoch, done); break;
    case Verb::remove_member: link_->remove_member(key, self, call.epoch, done); break;
    case Verb::hold:
    case Verb::get_routes:
    case Verb::get_held:
    case Verb::get_members: break;
  }
}

// By the books an endpoint has a route, or none any more.
void NodeRegistry::note_route(RegistryCall::Verb verb, const std::vector<std::uint32_t>& keys) {
  using Verb = RegistryCall::Verb;
  const bool set = verb == Verb::set_route || verb == Verb::set_if_newer || verb == Verb::set_held;
  const bool deleted = verb == Verb::delete_route || verb == Verb::delete_if_mine;
  if ((!set && !deleted) || (keys.front() & kRoomKey) != 0) return;
  process_.note(FactKind::route, keys.front(), 0, set);
}

}  // namespace squall::live
