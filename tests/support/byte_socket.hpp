// A TCP socket to a port of 127.0.0.1 for tests that say their bytes themselves.
//
// It blocks, and aborts after a minute without a byte; nothing here knows what the bytes mean.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "strategies/core/check.hpp"

namespace squall::testing {

class ByteSocket {
 public:
  explicit ByteSocket(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  ~ByteSocket() { ::close(socket_); }
  ByteSocket(const ByteSocket&) = delete;
  ByteSocket& operator=(const ByteSocket&) = delete;

  bool connected() const { return connected_; }
  // False: the other side does not take it any more.
  bool say(std::string_view bytes, std::size_t piece = std::string_view::npos) {
    while (!bytes.empty()) {
      const ssize_t sent =
          ::send(socket_, bytes.data(), std::min(piece, bytes.size()), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void finish() { ::shutdown(socket_, SHUT_WR); }

  // Reads until what was read is enough, or the other side ends. False: it did not end in order.
  bool hear(const std::function<bool(const std::string&)>& enough) {
    while (!enough(heard_)) {
      if (ended_) return false;
      pollfd ready{socket_, POLLIN, 0};
      SQUALL_CHECK(::poll(&ready, 1, 60'000) == 1);
      char bytes[65536];
      const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
      if (got <= 0) {
        ended_ = true;
        return got == 0;
      }
      heard_.append(bytes, static_cast<std::size_t>(got));
    }
    return true;
  }
  bool hear_all() {
    return hear([](const std::string&) { return false; });
  }
  std::string take() { return std::exchange(heard_, {}); }
  std::string take(std::size_t count) {
    std::string front = heard_.substr(0, count);
    heard_.erase(0, count);
    return front;
  }
  const std::string& heard() const { return heard_; }
  bool ended() const { return ended_; }

 private:
  int socket_;
  bool connected_ = false, ended_ = false;
  std::string heard_;
};

}  // namespace squall::testing
