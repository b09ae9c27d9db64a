// Requests for an upgrade, and others, and what they are answered with (RFC 6455 4.2 and 4.4).
//
// Part of the wall in front of Boost.Beast: for upgrade.cpp, and the server of the live view. A
// node has one thing to offer, the upgrade, at any path; who asks for something else is told what
// would be right.
#pragma once

#include <boost/beast/http.hpp>
#include <optional>
#include <string_view>

namespace squall::live {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpAnswer = boost::beast::http::response<boost::beast::http::string_body>;

// To a request that may upgrade, with this Sec-WebSocket-Key.
HttpAnswer consent_to(std::string_view key);
// Empty: it may upgrade.
std::optional<HttpAnswer> refusal_of(const HttpRequest& request);
// A request that could not be read; empty: there is nobody to answer.
std::optional<HttpAnswer> refusal_of(const boost::system::error_code& error);
// By a node that drains: it is there, and takes no more clients.
HttpAnswer closed_for_now();

}  // namespace squall::live
