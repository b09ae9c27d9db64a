// A listening socket that can refuse and come back to its port. See acceptor.hpp.
// Plain Asio: the wall in front of Beast is upgrade.cpp.
#include "sim/live/net/acceptor.hpp"

#include <fmt/core.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <utility>

#include "sim/live/net/loopback_port.hpp"
#include "sim/live/net/tcp/tcp_counters.hpp"

namespace squall::live {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

class Listening final : public Acceptor {
 public:
  Listening(Loop& loop, Accepted accepted)
      : loop_(loop), acceptor_(loop.context()), accepted_(std::move(accepted)) {}

  // A port that was asked for by its number stays bound when nobody listens; so it always is.
  bool open(std::uint16_t port, std::string& error) {
    std::optional<LoopbackPort> found;
    if (port == 0) found = LoopbackPort::reserve(error);
    if (port == 0 && !found) return false;
    port_ = found ? found->number() : port;
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port_);
    ErrorCode code;
    acceptor_.open(endpoint.protocol(), code);
    if (!code) acceptor_.set_option(asio::socket_base::reuse_address(true), code);
    if (!code) limit_segments(acceptor_.native_handle());
    if (!code) acceptor_.bind(endpoint, code);
    error = code ? complaint(code) : listen_again();
    return error.empty();
  }
  std::uint16_t port() const override { return port_; }

  // Linux takes a listening socket that is shut for reading back to where it was after bind(), and
  // its connections in waiting are reset. Without SO_REUSEADDR nobody can share the port then.
  void refuse() override {
    if (!std::exchange(listening_, false)) return;
    ErrorCode ignored;
    acceptor_.cancel(ignored);
    acceptor_.set_option(asio::socket_base::reuse_address(false), ignored);
    ::shutdown(acceptor_.native_handle(), SHUT_RD);
  }

  // With it again: connections of the past still linger at the port.
  std::string listen_again() override {
    if (std::exchange(listening_, true)) return {};
    ErrorCode code;
    acceptor_.set_option(asio::socket_base::reuse_address(true), code);
    if (!code) acceptor_.listen(asio::socket_base::max_listen_connections, code);
    if (!code) accept();
    listening_ = !code;
    return code ? complaint(code) : std::string{};
  }

 private:
  std::string complaint(const ErrorCode& code) const {
    return fmt::format("cannot listen on 127.0.0.1:{}: {}", port_, code.message());
  }

  void accept() {
    acceptor_.async_accept([this](const ErrorCode& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return accept_later();
      ErrorCode code;
      const int descriptor = socket.release(code);
      if (!code) accepted_(descriptor);
      if (listening_) accept();
    });
  }

  // Out of descriptors, most likely: asking again at once would only burn the processor.
  void accept_later() {
    loop_.at(loop_.now() + std::chrono::milliseconds{10}, [this, alive = std::weak_ptr(alive_)] {
      if (!alive.expired() && listening_) accept();
    });
  }

  Loop& loop_;
  tcp::acceptor acceptor_;
  Accepted accepted_;
  std::uint16_t port_ = 0;
  bool listening_ = false;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace

std::unique_ptr<Acceptor> listen_on(Loop& loop, std::uint16_t port, Acceptor::Accepted accepted,
                                    std::string& error) {
  auto listening = std::make_unique<Listening>(loop, std::move(accepted));
  if (!listening->open(port, error)) return nullptr;
  return listening;
}

}  // namespace squall::live
