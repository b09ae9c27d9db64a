// One connection of a client: the sans-IO machine, and the socket it has at the moment.
//
// Private to clients*.cpp.
#pragma once

#include <string>

#include "sim/live/clients/clients.hpp"
#include "sim/live/net/conversation.hpp"

namespace squall::live {

struct Clients::Link final : Channel::Owner {
  Link(Clients& the_clients, EndpointId the_endpoint, std::uint16_t the_slot,
       EndpointLink& the_state)
      : clients(the_clients), endpoint(the_endpoint), slot(the_slot), state(the_state) {}

  std::size_t on_bytes(std::span<const std::byte> bytes) override;
  void on_end(Channel::End) override { clients.ended(*this); }

  void open(Loop& loop, const Upgrade& upgrade) {
    channel = std::make_shared<Channel>(loop, upgrade.descriptor, *this, upgrade.cipher);
    wire = Conversation(Conversation::Side::client);
    speech = clients.cluster_.language->speech(endpoint);
    welcomed = false;
    read_debt = 0;
    read_at = loop.now();
  }

  std::vector<NodeId> sisters() const {
    std::vector<NodeId> nodes;
    for (const auto& other : clients.person(endpoint).links) {
      const bool other_one = other.get() != this && other->state.machine.busy();
      if (other_one && other->node != kNoNode) nodes.push_back(other->node);
    }
    return nodes;
  }

  Clients& clients;
  EndpointId endpoint;
  std::uint16_t slot;
  EndpointLink& state;
  bool welcomed = false;
  NodeId node = kNoNode;
  std::vector<NodeId> tried;  // in this attempt
  std::unique_ptr<Handshake> handshake;
  std::shared_ptr<Channel> channel;
  Conversation wire{Conversation::Side::client};
  std::unique_ptr<Speech> speech;
  std::int64_t read_debt = 0;  // ns of line time that was read ahead of the planned rate
  Time read_at{0};
};

}  // namespace squall::live
