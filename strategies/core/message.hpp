// Messages, and the copies of them that travel: a copy is a linear token.
//
// A copy ends by exactly one of push, forward, publish, discard or drop (Actions, strategy.hpp).
// Its destructor aborts when it was forgotten, because a silent loss is the one thing squall
// must never have.
#pragma once

#include <compare>
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
  auto operator<=>(const Address&) const = default;
};

// What a message is called for good, in both engines.
struct MessageIdentity {
  EndpointId sender;
  Address address;
  std::uint32_t sequence;

  auto operator<=>(const MessageIdentity&) const = default;
};

// What every node that holds a copy knows of it.
struct Message {
  MessageId
      id;  // a place that another message gets when this one has settled: not to be remembered
  EndpointId sender;
  Address address;
  Bytes size;              // application payload
  std::uint32_t sequence;  // per (sender, address), from 1

  MessageIdentity identity() const { return {sender, address, sequence}; }
};

class Copy {
 public:
  // A token enters the sans-IO world when the engine hands it in, or when a part that wraps another
  // undoes an action of that (Actions::relay()) ...
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
