// An opening handshake that is under way, whichever side it is: its socket, and how it ends.
//
// Part of the wall in front of Boost.Beast: for ask.cpp and upgrade.cpp only. It ends once: its
// socket goes to whoever is told (`done`), or is closed. What still waits for the socket when a
// Handshake is destroyed holds on to it, and finds it over.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "sim/live/net/message_text.hpp"
#include "sim/live/net/upgrade.hpp"

namespace squall::live {

struct UnderWay {
  UnderWay(HandshakeSocket connecting, UpgradeDone then)
      : socket(std::move(connecting)), done(std::move(then)) {}

  HandshakeSocket socket;
  UpgradeDone done;
  bool over = false;

  void fail(const std::string& error, bool answered = false) {
    if (std::exchange(over, true)) return;
    Upgrade failed = failed_upgrade(error, answered);
    failed.counters = tcp_counters(socket.native_handle());
    close();
    std::exchange(done, nullptr)(std::move(failed));
  }
  void hand_over(Upgrade made) {
    if (std::exchange(over, true)) return;
    made.counters = tcp_counters(socket.native_handle());
    boost::system::error_code error;
    made.descriptor = socket.release(error);
    if (error) made.error = error.message();
    std::exchange(done, nullptr)(std::move(made));
  }
  void cancel() {
    if (std::exchange(over, true)) return;
    done = nullptr;
    close();
  }
  void close() {
    boost::system::error_code ignored;
    socket.close(ignored);
  }
};

class SocketHandshake final : public Handshake {
 public:
  explicit SocketHandshake(std::shared_ptr<UnderWay> under_way)
      : under_way_(std::move(under_way)) {}
  ~SocketHandshake() override { cancel(); }
  void cancel() override { under_way_->cancel(); }

 private:
  std::shared_ptr<UnderWay> under_way_;
};

}  // namespace squall::live
