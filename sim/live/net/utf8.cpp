// One byte after the other, eight at a time where they are ASCII. See utf8.hpp.
// Only the second byte of a character has bounds of its own: they exclude what is overlong,
// a surrogate, or too large.
#include "sim/live/net/utf8.hpp"

#include <cstring>

namespace squall::live {

bool Utf8Check::accept(std::span<const std::byte> piece) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t i = 0;
  while (i < piece.size()) {
    std::uint64_t eight = kHighBits;
    if (missing_ == 0 && piece.size() - i >= 8) std::memcpy(&eight, piece.data() + i, 8);
    if ((eight & kHighBits) == 0) {
      i += 8;
      continue;
    }
    const auto byte = std::to_integer<std::uint8_t>(piece[i++]);
    if (missing_ > 0) {
      if (byte < low_ || byte > high_) return false;
      low_ = 0x80, high_ = 0xbf;
      --missing_;
    } else if (byte >= 0x80) {
      if (byte < 0xc2 || byte > 0xf4) return false;
      missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      low_ = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
      high_ = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    }
  }
  return true;
}

}  // namespace squall::live
