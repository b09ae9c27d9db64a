// The listening end of a port of 127.0.0.1. What is said on accepted connections: upgrade.hpp.
//
// Thread rule: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "sim/live/net/loop.hpp"

namespace squall::live {

// Listens on a free port of 127.0.0.1, or on the given one; hands out accepted descriptors.
class Acceptor {
 public:
  using Accepted = std::function<void(int descriptor)>;
  virtual ~Acceptor() = default;  // refuses from then on, and gives the port back
  virtual std::uint16_t port() const = 0;
  // A process that is gone: connections are refused, and the port is nobody else's all the same.
  virtual void refuse() = 0;
  virtual std::string listen_again() = 0;  // empty: it does, or never stopped
};
// Null, with a reason, when it cannot listen.
std::unique_ptr<Acceptor> listen_on(Loop& loop, std::uint16_t port, Acceptor::Accepted accepted,
                                    std::string& error);

}  // namespace squall::live
