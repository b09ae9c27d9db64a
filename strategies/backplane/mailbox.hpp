// Messages that wait at their sender's node for people who are nowhere now: by person, in order.
//
// It is no history: nobody has got them, and nobody else keeps them. It only says when to ask for
// somebody again, and what is to be given up; who finds out where he is takes all that is for him.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "strategies/core/strategy.hpp"

namespace squall {

class Mailbox {
 public:
  struct Limits {
    Duration window;       // none: nothing waits here
    std::size_t messages;  // of one person
  };
  struct Letter {
    Copy copy;
    std::uint8_t attempt;  // the last one
    Mechanism why;         // if it is not delivered in the end
    Time since;
  };
  using Letters = std::deque<Letter>;

  explicit Mailbox(const Limits& limits) : limits_(limits) {}

  bool open() const { return limits_.window > Duration{0}; }

  // The first one for him arms the timer at which he is asked for again.
  void put(EndpointId who, Letter letter, Actions& actions) {
    if (letter.attempt >= kAttempts) {
      actions.drop(std::move(letter.copy), letter.why);
      return;
    }
    const auto [box, first] = boxes_.try_emplace(who);
    if (first) ask_later(who, box->second, actions);
    Letters& letters = box->second.letters;
    if (letters.size() == limits_.messages) drop_first(letters, actions);
    letters.push_back(std::move(letter));
  }

  // Of Arm. Gives up what is too old; names who is to be asked for again, if anything still waits.
  std::optional<EndpointId> due(std::uint32_t timer, Time now, Actions& actions) {
    const auto armed = timers_.find(timer);
    if (armed == timers_.end()) return std::nullopt;
    const EndpointId who = armed->second;
    timers_.erase(armed);
    const auto found = boxes_.find(who);
    if (found == boxes_.end() || found->second.timer != timer) return std::nullopt;
    Box& box = found->second;
    box.timer = 0;
    while (!box.letters.empty() && box.letters.front().since + limits_.window <= now) {
      drop_first(box.letters, actions);
    }
    if (!box.letters.empty()) return who;
    boxes_.erase(found);
    return std::nullopt;
  }

  // What was asked then came to nothing.
  void still_away(EndpointId who, Actions& actions) {
    const auto found = boxes_.find(who);
    if (found != boxes_.end() && found->second.timer == 0) ask_later(who, found->second, actions);
  }

  Letters take(EndpointId who) {
    const auto found = boxes_.find(who);
    if (found == boxes_.end()) return {};
    Letters letters = std::move(found->second.letters);
    boxes_.erase(found);
    return letters;
  }

  void lose_all(Actions& actions) {
    for (auto& [who, box] : boxes_) {
      for (Letter& letter : box.letters) {
        actions.drop(std::move(letter.copy), Mechanism::ingress_lost_at_crash);
      }
    }
    boxes_.clear();
  }

 private:
  // Whom a registry names wrongly for so long is not sought for ever.
  static constexpr std::uint8_t kAttempts = 50;
  static constexpr Duration kFirst = std::chrono::milliseconds{250};
  static constexpr Duration kLongest = std::chrono::seconds{4};

  struct Box {
    Letters letters;
    Duration wait = kFirst;
    std::uint32_t timer = 0;  // none: he is being asked for
  };

  void ask_later(EndpointId who, Box& box, Actions& actions) {
    box.timer = ++last_timer_;
    timers_.emplace(box.timer, who);
    actions.arm(box.timer, box.wait);
    box.wait = std::min(2 * box.wait, kLongest);
  }

  static void drop_first(Letters& letters, Actions& actions) {
    actions.drop(std::move(letters.front().copy), letters.front().why);
    letters.pop_front();
  }

  Limits limits_;
  std::map<EndpointId, Box> boxes_;
  std::map<std::uint32_t, EndpointId> timers_;  // under way; those of a box that was taken, too
  std::uint32_t last_timer_ = 0;
};

}  // namespace squall
