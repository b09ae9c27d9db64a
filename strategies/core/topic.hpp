// A topic of the broker: what a node subscribes to, and what a message is published on.
//
// Which topics there are is a design's choice: one for everybody, one a room, one a user. A node
// hears what was published on a topic from the moment on at which the broker has taken up its
// subscription; how it learns of that is in strategy.hpp (Subscribed).
#pragma once

#include <fmt/core.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "strategies/core/message.hpp"
#include "strategies/core/types.hpp"

namespace squall {

struct Topic {
  enum class Kind : std::uint8_t { global, room, user } kind = Kind::global;
  std::uint32_t id = 0;  // of the room, of the user

  static Topic global() { return {}; }
  static Topic room(RoomId room) { return {Kind::room, static_cast<std::uint32_t>(room)}; }
  static Topic user(EndpointId user) { return {Kind::user, static_cast<std::uint32_t>(user)}; }
  static Topic of(Address address) {
    return {address.kind == Address::Kind::room ? Kind::room : Kind::user, address.id};
  }
  auto operator<=>(const Topic&) const = default;
};

// "global", "room:7", "user:7": as it is called at the broker, after the name of the run.
inline std::string name(Topic topic) {
  if (topic.kind == Topic::Kind::global) return "global";
  const std::string_view kind = topic.kind == Topic::Kind::room ? "room:" : "user:";
  return fmt::format("{}{}", kind, topic.id);
}

}  // namespace squall
