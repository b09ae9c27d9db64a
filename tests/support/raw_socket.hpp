// A blocking TCP client of 127.0.0.1 for tests that play a stranger: says any bytes, hears bytes.
//
// Knows no protocol but the opening of a WebSocket. Every wait ends: after a minute the test fails.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace squall::testing {

class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~RawSocket() { ::close(descriptor_); }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  bool connected() const { return connected_; }
  void say(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // What comes until `expected` is part of it, or until the other side has ended.
  std::string hear_until(std::string_view expected) {
    while (heard_.find(expected) == heard_.npos && hear_more()) {
    }
    return heard_;
  }
  std::string hear_all() {
    while (hear_more()) {
    }
    return heard_;
  }
  // True: the other side has ended, in order or not, within the minute.
  bool ended() const { return ended_; }

  // Asks for an upgrade and forgets what was heard so far. False: refused.
  bool upgrade(const std::string& target) {
    say("GET " + target +
        " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    const bool good = hear_until("\r\n\r\n").starts_with("HTTP/1.1 101");
    heard_.clear();
    return good;
  }

 private:
  bool hear_more() {
    pollfd watched{descriptor_, POLLIN, 0};
    if (ended_ || ::poll(&watched, 1, 60'000) != 1) return false;
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (got <= 0) ended_ = true;
    if (got > 0) heard_.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0;
  }

  int descriptor_;
  bool connected_ = false, ended_ = false;
  std::string heard_;
};

}  // namespace squall::testing
