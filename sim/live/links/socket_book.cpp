// Sums over TCP_INFO. See socket_book.hpp.
// A descriptor is asked before it is closed: afterwards its number may be somebody else's.
#include "sim/live/links/socket_book.hpp"

#include <sys/socket.h>

#include "sim/live/net/tcp/tcp_counters.hpp"

namespace squall::live {
namespace {

void add_counters(Traffic& traffic, int descriptor) {
  traffic += traffic_of(tcp_counters(descriptor));
}

}  // namespace

void SocketBook::add(int descriptor, std::uint64_t attempt) {
  const std::scoped_lock lock(mutex_);
  attempt_of_[descriptor] = attempt;
}

void SocketBook::remove(int descriptor) {
  const std::scoped_lock lock(mutex_);
  if (attempt_of_.erase(descriptor) > 0) add_counters(past_, descriptor);
}

void SocketBook::shut(std::uint64_t attempt) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [descriptor, of] : attempt_of_) {
    if (of == attempt) ::shutdown(descriptor, SHUT_RDWR);
  }
}

Traffic SocketBook::traffic() const {
  const std::scoped_lock lock(mutex_);
  Traffic sum = past_;
  for (const auto& [descriptor, of] : attempt_of_) add_counters(sum, descriptor);
  return sum;
}

}  // namespace squall::live
