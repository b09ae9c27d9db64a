// Session sharing, the negative control: the record of a session is in the registry and every
// node can read it, but the socket is on one node only.
//
//   connect: write the record   send: read it, "online" -> look among the local sockets
//                                     hit -> push         miss -> wrong_node
//
// A room is served as far as its members happen to be here; their rooms came with their sessions.
#include "strategies/backplane/maker.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/pending.hpp"
#include "strategies/backplane/registry.hpp"

namespace squall {
namespace {

class SessionStore final : public Backplane {
 public:
  explicit SessionStore(const BackplaneContext& context) : sessions_(context.sessions) {}

  void step(Time, Input input, Actions& actions) override {
    std::visit(Match{
                   [&](SessionOpened& in) { write(in.endpoint, actions); },
                   [&](RenewalDue& in) { write(in.endpoint, actions); },
                   [&](SessionClosed& in) {
                     actions.call({RegistryCall::Verb::delete_route, {key(in.endpoint)}});
                   },
                   [&](ClientMessage& in) { look_up(std::move(in.copy), actions); },
                   [&](RegistryReply& in) { answer(in, actions); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions& actions) override { pending_.lose_all(actions); }

 private:
  static std::uint32_t key(EndpointId endpoint) { return static_cast<std::uint32_t>(endpoint); }

  void write(EndpointId endpoint, Actions& actions) {
    actions.call({RegistryCall::Verb::set_route, {key(endpoint)}});
  }

  void look_up(Copy copy, Actions& actions) {
    const Address to = copy.message().address;
    if (to.kind == Address::Kind::room) {
      actions.push(std::move(copy));
      return;
    }
    actions.call({RegistryCall::Verb::get_routes, {to.id}, pending_.hold(std::move(copy))});
  }

  void answer(const RegistryReply& reply, Actions& actions) {
    auto copy = pending_.take(reply.request);
    if (!copy) return;
    if (!reply.available) {
      actions.drop(*std::move(copy), Mechanism::registry_unavailable);
    } else if (reply.nodes.front() == kNoNode) {
      actions.drop(*std::move(copy), Mechanism::route_missing);
    } else if (!sessions_.has(copy->message().address.endpoint())) {
      actions.drop(*std::move(copy), Mechanism::wrong_node);
    } else {
      actions.push(*std::move(copy));
    }
  }

  const LocalSessions& sessions_;
  PendingCopies pending_;
};

}  // namespace

BackplaneRow session_store_row() {
  return {.name = "session_store",
          .meaning = "sessions are shared in the registry, sockets are not",
          .needs = {.registry = true},
          .reach = Reach::own_node,
          .covers = Covers::always,
          .asks = Asks::each_direct_message,
          .options = {},
          .uncovered = always<Mechanism::wrong_node>,
          .make = make<SessionStore>};
}

}  // namespace squall
