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

#include "strategies/core/option.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

inline constexpr Option kMailbox = duration_option(
    "mailbox", "how long a message waits at its sender's node for who is nowhere",
    {.fallback = Duration{0}, .low = Duration{0}, .high = std::chrono::hours{1}, .source = "none"});
inline constexpr Option kMailboxMessages{
    .name = "mailbox_messages",
    .meaning = "how many wait there for one person; else the oldest goes",
    .kind = Option::Kind::count,
    .fallback = 100,
    .low = 1,
    .high = 1'000'000,
    .source = "uncalibrated"};

class Mailbox {
 public:
  struct Limits {
    Duration window;       // none: nothing waits here
    std::size_t messages;  // of one person
  };
  struct Letter {
    Copy copy;
    std::uint8_t attempt;   // the last one
    Mechanism why;          // if it is not delivered in the end
    std::uint32_t bounces;  // how often it was sent from here, in vain
    NodeId tried;           // the node that had nobody of this name; kNoNode: none was named
    Time since{0};          // put() knows
  };
  using Letters = std::deque<Letter>;

  explicit Mailbox(const Limits& limits) : limits_(limits) {}

  bool open() const { return limits_.window > Duration{0}; }

  // The first one for him arms the timer at which he is asked for again.
  void put(EndpointId who, Letter letter, Time now, Actions& actions) {
    if (letter.attempt >= kAttempts) {
      actions.drop(std::move(letter.copy), letter.why);
      return;
    }
    // What comes back goes on waiting, longer from time to time, and not from the beginning.
    letter.since = now;
    for (std::uint32_t i = 0; i < letter.bounces; ++i) letter.since -= wait_after(i);
    const auto [box, first] = boxes_.try_emplace(who);
    if (first) {
      box->second.wait = wait_after(letter.bounces);
      ask_later(who, box->second, actions);
    }
    box->second.tried = letter.tried;
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

  // Whether letters wait for him that this node has sent back.
  bool was_not_at(EndpointId who, NodeId node) const {
    const auto found = boxes_.find(who);
    return found != boxes_.end() && found->second.tried == node;
  }

  // Whether something waits for him; where he was sought last.
  bool waits_for(EndpointId who) const { return boxes_.contains(who); }
  NodeId tried(EndpointId who) const {
    const auto found = boxes_.find(who);
    return found == boxes_.end() ? kNoNode : found->second.tried;
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
  // Somebody knows him: he may be there again at any time.
  static constexpr Duration kLongestOfBounced = std::chrono::seconds{1};

  struct Box {
    Letters letters;
    Duration wait = kFirst;
    NodeId tried = kNoNode;
    std::uint32_t timer = 0;  // none: he is being asked for
  };

  static Duration wait_after(std::uint32_t bounces) {
    return std::min(kFirst * (std::int64_t{1} << std::min(bounces, 8U)), kLongestOfBounced);
  }

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
