// One blocking connect to each address, and a handshake of TLS where that is spoken. See doors.hpp.
// A door that says nothing in time is left alone: the run will tell what it is.
#include "sim/live/attach/doors.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "sim/live/run/engine.hpp"

namespace squall::live {
namespace {

constexpr int kPatienceMs = 1000;  // for each step

class Door {
 public:
  explicit Door(const AttachTarget& target)
      : target_(target), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(target.at.port);
    ::inet_pton(AF_INET, target.at.host.c_str(), &address.sin_addr);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return;
    }
    error_ = errno;
    if (error_ != EINPROGRESS || !waited_for(POLLOUT)) return;
    socklen_t size = sizeof error_;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error_, &size);
  }
  ~Door() { ::close(socket_); }
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  // Whether nobody listens there: the one answer that a door gives at once and for certain.
  bool refused() const { return error_ == ECONNREFUSED; }

  // What is wrong with its TLS; empty: nothing, or it said nothing.
  std::string not_believed(const Trust& trust) {
    Cipher cipher(trust, target_.name);
    cipher.shake_hands();
    std::array<std::byte, 4096> piece;
    std::string nothing;
    while (error_ == 0 && !cipher.ready()) {
      const std::string said = cipher.to_be_written();
      const ssize_t went = ::send(socket_, said.data(), said.size(), MSG_NOSIGNAL);
      if (went != static_cast<ssize_t>(said.size()) || !waited_for(POLLIN)) break;
      const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
      if (got <= 0) break;
      if (!cipher.open(std::span(piece).first(static_cast<std::size_t>(got)), nothing)) break;
    }
    return cipher.error();
  }

 private:
  bool waited_for(short what) const {
    pollfd wait{socket_, what, 0};
    return ::poll(&wait, 1, kPatienceMs) == 1;
  }

  const AttachTarget& target_;
  int socket_;
  int error_ = 0;
};

}  // namespace

void look_at_doors(const AttachOptions& attached) {
  std::string refusing;
  bool somebody = false;
  for (const AttachTarget& target : attached.targets) {
    Door door(target);
    if (door.refused()) {
      refusing += (refusing.empty() ? "" : ", ") + target.url;
      continue;
    }
    somebody = true;
    const std::string wrong = target.tls ? door.not_believed(*attached.trust) : "";
    if (!wrong.empty()) throw CannotRun(target.url + ": " + wrong);
  }
  // A run against nobody measures nothing. Where commands may start servers, it is theirs to say.
  if (somebody || !attached.hooks.commands.empty()) return;
  throw CannotRun("nobody listens at " + refusing +
                  ": connection refused; start the servers first");
}

}  // namespace squall::live
