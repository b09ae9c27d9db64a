// What the live engine saves by going around Beast and Asio: the same work done in three ways.
//
// channels is what ships: sim/live/net's frames and system calls, and Asio (`async_wait`) says when
// a socket is ready. own_epoll is the same with one registration in an epoll of our own, as squall
// once had it. beast_stream is `beast::websocket::stream`, one write after another, as Beast
// demands. Both ends of every connection are on one context that is turned by hand; opening them is
// not counted. bench/README.md has what they showed, and what it decided.
#include <benchmark/benchmark.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/live/net/channel.hpp"
#include "sim/live/net/framing.hpp"
#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

constexpr int kTurnsMax = 2'000'000;
constexpr std::size_t kBytes = 128;  // of a message

struct Sockets {
  tcp::socket client, server;
};

Sockets connected(asio::io_context& context, tcp::acceptor& acceptor) {
  Sockets both{tcp::socket(context), tcp::socket(context)};
  both.client.connect(acceptor.local_endpoint());
  acceptor.accept(both.server);
  for (tcp::socket* one : {&both.client, &both.server}) {
    one->set_option(tcp::no_delay(true));
    one->non_blocking(true);
  }
  return both;
}

tcp::acceptor on_loopback(asio::io_context& context) {
  return {context, {asio::ip::address_v4::loopback(), 0}};
}

template <typename End>
using Ends = std::vector<std::unique_ptr<End>>;

// Fills both with the ends of `count` connections, each made of its socket.
template <typename End, typename Make>
void connect(std::size_t count, asio::io_context& context, Ends<End>& clients, Ends<End>& servers,
             const Make& make) {
  tcp::acceptor acceptor = on_loopback(context);
  for (std::size_t i = 0; i < count; ++i) {
    Sockets both = connected(context, acceptor);
    clients.push_back(make(std::move(both.client)));
    servers.push_back(make(std::move(both.server)));
  }
}

// ---- what ships -------------------------------------------------------------------------------

class Channels {
 public:
  explicit Channels(std::size_t count) {
    connect(count, loop_.context(), clients_, servers_, [this](tcp::socket socket) {
      return std::make_unique<Reader>(loop_, socket.release(), received_);
    });
  }
  void send(std::size_t to) { servers_[to]->channel().send(frame_); }
  void turn() { loop_.turn(); }
  std::uint64_t received() const { return received_; }

 private:
  class Reader final : public Channel::Owner {
   public:
    Reader(Loop& loop, int descriptor, std::uint64_t& received)
        : received_(received), channel_(std::make_unique<Channel>(loop, descriptor, *this)) {}
    std::size_t on_bytes(std::span<const std::byte> bytes) override {
      const auto count = [this](Opcode, std::span<const std::byte>) { return ++received_ > 0; };
      return reader_.feed(bytes, count).value_or(bytes.size());
    }
    void on_end(Channel::End) override {}
    Channel& channel() { return *channel_; }

   private:
    std::uint64_t& received_;
    FrameReader reader_{false};
    std::unique_ptr<Channel> channel_;
  };

  RunClock clock_{std::chrono::steady_clock::now()};
  Loop loop_{clock_};
  FramePtr frame_ = make_frame(encode_frame(Opcode::binary, std::string(kBytes, 'x')));
  std::uint64_t received_ = 0;
  Ends<Reader> clients_, servers_;
};

// ---- the same, watched by an epoll of its own --------------------------------------------------

class OwnEpoll {
 public:
  explicit OwnEpoll(std::size_t count) {
    connect(count, context_, clients_, servers_,
            [this](tcp::socket socket) { return std::make_unique<End>(*this, std::move(socket)); });
  }
  ~OwnEpoll() { ::close(epoll_); }
  OwnEpoll(const OwnEpoll&) = delete;
  OwnEpoll& operator=(const OwnEpoll&) = delete;

  void send(std::size_t to) { servers_[to]->send(frame_); }
  void turn() {
    std::array<epoll_event, 256> events;
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), 0);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      End& end = *static_cast<End*>(event.data.ptr);
      if ((event.events & EPOLLOUT) != 0) end.writable();
      if ((event.events & ~std::uint32_t{EPOLLOUT}) != 0) end.read();
    }
    for (End* end : dirty_) end->flush();
    dirty_.clear();
  }
  std::uint64_t received() const { return received_; }

 private:
  static constexpr std::size_t kPieces = 64;

  class End {
   public:
    End(OwnEpoll& all, tcp::socket socket) : all_(all), socket_(std::move(socket)) {
      watch(EPOLL_CTL_ADD, EPOLLIN);
    }
    void send(const FramePtr& frame) {
      queue_.push_back(frame);
      if (queue_.size() == 1) all_.dirty_.push_back(this);
    }
    void flush() {
      while (!queue_.empty()) {
        std::array<iovec, kPieces> pieces;
        std::size_t count = 0;
        for (auto one = queue_.begin(); one != queue_.end() && count < kPieces; ++one, ++count) {
          const std::size_t skip = count == 0 ? sent_ : 0;
          pieces[count] = {const_cast<char*>((*one)->bytes.data()) + skip,
                           (*one)->bytes.size() - skip};
        }
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = count;
        const ssize_t taken =
            ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken <= 0) return watch(EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
        took(static_cast<std::size_t>(taken));
      }
    }
    void writable() {
      watch(EPOLL_CTL_MOD, EPOLLIN);
      flush();
    }
    void read() {
      const ssize_t got =
          ::recv(socket_.native_handle(), all_.buffer_.data(), all_.buffer_.size(), MSG_DONTWAIT);
      if (got <= 0) return;
      const std::span<const std::byte> bytes(all_.buffer_.data(), static_cast<std::size_t>(got));
      reader_.feed(bytes,
                   [this](Opcode, std::span<const std::byte>) { return ++all_.received_ > 0; });
    }

   private:
    void watch(int how, std::uint32_t what) {
      epoll_event event{};
      event.events = what;
      event.data.ptr = this;
      SQUALL_CHECK(::epoll_ctl(all_.epoll_, how, socket_.native_handle(), &event) == 0);
    }
    void took(std::size_t bytes) {
      while (!queue_.empty() && bytes >= queue_.front()->bytes.size() - sent_) {
        bytes -= queue_.front()->bytes.size() - sent_;
        sent_ = 0;
        queue_.pop_front();
      }
      sent_ += bytes;
    }

    OwnEpoll& all_;
    tcp::socket socket_;
    FrameReader reader_{false};
    std::deque<FramePtr> queue_;
    std::size_t sent_ = 0;  // of the first frame
  };

  asio::io_context context_{1};
  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  FramePtr frame_ = make_frame(encode_frame(Opcode::binary, std::string(kBytes, 'x')));
  std::vector<std::byte> buffer_ = std::vector<std::byte>(128 * 1024);
  std::uint64_t received_ = 0;
  std::vector<End*> dirty_;
  Ends<End> clients_, servers_;
};

// ---- Beast's own stream ------------------------------------------------------------------------

class BeastStream {
 public:
  explicit BeastStream(std::size_t count) {
    connect(count, context_, clients_, servers_,
            [this](tcp::socket socket) { return std::make_unique<End>(*this, std::move(socket)); });
    for (std::size_t i = 0; i < count; ++i) open(*clients_[i], *servers_[i]);
  }
  void send(std::size_t to) { servers_[to]->send(); }
  void turn() { context_.poll(); }
  std::uint64_t received() const { return received_; }

 private:
  class End {
   public:
    End(BeastStream& all, tcp::socket socket) : all_(all), stream(std::move(socket)) {
      stream.binary(true);
      stream.auto_fragment(false);
    }
    void read() {
      stream.async_read(buffer_, [this](const beast::error_code& error, std::size_t) {
        if (error) return;
        ++all_.received_;
        buffer_.clear();
        read();
      });
    }
    void send() {
      if (++waiting_ == 1) write();
    }

   private:
    void write() {
      stream.async_write(asio::buffer(all_.message_),
                         [this](const beast::error_code& error, std::size_t) {
                           if (!error && --waiting_ > 0) write();
                         });
    }

    BeastStream& all_;
    beast::flat_buffer buffer_;
    std::size_t waiting_ = 0;  // messages that are not written, the one under way included

   public:
    beast::websocket::stream<tcp::socket> stream;
  };

  void open(End& client, End& server) {
    bool accepted = false, shaken = false;
    server.stream.async_accept([&](const beast::error_code& error) { accepted = !error; });
    client.stream.async_handshake("127.0.0.1", "/ws",
                                  [&](const beast::error_code& error) { shaken = !error; });
    for (int i = 0; i < kTurnsMax && !(accepted && shaken); ++i) context_.poll();
    SQUALL_CHECK(accepted && shaken);
    client.read();
  }

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ =
      asio::make_work_guard(context_);
  std::string message_ = std::string(kBytes, 'x');
  std::uint64_t received_ = 0;
  Ends<End> clients_, servers_;
};

// ---- the work ----------------------------------------------------------------------------------

// `messages` in a row to each of the members; done when all have read all.
template <typename Way>
void bypass(benchmark::State& state) {
  const auto members = static_cast<std::size_t>(state.range(0));
  const std::int64_t messages = state.range(1);
  std::optional<Way> way;  // Asio throws where sockets are not allowed
  try {
    way.emplace(members);
  } catch (const boost::system::system_error& error) {
    return state.SkipWithError((std::string("SKIPPED: ") + error.what()).c_str());
  }
  std::uint64_t expected = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < messages; ++i) {
      for (std::size_t to = 0; to < members; ++to) way->send(to);
    }
    expected += static_cast<std::uint64_t>(messages) * members;
    for (int i = 0; i < kTurnsMax && way->received() < expected; ++i) way->turn();
    if (way->received() < expected) return state.SkipWithError("SKIPPED: a frame did not arrive");
  }
  state.SetItemsProcessed(state.iterations() * messages * state.range(0));
}

void sizes(benchmark::internal::Benchmark* row) {
  row->Args({100, 1})->Args({100, 10})->Args({1000, 1})->Unit(benchmark::kMicrosecond);
}

BENCHMARK(bypass<Channels>)->Name("bypass/channels")->Apply(sizes);
BENCHMARK(bypass<OwnEpoll>)->Name("bypass/own_epoll")->Apply(sizes);
BENCHMARK(bypass<BeastStream>)->Name("bypass/beast_stream")->Apply(sizes);

}  // namespace
}  // namespace squall::live
