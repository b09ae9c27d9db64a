// A dialect: what a client has to say to a realtime server that is not squall's, and what it hears.
//
// Sans-IO: the payloads of WebSocket frames in and out; no socket, no clock, no plan. One file per
// dialect, which defines its row (registry.cpp). Rooms and users are names here, messages are
// parcels (parcel.hpp): id and sender travel in what is sent, because most products name neither.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "strategies/core/types.hpp"

namespace squall::live {

struct DialectUser {
  std::string name, token;
  std::vector<std::string> rooms;  // to be in from the start
};

struct Parcel {
  std::string id, sender;
  Bytes size = 0;  // of the whole payload, where that is more than id and sender need
};

struct DialectEvent {
  enum class Kind : std::uint8_t {
    logged_in,
    refused,     // text: what the server said
    joined,      // text: the room
    message,     // text: its id; sender
    accepted,    // text: the id of a message of ours
    going_away,  // the server said that it will close
    noise        // text: what nobody of this run can have said, or nobody understands
  } kind;
  std::string text, sender = {};
};

struct DialectFrame {
  std::string payload;
  bool binary = false;
};

// What comes of one step.
struct DialectTurn {
  std::vector<DialectFrame> say;
  std::vector<DialectEvent> heard;
};

// What a session remembers at most: bytes of a message that is not whole yet, and frames of its own
// that were not answered.
inline constexpr std::size_t kMostUnfinished = 16U << 20;
inline constexpr std::size_t kMostUnanswered = 10'000;

// Of one connection.
class DialectSession {
 public:
  virtual ~DialectSession() = default;
  virtual void opened(DialectTurn& turn) = 0;  // the handshake of HTTP is over
  virtual void join(const std::string& room, DialectTurn& turn) = 0;
  virtual void leave(const std::string& room, DialectTurn& turn) = 0;
  virtual void send(const std::string& room, const Parcel& parcel, DialectTurn& turn) = 0;
  virtual void hear(std::string_view payload, DialectTurn& turn) = 0;
  // The client's heartbeat is due: what the server wants to hear beside a ping of the WebSocket.
  virtual void beat(DialectTurn& turn) { static_cast<void>(turn); }
};

// What a user keeps from one connection to the next, by the dialect's own names.
using DialectMemory = std::map<std::string, std::string>;

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string target(const DialectUser& user) const = 0;  // path and query
  virtual std::string subprotocol() const { return {}; }
  virtual std::unique_ptr<DialectSession> session(const DialectUser& user,
                                                  DialectMemory& memory) const = 0;
};

struct DialectRow {
  std::string_view name, product;
  std::string_view tested;  // against which server, or that it is not
  std::string_view meaning;
  std::unique_ptr<Dialect> (*make)();
};

std::span<const DialectRow> dialects();
const DialectRow* dialect_named(std::string_view name);  // nullptr when unknown

// A dialect of templates from the text of a file (templates.hpp). Null when it has a mistake, and
// then `error` says where and what helps: "line 3, column 8: ...".
std::unique_ptr<Dialect> dialect_of_text(const std::string& text, std::string& error);

}  // namespace squall::live
