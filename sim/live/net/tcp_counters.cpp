// getsockopt(TCP_INFO) with the kernel's own structure, which has more fields than the C library's.
// See tcp_counters.hpp.
#include "sim/live/net/tcp_counters.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace squall::live {

TcpCounters tcp_counters(int descriptor) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  const auto count = [](auto value) { return static_cast<std::int64_t>(value); };
  return {count(info.tcpi_segs_out), count(info.tcpi_segs_in),
          count(info.tcpi_bytes_sent) - count(info.tcpi_bytes_retrans),
          count(info.tcpi_bytes_received)};
}

}  // namespace squall::live
