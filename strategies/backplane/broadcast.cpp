// Broadcast: publish every message to the broker; every node subscribes and pushes to its own
// clients. A node without a recipient throws the copy away after paying for it.
//
// With `local_shortcut` a node serves its own clients before the broker round trip; that buys
// latency and costs the one order that all members of a room would otherwise share.
//
// With `offline_queue` a node keeps what it cannot publish, and does so when its link is back.
//
// With `emitters` above 1 several servers hear the same event and each emits it to everybody: a
// mistake, which gives each client as many copies. Here the first of them publishes them all.
#include <array>
#include <deque>
#include <utility>

#include "strategies/backplane/maker.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/registry.hpp"

namespace squall {
namespace {

constexpr Option kLocalShortcut =
    flag_option("local_shortcut", "serve own clients before the broker round trip");
constexpr Option kEmitters{.name = "emitters",
                           .meaning = "servers that hear an event, each of which emits it to all",
                           .kind = Option::Kind::count,
                           .fallback = 1,
                           .low = 1,
                           .high = 16,
                           .source = "one",
                           .multiplies = true};
constexpr Option kOfflineQueue{.name = "offline_queue",
                               .meaning = "messages that a node keeps while the broker is away",
                               .kind = Option::Kind::count,
                               .fallback = 0,
                               .low = 0,
                               .high = 1'000'000,
                               .source = "publishing fails; ioredis: no limit"};
constexpr std::array kOptions{kLocalShortcut, kEmitters, kOfflineQueue};

class Broadcast final : public Backplane {
 public:
  Broadcast(const StrategySpec& spec, const BackplaneContext& context)
      : self_(context.self),
        local_shortcut_(is_on(kLocalShortcut, spec)),
        emitters_(value_of(kEmitters, spec)),
        offline_queue_(static_cast<std::size_t>(value_of(kOfflineQueue, spec))) {}

  void step(Time, Input input, Actions& actions) override {
    std::visit(Match{
                   [&](Started&) { actions.subscribe(); },
                   [&](BrokerState& in) { link(in.up, actions); },
                   [&](ClientMessage& in) { say(std::move(in.copy), actions); },
                   [&](BrokerMessage& in) { receive(std::move(in), actions); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions& actions) override {
    for (Copy& copy : std::exchange(held_, {})) {
      actions.drop(std::move(copy), Mechanism::ingress_lost_at_crash);
    }
  }

 private:
  void link(bool up, Actions& actions) {
    up_ = up;
    if (!up) return;
    for (Copy& copy : std::exchange(held_, {})) publish(std::move(copy), actions);
  }

  void say(Copy copy, Actions& actions) {
    if (up_ || offline_queue_ == 0) return publish(std::move(copy), actions);
    if (held_.size() == offline_queue_) {
      return actions.drop(std::move(copy), Mechanism::publisher_buffer_overflow);
    }
    held_.push_back(std::move(copy));
  }

  void publish(Copy copy, Actions& actions) {
    if (local_shortcut_) actions.push(actions.fork(copy));
    for (std::int64_t n = 1; n < emitters_; ++n) actions.publish(actions.fork(copy));
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
  std::int64_t emitters_;
  std::size_t offline_queue_;
  bool up_ = false;
  std::deque<Copy> held_;
};

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
          .make = make<Broadcast>};
}

}  // namespace squall
