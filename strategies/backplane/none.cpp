// No backplane: a node serves its own clients and nobody else's.
//
// With a placement that hashes the room this is the article's "load balancer with state routing";
// with multi-active clients it is the article's literal multi-active scheme.
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/registry.hpp"

namespace squall {
namespace {

class NoBackplane final : public Backplane {
 public:
  explicit NoBackplane(const BackplaneContext& context) : sessions_(context.sessions) {}

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
      actions.drop(std::move(copy), Mechanism::split_room);
      return;
    }
    actions.push(std::move(copy));
  }

  const LocalSessions& sessions_;
};

}  // namespace

std::unique_ptr<Backplane> make_no_backplane(const StrategySpec&, const BackplaneContext& context) {
  return std::make_unique<NoBackplane>(context);
}

}  // namespace squall
