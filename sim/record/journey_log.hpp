// A log of one run, for whoever wants to count again: when each message reached each node that
// was to push it, and the lives of all connections.
//
// Nothing in squall reads it; the engine fills it when PlayOptions::log is set. It grows with the
// run, so it is for small scenarios. Messages born outside of measure are left out.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/record/oracle.hpp"
#include "strategies/core/message.hpp"

namespace squall {

struct Egress {
  std::uint64_t number;  // of the message, in the order of offers
  EndpointId sender;
  Address to;
  NodeId node;
  Time at;
};

struct JourneyLog {
  std::vector<Egress> egress;                 // in order of time
  std::vector<ConnectionRecord> connections;  // index == ConnectionId
};

}  // namespace squall
