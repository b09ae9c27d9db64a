// The search: rounds of candidates, played on all processors, and those kept that show something
// new, until a property breaks or the budget is spent.
//
// A candidate is made from its number and from what was kept before its round, so a search of N
// runs gives the same on any number of threads. Time is looked at between rounds only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/explore/recipe.hpp"
#include "sim/cli/explore/trial.hpp"

namespace squall::explore {

struct Limits {
  std::uint64_t seed = 1;  // --explore-seed
  std::uint64_t runs = 0;  // 0: as many as `enough` lets
  unsigned threads = 1;
  bool all = false;              // go on after the first way that was found
  std::string way;               // --way: only this one; empty: any
  Verbs verbs;                   // --faults
  std::function<bool()> enough;  // asked between rounds; empty: never
  std::function<void(std::uint64_t runs, std::size_t kept, std::size_t found)> on_round;
};

// What a search has learnt: all that has to be kept to go on with it.
struct Corpus {
  std::uint64_t runs = 0;
  std::vector<Recipe> kept;
};

struct Break {
  std::string way;
  std::string sentence;
  std::uint64_t run = 0;  // the candidate that showed it first; 0: the ground itself
  Json scenario;          // shrunk
  std::uint64_t seed = 1;
  std::uint64_t shrink_runs = 0;
};

struct Exploration {
  std::vector<Break> breaks;  // in the order in which they were found
  std::uint64_t runs = 0, uncounted = 0;
};

// Goes on with `corpus`, and adds to it.
Exploration explored(const Ground& ground, const Vocabulary& vocabulary, const Limits& limits,
                     Corpus& corpus);

}  // namespace squall::explore
