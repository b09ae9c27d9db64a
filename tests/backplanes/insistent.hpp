// A stranger's broadcast that does not look whether its link stands: what cannot be said comes
// back, and is said again after a while.
//
// It is not a good design: what comes back and what is new are said in no order.
#pragma once

#include <utility>
#include <vector>

#include "strategies/backplane/match.hpp"
#include "strategies/backplane/registry.hpp"

namespace squall::testing {

class Insistent final : public Backplane {
 public:
  void step(Time, Input input, Actions& actions) override {
    std::visit(Match{[&](Started&) { actions.subscribe(); },
                     [&](ClientMessage& in) { actions.publish_or_return(std::move(in.copy)); },
                     [&](BrokerMessage& in) { actions.push(std::move(in.copy)); },
                     [&](Unpublished& in) {
                       if (back_.empty()) actions.arm(0, kWait);
                       back_.push_back(std::move(in.copy));
                     },
                     [&](Timer&) {
                       for (Copy& copy : std::exchange(back_, {})) {
                         actions.publish_or_return(std::move(copy));
                       }
                     },
                     [&](auto&) { SQUALL_CHECK(!carries_copy(input)); }},
               input);
  }

  void lose_all(Actions& actions) override {
    for (Copy& copy : std::exchange(back_, {})) {
      actions.drop(std::move(copy), Mechanism::ingress_lost_at_crash);
    }
  }

 private:
  static constexpr Duration kWait = std::chrono::milliseconds{50};

  std::vector<Copy> back_;
};

inline BackplaneRow insistent_row() {
  BackplaneRow row = *backplane_named("broadcast");
  row.name = "insistent";
  row.meaning = "as broadcast; what cannot be published is published again and again";
  row.options = {};
  row.make = [](const StrategySpec&, const BackplaneContext&) -> std::unique_ptr<Backplane> {
    return std::make_unique<Insistent>();
  };
  return row;
}

}  // namespace squall::testing
