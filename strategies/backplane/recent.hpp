// Which messages were heard lately, and when for the first time: by identity, as a MessageId is
// taken again. What is older than its memory is as if it had never been heard.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "strategies/core/message.hpp"
#include "strategies/core/types.hpp"

namespace squall {

class Recent {
 public:
  explicit Recent(Duration memory) : memory_(memory) {}

  void forget_old(Time now) {
    for (; !by_age_.empty() && by_age_.front().first + memory_ <= now; by_age_.pop_front()) {
      heard_.erase(by_age_.front().second);
    }
  }

  // Whether it is the first time.
  bool hear(const MessageIdentity& message, Time now) {
    if (!heard_.emplace(message, now).second) return false;
    by_age_.emplace_back(now, message);
    return true;
  }

  std::optional<Time> heard(const MessageIdentity& message) const {
    const auto found = heard_.find(message);
    return found == heard_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  Duration memory_;
  std::map<MessageIdentity, Time> heard_;
  std::deque<std::pair<Time, MessageIdentity>> by_age_;
};

}  // namespace squall
