// Counter-based random numbers: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) read at a counter.
//
// A draw is a pure function of (seed, purpose, entity, index). A strategy that draws one number
// more cannot shift anybody else's draws, so comparisons between strategies stay paired.
#pragma once

#include <cstdint>

namespace squall {

// One stream per purpose. Append only: the order is part of every stored fingerprint.
enum class Purpose : std::uint64_t {
  login = 1,
  stay,
  away,
  drop,
  silent,
  room,
  arrival,
  sender,
  target,
  size,
  downlink_latency,
  uplink_latency,
  cluster_latency,
  backoff,
  placement,
  propagation,
  broker_reconnect,
  disconnect_share,
  silence,
  backplane,  // what a strategy draws: BackplaneContext::rng()
  session_age,
  zone_jitter,
  zone_loss,
  replica,  // of the balancer, by endpoint
  health,   // when a replica of it looks at a node for the first time
};

class Rng {
 public:
  constexpr Rng(std::uint64_t seed, Purpose purpose, std::uint64_t entity)
      : key_(mix(mix(mix(seed) + static_cast<std::uint64_t>(purpose) * kGolden) +
                 entity * kGolden)) {}

  // 64 uniform bits, the same for the same index whatever was drawn before.
  constexpr std::uint64_t at(std::uint64_t index) const { return mix(key_ + index * kGolden); }

 private:
  static constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;

  static constexpr std::uint64_t mix(std::uint64_t z) {
    z += kGolden;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  std::uint64_t key_;
};

// Maps 64 uniform bits to [0, bound) by multiply-high (Lemire); bias < bound / 2^64.
constexpr std::uint64_t below(std::uint64_t bits, std::uint64_t bound) {
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits) * bound) >> 64);
}

// Maps 64 uniform bits to a double in [0, 1); exact, so equal on every compiler.
constexpr double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

}  // namespace squall
