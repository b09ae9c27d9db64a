// What the kernel counts of one TCP connection: segments and stream bytes (TCP_INFO).
//
// In a file of its own: the kernel's header and the C library's cannot be included together.
#pragma once

#include <cstdint>

namespace squall::live {

struct TcpCounters {
  std::int64_t segments_sent = 0, segments_received = 0;  // with handshake and acknowledgements
  std::int64_t bytes_sent = 0, bytes_received = 0;        // of the stream; sent: without repeats
};

// All zero when the descriptor is no TCP socket.
TcpCounters tcp_counters(int descriptor);

}  // namespace squall::live
