// PHOLD, the classic load for event queues: every event schedules one at a random entity.
//
// The delay is a lookahead of 0.1 plus an exponential of mean 1.0; 1.0 is a millisecond, and time
// is whole nanoseconds. Delays are 4,096 equally likely quantiles, made before the clock runs, so
// that a queue is measured and not a logarithm. What an event draws depends on nothing but the
// event: every correct queue plays the same events. Who plays what: phold_bench.cpp, peers/phold.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "strategies/core/exact_math.hpp"

namespace squall::bench {

inline constexpr std::uint64_t kPholdUnit = 1'000'000;  // nanoseconds
inline constexpr std::uint64_t kPholdLookahead = kPholdUnit / 10;
// A run is cut into slices, so that all queues can stop at the same event.
inline constexpr std::uint64_t kPholdSlice = std::uint64_t{1} << 20;  // nanoseconds

struct PholdSize {
  std::uint32_t entities, each;  // events pending at each
  std::uint64_t slices;          // that are measured
  std::uint64_t pending() const { return std::uint64_t{entities} * each; }
};
inline constexpr std::uint64_t kPholdWarmup = 2;  // slices
inline constexpr std::array<PholdSize, 3> kPholdSizes{
    {{1024, 16, 256}, {65'536, 16, 8}, {1'048'576, 4, 2}}};

struct PholdEvent {
  std::uint32_t entity, draw;
};
struct PholdNext {
  std::uint64_t delay;  // nanoseconds
  PholdEvent event;
};

constexpr std::uint64_t phold_mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBULL;
  return bits ^ (bits >> 31);
}

class Phold {
 public:
  explicit Phold(const PholdSize& size) : size_(size), entities_(size.entities) {
    for (std::size_t i = 0; i < delays_.size(); ++i) {
      const double rest = 1 - (static_cast<double>(i) + 0.5) / static_cast<double>(delays_.size());
      delays_[i] = static_cast<std::uint32_t>(kPholdLookahead -
                                              exact::log(rest) * static_cast<double>(kPholdUnit));
    }
  }

  const PholdSize& size() const { return size_; }

  // What is pending at time 0: number 0 to size().pending() - 1.
  PholdNext first(std::uint64_t number) const {
    return after({static_cast<std::uint32_t>(number % size_.entities),
                  static_cast<std::uint32_t>(number / size_.entities)});
  }

  // An event happens; what it schedules.
  PholdNext play(std::uint64_t at, const PholdEvent& event) {
    Entity& entity = entities_[event.entity];
    const auto now = static_cast<std::uint32_t>(at);
    // Events of one entity at one time may come in any order, all others may not.
    entity.chain = entity.chain * (now == entity.last ? 1 : kStep) + (event.draw ^ now);
    entity.last = now;
    return after(event);
  }

  // Equal when every entity has played the same events in the same order.
  std::uint64_t fingerprint() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < entities_.size(); ++i) {
      sum += phold_mix((i << 32) ^ entities_[i].chain);
    }
    return sum;
  }

 private:
  static constexpr std::uint32_t kStep = 0x9E3779B1;
  struct Entity {
    std::uint32_t chain = 0, last = 0;  // of time: the low half
  };

  PholdNext after(const PholdEvent& event) const {
    const std::uint64_t bits =
        phold_mix(((std::uint64_t{event.draw} << 32 | event.entity) + 1) * 0x9E3779B97F4A7C15ULL);
    const auto draw = static_cast<std::uint32_t>(bits);
    const auto to = static_cast<std::uint32_t>(((bits >> 32) * size_.entities) >> 32);
    return {delays_[draw % delays_.size()], {to, draw}};
  }

  PholdSize size_;
  std::array<std::uint32_t, 4096> delays_;
  std::vector<Entity> entities_;
};

}  // namespace squall::bench
