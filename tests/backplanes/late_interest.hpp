// Interest, but a subscription goes out some time after it was wanted: what a client is recovered
// from is asked for before it (admission_wait off), or in the right order (on).
//
// A mistake on purpose: with a log at the broker the wrong order loses what is said in between.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "strategies/backplane/match.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::testing {

class LateInterest final : public Backplane {
 public:
  explicit LateInterest(std::unique_ptr<Backplane> interest) : interest_(std::move(interest)) {}

  bool admits() const override { return interest_->admits(); }

  void step(Time now, Input input, Actions& actions) override {
    if (const auto* const due = std::get_if<Timer>(&input)) {
      return actions.subscribe(late_.extract(due->number).mapped());
    }
    Actions wanted;
    interest_->step(now, std::move(input), wanted);
    actions.relay(std::move(wanted), [&](const Action& action) {
      const auto* const wish = std::get_if<Subscribe>(&action);
      if (wish == nullptr) return false;
      late_.emplace(++timers_, wish->topic);
      actions.arm(timers_, std::chrono::milliseconds{200});
      return true;
    });
  }

  void lose_all(Actions& actions) override { interest_->lose_all(actions); }

 private:
  std::unique_ptr<Backplane> interest_;
  std::map<std::uint32_t, Topic> late_;
  std::uint32_t timers_ = 0;
};

inline BackplaneRow late_interest_row() {
  BackplaneRow row = *backplane_named("interest");
  row.name = "late_interest";
  row.meaning = "interest, whose subscriptions come late";
  row.make = [](const StrategySpec& spec,
                const BackplaneContext& context) -> std::unique_ptr<Backplane> {
    return std::make_unique<LateInterest>(backplane_named("interest")->make(spec, context));
  };
  return row;
}

}  // namespace squall::testing
