// The pipe that a connection is to the engine: what has passed on it, and who knows of its end.
// Who it belongs to and when it lived is in the oracle's record (connection_record.hpp).
#pragma once

#include <cstdint>

#include "sim/record/acknowledgements.hpp"
#include "strategies/core/types.hpp"

namespace squall {

// One cache line, because a fan-out touches one per recipient.
struct alignas(64) Pipe {
  Time last_arrival{kBeforeAll};   // at the client; frames of one connection never overtake
  Time downlink_busy{kBeforeAll};  // the client's line is busy until
  std::uint32_t line = 0;          // of the network: the client's downlink
  NodeId node = kNoNode;           // from the handshake on
  std::uint8_t loop = 0;           // of that node
  Time last_uplink{kBeforeAll};    // at the node
  Time last_heard{kBeforeAll};     // by the node
  Time pong_due{kBeforeAll};       // at the client: booked as received, see heartbeats.cpp
  std::uint32_t link = 0;          // of the client
  std::uint32_t place = 0;         // position in the node's list of sessions
  ConnectionId next_session = kNoConnection;  // of the same endpoint
  std::uint16_t unread = 0;                   // client frames in the node's CPU queue
  bool over : 1 = false;        // once it was ready: the path has ended, or the session
  bool noticed : 1 = false;     // the client knows that it is over
  bool flushes : 1 = false;     // it ended by a clean close: what was written still arrives
  bool counted : 1 = false;     // the balancer counts it
  bool hung_up : 1 = false;     // the client walked away before there was a session
  bool welcomed : 1 = false;    // the node has told the client that it is in
  bool unanswered : 1 = false;  // the node has said nothing since the client spoke
  bool has_port : 1 = false;    // one of the balancer's, where they are counted
  AckHabit client_acks;         // the client's end; see client_acks.hpp
};
static_assert(sizeof(Pipe) == 64);

}  // namespace squall
