// SHA-256 after FIPS 180-4. The constants are the fractional bits of roots of the first primes,
// computed below from their definition instead of being listed.
#include "report/sha256.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace squall {
namespace {

using Words8 = std::array<std::uint32_t, 8>;
using Words64 = std::array<std::uint32_t, 64>;

constexpr std::array<std::uint32_t, 64> first_primes() {
  std::array<std::uint32_t, 64> primes{};
  std::size_t found = 0;
  for (std::uint32_t number = 2; found < primes.size(); ++number) {
    bool prime = true;
    for (std::size_t i = 0; i < found; ++i) prime = prime && number % primes[i] != 0;
    if (prime) primes[found++] = number;
  }
  return primes;
}

// The first 32 fractional bits of the `degree`-th root: floor(root(prime) * 2^32) mod 2^32, found
// bit by bit with exact integers.
constexpr std::uint32_t root_fraction(std::uint32_t prime, int degree) {
  const int shift = 32;
  std::uint64_t root = 0;
  for (int bit = 36; bit >= 0; --bit) {
    const std::uint64_t candidate = root | (std::uint64_t{1} << bit);
    // candidate^degree <= prime * 2^(32 * degree), kept inside 128 bits.
    const unsigned __int128 square = static_cast<unsigned __int128>(candidate) * candidate;
    bool fits = false;
    if (degree == 2) {
      fits = square <= (static_cast<unsigned __int128>(prime) << (2 * shift));
    } else {
      fits = square * candidate <= (static_cast<unsigned __int128>(prime) << (3 * shift));
    }
    if (fits) root = candidate;
  }
  return static_cast<std::uint32_t>(root);
}

constexpr Words64 round_constants() {
  Words64 constants{};
  const auto primes = first_primes();
  for (std::size_t i = 0; i < constants.size(); ++i) constants[i] = root_fraction(primes[i], 3);
  return constants;
}

constexpr Words8 initial_state() {
  Words8 state{};
  const auto primes = first_primes();
  for (std::size_t i = 0; i < state.size(); ++i) state[i] = root_fraction(primes[i], 2);
  return state;
}

Words64 schedule(const unsigned char* block) {
  Words64 words{};
  for (std::size_t i = 0; i < 16; ++i) {
    words[i] = (std::uint32_t{block[4 * i]} << 24) | (std::uint32_t{block[4 * i + 1]} << 16) |
               (std::uint32_t{block[4 * i + 2]} << 8) | std::uint32_t{block[4 * i + 3]};
  }
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t early = words[i - 15];
    const std::uint32_t late = words[i - 2];
    const std::uint32_t s0 = std::rotr(early, 7) ^ std::rotr(early, 18) ^ (early >> 3);
    const std::uint32_t s1 = std::rotr(late, 17) ^ std::rotr(late, 19) ^ (late >> 10);
    words[i] = words[i - 16] + s0 + words[i - 7] + s1;
  }
  return words;
}

void absorb(Words8& state, const unsigned char* block) {
  static constexpr Words64 kRound = round_constants();
  const Words64 words = schedule(block);
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t first = h + s1 + ((e & f) ^ (~e & g)) + kRound[i] + words[i];
    const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t second = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  const Words8 mixed{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state[i] += mixed[i];
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::string padded(bytes);
  padded.push_back('\x80');
  while (padded.size() % 64 != 56) padded.push_back('\0');
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) {
    padded.push_back(static_cast<char>((bits >> shift) & 0xff));
  }
  Words8 state = initial_state();
  for (std::size_t at = 0; at < padded.size(); at += 64) {
    absorb(state, reinterpret_cast<const unsigned char*>(padded.data() + at));
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const std::uint32_t word : state) {
    for (int shift = 28; shift >= 0; shift -= 4) hex.push_back(kDigits[(word >> shift) & 0xf]);
  }
  return hex;
}

}  // namespace squall
