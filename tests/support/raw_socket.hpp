// A stranger's TCP client of 127.0.0.1: says any bytes, hears bytes, and may find nobody there.
//
// Knows no protocol but the opening of a WebSocket. Every wait ends: see byte_socket.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/byte_socket.hpp"

namespace squall::testing {

class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port) : socket_(port) {}

  bool connected() const { return socket_.connected(); }
  void say(std::string_view bytes) { socket_.say(bytes); }
  // What comes until `expected` is part of it, or until the other side has ended.
  std::string hear_until(std::string_view expected) {
    socket_.hear([&](const std::string& heard) { return heard.find(expected) != heard.npos; });
    return socket_.heard();
  }
  std::string hear_all() {
    socket_.hear_all();
    return socket_.heard();
  }
  // True: the other side has ended, in order or not, within the minute.
  bool ended() const { return socket_.ended(); }

  // Asks for an upgrade and forgets what was heard so far. False: refused.
  bool upgrade(const std::string& target) {
    say("GET " + target +
        " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    const bool good = hear_until("\r\n\r\n").starts_with("HTTP/1.1 101");
    socket_.take();
    return good;
  }

 private:
  ByteSocket socket_;
};

}  // namespace squall::testing
