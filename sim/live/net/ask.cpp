// The client's side of an opening handshake, plain or through TLS. See upgrade.hpp.
// Part of the wall in front of Boost.Beast, which reads the head of the answer here and no more:
// its stream would keep, out of reach, what a server says right behind it.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/detail/hybi13.hpp>

#include <fmt/core.h>
#include <netinet/tcp.h>

#include <array>
#include <utility>

#include "sim/live/net/cipher.hpp"
#include "sim/live/net/handshake.hpp"
#include "sim/live/net/message_text.hpp"
#include "sim/live/net/upgrade.hpp"

namespace squall::live {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace detail = boost::beast::websocket::detail;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::uint32_t kMaxAnswer = 8192;
constexpr std::size_t kPiece = 8192;

struct Asking : UnderWay {
  using UnderWay::UnderWay;
  std::shared_ptr<Cipher> cipher;  // null: plain
  std::string key, question, writing, heard;
  http::response_parser<http::string_body> answer;  // of which it reads the head
  std::array<char, kPiece> piece{};
  bool asked = false;

  void succeed() {
    Upgrade made;
    made.rest = std::move(heard);
    made.cipher = std::move(cipher);
    hand_over(std::move(made));
  }
};
using AskingPtr = std::shared_ptr<Asking>;

std::string question_of(const ConnectRequest& asked, const std::string& key) {
  http::request<http::string_body> request{http::verb::get, asked.target, 11};
  request.set(http::field::host,
              asked.host.empty() ? fmt::format("{}:{}", asked.to.host, asked.to.port) : asked.host);
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::connection, "Upgrade");
  request.set(http::field::sec_websocket_key, key);
  request.set(http::field::sec_websocket_version, "13");
  if (!asked.subprotocol.empty()) {
    request.set(http::field::sec_websocket_protocol, asked.subprotocol);
  }
  for (const auto& [name, value] : asked.headers) request.set(name, value);
  fill_up(request, http::field::cookie, asked.weight);
  return text_of(request);
}

void hear_answer(const AskingPtr& asking) {
  const auto& answer = asking->answer.get();
  if (answer.result() != http::status::switching_protocols) {
    const std::string status = std::to_string(answer.result_int());
    return asking->fail(status + " " + std::string(answer.reason()), true);
  }
  detail::sec_ws_accept_type expected;
  detail::make_sec_ws_accept(expected, asking->key);
  const std::string_view wanted(expected.data(), expected.size());
  if (std::string(answer[http::field::sec_websocket_accept]) != wanted) {
    return asking->fail("the answer to the upgrade is to another request", true);
  }
  asking->succeed();
}

// Whether the head of the answer is there, and was dealt with.
bool hear_head(const AskingPtr& asking) {
  if (!asking->asked || asking->heard.empty()) return false;
  ErrorCode error;
  const std::size_t used = asking->answer.put(asio::buffer(asking->heard), error);
  asking->heard.erase(0, used);
  if (error && error != http::error::need_more) {
    asking->fail(error.message());
    return true;
  }
  if (!asking->answer.is_header_done()) return false;
  hear_answer(asking);
  return true;
}

void listen(const AskingPtr& asking);

// Writes what is to be said next, if anything, and listens.
void go_on(const AskingPtr& asking) {
  const bool may_ask = asking->cipher == nullptr || asking->cipher->ready();
  asking->writing.clear();
  if (may_ask && !asking->asked) {
    asking->asked = true;
    if (asking->cipher != nullptr) {
      asking->cipher->seal(asking->question);
    } else {
      asking->writing = asking->question;
    }
  }
  if (asking->cipher != nullptr) asking->writing += asking->cipher->to_be_written();
  if (asking->writing.empty()) return listen(asking);
  asio::async_write(asking->socket, asio::buffer(asking->writing),
                    [asking](const ErrorCode& error, std::size_t) {
                      if (error) return asking->fail(error.message());
                      listen(asking);
                    });
}

void listen(const AskingPtr& asking) {
  asking->socket.async_read_some(
      asio::buffer(asking->piece), [asking](const ErrorCode& error, std::size_t got) {
        if (asking->over) return;
        if (error) return asking->fail(error.message());
        if (asking->cipher == nullptr) {
          asking->heard.append(asking->piece.data(), got);
        } else if (!asking->cipher->open(std::as_bytes(std::span(asking->piece)).first(got),
                                         asking->heard)) {
          return asking->fail(asking->cipher->error(), true);
        }
        if (!hear_head(asking)) go_on(asking);
      });
}

}  // namespace

std::unique_ptr<Handshake> connect_upgrade(Loop& loop, const ConnectRequest& request,
                                           UpgradeDone done) {
  auto asking = std::make_shared<Asking>(HandshakeSocket(loop.context()), std::move(done));
  auto handle = std::make_unique<SocketHandshake>(asking);
  HandshakeSocket& socket = asking->socket;
  ErrorCode error;
  socket.open(tcp::v4(), error);
  if (!error) limit_segments(socket.native_handle());
  if (!error && !request.source.empty()) {
    // The port is chosen at connect, when the destination is known: 28,000 per pair of addresses.
    const int yes = 1;
    ::setsockopt(socket.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    socket.bind(tcp::endpoint(asio::ip::make_address(request.source, error), 0), error);
  }
  if (error) {  // told from the loop, as every other outcome
    loop.post([asking, error] { asking->fail(error.message()); });
    return handle;
  }
  detail::sec_ws_key_type drawn;
  detail::make_sec_ws_key(drawn);
  asking->key = std::string(drawn.data(), drawn.size());
  asking->question = question_of(request, asking->key);
  asking->answer.header_limit(kMaxAnswer);
  if (request.trust != nullptr) {
    asking->cipher = std::make_shared<Cipher>(*request.trust, request.name);
    asking->cipher->shake_hands();  // its first words; whatever is wrong shows when it is answered
  }
  const tcp::endpoint to(asio::ip::make_address(request.to.host), request.to.port);
  socket.async_connect(to, [asking](const ErrorCode& refused) {
    if (refused) return asking->fail(refused.message());
    go_on(asking);
  });
  return handle;
}

}  // namespace squall::live
