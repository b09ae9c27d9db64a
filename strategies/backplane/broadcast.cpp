// Broadcast: publish every message to the broker; every node subscribes and pushes to its own
// clients. A node without a recipient throws the copy away after paying for it.
//
// With `local_shortcut` a node serves its own clients before the broker round trip; that buys
// latency and costs the one order that all members of a room would otherwise share.
// With `offline_queue` a node keeps what it cannot publish, and does so when its link is back. What
// was on its way out when the link went comes back, and waits before what was said since.
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
// Nobody says when the link to speak on is back, while the one to hear on has stayed.
constexpr Duration kTryAgain = std::chrono::milliseconds{100};  // uncalibrated
constexpr std::uint32_t kTimer = 0;
constexpr std::array kBroadcastOptions{kLocalShortcut, kEmitters, kOfflineQueue};

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
                   [&](Unpublished& in) { came_back(std::move(in.copy), actions); },
                   [&](Timer&) { try_again(actions); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions& actions) override {
    for (Held& one : std::exchange(held_, {})) {
      actions.drop(std::move(one.copy), Mechanism::ingress_lost_at_crash);
    }
  }

 private:
  struct Held {
    Copy copy;
    bool again;  // it was on its way out: its own node, and other emitters, have had theirs
  };

  void link(bool up, Actions& actions) {
    up_ = up;
    if (up) publish_held(actions);
  }

  void try_again(Actions& actions) {
    waits_ = false;
    if (up_) publish_held(actions);
  }

  void publish_held(Actions& actions) {
    came_back_ = 0;
    for (Held& one : std::exchange(held_, {})) {
      if (one.again)
        emit(std::move(one.copy), actions);
      else
        publish(std::move(one.copy), actions);
    }
  }

  void say(Copy copy, Actions& actions) {
    const bool in_turn = up_ && came_back_ == 0;
    if (in_turn || offline_queue_ == 0) return publish(std::move(copy), actions);
    hold({std::move(copy), false}, held_.size(), actions);
  }

  void came_back(Copy copy, Actions& actions) {
    if (!hold({std::move(copy), true}, came_back_, actions)) return;
    ++came_back_;
    if (up_ && !std::exchange(waits_, true)) actions.arm(kTimer, kTryAgain);
  }

  bool hold(Held one, std::size_t place, Actions& actions) {
    if (held_.size() == offline_queue_) {
      actions.drop(std::move(one.copy), Mechanism::publisher_buffer_overflow);
      return false;
    }
    held_.insert(held_.begin() + static_cast<std::ptrdiff_t>(place), std::move(one));
    return true;
  }

  void publish(Copy copy, Actions& actions) {
    if (local_shortcut_) actions.push(actions.fork(copy));
    for (std::int64_t n = 1; n < emitters_; ++n) emit(actions.fork(copy), actions);
    emit(std::move(copy), actions);
  }

  void emit(Copy copy, Actions& actions) const {
    if (offline_queue_ == 0)
      actions.publish(std::move(copy));
    else
      actions.publish_or_return(std::move(copy));
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
  bool waits_ = false;         // for the timer
  std::size_t came_back_ = 0;  // of those held, the first
  std::deque<Held> held_;
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
          .options = kBroadcastOptions,
          .uncovered = always<Mechanism::not_subscribed>,
          .make = make<Broadcast>};
}

}  // namespace squall
