// The server's side of handshakes, with Beast. See upgrade.hpp; the client's side is ask.cpp.
// A client of ours says nothing until it is answered; what others sent behind their requests is
// handed over as `rest`.
#include "sim/live/net/upgrade.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <fmt/core.h>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "sim/live/net/framing.hpp"
#include "sim/live/net/message_text.hpp"
#include "sim/live/net/refusal.hpp"
#include "sim/live/net/tcp/tcp_counters.hpp"
#include "sim/record/wire.hpp"

namespace squall::live {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Stream = beast::websocket::stream<tcp::socket>;
using ErrorCode = boost::system::error_code;

constexpr std::uint32_t kMaxRequest = 8192;
constexpr std::uint64_t kMaxFirstBody = 64 * 1024;  // a peer's first POST is an empty heartbeat
constexpr std::size_t kScrap = 4096;                // read at once of what is thrown away

// What is still running when a Handshake is destroyed holds on to this, and finds it cancelled.
struct Shared {
  Shared(tcp::socket socket, UpgradeDone then) : stream(std::move(socket)), done(std::move(then)) {}
  Stream stream;
  UpgradeDone done;
  beast::flat_buffer buffer;
  http::request_parser<http::string_body> parser;
  HttpAnswer refusal;
  std::array<char, kScrap> scrap{};
  std::function<bool()> open;
  std::string target;
  bool cancelled = false;

  void fail(const std::string& error, bool answered = false) {
    if (cancelled) return;
    cancelled = true;
    Upgrade failed = failed_upgrade(error, answered);
    failed.counters = tcp_counters(stream.next_layer().native_handle());
    ErrorCode ignored;
    stream.next_layer().close(ignored);
    std::exchange(done, nullptr)(std::move(failed));
  }
  void succeed() {
    Upgrade made;
    made.rest = beast::buffers_to_string(buffer.data());
    hand_over(std::move(made));
  }
  void succeed_as_http() {
    Upgrade made;
    made.http = true;
    made.body = parser.get().body();
    made.rest = beast::buffers_to_string(buffer.data());
    hand_over(std::move(made));
  }
  void hand_over(Upgrade made) {
    if (cancelled) return;
    cancelled = true;
    made.counters = tcp_counters(stream.next_layer().native_handle());
    ErrorCode error;
    made.descriptor = stream.next_layer().release(error);
    if (error) made.error = error.message();
    made.target = target;
    std::exchange(done, nullptr)(std::move(made));
  }
};

class StreamHandshake final : public Handshake {
 public:
  explicit StreamHandshake(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  ~StreamHandshake() override { cancel(); }
  void cancel() override {
    if (shared_->cancelled) return;
    shared_->cancelled = true;
    shared_->done = nullptr;
    ErrorCode ignored;
    shared_->stream.next_layer().close(ignored);
  }

 private:
  std::shared_ptr<Shared> shared_;
};

// Reads what the other side still says: closing a socket with unread bytes would reset it, and the
// answer might never be seen.
void read_to_the_end(const std::shared_ptr<Shared>& shared) {
  shared->stream.next_layer().async_read_some(asio::buffer(shared->scrap),
                                              [shared](const ErrorCode& error, std::size_t) {
                                                if (error) return shared->fail("refused");
                                                read_to_the_end(shared);
                                              });
}

void refuse(const std::shared_ptr<Shared>& shared, HttpAnswer answer) {
  shared->refusal = std::move(answer);
  http::async_write(shared->stream.next_layer(), shared->refusal,
                    [shared](const ErrorCode& error, std::size_t) {
                      if (error) return shared->fail(error.message());
                      ErrorCode ignored;
                      shared->stream.next_layer().shutdown(tcp::socket::shutdown_send, ignored);
                      read_to_the_end(shared);
                    });
}

void answer_request(const std::shared_ptr<Shared>& shared) {
  const HttpRequest& request = shared->parser.get();
  shared->target = std::string(request.target());
  if (request.method() == http::verb::post && shared->target.starts_with("/forward")) {
    return shared->succeed_as_http();
  }
  if (auto no = refusal_of(request)) return refuse(shared, std::move(*no));
  if (shared->target.starts_with("/ws") && !shared->open()) return refuse(shared, closed_for_now());
  shared->stream.set_option(
      beast::websocket::stream_base::decorator([](beast::websocket::response_type& response) {
        fill_up(response, http::field::server, wire::kUpgradeResponse);
      }));
  shared->stream.async_accept(request, [shared](const ErrorCode& refused) {
    if (refused) return shared->fail(refused.message());
    shared->succeed();
  });
}

void read_request(const std::shared_ptr<Shared>& shared) {
  shared->parser.header_limit(kMaxRequest);
  shared->parser.body_limit(kMaxFirstBody);
  http::async_read(shared->stream.next_layer(), shared->buffer, shared->parser,
                   [shared](const ErrorCode& error, std::size_t) {
                     if (shared->cancelled) return;
                     if (!error) return answer_request(shared);
                     if (auto no = refusal_of(error)) return refuse(shared, std::move(*no));
                     shared->fail(error.message());
                   });
}

// "%2D" -> "-"; what is no hexadecimal number stays as it is.
std::string without_percent(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      plain.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

template <bool kRequests>
class Reader final : public HttpReader {
 public:
  bool feed(std::span<const std::byte> bytes,
            const std::function<void(std::string body)>& on_message) override {
    waiting_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::size_t used = 0;
    while (used < waiting_.size()) {
      ErrorCode error;
      used += parser_->put(asio::buffer(waiting_.data() + used, waiting_.size() - used), error);
      if (error == http::error::need_more) break;
      if (error) return false;
      if (!parser_->is_done()) continue;
      std::string body = std::move(parser_->get().body());
      begin();
      on_message(std::move(body));
    }
    waiting_.erase(0, used);
    return true;
  }

  Reader() { begin(); }

 private:
  void begin() {
    parser_.emplace();
    parser_->eager(true);
    parser_->body_limit(FrameReader::kMaxMessage);
  }

  std::optional<http::parser<kRequests, http::string_body>> parser_;
  std::string waiting_;
};

}  // namespace

Upgrade failed_upgrade(const std::string& error, bool answered) {
  Upgrade failed;
  failed.error = error;
  failed.answered = answered;
  return failed;
}

void abandon(Loop& loop, std::unique_ptr<Handshake>& handshake) {
  if (handshake == nullptr) return;
  handshake->cancel();
  loop.retire(std::shared_ptr<Handshake>(std::move(handshake)));
}

std::unique_ptr<Handshake> accept_upgrade(Loop& loop, int descriptor, UpgradeDone done,
                                          std::function<bool()> open) {
  tcp::socket socket(loop.context());
  ErrorCode error;
  socket.assign(tcp::v4(), descriptor, error);
  auto shared = std::make_shared<Shared>(std::move(socket), std::move(done));
  shared->open = std::move(open);
  auto handle = std::make_unique<StreamHandshake>(shared);
  if (error) {
    shared->fail(error.message());
  } else {
    read_request(shared);
  }
  return handle;
}

std::unique_ptr<Handshake> connect_plain(Loop& loop, const SocketAddress& to, UpgradeDone done) {
  auto shared = std::make_shared<Shared>(tcp::socket(loop.context()), std::move(done));
  const tcp::endpoint endpoint(asio::ip::make_address(to.host), to.port);
  ErrorCode error;
  shared->stream.next_layer().open(tcp::v4(), error);
  if (!error) limit_segments(shared->stream.next_layer().native_handle());
  shared->stream.next_layer().async_connect(endpoint, [shared](const ErrorCode& refused) {
    if (refused) return shared->fail(refused.message());
    shared->succeed();
  });
  return std::make_unique<StreamHandshake>(shared);
}

std::string http_post(const SocketAddress& to, const std::string& target, std::string_view body) {
  http::request<http::string_body> request{http::verb::post, target, 11, std::string(body)};
  request.set(http::field::host, fmt::format("{}:{}", to.host, to.port));
  request.set(http::field::content_type, "application/octet-stream");
  request.prepare_payload();
  return text_of(request);
}

std::string http_no_content() {
  const http::response<http::string_body> response{http::status::no_content, 11};
  return text_of(response);
}

std::string http_forbidden() {
  http::response<http::string_body> response{http::status::forbidden, 11};
  response.set(http::field::connection, "close");
  response.prepare_payload();
  return text_of(response);
}

std::unique_ptr<HttpReader> make_http_reader(bool requests) {
  if (requests) return std::make_unique<Reader<true>>();
  return std::make_unique<Reader<false>>();
}

std::string query_value(std::string_view target, std::string_view name) {
  std::size_t begin = target.find('?');
  while (begin != target.npos) {
    const std::size_t end = target.find('&', ++begin);
    const std::string_view pair =
        target.substr(begin, end == target.npos ? target.npos : end - begin);
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos && pair.substr(0, equals) == name) {
      return without_percent(pair.substr(equals + 1));
    }
    begin = end;
  }
  return {};
}

}  // namespace squall::live
