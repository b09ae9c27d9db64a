// Connecting with Asio, reading with a Channel. See resp_connection.hpp.
// Every handler first looks whether it is still wanted: close() and open() come at any time.
#include "sim/live/resp/resp_connection.hpp"

#include <fcntl.h>

#include <fmt/core.h>
#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <utility>

#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr Duration kConnectPatience = std::chrono::seconds{5};  // for one attempt
constexpr std::size_t kBacklog = 64 * 1024;  // bytes in one read: it had not kept up

}  // namespace

// ---- opening and closing -----------------------------------------------------------------------

void RespConnection::open(const std::string& host, std::uint16_t port, const Login& login) {
  close();
  login_ = login;
  place_ = fmt::format("{}:{}", host, port);
  attempt_ = std::make_shared<Attempt>(loop_);
  loop_.at(loop_.now() + kConnectPatience, [this, attempt = std::weak_ptr(attempt_)] {
    // It is gone once connected, or given up, and then nobody may be here any more either.
    if (attempt.lock() != nullptr) fail("no answer in time");
  });
  ErrorCode failure;
  const auto address = boost::asio::ip::make_address(host, failure);
  if (failure) return resolve(attempt_, host, port);
  connect(attempt_, {address, port});
}

void RespConnection::resolve(const std::shared_ptr<Attempt>& attempt, const std::string& host,
                             std::uint16_t port) {
  attempt->resolver.async_resolve(
      host, std::to_string(port),
      [this, weak = std::weak_ptr(attempt)](const ErrorCode& failure,
                                            const tcp::resolver::results_type& found) {
        const auto still = weak.lock();
        if (still == nullptr || failure == boost::asio::error::operation_aborted) return;
        if (failure) return fail(failure.message());
        // Servers that are tried out at home often listen to IPv4 only.
        const auto is_v4 = [](const auto& entry) { return entry.endpoint().address().is_v4(); };
        const auto first_v4 = std::find_if(found.begin(), found.end(), is_v4);
        connect(still, (first_v4 == found.end() ? found.begin() : first_v4)->endpoint());
      });
}

void RespConnection::connect(const std::shared_ptr<Attempt>& attempt,
                             const tcp::endpoint& endpoint) {
  ErrorCode failure;
  attempt->socket.open(endpoint.protocol(), failure);
  if (!failure) attempt->socket.non_blocking(true, failure);
  if (!failure) ::fcntl(attempt->socket.native_handle(), F_SETFD, FD_CLOEXEC);
  if (!failure) limit_segments(attempt->socket.native_handle());
  if (failure) {
    // Callers of open() are not called back before it returns.
    loop_.post([this, weak = std::weak_ptr(attempt), text = failure.message()] {
      if (weak.lock() != nullptr) fail(text);
    });
    return;
  }
  attempt->socket.async_connect(
      endpoint, [this, weak = std::weak_ptr(attempt)](const ErrorCode& problem) {
        const auto still = weak.lock();
        if (still == nullptr || problem == boost::asio::error::operation_aborted) return;
        if (problem) return fail(problem.message());
        connected_now(still);
      });
}

void RespConnection::connected_now(const std::shared_ptr<Attempt>& attempt) {
  ErrorCode failure;
  // To a port of ours where nobody listens, TCP may connect a socket to itself.
  if (attempt->socket.local_endpoint(failure) == attempt->socket.remote_endpoint(failure)) {
    return fail("connection refused");
  }
  const int descriptor = attempt->socket.release(failure);
  if (failure) return fail(failure.message());
  attempt_.reset();
  Channel::Owner& owner = *this;
  channel_ = std::make_shared<Channel>(loop_, descriptor, owner);
  reader_ = {};
  if (paused_) channel_->read(false);
  greeting_ = !login_.password.empty();
  if (!greeting_) return begin_to_live();
  std::string bytes;
  if (login_.user.empty()) {
    write_command(bytes, {"AUTH", login_.password});
  } else {
    write_command(bytes, {"AUTH", login_.user, login_.password});
  }
  channel_->send(make_frame(std::move(bytes)));
}

void RespConnection::greeted(const RespValue& answer) {
  if (!answer.is_ok()) return refuse(std::string(answer.text));
  greeting_ = false;
  begin_to_live();
}

void RespConnection::refuse(const std::string& why) {
  const std::uint64_t opened = opened_;
  listener_.resp_refused(*this, fmt::format("{} at {}: {}", name_, place_, why));
  if (opened == opened_) fail(why);
}

void RespConnection::begin_to_live() {
  last_heard_ = loop_.now();
  if (keep_alive_ > Duration{0}) {
    loop_.at(last_heard_ + keep_alive_ / 3,
             [this, alive = std::weak_ptr(alive_), opened = opened_] {
               if (!alive.expired()) watch(opened);
             });
  }
  listener_.resp_up(*this);
}

void RespConnection::watch(std::uint64_t opened) {
  if (opened != opened_ || !connected()) return;
  const Time now = loop_.now();
  if (paused_) last_heard_ = now;  // who sleeps cannot blame others for silence
  if (now - last_heard_ > keep_alive_) return fail("no sign of life");
  listener_.resp_ask(*this);
  loop_.at(now + keep_alive_ / 3, [this, alive = std::weak_ptr(alive_), opened] {
    if (!alive.expired()) watch(opened);
  });
}

void RespConnection::close() {
  ++opened_;
  greeting_ = false;
  attempt_.reset();  // closes its socket, and its handlers find nothing
  held_end_.reset();
  last_read_ = read_before_ = 0;
  drop_channel();
}

void RespConnection::drop_channel() {
  if (channel_ == nullptr) return;
  channel_->close();
  gone_ += channel_->traffic();
  loop_.retire(std::exchange(channel_, nullptr));
}

void RespConnection::fail(const std::string& why) {
  const bool backlog = std::max(last_read_, read_before_) >= kBacklog;
  close();
  listener_.resp_down(*this, fmt::format("{} at {}: {}", name_, place_, why), backlog);
}

Traffic RespConnection::traffic() const {
  Traffic sum = gone_;
  if (channel_ == nullptr) return sum;
  return sum += channel_->traffic();
}

// ---- talking -----------------------------------------------------------------------------------

bool RespConnection::send(std::string bytes) {
  return connected() && channel_->send(make_frame(std::move(bytes))) == Channel::Sent::queued;
}

void RespConnection::pause(bool yes) {
  if (std::exchange(paused_, yes) == yes || channel_ == nullptr) return;
  channel_->read(!yes);
  if (yes) return;
  // What came while it was paused all the same: a socket in trouble is read to its end.
  loop_.post([this, alive = std::weak_ptr(alive_), opened = opened_] {
    if (alive.expired() || opened != opened_ || paused_) return;
    channel_->offer_again();
    if (opened == opened_ && !paused_ && held_end_) on_end(*held_end_);
  });
}

std::size_t RespConnection::on_bytes(std::span<const std::byte> bytes) {
  last_heard_ = loop_.now();
  read_before_ = std::exchange(last_read_, bytes.size());
  return paused_ ? 0 : work(bytes);
}

std::size_t RespConnection::work(std::span<const std::byte> bytes) {
  const std::uint64_t opened = opened_;
  std::size_t done = 0;
  while (done < bytes.size() && opened == opened_ && !paused_) {
    const RespRead read = reader_.read(bytes.subspan(done));
    if (read.state == RespRead::State::incomplete) break;
    if (read.state == RespRead::State::broken) {
      refuse(std::string(read.error));
      break;
    }
    done += read.consumed;
    greeting_ ? greeted(reader_.value()) : listener_.resp_reply(*this, reader_.value());
  }
  return opened == opened_ ? done : bytes.size();
}

void RespConnection::on_end(Channel::End end) {
  if (paused_) {
    held_end_ = end;
    return;
  }
  fail(end == Channel::End::reset ? "connection reset" : "connection closed");
}

}  // namespace squall::live
