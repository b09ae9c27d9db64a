// MT19937 (Matsumoto, Nishimura): the generator from which Envoy draws the order of the hosts that
// it asks when one is full. Only to be equal with it: squall draws with strategies/core/rng.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace squall {

class MersenneTwister {
 public:
  explicit MersenneTwister(std::uint32_t seed) {
    state_[0] = seed;
    for (std::uint32_t i = 1; i < kSize; ++i) {
      state_[i] = 1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
    }
  }

  std::uint32_t next() {
    if (at_ == kSize) refill();
    std::uint32_t y = state_[at_++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9D2C5680U;
    y ^= (y << 15) & 0xEFC60000U;
    return y ^ (y >> 18);
  }

 private:
  static constexpr std::size_t kSize = 624, kMiddle = 397;

  void refill() {
    for (std::size_t i = 0; i < kSize; ++i) {
      const std::uint32_t y = (state_[i] & 0x80000000U) | (state_[(i + 1) % kSize] & 0x7FFFFFFFU);
      const std::uint32_t twist = (y & 1) != 0 ? 0x9908B0DFU : 0U;
      state_[i] = state_[(i + kMiddle) % kSize] ^ (y >> 1) ^ twist;
    }
    at_ = 0;
  }

  std::array<std::uint32_t, kSize> state_;
  std::size_t at_ = kSize;
};

}  // namespace squall
