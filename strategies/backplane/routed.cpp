// Routed forwarding, textbook form: each node keeps a table client -> node and asks the registry
// for what is missing; messages go over a persistent link to the nodes that hold the recipients,
// one frame per node, and those push to their own clients.
//
//   user: local? push · known route? forward · else ask, then forward
//   room: push here, forward to every node that the table names for a member, ask for the members
//         it does not name, then forward to the nodes that are new
//
// Its races are kept on purpose: a late delete erases a newer entry, a known route outlives the
// client's move, nobody says "not here". With `fenced` the first of them is gone.
#include <array>
#include <map>

#include "strategies/backplane/maker.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/own_routes.hpp"
#include "strategies/backplane/pending.hpp"
#include "strategies/backplane/registry.hpp"
#include "strategies/backplane/route_table.hpp"

namespace squall {
namespace {

constexpr Option kFenced =
    flag_option("fenced", "a late write or delete leaves the entry of a newer session alone");
constexpr std::array kRoutedOptions{kRouteCache, kFenced};

class Routed final : public Backplane {
 public:
  Routed(const StrategySpec& spec, const BackplaneContext& context)
      : context_(context),
        table_(duration_of(kRouteCache, spec)),
        fenced_(is_on(kFenced, spec)),
        own_(fenced_ ? OwnRoutes::Kind::fenced : OwnRoutes::Kind::plain),
        reached_(context.nodes) {}

  void step(Time now, Input input, Actions& actions) override {
    table_.now(now);
    std::visit(Match{
                   [&](SessionOpened& in) { own_.opened(in.endpoint, now, actions); },
                   [&](RenewalDue& in) { own_.renew(in.endpoint, actions); },
                   [&](SessionClosed& in) { own_.closed(in.endpoint, actions); },
                   [&](ClientMessage& in) { route(std::move(in.copy), actions); },
                   [&](PeerMessage& in) { serve(std::move(in.copy), actions); },
                   [&](PeerState& in) {
                     if (!in.up) table_.forget(in.peer);
                   },
                   [&](RegistryReply& in) { learn(in, actions); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions& actions) override {
    pending_.lose_all(actions);
    reached_by_.clear();
  }

 private:
  void route(Copy copy, Actions& actions) {
    if (copy.message().address.kind == Address::Kind::room) {
      route_room(std::move(copy), actions);
      return;
    }
    const std::uint32_t to = copy.message().address.id;
    if (context_.sessions.has(EndpointId{to})) {
      actions.push(std::move(copy));
    } else if (const NodeId node = table_.find(EndpointId{to}); node != kNoNode) {
      send(std::move(copy), node, actions);
    } else {
      actions.call({RegistryCall::Verb::get_routes, {to}, pending_.hold(std::move(copy))});
    }
  }

  void route_room(Copy copy, Actions& actions) {
    actions.push(actions.fork(copy));
    std::vector<std::uint32_t> missing;
    reached_.assign(context_.nodes, false);
    reached_[index(context_.self)] = true;
    for (const EndpointId member : context_.directory.members(copy.message().address.room())) {
      if (member == copy.message().sender) continue;
      const NodeId node = table_.find(member);
      if (node != kNoNode)
        forward_once(copy, node, actions);
      else if (!context_.sessions.has(member))
        missing.push_back(static_cast<std::uint32_t>(member));
    }
    if (missing.empty()) {
      actions.discard(std::move(copy));  // it has served as the template of the forks
    } else {
      const std::uint32_t request = pending_.hold(std::move(copy));
      reached_by_.emplace(request, reached_);
      actions.call({RegistryCall::Verb::get_routes, std::move(missing), request});
    }
  }

  void forward_once(const Copy& copy, NodeId node, Actions& actions) {
    if (reached_[index(node)]) return;
    reached_[index(node)] = true;
    actions.forward(actions.fork(copy), node);
  }

  void learn(const RegistryReply& reply, Actions& actions) {
    auto copy = pending_.take(reply.request);
    if (!copy) return;
    const auto reached = reached_by_.extract(reply.request);  // empty for a user's message
    if (!reply.available) {
      actions.drop(*std::move(copy), Mechanism::registry_unavailable);
      return;
    }
    for (std::size_t i = 0; i < reply.keys.size(); ++i) {
      if (reply.nodes[i] != kNoNode) table_.learn(EndpointId{reply.keys[i]}, reply.nodes[i]);
    }
    if (reached) {
      reached_ = reached.mapped();
      complete_room(*std::move(copy), reply, actions);
    } else if (reply.nodes.front() == kNoNode) {
      actions.drop(*std::move(copy), Mechanism::route_missing);
    } else {
      send(*std::move(copy), reply.nodes.front(), actions);
    }
  }

  // Forwards to the nodes that the first pass over the table did not reach. Which those are was
  // kept with the copy: the table may have changed while the question was under way.
  void complete_room(Copy copy, const RegistryReply& reply, Actions& actions) {
    bool absent = false;
    for (std::size_t i = 0; i < reply.nodes.size(); ++i) {
      if (reply.nodes[i] != kNoNode)
        forward_once(copy, reply.nodes[i], actions);
      else if (fenced_)
        lose_one(copy, EndpointId{reply.keys[i]}, actions);
      else
        absent = true;
    }
    if (absent)
      actions.drop(std::move(copy), Mechanism::route_missing);
    else
      actions.discard(std::move(copy));
  }

  // A copy for this member alone: who else misses the message does so for another reason.
  static void lose_one(const Copy& copy, EndpointId who, Actions& actions) {
    Message message = actions.fork(copy).release();
    message.address = Address::user(who);
    actions.drop(Copy::adopt(message), Mechanism::route_missing);
  }

  void send(Copy copy, NodeId node, Actions& actions) {
    if (node == context_.self)
      serve(std::move(copy), actions);  // so the registry believes
    else
      actions.forward(std::move(copy), node);
  }

  void serve(Copy copy, Actions& actions) {
    const Address to = copy.message().address;
    if (to.kind == Address::Kind::user && !context_.sessions.has(to.endpoint())) {
      actions.drop(std::move(copy), Mechanism::route_stale);
      return;
    }
    actions.push(std::move(copy));
  }

  BackplaneContext context_;
  RouteTable table_;
  bool fenced_;
  OwnRoutes own_;
  std::vector<bool> reached_;  // scratch: nodes that have a frame of this message
  std::map<std::uint32_t, std::vector<bool>> reached_by_;  // of a room's message, by request
  PendingCopies pending_;
};

}  // namespace

BackplaneRow routed_row() {
  return {.name = "routed",
          .meaning = "a route table per node, the registry on a miss, node-to-node forwarding",
          .needs = {.registry = true, .peers = true},
          .reach = Reach::everybody,
          .covers = Covers::route,
          .asks = Asks::unknown_recipients,
          .options = kRoutedOptions,
          .uncovered = always<Mechanism::route_stale>,
          .make = make<Routed>};
}

}  // namespace squall
