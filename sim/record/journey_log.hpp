// A log of one run, for whoever wants to count again: when each message reached each node that
// was to push it, and the lives of all connections.
//
// A witness that forgets the rest. It grows with the run, so it is for small scenarios. Messages
// born outside of measure are left out.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/record/witness.hpp"

namespace squall {

struct Egress {
  std::uint64_t number;  // of the message, in the order of offers
  EndpointId sender;
  Address to;
  NodeId node;
  Time at;
};

struct JourneyLog : Witness {
  std::vector<Egress> egress;                 // in order of time
  std::vector<ConnectionRecord> connections;  // index == ConnectionId

  void see(const Message& message, const Sight& sight) override {
    if (sight.what != Sight::What::fan_out || !sight.measured) return;
    egress.push_back({sight.message, message.sender, message.address, sight.node, sight.at});
  }
  void connection(ConnectionId, const ConnectionRecord& life) override {
    connections.push_back(life);
  }
};

}  // namespace squall
