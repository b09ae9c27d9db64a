// `--watch`: a page on this machine that shows runs while they are played, and can stop them.
// The state is watch_state.hpp, the sockets are watch_server.hpp; this puts them together.
#pragma once

#include <memory>
#include <string>

#include "sim/cli/watch/watch_server.hpp"
#include "sim/cli/watch/watch_state.hpp"

namespace squall {

class Watch {
 public:
  // nullptr when no socket can be had, and then `error` says why.
  static std::unique_ptr<Watch> start(std::string& error);
  ~Watch();

  WatchState& state() { return state_; }
  std::string address() const { return server_->address(); }

 private:
  WatchState state_;
  std::unique_ptr<WatchServer> server_;  // asks the state: it goes first
};

}  // namespace squall
