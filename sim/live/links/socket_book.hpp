// The sockets that a broker's library opened on behalf of one link: what went through them, and how
// to end them at once.
//
// Libraries count messages, not bytes on the wire; the kernel counts both bytes and segments.
// All functions are thread-safe. The book closes no descriptor: whoever opened it does.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "sim/live/net/channel.hpp"

namespace squall::live {

class SocketBook {
 public:
  // `attempt` says which open() of the link the socket belongs to.
  void add(int descriptor, std::uint64_t attempt);
  // Right before it is closed. One that is not in the book is ignored.
  void remove(int descriptor);
  // Nothing goes through the sockets of this attempt any more, and who waits for one wakes up.
  void shut(std::uint64_t attempt);
  // Of all sockets that ever were in the book.
  Traffic traffic() const;

 private:
  mutable std::mutex mutex_;
  std::map<int, std::uint64_t> attempt_of_;
  Traffic past_;
};

}  // namespace squall::live
