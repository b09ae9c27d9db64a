// More backplanes of strangers, each of which does one thing that none of squall's own does: ends
// copies of several messages in one step, remembers messages, wraps another backplane.
//
// They are not good designs. They are what the contract allows, so the engines must bear them.
#pragma once

#include <array>
#include <set>

#include "tests/backplanes/mesh.hpp"

namespace squall::testing {

// One write to the registry at a time, which it waits for. What comes meanwhile waits as well, and
// all of it leaves in one step.
class Batched final : public Backplane {
 public:
  explicit Batched(const BackplaneContext& context) : mesh_(context) {}

  void step(Time, Input input, Actions& actions) override {
    std::visit(Match{[&](ClientMessage& in) { wait(std::move(in.copy), actions); },
                     [&](PeerMessage& in) { actions.push(std::move(in.copy)); },
                     [&](RegistryReply& in) {
                       if (in.request == written_) leave(actions);
                     },
                     [&](auto&) { SQUALL_CHECK(!carries_copy(input)); }},
               input);
  }

  void lose_all(Actions& actions) override {
    for (Copy& copy : waiting_) actions.drop(std::move(copy), Mechanism::ingress_lost_at_crash);
    waiting_.clear();
  }

 private:
  void wait(Copy copy, Actions& actions) {
    const std::uint32_t sender = static_cast<std::uint32_t>(copy.message().sender);
    if (waiting_.empty()) {
      const std::uint64_t epoch = ++written_;
      actions.call({RegistryCall::Verb::set_if_newer, {sender}, written_, epoch});
    }
    waiting_.push_back(std::move(copy));
  }

  void leave(Actions& actions) {
    for (Copy& copy : waiting_) mesh_.spread(std::move(copy), actions);
    waiting_.clear();
  }

  Mesh mesh_;
  std::vector<Copy> waiting_;
  std::uint32_t written_ = 0;
};

inline BackplaneRow batched_row() {
  BackplaneRow row = mesh_row();
  row.name = "batched";
  row.meaning = "as mesh, in batches of what came while the registry was written to";
  row.needs.registry = true;
  row.make = make<Batched>;
  return row;
}

// Says everything several times, and remembers what it has heard.
inline constexpr Option kTimes{.name = "times",
                               .meaning = "how often each peer is told",
                               .kind = Option::Kind::count,
                               .fallback = 2,
                               .low = 1,
                               .high = 4,
                               .source = "a guess"};
inline constexpr std::array kEchoOptions{kTimes};

class Echo final : public Backplane {
 public:
  Echo(const StrategySpec& spec, const BackplaneContext& context)
      : context_(context), times_(value_of(kTimes, spec)) {}

  void step(Time, Input input, Actions& actions) override {
    std::visit(Match{[&](ClientMessage& in) { tell(std::move(in.copy), actions); },
                     [&](PeerMessage& in) { hear(std::move(in.copy), actions); },
                     [&](auto&) { SQUALL_CHECK(!carries_copy(input)); }},
               input);
  }

  void lose_all(Actions&) override {}

 private:
  void tell(Copy copy, Actions& actions) {
    for (std::int64_t time = 0; time < times_; ++time) {
      for (std::uint16_t node = 0; node < context_.nodes; ++node) {
        if (NodeId{node} != context_.self) actions.forward(actions.fork(copy), NodeId{node});
      }
    }
    actions.push(std::move(copy));
  }

  void hear(Copy copy, Actions& actions) {
    if (heard_.insert(copy.message().identity()).second) {
      actions.push(std::move(copy));
    } else {
      actions.discard(std::move(copy));
    }
  }

  BackplaneContext context_;
  std::int64_t times_;
  std::set<MessageIdentity> heard_;
};

inline BackplaneRow echo_row() {
  BackplaneRow row = mesh_row();
  row.name = "echo";
  row.meaning = "as mesh, but says everything several times";
  row.options = kEchoOptions;
  row.make = make<Echo>;
  return row;
}

// Routed, and where it finds no route, the broker: a part that wraps another.
class Fallback final : public Backplane {
 public:
  Fallback(const StrategySpec& spec, const BackplaneContext& context)
      : routed_(backplane_named("routed")->make(spec, context)) {}

  void step(Time now, Input input, Actions& actions) override {
    if (std::holds_alternative<Started>(input)) actions.subscribe();
    if (auto* heard = std::get_if<BrokerMessage>(&input)) {
      actions.push(std::move(heard->copy));
      return;
    }
    Actions wanted;
    routed_->step(now, std::move(input), wanted);
    actions.relay(std::move(wanted), [&](const Action& action) {
      const Drop* const drop = std::get_if<Drop>(&action);
      const bool lost = drop != nullptr && drop->mechanism == Mechanism::route_missing &&
                        drop->message.address.kind == Address::Kind::user;
      if (lost) actions.publish(Copy::adopt(drop->message));
      return lost;
    });
  }

  void lose_all(Actions& actions) override { routed_->lose_all(actions); }

 private:
  std::unique_ptr<Backplane> routed_;
};

inline BackplaneRow fallback_row() {
  BackplaneRow row = *backplane_named("routed");
  row.name = "fallback";
  row.meaning = "routed, and the broker for whom it finds no route to";
  row.needs.broker = true;
  row.covers = Covers::broker_link;
  row.make = make<Fallback>;
  return row;
}

// The strategy that consists of this row alone; the row is added to the table when it is not there.
inline StrategySpec foreign(const BackplaneRow& row) {
  if (backplane_named(row.name) == nullptr) add_backplane(row);
  StrategySpec spec;
  spec.name = spec.backplane = row.name;
  return spec;
}

}  // namespace squall::testing
