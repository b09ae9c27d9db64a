// getsockopt(TCP_INFO) with the kernel's own structure, which has more fields than the C library's.
// See tcp_counters.hpp.
#include "sim/live/net/tcp/tcp_counters.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace squall::live {

TcpCounters tcp_counters(int descriptor) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  const auto count = [](auto value) { return static_cast<std::int64_t>(value); };
  const auto data_out = count(info.tcpi_data_segs_out), data_in = count(info.tcpi_data_segs_in);
  return {.segments_sent = data_out,
          .segments_received = data_in,
          .bare_sent = count(info.tcpi_segs_out) - data_out,
          .bare_received = count(info.tcpi_segs_in) - data_in,
          .bytes_sent = count(info.tcpi_bytes_sent) - count(info.tcpi_bytes_retrans),
          .bytes_received = count(info.tcpi_bytes_received)};
}

void limit_segments(int descriptor) {
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_MAXSEG, &kLoopbackMaxSegment,
               sizeof kLoopbackMaxSegment);
}

void only_listens(int descriptor) {
  const int yes = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}

}  // namespace squall::live
