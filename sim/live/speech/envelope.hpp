// What squall's own frames say, between clients and nodes, and between nodes.
//
// A frame is one kind byte, fixed fields in little-endian, and padding up to the planned size of
// the message; so the payload on the wire is what the scenario says, unless that is smaller than
// the fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/record/wire.hpp"
#include "strategies/core/position.hpp"

namespace squall::live {

enum class FrameKind : std::uint8_t {
  subscribe = 1,    // client: I am ready to hear; the rooms I want
  welcome = 2,      // node: you are registered; the rooms you are in
  message = 3,      // both ways
  acknowledge = 4,  // node: I have your message
  join = 5,         // client: room
  leave = 6,        // client: room
  joined = 7,       // node: room
  going_away = 8,   // node: I shall close, be somewhere else by then
  moved = 9,        // client: I am; close
  told = 10         // between nodes: numbers of the strategy
};

inline constexpr std::size_t kMessageHeader = 26;  // kind to size; the rest of the payload is text
// In front of it between nodes, directly or through a broker: the run's stamp, the sending node,
// what the note says, and zeros up to what virtual time calls the envelope (sim/kernel/broker.cpp).
inline constexpr std::size_t kPeerHeader = 24;
static_assert(kMessageHeader == wire::kMessageHeader && kPeerHeader == wire::kEnvelope);

// To a client, where the broker keeps a log: with the place behind it, zeros for none.
// `around`: bytes that stand for the overhead of another protocol.
std::string encode_message(const Message& message, Bytes around = 0);
std::string encode_message(const Message& message, Bytes around,
                           const std::optional<LogPlace>& place);
std::optional<LogPlace> place_behind(std::span<const std::byte> payload);
// What a forward says beside the message. One that comes back is the message's header alone.
struct PeerNote {
  std::vector<EndpointId> who = {};  // it is for; or who are not there
  std::uint8_t attempt = 0;
  bool returned = false;
};
// From a node to another. `stamp`: of the run, RunName::kStampLength bytes.
std::string encode_peer_message(const Message& message, NodeId from, std::string_view stamp,
                                const PeerNote& note = {});

// What the strategy of a node tells itself on another one.
std::string encode_told(std::span<const std::uint32_t> numbers, NodeId from,
                        std::string_view stamp);

// A kind and a list of numbers: rooms, or the number of a message.
std::string encode_note(FrameKind kind, std::span<const std::uint32_t> numbers);

// A client's position in a subscribe or a welcome: wire::kPositionNumbers numbers. Nobody is the
// sender where there is none; a place in a log is its epoch and offset.
void add_position(std::vector<std::uint32_t>& numbers, const std::optional<Position>& position);

struct Envelope {
  FrameKind kind{};
  Message message{MessageId{0}, kNoEndpoint, Address::user(kNoEndpoint), 0, 0};
  std::span<const std::byte> numbers;  // of a note: count() of them; of one room or message: one
  std::size_t count() const { return numbers.size() / 4; }
  std::uint32_t number(std::size_t i) const;
  std::optional<MessageIdentity> position(std::size_t first) const;
  std::optional<LogPlace> log_position(std::size_t first) const;
};
// Empty: not one of ours. What it says is not believed yet: that the numbers exist is looked up by
// whoever knows the plan.
std::optional<Envelope> decode(std::span<const std::byte> payload);

struct PeerEnvelope {
  NodeId from;
  Message message;
  PeerNote note;
};
// Empty too when the stamp is another one.
std::optional<PeerEnvelope> decode_peer(std::span<const std::byte> payload, std::string_view stamp);

struct ToldEnvelope {
  NodeId from;
  std::vector<std::uint32_t> numbers;
};
// Likewise; what the numbers mean, and whether they can be believed, the strategy knows.
std::optional<ToldEnvelope> decode_told(std::span<const std::byte> payload, std::string_view stamp);

}  // namespace squall::live
