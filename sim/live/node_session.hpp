// A session: a node's belief that a client is connected, and the socket it is about.
//
// A guest is a stranger who upgraded: a WebSocket to the node, and nobody to the run.
//
// Private to node*.cpp.
#pragma once

#include "sim/live/net/conversation.hpp"
#include "sim/live/node.hpp"

namespace squall::live {

struct Node::Session final : Channel::Owner {
  // What a guest may let us keep: of a frame it has begun, or of answers it does not read.
  static constexpr std::size_t kGuestBytes = 64 * 1024;

  Session(Node& the_node, const Upgrade& upgrade, ConnectionId the_connection,
          EndpointId the_endpoint)
      : node(the_node),
        connection(the_connection),
        endpoint(the_endpoint),
        channel(std::make_shared<Channel>(the_node.loop_, upgrade.descriptor, *this)),
        wire(Conversation::Side::server, guest() ? kGuestBytes : FrameReader::kMaxMessage) {}

  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    const std::size_t used =
        wire.hear(bytes, *channel, [&](Opcode opcode, std::span<const std::byte> payload) {
          node.heard(*this, opcode, payload);
          return !gone;
        });
    if (wire.over()) node.session_gone(*this);
    return used;
  }
  void on_end(Channel::End) override { node.session_gone(*this); }
  void on_flushed(std::uint32_t messages, Time when) override {
    node.loop_.facts().add({when.count(), static_cast<std::uint32_t>(connection), messages, 0,
                            static_cast<std::uint16_t>(node.id_), FactKind::flushed, 0});
  }

  // False: its queue is full, and what becomes of it is done. `never_queued` tells the books of a
  // failure that they have heard of no push before.
  bool put_into_queue(const FramePtr& frame, const Message& message, bool never_queued);
  void push_failed(std::uint32_t message, Mechanism mechanism, bool never_queued);

  Node& node;
  ConnectionId connection;
  EndpointId endpoint;
  std::shared_ptr<Channel> channel;
  Conversation wire;
  bool guest() const { return connection == kNoConnection; }
  std::optional<MessageId> last_message;  // a client's numbers only grow
  bool asked_to_move = false;
  bool open = false;      // subscribed: the node counts on it
  bool welcomed = false;  // and was told that it is in
  bool gone = false;      // removed; the object itself goes at the end of the turn
  Time last_heard{0};
  std::size_t place = 0;  // in the node's list
  std::vector<RoomId> rooms;
};

}  // namespace squall::live
