// The vocabulary of planted mistakes: one each, put around a backplane and its recovery.
//
// Two places use it: tests/strategies/spoiled_conversation_test.cpp, where a written conversation
// catches the mistake, and tests/explore/mutants.hpp, where whole runs are searched for it. A
// mistake swallows actions, or does not hear inputs; who does so has ended the copy in another way.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "strategies/core/backplane.hpp"

namespace squall::testing {

// What becomes of an action, if it is not done; of an input, if it is not heard.
using Swallows = std::function<bool(const Action& action, Actions& actions)>;
using Takes = std::function<bool(Input& input, Actions& actions)>;

struct Spoil {
  Takes takes = nullptr;
  Swallows swallows = nullptr;
};
using Mistake = Spoil (*)();  // of one node process: what it remembers dies with that

class Around final : public Backplane {
 public:
  Around(std::unique_ptr<Backplane> inner, Spoil spoil)
      : inner_(std::move(inner)), spoil_(std::move(spoil)) {}

  bool admits() const override { return inner_->admits(); }
  void step(Time now, Input input, Actions& actions) override {
    if (spoil_.takes && spoil_.takes(input, actions)) return;
    Actions wanted;
    inner_->step(now, std::move(input), wanted);
    actions.relay(std::move(wanted), [&](const Action& action) {
      return spoil_.swallows && spoil_.swallows(action, actions);
    });
  }
  void lose_all(Actions& actions) override { inner_->lose_all(actions); }

 private:
  std::unique_ptr<Backplane> inner_;
  Spoil spoil_;
};

namespace mistake {

template <typename Kind>
Spoil never_does() {
  return {.swallows = [](const Action& action, Actions&) {
    return std::holds_alternative<Kind>(action);
  }};
}

template <typename Kind>
Spoil never_hears() {
  return {
      .takes = [](const Input& input, Actions&) { return std::holds_alternative<Kind>(input); }};
}

// Done with the message: to be ended in another way.
template <typename Kind, Mechanism mechanism>
Spoil drops_instead() {
  return {.swallows = [](const Action& action, Actions& actions) {
    const auto* wish = std::get_if<Kind>(&action);
    if (wish == nullptr) return false;
    actions.drop(Copy::adopt(wish->message), mechanism);
    return true;
  }};
}

// A registry call with another verb.
template <RegistryCall::Verb right, RegistryCall::Verb wrong>
Spoil calls_instead() {
  return {.swallows = [](const Action& action, Actions& actions) {
    const auto* call = std::get_if<RegistryCall>(&action);
    if (call == nullptr || call->verb != right) return false;
    actions.call({wrong, call->keys, call->request});
    return true;
  }};
}

// ---- routes -------------------------------------------------------------------------------------

// A late delete erases the entry of a newer session.
inline Spoil deletes_blindly() {
  return calls_instead<RegistryCall::Verb::delete_if_mine, RegistryCall::Verb::delete_route>();
}

// A late renewal overwrites it.
inline Spoil writes_blindly() {
  return calls_instead<RegistryCall::Verb::set_if_newer, RegistryCall::Verb::set_route>();
}

// Whoever comes back as not here is not looked for again.
inline Spoil never_asks_again() {
  return {.takes = [](Input& input, Actions& actions) {
    auto* returned = std::get_if<Returned>(&input);
    if (returned == nullptr) return false;
    actions.drop(std::move(returned->copy), Mechanism::route_stale);
    return true;
  }};
}

// He is looked for again, where he was not: the cache is never invalidated.
inline Spoil asks_the_same_node_again() {
  return {.takes = [](Input& input, Actions& actions) {
    auto* back = std::get_if<Returned>(&input);
    if (back == nullptr) return false;
    if (back->attempt >= 3) {
      actions.drop(std::move(back->copy), Mechanism::route_stale);
    } else {
      const auto attempt = static_cast<std::uint8_t>(back->attempt + 1);
      actions.forward(std::move(back->copy), back->from, std::move(back->absent), attempt);
    }
    return true;
  }};
}

// Who was gone once is never spoken to again.
inline Spoil bears_a_grudge() {
  const auto gone = std::make_shared<std::set<NodeId>>();
  return {.takes =
              [gone](const Input& input, Actions&) {
                const auto* state = std::get_if<PeerState>(&input);
                if (state != nullptr && !state->up) gone->insert(state->peer);
                return false;
              },
          .swallows =
              [gone](const Action& action, Actions& actions) {
                const auto* forward = std::get_if<Forward>(&action);
                if (forward == nullptr || !gone->contains(forward->to)) return false;
                actions.drop(Copy::adopt(forward->message), Mechanism::peer_link_lost);
                return true;
              }};
}

// ---- welcomes -----------------------------------------------------------------------------------

// Before the route is written, or the topic is heard.
inline Spoil welcomes_at_once() {
  return {.takes = [](const Input& input, Actions& actions) {
    if (const auto* in = std::get_if<SessionOpened>(&input)) actions.admit(in->endpoint);
    return false;
  }};
}

inline Spoil always_says_recovered() {
  return {.swallows = [](const Action& action, Actions& actions) {
    const auto* admit = std::get_if<Admit>(&action);
    if (admit == nullptr || admit->resumption.recovered != Recovered::no) return false;
    actions.admit(admit->endpoint, {Recovered::yes, admit->resumption.position});
    return true;
  }};
}

// ---- topics -------------------------------------------------------------------------------------

// Believes that a topic that was once subscribed is subscribed for good.
inline Spoil subscribes_once() {
  return {.swallows = [once = std::set<Topic>()](const Action& action, Actions&) mutable {
    const auto* subscribe = std::get_if<Subscribe>(&action);
    return subscribe != nullptr && !once.insert(subscribe->topic).second;
  }};
}

// The first member who leaves ends what the others hear; what follows from it is not noticed.
inline Spoil lets_go_with_the_first() {
  const auto rooms = std::make_shared<std::set<Topic>>();  // that are heard
  return {.takes =
              [rooms](const Input& input, Actions& actions) {
                if (std::holds_alternative<SessionClosed>(input)) {
                  for (const Topic topic : *rooms) actions.unsubscribe(topic);
                }
                const auto* answer = std::get_if<Subscribed>(&input);
                return answer != nullptr && !answer->yes && rooms->contains(answer->topic);
              },
          .swallows =
              [rooms](const Action& action, Actions&) {
                const auto* wish = std::get_if<Subscribe>(&action);
                const bool room = wish != nullptr && wish->topic.kind == Topic::Kind::room;
                if (room) rooms->insert(wish->topic);
                const auto* end = std::get_if<Unsubscribe>(&action);
                if (end != nullptr) rooms->erase(end->topic);
                return false;
              }};
}

// A node that drains stops listening at once, and not when its last client has gone.
inline Spoil is_deaf_while_draining() {
  return {.takes = [draining = false](Input& input, Actions& actions) mutable {
    if (const auto* told = std::get_if<Draining>(&input)) draining = told->yes;
    auto* heard = std::get_if<BrokerMessage>(&input);
    if (heard == nullptr || !draining) return false;
    actions.discard(std::move(heard->copy));
    return true;
  }};
}

// ---- recovery -----------------------------------------------------------------------------------

// Each time: the first of what follows one welcome is left out.
inline Spoil replays_from_one_too_late() {
  const auto replayed = std::make_shared<bool>(false);
  return {.takes =
              [replayed](const Input&, Actions&) {
                *replayed = false;
                return false;
              },
          .swallows =
              [replayed](const Action& action, Actions& actions) {
                const auto* replay = std::get_if<Replay>(&action);
                if (replay == nullptr || std::exchange(*replayed, true)) return false;
                actions.discard(Copy::adopt(replay->message));
                return true;
              }};
}

// Who stood further back than the others is told what they have heard, and nothing else.
inline Spoil tells_everybody_alike() {
  return {.swallows = [](const Action& action, Actions& actions) {
    const auto* push = std::get_if<Push>(&action);
    if (push == nullptr || push->only.empty()) return false;
    actions.push(Copy::adopt(push->message), {}, push->place);
    return true;
  }};
}

inline Spoil publishes_without_keeping() {
  return {.swallows = [](const Action& action, Actions& actions) {
    const auto* said = std::get_if<Publish>(&action);
    if (said == nullptr) return false;
    Publish forgotten = *said;
    forgotten.kept = false;
    actions.publish(forgotten);
    return true;
  }};
}

inline Spoil loses_what_comes_back() {
  return {.takes = [](Input& input, Actions& actions) {
    auto* const back = std::get_if<Unpublished>(&input);
    if (back == nullptr) return false;
    actions.drop(std::move(back->copy), Mechanism::publish_failed);
    return true;
  }};
}

inline Spoil passes_on_what_is_known() {
  return {.swallows = [](const Action& action, Actions& actions) {
    const auto* end = std::get_if<Discard>(&action);
    if (end == nullptr) return false;
    actions.publish(Copy::adopt(end->message));
    return true;
  }};
}

}  // namespace mistake
}  // namespace squall::testing
