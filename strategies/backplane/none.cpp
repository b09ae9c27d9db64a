// No backplane: a node serves its own clients and nobody else's.
//
// With a placement that hashes the room this is the article's "load balancer with state routing";
// with multi-active clients it is the article's literal multi-active scheme.
#include "strategies/backplane/maker.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/registry.hpp"
#include "strategies/core/placement.hpp"

namespace squall {
namespace {

// split_room where the balancer was to bring a room together, else wrong_node.
Mechanism lonely_node(const StrategySpec& spec) {
  const PlacementRow* placement = placement_named(spec.placement);
  return placement != nullptr && placement->keyed ? Mechanism::split_room : Mechanism::wrong_node;
}

class NoBackplane final : public Backplane {
 public:
  NoBackplane(const StrategySpec& spec, const BackplaneContext& context)
      : sessions_(context.sessions), miss_(lonely_node(spec)) {}

  void step(Time, Input input, Actions& actions) override {
    if (auto* arrived = std::get_if<ClientMessage>(&input)) {
      deliver(std::move(arrived->copy), actions);
      return;
    }
    SQUALL_CHECK(!carries_copy(input));  // no peers, no broker: nobody else can send one
  }

  void lose_all(Actions&) override {}

 private:
  void deliver(Copy copy, Actions& actions) {
    const Address to = copy.message().address;
    if (to.kind == Address::Kind::user && !sessions_.has(to.endpoint())) {
      actions.drop(std::move(copy), miss_);
      return;
    }
    actions.push(std::move(copy));
  }

  const LocalSessions& sessions_;
  Mechanism miss_;
};

}  // namespace

BackplaneRow none_row() {
  return {
      .name = "none",
      .meaning = "each node serves only its own clients; the balancer must bring a room together",
      .needs = {},
      .reach = Reach::own_node,
      .covers = Covers::always,
      .asks = Asks::never,
      .options = {},
      .uncovered = lonely_node,
      .make = make<NoBackplane>};
}

}  // namespace squall
