// Many yes or no, 64 to a word: recipients by their rank in a room.
//
// Free functions over spans of words, because most sets are parts of a larger array.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace squall {

using BitSet = std::vector<std::uint64_t>;

constexpr std::size_t words_of(std::size_t bits) { return (bits + 63) / 64; }

inline bool test_bit(std::span<const std::uint64_t> bits, std::size_t i) {
  return (bits[i / 64] >> (i % 64)) & 1;
}
inline std::size_t count_bits(std::span<const std::uint64_t> bits) {
  std::size_t count = 0;
  for (const std::uint64_t word : bits) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}
inline void set_bit(std::span<std::uint64_t> bits, std::size_t i, bool value) {
  const std::uint64_t mask = std::uint64_t{1} << (i % 64);
  if (value)
    bits[i / 64] |= mask;
  else
    bits[i / 64] &= ~mask;
}

}  // namespace squall
