// What the kernel counts of one TCP connection: segments and stream bytes (TCP_INFO).
//
// In a folder of its own, as a folder is compiled as one: the kernel's header and the C library's
// cannot be included together.
#pragma once

#include <cstdint>

namespace squall::live {

// Loopback would send 64 KiB in one segment. 1460 less the timestamps is what a real wire carries,
// and what wire::kMaxSegment says; to be set before a socket connects, for both directions.
inline constexpr int kLoopbackMaxSegment = 1460;
void limit_segments(int descriptor);

// Whoever answers data with data is taken for interactive, and its acknowledgements wait for words
// to ride on. One that has logged in, and only listens from now on, waits for none.
void only_listens(int descriptor);

struct TcpCounters {
  std::int64_t segments_sent = 0, segments_received = 0;  // that carry data
  std::int64_t bare_sent = 0, bare_received = 0;    // that carry none: acknowledgements, SYN, FIN
  std::int64_t bytes_sent = 0, bytes_received = 0;  // of the stream; sent: without repeats
};

// All zero when the descriptor is no TCP socket.
TcpCounters tcp_counters(int descriptor);

}  // namespace squall::live
