// CRC-32 as nginx and zlib compute it: reflected polynomial 0xEDB88320, start and final xor all
// ones. Not a good mixer of similar short keys, which is part of what sticky hashing must show.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace squall {

class Crc32 {
 public:
  void update(std::string_view bytes) {
    for (const char byte : bytes) update(static_cast<std::uint8_t>(byte));
  }
  void update(std::uint8_t byte) { state_ = (state_ >> 8) ^ kTable[(state_ ^ byte) & 0xFF]; }
  std::uint32_t value() const { return ~state_; }

 private:
  static constexpr std::array<std::uint32_t, 256> kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t remainder = byte;
      for (int bit = 0; bit < 8; ++bit) {
        remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0xEDB88320U : 0U);
      }
      table[byte] = remainder;
    }
    return table;
  }();

  std::uint32_t state_ = 0xFFFFFFFFU;
};

inline std::uint32_t crc32(std::string_view bytes) {
  Crc32 crc;
  crc.update(bytes);
  return crc.value();
}

}  // namespace squall
