// One check after the other, each with its status and its words. See refusal.hpp.
// The order is that of section 4.2.1: method, version of HTTP, host, upgrade, key, version.
#include "sim/live/net/refusal.hpp"

#include <algorithm>
#include <boost/beast/websocket/detail/hybi13.hpp>
#include <string>
#include <string_view>

namespace squall::live {
namespace {

namespace http = boost::beast::http;

HttpAnswer answer(http::status status, std::string_view words) {
  HttpAnswer no{status, 11};
  no.set(http::field::connection, "close");
  no.set(http::field::content_type, "text/plain; charset=utf-8");
  no.body() = std::string(words) + "\n";
  no.prepare_payload();
  return no;
}

HttpAnswer upgrade_required(std::string_view words) {
  HttpAnswer no = answer(http::status::upgrade_required, words);
  no.set(http::field::connection, "Upgrade, close");
  no.set(http::field::upgrade, "websocket");
  no.set(http::field::sec_websocket_version, "13");
  return no;
}

// Sixteen bytes in base64.
bool is_key(std::string_view key) {
  const auto digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  return key.size() == 24 && key.ends_with("==") && std::ranges::all_of(key.substr(0, 22), digit);
}

bool lists(const HttpRequest& request, http::field field, std::string_view token) {
  const auto [first, last] = request.equal_range(field);
  return std::any_of(
      first, last, [&](const auto& line) { return http::token_list{line.value()}.exists(token); });
}

}  // namespace

HttpAnswer consent_to(std::string_view key) {
  boost::beast::websocket::detail::sec_ws_accept_type accept;
  boost::beast::websocket::detail::make_sec_ws_accept(accept, key);
  HttpAnswer yes{http::status::switching_protocols, 11};
  yes.set(http::field::upgrade, "websocket");
  yes.set(http::field::connection, "upgrade");
  yes.set(http::field::sec_websocket_accept, std::string_view(accept.data(), accept.size()));
  return yes;
}

std::optional<HttpAnswer> refusal_of(const HttpRequest& request) {
  using http::field;
  if (request.method() != http::verb::get) {
    HttpAnswer no = answer(http::status::method_not_allowed, "only GET can upgrade to WebSocket");
    no.set(field::allow, "GET");
    return no;
  }
  if (request.version() < 11) {
    return answer(http::status::bad_request, "WebSocket needs HTTP/1.1");
  }
  if (request.count(field::host) != 1) {
    return answer(http::status::bad_request, "exactly one Host is needed");
  }
  const bool asks = lists(request, field::upgrade, "websocket");
  if (!asks || !lists(request, field::connection, "upgrade")) {
    return upgrade_required("Connection: Upgrade and Upgrade: websocket are needed here");
  }
  if (request.count(field::sec_websocket_key) != 1 || !is_key(request[field::sec_websocket_key])) {
    return answer(http::status::bad_request,
                  "exactly one Sec-WebSocket-Key is needed, 16 bytes in base64");
  }
  if (request.count(field::sec_websocket_version) != 1) {
    HttpAnswer no =
        answer(http::status::bad_request, "exactly one Sec-WebSocket-Version is needed");
    no.set(field::sec_websocket_version, "13");
    return no;
  }
  if (request[field::sec_websocket_version] != "13") {
    return upgrade_required("only version 13 of WebSocket is spoken here");
  }
  return std::nullopt;
}

std::optional<HttpAnswer> refusal_of(const boost::system::error_code& error) {
  if (error == http::error::header_limit) {
    return answer(http::status::request_header_fields_too_large, "the header is too long");
  }
  if (error == http::error::body_limit) {
    return answer(http::status::payload_too_large, "the body is too long");
  }
  const bool left = error == http::error::end_of_stream || error == http::error::partial_message;
  if (left || error.category() != make_error_code(http::error::bad_method).category()) {
    return std::nullopt;
  }
  return answer(http::status::bad_request, "this is not HTTP/1.1: " + error.message());
}

HttpAnswer closed_for_now() {
  return answer(http::status::service_unavailable, "this node takes no more clients");
}

}  // namespace squall::live
