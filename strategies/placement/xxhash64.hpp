// xxHash64 (Yann Collet), as Envoy hashes keys and hosts with it: 64 bits, any seed.
//
// Written from the algorithm's specification; the same on every machine, whatever its byte order.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace squall {

class XxHash64 {
 public:
  static constexpr std::uint64_t of(std::string_view bytes, std::uint64_t seed = 0) {
    std::uint64_t hash = bytes.size() >= 32 ? stripes(bytes, seed) : seed + kPrime5;
    hash += bytes.size();
    std::size_t at = bytes.size() / 32 * 32;
    for (; at + 8 <= bytes.size(); at += 8) {
      hash = std::rotl(hash ^ round(0, word(bytes, at, 8)), 27) * kPrime1 + kPrime4;
    }
    if (at + 4 <= bytes.size()) {
      hash = std::rotl(hash ^ (word(bytes, at, 4) * kPrime1), 23) * kPrime2 + kPrime3;
      at += 4;
    }
    for (; at < bytes.size(); ++at) {
      hash = std::rotl(hash ^ (word(bytes, at, 1) * kPrime5), 11) * kPrime1;
    }
    return avalanche(hash);
  }

 private:
  static constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87ULL;
  static constexpr std::uint64_t kPrime2 = 0xC2B2AE3D27D4EB4FULL;
  static constexpr std::uint64_t kPrime3 = 0x165667B19E3779F9ULL;
  static constexpr std::uint64_t kPrime4 = 0x85EBCA77C2B2AE63ULL;
  static constexpr std::uint64_t kPrime5 = 0x27D4EB2F165667C5ULL;

  static constexpr std::uint64_t word(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    }
    return value;
  }

  static constexpr std::uint64_t round(std::uint64_t lane, std::uint64_t input) {
    return std::rotl(lane + input * kPrime2, 31) * kPrime1;
  }

  // Four lanes over all full stripes of 32 bytes, merged.
  static constexpr std::uint64_t stripes(std::string_view bytes, std::uint64_t seed) {
    std::uint64_t lane[4]{seed + kPrime1 + kPrime2, seed + kPrime2, seed, seed - kPrime1};
    for (std::size_t at = 0; at + 32 <= bytes.size(); at += 32) {
      for (std::size_t i = 0; i < 4; ++i) lane[i] = round(lane[i], word(bytes, at + 8 * i, 8));
    }
    std::uint64_t hash = std::rotl(lane[0], 1) + std::rotl(lane[1], 7) + std::rotl(lane[2], 12) +
                         std::rotl(lane[3], 18);
    for (const std::uint64_t each : lane) hash = (hash ^ round(0, each)) * kPrime1 + kPrime4;
    return hash;
  }

  static constexpr std::uint64_t avalanche(std::uint64_t hash) {
    hash = (hash ^ (hash >> 33)) * kPrime2;
    hash = (hash ^ (hash >> 29)) * kPrime3;
    return hash ^ (hash >> 32);
  }
};

}  // namespace squall
