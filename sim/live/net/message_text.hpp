// A message of HTTP as the text that goes on the wire, as heavy as virtual time says it is.
//
// Part of the wall in front of Boost.Beast: for ask.cpp and upgrade.cpp only.
#pragma once

#include <boost/beast/http.hpp>
#include <sstream>
#include <string>

#include "sim/record/wire.hpp"

namespace squall::live {

template <typename Message>
std::string text_of(const Message& message) {
  std::ostringstream out;
  out << message;
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
