// What is said on a WebSocket connection to each of the systems: one row of a table each.
//
// A message carries its number, and whoever hears it knows from the number when it was due.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/live/net/framing.hpp"

namespace squall::bench {

// A client's place: its number is that of its endpoint in the plan.
struct Place {
  std::uint32_t client = 0, room = 0;
  std::string pass = {};  // of squall's nodes: they let nobody in who does not say it
};

struct Heard {
  enum class Kind : std::uint8_t { nothing, ready, message } kind = Kind::nothing;
  std::uint32_t number = 0;  // of a message
  std::string_view answer;   // a text frame to be sent back; empty: none
};

struct Dialect {
  std::string_view name;
  live::Opcode opcode;                        // of messages
  std::string (*target)(const Place& place);  // of the request
  std::string (*hello)();                     // after the handshake; empty: none, and it is ready
  std::string (*message)(const Place& from, std::uint32_t number, std::uint32_t bytes);
  Heard (*hear)(std::span<const std::byte> payload);
};

std::span<const Dialect> dialects();
const Dialect* dialect_named(std::string_view name);  // nullptr when unknown

}  // namespace squall::bench
