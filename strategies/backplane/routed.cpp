// Routed forwarding, textbook form: each node keeps a table of routes and asks the registry for
// what is missing; messages go over a persistent link to the node that holds the recipient.
//
//   user: local? push · cached route? forward · else ask the registry, then forward
//   room: push here, and one frame to every other node that has a member (cached for a while)
//
// Its races are kept on purpose: a late delete erases a newer entry, a cached route outlives the
// client's move, nobody says "not here". The hardened form will fence, invalidate and retry.
#include <algorithm>
#include <map>

#include "strategies/backplane/match.hpp"
#include "strategies/backplane/pending.hpp"
#include "strategies/backplane/registry.hpp"

namespace squall {
namespace {

class Routed final : public Backplane {
 public:
  Routed(const StrategySpec& spec, const BackplaneContext& context)
      : self_(context.self), keep_(spec.route_cache), sessions_(context.sessions) {}

  void step(Time now, Input input, Actions& actions) override {
    std::visit(Match{
                   [&](SessionOpened& in) { write(in.endpoint, actions); },
                   [&](SessionHeard& in) { write(in.endpoint, actions); },
                   [&](SessionClosed& in) {
                     actions.call({RegistryCall::Verb::delete_route,
                                   static_cast<std::uint32_t>(in.endpoint)});
                   },
                   [&](ClientMessage& in) { route(now, std::move(in.copy), actions); },
                   [&](PeerMessage& in) { serve(std::move(in.copy), actions); },
                   [&](PeerState& in) {
                     if (!in.up) forget(in.peer);
                   },
                   [&](RegistryReply& in) { learn(now, in, actions); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions& actions) override { pending_.lose_all(actions); }

 private:
  struct Route {
    std::vector<NodeId> nodes;
    Time learned;
  };
  using Table = std::map<std::uint32_t, Route>;

  void write(EndpointId endpoint, Actions& actions) {
    actions.call({RegistryCall::Verb::set_route, static_cast<std::uint32_t>(endpoint)});
  }

  Table& table(Address::Kind kind) { return kind == Address::Kind::user ? users_ : rooms_; }

  void route(Time now, Copy copy, Actions& actions) {
    const Address to = copy.message().address;
    if (to.kind == Address::Kind::room) {
      actions.push(actions.fork(copy));
    } else if (sessions_.has(to.endpoint())) {
      actions.push(std::move(copy));
      return;
    }
    Table& routes = table(to.kind);
    const auto known = routes.find(to.id);
    if (known != routes.end() && now - known->second.learned <= keep_) {
      forward(std::move(copy), known->second.nodes, actions);
      return;
    }
    const auto verb = to.kind == Address::Kind::user ? RegistryCall::Verb::get_route
                                                     : RegistryCall::Verb::get_room;
    actions.call({verb, to.id, pending_.hold(std::move(copy))});
  }

  void learn(Time now, RegistryReply& reply, Actions& actions) {
    auto copy = pending_.take(reply.request);
    if (!copy) return;
    const Address to = copy->message().address;
    if (reply.status == RegistryStatus::unavailable) {
      actions.drop(*std::move(copy), Mechanism::registry_unavailable);
      return;
    }
    if (reply.status == RegistryStatus::absent) {
      actions.drop(*std::move(copy), Mechanism::route_missing);
      return;
    }
    Route& route = table(to.kind)[to.id];
    route = {std::move(reply.nodes), now};
    forward(*std::move(copy), route.nodes, actions);
  }

  void forward(Copy copy, const std::vector<NodeId>& nodes, Actions& actions) {
    if (copy.message().address.kind == Address::Kind::user) {
      send_to_holder(std::move(copy), nodes, actions);
      return;
    }
    for (const NodeId node : nodes) {
      if (node != self_) actions.forward(actions.fork(copy), node);
    }
    actions.discard(std::move(copy));  // the original has served as the template of the forks
  }

  void send_to_holder(Copy copy, const std::vector<NodeId>& nodes, Actions& actions) {
    if (nodes.empty()) {
      actions.drop(std::move(copy), Mechanism::route_missing);
    } else if (nodes.front() == self_) {
      serve(std::move(copy), actions);  // the registry believes the client is here
    } else {
      actions.forward(std::move(copy), nodes.front());
    }
  }

  void serve(Copy copy, Actions& actions) {
    const Address to = copy.message().address;
    if (to.kind == Address::Kind::user && !sessions_.has(to.endpoint())) {
      actions.drop(std::move(copy), Mechanism::route_stale);
      return;
    }
    actions.push(std::move(copy));
  }

  void forget(NodeId peer) {
    std::erase_if(users_, [&](const auto& entry) { return entry.second.nodes.front() == peer; });
    for (auto& [room, route] : rooms_) std::erase(route.nodes, peer);
  }

  NodeId self_;
  Duration keep_;
  const LocalSessions& sessions_;
  Table users_, rooms_;  // address -> where it was when last asked
  PendingCopies pending_;
};

}  // namespace

std::unique_ptr<Backplane> make_routed(const StrategySpec& spec,
                                       const BackplaneContext& context) {
  return std::make_unique<Routed>(spec, context);
}

}  // namespace squall
