// The server's side of handshakes, with Beast. See upgrade.hpp; the client's side is ask.cpp.
// A client of ours says nothing until it is answered; what others sent behind their requests is
// handed over as `rest`.
#include "sim/live/net/upgrade.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <fmt/core.h>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "sim/live/net/framing.hpp"
#include "sim/live/net/handshake.hpp"
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
using ErrorCode = boost::system::error_code;

constexpr std::uint32_t kMaxRequest = 8192;
constexpr std::uint64_t kMaxFirstBody = 64 * 1024;  // a peer's first POST is an empty heartbeat
constexpr std::size_t kScrap = 4096;                // read at once of what is thrown away

struct Shared : UnderWay {
  using UnderWay::UnderWay;
  beast::flat_buffer buffer;
  http::request_parser<http::string_body> parser;
  std::string saying;
  std::array<char, kScrap> scrap{};
  std::function<bool()> open;
  std::string target;

  void succeed(bool as_http = false) {
    Upgrade made;
    made.http = as_http;
    if (as_http) made.body = parser.get().body();
    made.rest = beast::buffers_to_string(buffer.data());
    made.target = target;
    hand_over(std::move(made));
  }
};

// Reads what the other side still says: closing a socket with unread bytes would reset it, and the
// answer might never be seen.
void read_to_the_end(const std::shared_ptr<Shared>& shared) {
  shared->socket.async_read_some(asio::buffer(shared->scrap),
                                 [shared](const ErrorCode& error, std::size_t) {
                                   if (error) return shared->fail("refused");
                                   read_to_the_end(shared);
                                 });
}

void say(const std::shared_ptr<Shared>& shared, const HttpAnswer& words,
         void (*then)(const std::shared_ptr<Shared>&)) {
  shared->saying = text_of(words);
  asio::async_write(shared->socket, asio::buffer(shared->saying),
                    [shared, then](const ErrorCode& error, std::size_t) {
                      if (error) return shared->fail(error.message());
                      then(shared);
                    });
}

void refuse(const std::shared_ptr<Shared>& shared, const HttpAnswer& no) {
  say(shared, no, [](const std::shared_ptr<Shared>& refused) {
    ErrorCode ignored;
    refused->socket.shutdown(tcp::socket::shutdown_send, ignored);
    read_to_the_end(refused);
  });
}

void answer_request(const std::shared_ptr<Shared>& shared) {
  const HttpRequest& request = shared->parser.get();
  shared->target = std::string(request.target());
  if (request.method() == http::verb::post && shared->target.starts_with("/forward")) {
    return shared->succeed(true);
  }
  if (auto no = refusal_of(request)) return refuse(shared, *no);
  if (shared->target.starts_with("/ws") && !shared->open()) return refuse(shared, closed_for_now());
  HttpAnswer yes = consent_to(request[http::field::sec_websocket_key]);
  fill_up(yes, http::field::server, wire::kUpgradeResponse);
  say(shared, yes, [](const std::shared_ptr<Shared>& agreed) { agreed->succeed(); });
}

void read_request(const std::shared_ptr<Shared>& shared) {
  shared->parser.header_limit(kMaxRequest);
  shared->parser.body_limit(kMaxFirstBody);
  http::async_read(shared->socket, shared->buffer, shared->parser,
                   [shared](const ErrorCode& error, std::size_t) {
                     if (shared->over) return;
                     if (!error) return answer_request(shared);
                     if (auto no = refusal_of(error)) return refuse(shared, *no);
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
  HandshakeSocket socket(loop.context());
  ErrorCode error;
  socket.assign(tcp::v4(), descriptor, error);
  auto shared = std::make_shared<Shared>(std::move(socket), std::move(done));
  shared->open = std::move(open);
  auto handle = std::make_unique<SocketHandshake>(shared);
  if (error) {
    shared->fail(error.message());
  } else {
    read_request(shared);
  }
  return handle;
}

std::unique_ptr<Handshake> connect_plain(Loop& loop, const SocketAddress& to, UpgradeDone done) {
  auto shared = std::make_shared<Shared>(HandshakeSocket(loop.context()), std::move(done));
  const tcp::endpoint endpoint(asio::ip::make_address(to.host), to.port);
  ErrorCode error;
  shared->socket.open(tcp::v4(), error);
  if (!error) limit_segments(shared->socket.native_handle());
  shared->socket.async_connect(endpoint, [shared](const ErrorCode& refused) {
    if (refused) return shared->fail(refused.message());
    shared->succeed();
  });
  return std::make_unique<SocketHandshake>(shared);
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
