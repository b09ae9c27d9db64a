// Messages of rooms that have gone to every node with members, and who is still to be reported as
// there. Nodes report by name whom they have that the sender did not name; whoever is not reported
// in time is looked for one by one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "strategies/core/strategy.hpp"

namespace squall {

class Expected {
 public:
  using People = std::vector<EndpointId>;
  struct Overdue {
    Copy copy;
    People who;
  };

  void expect(Copy copy, const People& people, Actions& actions) {
    const std::uint32_t timer = kTimer | (++last_ & (kTimer - 1));
    if (!timers_.emplace(copy.message().identity(), timer).second) {
      return actions.discard(std::move(copy));  // it was said twice: they are expected already
    }
    waiting_.emplace(timer, Waiting{std::move(copy), std::set(people.begin(), people.end())});
    actions.arm(timer, kPatience);
  }

  // These have it.
  void reported(const MessageIdentity& message, std::span<const EndpointId> people,
                Actions& actions) {
    const auto timer = timers_.find(message);
    if (timer == timers_.end()) return;
    const auto found = waiting_.find(timer->second);
    for (const EndpointId who : people) found->second.who.erase(who);
    if (!found->second.who.empty()) return;
    actions.discard(std::move(found->second.copy));
    waiting_.erase(found);
    timers_.erase(timer);
  }

  static bool is_timer(std::uint32_t number) { return number >> 28 == 1; }
  // Who has not been reported, if somebody has not.
  std::optional<Overdue> due(std::uint32_t timer) {
    const auto found = waiting_.find(timer);
    if (found == waiting_.end()) return std::nullopt;
    Overdue overdue{std::move(found->second.copy),
                    People(found->second.who.begin(), found->second.who.end())};
    timers_.erase(overdue.copy.message().identity());
    waiting_.erase(found);
    return overdue;
  }

  void lose_all(Actions& actions) {
    for (auto& [timer, waiting] : waiting_) {
      actions.drop(std::move(waiting.copy), Mechanism::ingress_lost_at_crash);
    }
    waiting_.clear();
    timers_.clear();
  }

 private:
  static constexpr std::uint32_t kTimer = 1U << 28;
  // Uncalibrated: longer than a way there and back takes.
  static constexpr Duration kPatience = std::chrono::milliseconds{100};
  struct Waiting {
    Copy copy;
    std::set<EndpointId> who;
  };

  std::map<MessageIdentity, std::uint32_t> timers_;
  std::map<std::uint32_t, Waiting> waiting_;  // by timer
  std::uint32_t last_ = 0;
};

}  // namespace squall
