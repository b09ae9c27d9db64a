// Random choices of a search: draws of one candidate, in the order in which they are asked for.
//
// A pure function of the search's seed and the candidate's number, so that candidates can be made
// on any thread and in any order. Not the randomness of a run (scenarios/model/plan.hpp).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "strategies/core/rng.hpp"

namespace squall::explore {

class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t candidate) : rng_(seed, Purpose{1002}, candidate) {}

  // From `low` to `high`, both possible.
  std::uint64_t roll(std::uint64_t low, std::uint64_t high) {
    return low + below(rng_.at(drawn_++), high - low + 1);
  }
  bool chance(std::uint64_t percent) { return roll(1, 100) <= percent; }
  std::string pick(std::initializer_list<const char*> words) {
    return words.begin()[roll(0, words.size() - 1)];
  }

 private:
  Rng rng_;
  std::uint64_t drawn_ = 0;
};

}  // namespace squall::explore
