// Plain sockets of the operating system: a reservation and one short blocking conversation.
// See loopback_port.hpp.
#include "sim/live/net/loopback_port.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace squall::live {
namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Closes itself.
struct Socket {
  explicit Socket(int kind) : descriptor(::socket(AF_INET, kind | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (descriptor >= 0) ::close(descriptor);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int descriptor;
};

// False when the time is over or the socket is useless.
bool wait_for(const Socket& socket, short events, Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd watched{socket.descriptor, events, 0};
  return left.count() > 0 && ::poll(&watched, 1, static_cast<int>(left.count())) == 1 &&
         (watched.revents & (events | POLLHUP)) != 0;
}

bool connect_to(const Socket& socket, std::uint16_t port, Clock::time_point deadline) {
  const sockaddr_in address = loopback(port);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(socket.descriptor, generic, sizeof address) == 0) return true;
  if (errno != EINPROGRESS || !wait_for(socket, POLLOUT, deadline)) return false;
  int failure = 0;
  socklen_t size = sizeof failure;
  ::getsockopt(socket.descriptor, SOL_SOCKET, SO_ERROR, &failure, &size);
  return failure == 0;
}

}  // namespace

std::optional<LoopbackPort> LoopbackPort::reserve(std::string& error) {
  Socket socket(SOCK_STREAM);
  sockaddr_in address = loopback(0);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const int yes = 1;
  if (socket.descriptor < 0 ||
      ::setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(socket.descriptor, generic, sizeof address) != 0 ||
      ::getsockname(socket.descriptor, generic, &size) != 0) {
    error = std::string("no free port on 127.0.0.1: ") + std::strerror(errno);
    return std::nullopt;
  }
  return LoopbackPort(std::exchange(socket.descriptor, -1), ntohs(address.sin_port));
}

LoopbackPort::LoopbackPort(LoopbackPort&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), number_(other.number_) {}

LoopbackPort& LoopbackPort::operator=(LoopbackPort&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(number_, other.number_);
  return *this;
}

LoopbackPort::~LoopbackPort() {
  if (socket_ >= 0) ::close(socket_);
}

bool answers(std::uint16_t port, const Greeting& greeting, std::chrono::milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  const Socket socket(SOCK_STREAM | SOCK_NONBLOCK);
  if (socket.descriptor < 0 || !connect_to(socket, port, deadline)) return false;
  const auto sent =
      ::send(socket.descriptor, greeting.say.data(), greeting.say.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(greeting.say.size())) return false;

  constexpr std::size_t kMost = 16384;  // an answer is short; a flood is none
  std::string heard;
  std::array<char, 2048> buffer{};
  while (heard.size() < kMost && wait_for(socket, POLLIN, deadline)) {
    const ssize_t size = ::recv(socket.descriptor, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    heard.append(buffer.data(), static_cast<std::size_t>(size));
    if (heard.find(greeting.expect) != heard.npos) return true;
  }
  return false;
}

}  // namespace squall::live
