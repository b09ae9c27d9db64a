// Messages, and the copies of them that travel: a copy is a linear token.
//
// A copy ends by exactly one of push, forward, publish, discard or drop (Actions, strategy.hpp).
// Its destructor aborts when it was forgotten, because a silent loss is the one thing squall
// must never have.
#pragma once

#include <utility>

#include "strategies/core/check.hpp"
#include "strategies/core/types.hpp"

namespace squall {

enum class MessageId : std::uint32_t {};

// Where a message goes: one endpoint or all members of a room (the sender excepted).
struct Address {
  enum class Kind : std::uint8_t { user, room } kind;
  std::uint32_t id;

  static Address user(EndpointId endpoint) {
    return {Kind::user, static_cast<std::uint32_t>(endpoint)};
  }
  static Address room(RoomId room) { return {Kind::room, static_cast<std::uint32_t>(room)}; }
  EndpointId endpoint() const { return EndpointId{id}; }
  RoomId room() const { return RoomId{id}; }
  bool operator==(const Address&) const = default;
};

// What every node that holds a copy knows of it.
struct Message {
  MessageId id;
  EndpointId sender;
  Address address;
  Bytes size;              // application payload
  std::uint32_t sequence;  // per (sender, address), from 1
};

class Copy {
 public:
  // Engines only: a token enters the sans-IO world when the engine hands it in ...
  static Copy adopt(const Message& message) { return Copy(message); }
  // ... and leaves it when an action took it.
  Message release() && {
    SQUALL_CHECK(held_);
    held_ = false;
    return message_;
  }

  Copy(Copy&& other) noexcept
      : message_(other.message_), held_(std::exchange(other.held_, false)) {}
  Copy& operator=(Copy&& other) noexcept {
    SQUALL_CHECK(!held_);
    message_ = other.message_;
    held_ = std::exchange(other.held_, false);
    return *this;
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy() { SQUALL_CHECK(!held_); }

  const Message& message() const { return message_; }

 private:
  explicit Copy(const Message& message) : message_(message), held_(true) {}

  Message message_;
  bool held_;
};

}  // namespace squall
