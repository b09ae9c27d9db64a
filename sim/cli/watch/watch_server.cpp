// HTTP by Beast and the live engine's own frames, on one io_context of one thread. See
// watch_server.hpp. Everything but start, the destructor and address() runs on that thread; nothing
// here is shared. Beast's streams would do the same, in six times the compiler's time.
#include "sim/cli/watch/watch_server.hpp"

#include <fmt/core.h>
#include <sys/random.h>

#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "sim/live/net/framing.hpp"
#include "sim/live/net/message_text.hpp"
#include "sim/live/net/refusal.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using live::Opcode;
// One executor, known to the compiler: any other would do, and cost it more.
using Executor = asio::io_context::executor_type;
using VisitorSocket = asio::basic_stream_socket<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Error = boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto kEvery = 250ms;        // how often a page hears something new
constexpr auto kRequestWithin = 10s;  // of a stranger who connects and says nothing
constexpr auto kLastWordsWithin = 500ms;
constexpr std::size_t kMostVisitors = 64;
constexpr std::size_t kLongestWord = 64;  // of a page

// 128 bits: nobody on this machine guesses the address.
std::string random_token() {
  unsigned char bytes[16];
  SQUALL_CHECK(::getrandom(bytes, sizeof bytes, 0) == sizeof bytes);
  std::string token;
  for (const unsigned char byte : bytes) {
    token += "0123456789abcdef"[byte >> 4];
    token += "0123456789abcdef"[byte & 15];
  }
  return token;
}

}  // namespace

class WatchServer::Server {
 public:
  explicit Server(Subject subject)
      : subject_(std::move(subject)), path_("/" + random_token() + "/"), acceptor_(context_) {}

  std::string listen() {
    Error error;
    const tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
    acceptor_.open(loopback.protocol(), error);
    if (!error) acceptor_.bind(loopback, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return error.message();
    address_ = fmt::format("http://127.0.0.1:{}{}", acceptor_.local_endpoint().port(), path_);
    accept();
    thread_ = std::thread([this] { context_.run(); });
    return {};
  }

  void end() {
    asio::post(context_, [this] { say_goodbye(); });
    thread_.join();
  }

  const std::string& address() const { return address_; }

 private:
  using Text = std::shared_ptr<const std::string>;

  // One connection: a request that is answered, or a page that stays.
  struct Visitor {
    explicit Visitor(VisitorSocket of)
        : socket(std::move(of)), deadline(socket.get_executor()), reader(true, kLongestWord) {}
    VisitorSocket socket;
    Timer deadline;  // of its request
    beast::flat_buffer buffer;
    http::request_parser<http::string_body> parser;
    live::FrameReader reader;
    std::array<std::byte, 512> heard{};
    Text under_way;  // what it is being sent
    std::string pong;
    bool page = false, closing = false;
  };
  using Guest = std::shared_ptr<Visitor>;  // what is under way keeps it

  void accept() {
    acceptor_.async_accept([this](Error error, VisitorSocket socket) {
      if (ending_ || error == asio::error::operation_aborted) return;
      if (error) return accept_later();
      if (visitors_.size() < kMostVisitors) {
        receive(visitors_.emplace_back(std::make_shared<Visitor>(std::move(socket))));
      }
      accept();
    });
  }

  // Out of descriptors, most likely: asking again at once would only burn the processor.
  void accept_later() {
    again_.expires_after(std::chrono::milliseconds{10});
    again_.async_wait([this](Error error) {
      if (!error) accept();
    });
  }

  void receive(Guest who) {
    who->parser.header_limit(8192);
    who->parser.body_limit(0);
    who->deadline.expires_after(kRequestWithin);
    who->deadline.async_wait([this, who](Error error) {
      if (!error) leave(who);
    });
    http::async_read(who->socket, who->buffer, who->parser, [this, who](Error error, std::size_t) {
      if (error) return leave(who);
      const live::HttpRequest& request = who->parser.get();
      const bool upgrades = request.target() == path_ + "live" && !live::refusal_of(request);
      upgrades ? welcome(who) : answer(who);
    });
  }

  void answer(Guest who) {
    const live::HttpRequest& request = who->parser.get();
    const bool known = request.method() == http::verb::get && request.target() == path_;
    const std::string_view body = known ? std::string_view(subject_.page) : "no such page\n";
    write(who, fmt::format("HTTP/1.1 {}\r\n"
                           "Content-Type: text/html; charset=utf-8\r\n"
                           "Cache-Control: no-store\r\n"
                           "Connection: close\r\n"
                           "Content-Length: {}\r\n\r\n{}",
                           known ? "200 OK" : "404 Not Found", body.size(), body));
  }

  void welcome(Guest who) {
    who->deadline.cancel();
    who->page = true;
    const auto key = who->parser.get()[http::field::sec_websocket_key];
    write(who, live::text_of(live::consent_to(key)) + *state());
    hear(who, who->buffer.data());
    if (!ticking_) tick();
  }

  void hear(Guest who, asio::const_buffer said) {
    const std::span bytes(static_cast<const std::byte*>(said.data()), said.size());
    bool over = false;
    const auto on_frame = [&](Opcode opcode, std::span<const std::byte> payload) {
      const std::string_view word(reinterpret_cast<const char*>(payload.data()), payload.size());
      if (opcode == Opcode::text && word == "stop") subject_.stop();
      if (opcode == Opcode::ping) who->pong = live::encode_frame(Opcode::pong, word);
      over = opcode == Opcode::close;
      return !over;
    };
    if (!who->reader.feed(bytes, on_frame)) return leave(who);
    if (over) return part(who);
    who->socket.async_read_some(asio::buffer(who->heard), [this, who](Error error, std::size_t n) {
      error ? leave(who) : hear(who, asio::buffer(who->heard, n));
    });
  }

  // A page that has not taken the last state gets no other one: it misses some, nobody waits.
  void tell(Guest who) {
    if (who->under_way == nullptr && !who->closing) write(who, state());
  }

  Text state() {
    if (state_ == nullptr) {
      state_ =
          std::make_shared<const std::string>(live::encode_frame(Opcode::text, subject_.state()));
    }
    return state_;
  }

  void write(Guest who, std::string text) {
    write(who, std::make_shared<const std::string>(std::move(text)));
  }
  void write(Guest who, Text text) {
    who->under_way = std::move(text);
    asio::async_write(who->socket, asio::buffer(*who->under_way),
                      [this, who](Error error, std::size_t) { written(who, error); });
  }
  void written(Guest who, Error error) {
    who->under_way = nullptr;
    if (error || !who->page) return leave(who);
    if (!who->pong.empty() && !who->closing) return write(who, std::exchange(who->pong, {}));
    if (ending_) close(who);
  }

  void tick() {
    ticking_ = true;
    timer_.expires_after(kEvery);
    timer_.async_wait([this](Error error) {
      ticking_ = false;
      if (error) return;
      state_ = nullptr;
      bool anybody = false;
      for (const Guest& who : visitors_) {
        if (!who->page) continue;
        anybody = true;
        tell(who);
      }
      if (anybody) tick();
    });
  }

  void say_goodbye() {
    ending_ = true;
    acceptor_.close();
    again_.cancel();
    timer_.cancel();
    state_ = nullptr;
    for (const Guest& who : visitors_) {
      if (who->page) tell(who);
    }
    patience_.expires_after(kLastWordsWithin);
    patience_.async_wait([this](Error error) {
      if (!error) context_.stop();
    });
    if (visitors_.empty()) patience_.cancel();
  }

  void close(Guest who) {
    if (std::exchange(who->closing, true)) return;
    write(who, live::encode_frame(Opcode::close, live::close_payload(live::kGoingAway)));
  }

  // It said goodbye: first, and then it is answered, or in answer to ours.
  void part(Guest who) {
    if (who->under_way != nullptr || who->closing) return leave(who);
    who->page = false;
    write(who, live::encode_frame(Opcode::close, live::close_payload(live::kNormalClosure)));
  }

  void leave(Guest who) {
    std::erase(visitors_, who);
    who->deadline.cancel();
    Error ignored;
    who->socket.close(ignored);
    if (ending_ && visitors_.empty()) patience_.cancel();
  }

  const Subject subject_;
  const std::string path_;
  std::string address_;
  asio::io_context context_{1};
  asio::basic_socket_acceptor<tcp, Executor> acceptor_;
  Timer timer_{context_}, patience_{context_}, again_{context_};
  std::vector<Guest> visitors_;
  Text state_;  // the newest, as a frame
  bool ticking_ = false, ending_ = false;
  std::thread thread_;
};

std::unique_ptr<WatchServer> WatchServer::start(Subject subject, std::string& error) {
  auto server = std::make_unique<Server>(std::move(subject));
  error = server->listen();
  if (!error.empty()) return nullptr;
  return std::unique_ptr<WatchServer>(new WatchServer(std::move(server)));
}

WatchServer::WatchServer(std::unique_ptr<Server> server) : server_(std::move(server)) {}

WatchServer::~WatchServer() { server_->end(); }

std::string WatchServer::address() const { return server_->address(); }

}  // namespace squall
