// What a client and its node say to each other on an established connection, in their language.
//
// Frames in, frames and events out; no socket and no clock. squall's own nodes speak
// own_speech.cpp; servers of others speak a dialect (attach/foreign_language.cpp). The life of a
// connection (when to dial, to ping, to come back) is the same in every language: clients.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/live/net/framing.hpp"
#include "sim/live/net/upgrade.hpp"
#include "strategies/core/position.hpp"

namespace squall::live {

struct Heard {
  enum class Kind : std::uint8_t {
    welcome,       // rooms: those it is seated in; position: where it resumes, if it does
    joined,        // number: the room
    message,       // number: of the timeline; position: where the client stands with it
    acknowledged,  // number: of a message of this client
    going_away,    // the node will close
    noise,         // nobody of this run can have said so; counted
    stranger       // the same, and whoever says it is no node of this run
  } kind;
  std::uint32_t number = 0;
  std::vector<RoomId> rooms = {};
  std::optional<Position> position = {};
};

// What comes of one step: frames to be written, then what was heard, in order.
struct Turn {
  std::vector<std::pair<Opcode, std::string>> say;
  std::vector<Heard> heard;
  void clear() { say.clear(), heard.clear(); }
};

// Of one connection.
class Speech {
 public:
  virtual ~Speech() = default;
  // The socket stands; `rooms` are those that the client itself asked for, `seen` is the last
  // message it knows of, in a language that can resume from there.
  virtual void opened(std::span<const RoomId> rooms, const std::optional<Position>& seen,
                      Turn& turn) = 0;
  virtual void join(RoomId room, Turn& turn) = 0;
  virtual void leave(RoomId room, Turn& turn) = 0;
  virtual void moved(Turn& turn) = 0;  // nothing more is expected on this connection
  virtual void message(const Message& message, Turn& turn) = 0;
  virtual void ping(Turn& turn) { turn.say.emplace_back(Opcode::ping, ""); }
  virtual void hear(Opcode opcode, std::span<const std::byte> payload, Turn& turn) = 0;
};

// Of a run.
class Language {
 public:
  virtual ~Language() = default;
  // All of a handshake but the node's address; kNoNode: whoever the balancer takes.
  virtual ConnectRequest request(EndpointId endpoint, ConnectionId connection,
                                 NodeId node) const = 0;
  virtual std::unique_ptr<Speech> speech(EndpointId endpoint) const = 0;
  // A server answered the handshake, and did not let the client in. From any loop.
  virtual void turned_away(const std::string& why) const { static_cast<void>(why); }
};

// Every client has an address of its own on loopback, so that ports never run out.
std::string own_address(EndpointId endpoint);

struct Cluster;
std::unique_ptr<Language> own_language(const Cluster& cluster);  // own_speech.cpp

}  // namespace squall::live
