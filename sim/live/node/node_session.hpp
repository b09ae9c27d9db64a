// A session: a node's belief that a client is connected, and the socket it is about.
//
// A guest is a stranger who upgraded: a WebSocket to the node, and nobody to the run. What is heard
// on it, and what its end means, is the listener's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sim/live/cluster.hpp"
#include "sim/live/net/conversation.hpp"

namespace squall::live {

struct NodeSession final : Channel::Owner {
  struct Listener {
    virtual ~Listener() = default;
    virtual void heard(NodeSession& session, Opcode opcode, std::span<const std::byte> payload) = 0;
    virtual void gone(NodeSession& session) = 0;  // the client went, or the socket ended
    virtual void flushed(NodeSession& session, std::uint32_t messages, Time when) = 0;
  };

  // What a guest may let us keep: of a frame it has begun, or of answers it does not read.
  static constexpr std::size_t kGuestBytes = 64 * 1024;

  NodeSession(RunLoop& loop, Listener& the_listener, const Upgrade& upgrade,
              ConnectionId the_connection, EndpointId the_endpoint)
      : listener(the_listener),
        connection(the_connection),
        endpoint(the_endpoint),
        channel(std::make_shared<Channel>(loop, upgrade.descriptor, *this)),
        wire(Conversation::Side::server, guest() ? kGuestBytes : FrameReader::kMaxMessage) {}

  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    const std::size_t used =
        wire.hear(bytes, *channel, [&](Opcode opcode, std::span<const std::byte> payload) {
          listener.heard(*this, opcode, payload);
          return !removed;
        });
    if (wire.over()) listener.gone(*this);
    return used;
  }
  void on_end(Channel::End) override { listener.gone(*this); }
  void on_flushed(std::uint32_t messages, Time when) override {
    listener.flushed(*this, messages, when);
  }

  bool guest() const { return connection == kNoConnection; }

  Listener& listener;
  ConnectionId connection;
  EndpointId endpoint;
  std::shared_ptr<Channel> channel;
  Conversation wire;
  std::optional<MessageId> last_message;  // a client's numbers only grow
  bool asked_to_move = false;
  bool open = false;      // subscribed: the node counts on it
  bool welcomed = false;  // and was told that it is in
  bool ending = false;    // its end has come, and waits for its turn where work is dilated
  bool removed = false;   // the object itself goes at the end of the turn
  Time last_heard{0};
  std::size_t place = 0;  // in the node's list
  std::vector<RoomId> rooms;
};

}  // namespace squall::live
