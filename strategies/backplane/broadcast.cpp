// Broadcast: publish every message to the broker; every node subscribes and pushes to its own
// clients. A node without a recipient throws the copy away after paying for it.
//
// With `local_shortcut` a node serves its own clients before the broker round trip; that buys
// latency and costs the one order that all members of a room would otherwise share.
#include <array>

#include "strategies/backplane/match.hpp"
#include "strategies/backplane/registry.hpp"

namespace squall {
namespace {

constexpr Option kLocalShortcut =
    flag_option("local_shortcut", "serve own clients before the broker round trip");
constexpr std::array kOptions{kLocalShortcut};

class Broadcast final : public Backplane {
 public:
  Broadcast(const StrategySpec& spec, const BackplaneContext& context)
      : self_(context.self), local_shortcut_(is_on(kLocalShortcut, spec)) {}

  void step(Time, Input input, Actions& actions) override {
    std::visit(Match{
                   [&](Started&) { actions.subscribe(); },
                   [&](ClientMessage& in) { publish(std::move(in.copy), actions); },
                   [&](BrokerMessage& in) { receive(std::move(in), actions); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions&) override {}

 private:
  void publish(Copy copy, Actions& actions) {
    if (local_shortcut_) actions.push(actions.fork(copy));
    actions.publish(std::move(copy));
  }

  void receive(BrokerMessage in, Actions& actions) {
    if (local_shortcut_ && in.origin == self_) {
      actions.discard(std::move(in.copy));  // our own words; our clients have them already
    } else {
      actions.push(std::move(in.copy));
    }
  }

  NodeId self_;
  bool local_shortcut_;
};

std::unique_ptr<Backplane> make(const StrategySpec& spec, const BackplaneContext& context) {
  return std::make_unique<Broadcast>(spec, context);
}

}  // namespace

BackplaneRow broadcast_row() {
  return {.name = "broadcast",
          .meaning = "every message to every node through a broker's global topic",
          .needs = {.broker = true},
          .reach = Reach::everybody,
          .covers = Covers::broker_link,
          .asks = Asks::never,
          .hears = Hears::everything,
          .options = kOptions,
          .uncovered = always<Mechanism::not_subscribed>,
          .make = make};
}

}  // namespace squall
