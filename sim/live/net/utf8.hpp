// Is a text that comes in pieces UTF-8? (RFC 3629; RFC 6455 section 8.1 asks for it.)
//
// Says no at the first byte after which no text could be: overlong forms, surrogates and what is
// beyond U+10FFFF are none. Cleans nothing, and keeps nothing of the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace squall::live {

class Utf8Check {
 public:
  bool accept(std::span<const std::byte> piece);  // false: it is none, whatever comes
  bool whole() const { return missing_ == 0; }    // no character is cut

 private:
  std::uint8_t missing_ = 0;            // bytes of the character under way
  std::uint8_t low_ = 0, high_ = 0xff;  // what its next byte may be
};

}  // namespace squall::live
