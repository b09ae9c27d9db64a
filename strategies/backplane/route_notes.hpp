// What nodes of a routed backplane tell each other, as numbers: who has come, and who has heard a
// message of a room without having been named.
//
// A note is believed as far as it can be looked up: a room's members are known to every node.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "strategies/core/strategy.hpp"

namespace squall {

class RouteNotes {
 public:
  using People = std::vector<EndpointId>;
  using Numbers = std::vector<std::uint32_t>;
  struct Arrival {
    EndpointId who;
    std::uint64_t epoch;  // of his session
  };
  struct Heard {
    MessageIdentity message;
    People people;  // members of its room
  };

  explicit RouteNotes(const BackplaneContext& context) : context_(context) {}

  // ---- written ----
  void tell_all_of(const Arrival& arrival, Actions& actions) const {
    const Numbers note{kHasCome, number(arrival.who),
                       static_cast<std::uint32_t>(arrival.epoch >> 32),
                       static_cast<std::uint32_t>(arrival.epoch)};
    for (std::uint16_t n = 0; n < context_.nodes; ++n) {
      if (NodeId{n} != context_.self) actions.tell(NodeId{n}, note);
    }
  }

  // Who is `here` and was not named by the node that the message came from.
  template <typename Here>
  void report(const Message& message, NodeId to, People named, Here here, Actions& actions) const {
    Numbers note{kHeard, number(message.sender), message.address.id, message.sequence};
    named.push_back(message.sender);
    std::ranges::sort(named);
    for (const EndpointId who : context_.sessions.here(message.address.room())) {
      if (here(who) && !std::ranges::binary_search(named, who)) note.push_back(number(who));
    }
    if (note.size() > kHead) actions.tell(to, std::move(note));
  }

  // ---- read: empty when it says something else ----
  static std::optional<Arrival> arrival(const Numbers& note) {
    if (note.size() != 4 || note[0] != kHasCome) return std::nullopt;
    return Arrival{EndpointId{note[1]}, std::uint64_t{note[2]} << 32 | note[3]};
  }

  std::optional<Heard> heard(const Numbers& note) const {
    if (note.size() <= kHead || note[0] != kHeard) return std::nullopt;
    Numbers named(note.begin() + kHead, note.end());
    std::ranges::sort(named);
    Heard heard{{EndpointId{note[1]}, Address::room(RoomId{note[2]}), note[3]}, {}};
    for (const EndpointId member : context_.directory.members(RoomId{note[2]})) {
      if (std::ranges::binary_search(named, number(member))) heard.people.push_back(member);
    }
    return heard;
  }

 private:
  static constexpr std::uint32_t kHeard = 1, kHasCome = 2;  // the first number
  static constexpr std::uint32_t kHead = 4;  // kHeard, sender, room, sequence; then people
  static std::uint32_t number(EndpointId who) { return static_cast<std::uint32_t>(who); }

  BackplaneContext context_;
};

}  // namespace squall
