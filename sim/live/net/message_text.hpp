// A message of HTTP as the text that goes on the wire, as heavy as virtual time says it is.
//
// Part of the wall in front of Boost.Beast: for ask.cpp, upgrade.cpp and the server of the live
// view. They write texts, on sockets that know their executor: Beast's own writes, and Asio's
// executor of any kind, take the compiler four times as long.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http.hpp>
#include <sstream>
#include <string>

#include "sim/record/wire.hpp"

namespace squall::live {

using HandshakeSocket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

// Its body is a string.
template <typename Message>
std::string text_of(const Message& message) {
  std::ostringstream out;
  out << message.base() << message.body();
  return out.str();
}

// A browser says more than Beast does: who it is, its cookies. So that an opening handshake weighs
// as much as in virtual time, a field is added that makes up for it.
template <typename Message>
void fill_up(Message& message, boost::beast::http::field with, Bytes size) {
  constexpr Bytes kAround = 4;  // ": " and the end of the line
  const auto missing = size - static_cast<Bytes>(text_of(message).size()) - kAround -
                       static_cast<Bytes>(boost::beast::http::to_string(with).size());
  if (missing > 0) message.set(with, std::string(static_cast<std::size_t>(missing), 'x'));
}

}  // namespace squall::live
