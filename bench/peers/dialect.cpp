// The three languages. See dialect.hpp.
// Socket.IO is Engine.IO version 4 on its WebSocket transport: the first digit is Engine.IO's kind
// of packet (0 open, 2 ping, 3 pong, 4 message), the second Socket.IO's (0 connect, 2 event).
#include "bench/peers/dialect.hpp"

#include <fmt/core.h>
#include <charconv>

#include "sim/live/speech/envelope.hpp"

namespace squall::bench {
namespace {

using live::Opcode;

std::string_view text_of(std::span<const std::byte> payload) {
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

// `number` in front, then padding up to `bytes`.
std::string padded(std::uint32_t number, std::uint32_t bytes) {
  std::string text = fmt::format("{} ", number);
  if (text.size() < bytes) text.append(bytes - text.size(), 'x');
  return text;
}

std::uint32_t number_at_start(std::string_view text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string place_in_query(const Place& place) {
  return fmt::format("client={}&room={}", place.client, place.room);
}

// ---- squall ------------------------------------------------------------------------------------

std::string squall_target(const Place& place) {
  const std::string number = std::to_string(place.client);
  return fmt::format("/ws?endpoint={0}&connection={0}&run={1}", number, place.pass);
}

std::string squall_hello() { return live::encode_note(live::FrameKind::subscribe, {}); }

std::string squall_message(const Place& from, std::uint32_t number, std::uint32_t bytes) {
  return live::encode_message({MessageId{number}, EndpointId{from.client},
                               Address::room(RoomId{from.room}), static_cast<Bytes>(bytes),
                               number});
}

Heard squall_hear(std::span<const std::byte> payload) {
  const auto envelope = live::decode(payload);
  if (!envelope) return {};
  if (envelope->kind == live::FrameKind::welcome) return {Heard::Kind::ready, 0, {}};
  if (envelope->kind != live::FrameKind::message) return {};
  return {Heard::Kind::message, static_cast<std::uint32_t>(envelope->message.id), {}};
}

// ---- ws ----------------------------------------------------------------------------------------

std::string ws_target(const Place& place) { return "/?" + place_in_query(place); }

std::string no_hello() { return {}; }

std::string ws_message(const Place&, std::uint32_t number, std::uint32_t bytes) {
  return padded(number, bytes);
}

Heard ws_hear(std::span<const std::byte> payload) {
  return {Heard::Kind::message, number_at_start(text_of(payload)), {}};
}

// ---- Socket.IO ---------------------------------------------------------------------------------

constexpr std::string_view kEvent = R"(42["m",")";

std::string socketio_target(const Place& place) {
  return "/socket.io/?EIO=4&transport=websocket&" + place_in_query(place);
}

std::string socketio_hello() { return "40"; }

std::string socketio_message(const Place&, std::uint32_t number, std::uint32_t bytes) {
  return std::string(kEvent) + padded(number, bytes) + "\"]";
}

Heard socketio_hear(std::span<const std::byte> payload) {
  const std::string_view text = text_of(payload);
  if (text.starts_with(kEvent)) {
    return {Heard::Kind::message, number_at_start(text.substr(kEvent.size())), {}};
  }
  if (text.starts_with("40")) return {Heard::Kind::ready, 0, {}};
  if (text == "2") return {Heard::Kind::nothing, 0, "3"};
  return {};
}

constexpr Dialect kDialects[] = {
    {"squall", Opcode::binary, squall_target, squall_hello, squall_message, squall_hear},
    {"ws", Opcode::binary, ws_target, no_hello, ws_message, ws_hear},
    {"socketio", Opcode::text, socketio_target, socketio_hello, socketio_message, socketio_hear},
};

}  // namespace

std::span<const Dialect> dialects() { return kDialects; }

const Dialect* dialect_named(std::string_view name) {
  for (const Dialect& dialect : kDialects) {
    if (dialect.name == name) return &dialect;
  }
  return nullptr;
}

}  // namespace squall::bench
