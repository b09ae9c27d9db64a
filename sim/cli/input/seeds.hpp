// The seeds of a run: the first one and the next reps - 1 numbers.
// Not the randomness of a run, which is scenarios/model/plan.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace squall {

// `first` is a number or "random". On a mistake the list is empty and `error` says why.
std::vector<std::uint64_t> make_seeds(const std::string& first, std::uint32_t reps,
                                      std::string& error);

}  // namespace squall
