// A TCP relay in user space: between a node and a server that is not ours to break.
//
// Passes bytes on, both ways, until it is told to stall (nothing passes, nothing is lost: a network
// that is cut for a while) or to refuse (connections are reset and nobody listens: a server that
// died). What ends while it stalls is heard of when it does not any more; but a server that was
// killed meanwhile has forgotten the connection, and can say nothing: then the node learns of it
// when it writes. Belongs to the thread of its loop, but for port().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/live/net/channel.hpp"
#include "sim/live/net/upgrade.hpp"

namespace squall::live {

class Relay {
 public:
  Relay(Loop& loop, SocketAddress target);
  ~Relay();

  bool listen(std::string& error);
  std::uint16_t port() const { return port_; }

  void stall(bool yes);
  std::string refuse(bool yes);  // not empty: it cannot listen again
  void server_dies();            // now; matters to what is stalled
  void finish();                 // closes everything

 private:
  struct Line;

  void accepted(int descriptor);
  void ended(Line& line);

  Loop& loop_;
  SocketAddress target_;
  std::uint16_t port_ = 0;
  bool stalled_ = false;
  std::unique_ptr<Acceptor> acceptor_;
  std::vector<std::unique_ptr<Line>> lines_;
};

}  // namespace squall::live
