// The embedded broker's thread: a loop, a port that stays ours, and who may connect to it.
//
// Everything with a socket lives and dies on the loop's thread; the functions here post to it and
// wait for the answer. What is said on connections: embedded_broker_server.hpp.
#include "sim/live/resp/embedded_broker.hpp"

#include <fcntl.h>

#include <boost/asio/ip/tcp.hpp>
#include <future>
#include <optional>
#include <utility>

#include "sim/live/net/loopback_port.hpp"
#include "sim/live/resp/embedded_broker_server.hpp"
#include "strategies/core/check.hpp"

namespace squall::live {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

class EmbeddedBroker::Impl {
 public:
  explicit Impl(const EmbeddedBrokerOptions& options)
      : clock_(std::chrono::steady_clock::now()), loop_(clock_), server_(loop_, options) {
    loop_.start(true);
  }

  ~Impl() {
    on_loop([this] {
      stop_listening();
      server_.reset_all();
      acceptor_.reset();
      reserved_.reset();
      return 0;
    });
    loop_.stop();
    loop_.join();
  }

  // Empty: it listens, for the first time or again.
  std::string listen() {
    return on_loop([this] { return listen_here(); });
  }

  void crash(std::optional<Duration> lag) {
    on_loop([this, lag] {
      stop_listening();
      server_.reset_all();
      if (lag) {
        server_.logs().fall_behind(loop_.now(), *lag);
        server_.store().fall_behind(loop_.now(), *lag);
      } else if (!server_.options().persistent) {
        server_.logs() = {};
      }
      return 0;
    });
  }

  std::uint16_t port() const { return port_; }
  std::uint64_t strangers() {
    return on_loop([this] { return server_.strangers(); });
  }

 private:
  template <typename Task>
  auto on_loop(Task task) -> decltype(task()) {
    std::promise<decltype(task())> done;
    loop_.post([&] { done.set_value(task()); });
    return done.get_future().get();
  }

  std::string listen_here() {
    std::string error;
    if (!reserved_) reserved_ = LoopbackPort::reserve(error);
    if (!reserved_) return error;
    port_ = reserved_->number();
    ErrorCode failure;
    acceptor_.emplace(loop_.context());
    const tcp::endpoint place(boost::asio::ip::address_v4::loopback(), port_);
    acceptor_->open(tcp::v4(), failure);
    if (!failure) acceptor_->set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure) acceptor_->bind(place, failure);
    if (!failure) acceptor_->listen(boost::asio::socket_base::max_listen_connections, failure);
    if (failure) return "the embedded broker cannot listen: " + failure.message();
    ::fcntl(acceptor_->native_handle(), F_SETFD, FD_CLOEXEC);
    accept_next();
    return "";
  }

  void accept_next() {
    acceptor_->async_accept([this](const ErrorCode& failure, tcp::socket socket) {
      if (failure == boost::asio::error::operation_aborted || !acceptor_ || !acceptor_->is_open()) {
        return;
      }
      if (!failure) {
        take(std::move(socket));
        return accept_next();
      }
      // Out of descriptors, most likely: asking again at once would only burn the processor.
      loop_.at(loop_.now() + std::chrono::milliseconds{10}, [this] {
        if (acceptor_ && acceptor_->is_open()) accept_next();
      });
    });
  }

  void take(tcp::socket socket) {
    ErrorCode failure;
    socket.non_blocking(true, failure);
    const int descriptor = socket.release(failure);
    SQUALL_CHECK(!failure);
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    server_.accept(descriptor);
  }

  void stop_listening() {
    ErrorCode ignored;
    if (acceptor_) acceptor_->close(ignored);
  }

  RunClock clock_;
  Loop loop_;
  BrokerServer server_;
  std::optional<LoopbackPort> reserved_;
  std::optional<tcp::acceptor> acceptor_;
  std::uint16_t port_ = 0;
};

EmbeddedBroker::EmbeddedBroker(const EmbeddedBrokerOptions& options)
    : impl_(std::make_unique<Impl>(options)) {}
EmbeddedBroker::~EmbeddedBroker() = default;

bool EmbeddedBroker::start(std::string& error) {
  error = impl_->listen();
  return error.empty();
}

std::uint16_t EmbeddedBroker::port() const { return impl_->port(); }
std::uint64_t EmbeddedBroker::strangers() const { return impl_->strangers(); }
void EmbeddedBroker::crash(std::optional<Duration> lag) { impl_->crash(lag); }

bool EmbeddedBroker::start_again(std::string& error) { return start(error); }

}  // namespace squall::live
