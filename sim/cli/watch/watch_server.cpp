// Beast's HTTP and WebSocket on one io_context of one thread. See watch_server.hpp.
// Everything but start, the destructor and address() runs on that thread; nothing here is shared.
#include "sim/cli/watch/watch_server.hpp"

#include <fmt/core.h>
#include <sys/random.h>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
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
  // One connection: a request that is answered, or a page that stays.
  struct Visitor {
    explicit Visitor(tcp::socket socket) : stream(std::move(socket)) {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
    std::optional<http::request_parser<http::empty_body>> parser;
    http::response<http::string_body> response;
    std::optional<websocket::stream<beast::tcp_stream>> page;  // took over the stream
    std::shared_ptr<const std::string> under_way;              // what it is being sent
    bool closing = false;
  };
  using Guest = std::shared_ptr<Visitor>;  // what is under way keeps it

  void accept() {
    acceptor_.async_accept([this](Error error, tcp::socket socket) {
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
    who->parser.emplace();
    who->parser->header_limit(8192);
    who->stream.expires_after(kRequestWithin);
    http::async_read(who->stream, who->buffer, *who->parser, [this, who](Error error, std::size_t) {
      if (error) return leave(who);
      const http::request<http::empty_body>& request = who->parser->get();
      const bool live = request.target() == path_ + "live" && websocket::is_upgrade(request);
      live ? welcome(who) : answer(who);
    });
  }

  void answer(Guest who) {
    const http::request<http::empty_body>& request = who->parser->get();
    const bool known = request.method() == http::verb::get && request.target() == path_;
    who->response = {known ? http::status::ok : http::status::not_found, request.version()};
    who->response.set(http::field::content_type, "text/html; charset=utf-8");
    who->response.set(http::field::cache_control, "no-store");
    who->response.keep_alive(false);
    who->response.body() = known ? subject_.page : "no such page\n";
    who->response.prepare_payload();
    http::async_write(who->stream, who->response, [this, who](Error, std::size_t) { leave(who); });
  }

  void welcome(Guest who) {
    who->stream.expires_never();
    who->page.emplace(std::move(who->stream));
    who->page->set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    who->page->read_message_max(kLongestWord);
    who->page->async_accept(who->parser->get(), [this, who](Error error) {
      if (error) return leave(who);
      who->buffer.clear();
      hear(who);
      tell(who);
      if (!ticking_) tick();
    });
  }

  void hear(Guest who) {
    who->page->async_read(who->buffer, [this, who](Error error, std::size_t) {
      if (error) return leave(who);
      if (beast::buffers_to_string(who->buffer.data()) == "stop") subject_.stop();
      who->buffer.clear();
      hear(who);
    });
  }

  // A page that has not taken the last state gets no other one: it misses some, nobody waits.
  void tell(Guest who) {
    if (who->under_way != nullptr || who->closing) return;
    if (state_ == nullptr) state_ = std::make_shared<const std::string>(subject_.state());
    who->under_way = state_;
    who->page->async_write(asio::buffer(*who->under_way), [this, who](Error error, std::size_t) {
      who->under_way = nullptr;
      if (!error && ending_) close(who);
    });
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
        if (!who->page || !who->page->is_open()) continue;
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
      if (who->page && who->page->is_open()) tell(who);
    }
    patience_.expires_after(kLastWordsWithin);
    patience_.async_wait([this](Error error) {
      if (!error) context_.stop();
    });
    if (visitors_.empty()) patience_.cancel();
  }

  void close(Guest who) {
    if (std::exchange(who->closing, true)) return;
    who->page->async_close(websocket::close_code::going_away, [](Error) {});  // hear() notices
  }

  void leave(Guest who) {
    std::erase(visitors_, who);
    who->page ? beast::get_lowest_layer(*who->page).close() : who->stream.close();
    if (ending_ && visitors_.empty()) patience_.cancel();
  }

  const Subject subject_;
  const std::string path_;
  std::string address_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer timer_{context_}, patience_{context_}, again_{context_};
  std::vector<Guest> visitors_;
  std::shared_ptr<const std::string> state_;  // the newest
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
