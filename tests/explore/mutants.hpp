// Designs with one mistake each, as somebody might write them: what `squall explore` is for. On a
// quiet day all of them deliver everything; tests/explore/mutants_test.cpp says so.
//
// Most wrap a backplane of squall's own and spoil one input or one action of it.
#pragma once

#include <algorithm>
#include <set>

#include "tests/backplanes/bodies.hpp"

namespace squall::testing {

// A backplane that hears and does what `Spoil` lets it: takes() an input, swallows() an action.
template <typename Spoil>
class Spoiled final : public Backplane {
 public:
  Spoiled(std::string_view what, const StrategySpec& spec, const BackplaneContext& context)
      : inner_(backplane_named(what)->make(spec, context)), spoil_(context) {}

  bool admits() const override { return inner_->admits(); }

  void step(Time now, Input input, Actions& actions) override {
    Actions wanted;
    if (spoil_.takes(input, actions)) return;
    inner_->step(now, std::move(input), wanted);
    actions.relay(std::move(wanted),
                  [&](const Action& action) { return spoil_.swallows(action, actions); });
  }

  void lose_all(Actions& actions) override { inner_->lose_all(actions); }

 private:
  std::unique_ptr<Backplane> inner_;
  Spoil spoil_;
};

// Routes are deleted by name alone: a late delete erases the entry of a newer session.
struct DeletesBlindly {
  explicit DeletesBlindly(const BackplaneContext&) {}
  bool takes(Input&, Actions&) { return false; }
  bool swallows(const Action& action, Actions& actions) {
    const auto* call = std::get_if<RegistryCall>(&action);
    if (call == nullptr || call->verb != RegistryCall::Verb::delete_if_mine) return false;
    actions.call({RegistryCall::Verb::delete_route, call->keys});
    return true;
  }
};

// Whoever comes back as not here is not looked for again.
struct NeverAsksAgain {
  explicit NeverAsksAgain(const BackplaneContext&) {}
  bool takes(Input& input, Actions& actions) {
    auto* returned = std::get_if<Returned>(&input);
    if (returned == nullptr) return false;
    actions.drop(std::move(returned->copy), Mechanism::route_stale);
    return true;
  }
  bool swallows(const Action&, Actions&) { return false; }
};

// Believes that a topic that was once subscribed is subscribed for good.
struct SubscribesOnce {
  explicit SubscribesOnce(const BackplaneContext&) {}
  bool takes(Input&, Actions&) { return false; }
  bool swallows(const Action& action, Actions&) {
    const auto* subscribe = std::get_if<Subscribe>(&action);
    return subscribe != nullptr && !once_.insert(subscribe->topic).second;
  }
  std::set<Topic> once_;
};

// A node that drains stops listening at once, and not when its last client has gone.
struct DeafWhileDraining {
  explicit DeafWhileDraining(const BackplaneContext&) {}
  bool takes(Input& input, Actions& actions) {
    if (const auto* told = std::get_if<Draining>(&input)) draining_ = told->yes;
    auto* heard = std::get_if<BrokerMessage>(&input);
    if (heard == nullptr || !draining_) return false;
    actions.discard(std::move(heard->copy));
    return true;
  }
  bool swallows(const Action&, Actions&) { return false; }
  bool draining_ = false;
};

// Who was gone once is never spoken to again.
struct BearsAGrudge {
  explicit BearsAGrudge(const BackplaneContext&) {}
  bool takes(Input& input, Actions&) {
    const auto* state = std::get_if<PeerState>(&input);
    if (state != nullptr && !state->up) gone_.insert(state->peer);
    return false;
  }
  bool swallows(const Action& action, Actions& actions) {
    const auto* forward = std::get_if<Forward>(&action);
    if (forward == nullptr || !gone_.contains(forward->to)) return false;
    actions.drop(Copy::adopt(forward->message), Mechanism::peer_link_lost);
    return true;
  }
  std::set<NodeId> gone_;
};

template <typename Spoil, const char* (*inner)()>
BackplaneRow spoiled(std::string_view name, std::string_view meaning) {
  BackplaneRow row = *backplane_named(inner());
  row.name = name;
  row.meaning = meaning;
  row.make = [](const StrategySpec& spec,
                const BackplaneContext& context) -> std::unique_ptr<Backplane> {
    return std::make_unique<Spoiled<Spoil>>(inner(), spec, context);
  };
  return row;
}

inline const char* routed_nack() { return "routed_nack"; }
inline const char* interest() { return "interest"; }
inline const char* broadcast() { return "broadcast"; }
inline const char* mesh() { return "mesh"; }

inline void add_mutants() {
  foreign(mesh_row());
  foreign(spoiled<DeletesBlindly, routed_nack>("blind_delete", "deletes routes by name alone"));
  foreign(spoiled<NeverAsksAgain, routed_nack>("never_asks_again", "drops what comes back"));
  foreign(spoiled<SubscribesOnce, interest>("subscribes_once", "never subscribes a second time"));
  foreign(spoiled<DeafWhileDraining, broadcast>("deaf_while_draining", "a drain is deafness"));
  foreign(spoiled<BearsAGrudge, mesh>("bears_a_grudge", "forgives no peer"));
}

}  // namespace squall::testing
