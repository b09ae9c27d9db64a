// What a client has written and its node has not acknowledged, in the order of writing.
//
// A message whose link ends before the acknowledgement is adrift: nobody knows whether it came. It
// is written again on the next link that can send, until it is acknowledged or the user leaves. Who
// has written more than the outbox holds takes the risk for the rest.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "strategies/core/message.hpp"

namespace squall {

class Outbox {
 public:
  struct Letter {
    MessageId message;
    std::uint16_t link;  // that carried it last
    bool adrift = false;
    std::uint32_t written = 1;  // times
  };

  explicit Outbox(std::size_t limit) : limit_(limit) {}

  bool keep(EndpointId who, MessageId message, std::uint16_t link) {
    if (limit_ == 0) return false;
    std::deque<Letter>& letters = letters_[who];
    if (letters.size() == limit_) return false;
    letters.push_back({message, link});
    return true;
  }

  // Whether it was still waited for.
  bool acknowledged(EndpointId who, MessageId message) {
    const auto found = letters_.find(who);
    if (found == letters_.end()) return false;
    const auto gone =
        std::erase_if(found->second, [&](const Letter& l) { return l.message == message; });
    if (found->second.empty()) letters_.erase(found);
    return gone > 0;
  }

  void link_ended(EndpointId who, std::uint16_t link) {
    each(who, [&](Letter& letter) { letter.adrift |= letter.link == link; });
  }

  // Calls `visit` with each letter of this user, in order.
  template <typename Visit>
  void each(EndpointId who, Visit visit) {
    const auto found = letters_.find(who);
    if (found == letters_.end()) return;
    for (Letter& letter : found->second) visit(letter);
  }

  void drop(EndpointId who) { letters_.erase(who); }

  std::optional<EndpointId> somebody() const {
    return letters_.empty() ? std::nullopt : std::optional(letters_.begin()->first);
  }

 private:
  std::size_t limit_;
  std::map<EndpointId, std::deque<Letter>> letters_;
};

}  // namespace squall
