// Parses --seed. Random means: chosen once from the machine, then shown and stored.
// The only randomness outside a plan.
#include "sim/cli/input/seeds.hpp"

#include <charconv>
#include <limits>
#include <numeric>
#include <random>

namespace squall {

std::vector<std::uint64_t> make_seeds(const std::string& first, std::uint32_t reps,
                                      std::string& error) {
  std::uint64_t seed = 0;
  if (first == "random") {
    seed = std::random_device{}();  // 32 bits: short enough to be typed again
  } else {
    const char* end = first.data() + first.size();
    const auto [stop, code] = std::from_chars(first.data(), end, seed);
    if (code != std::errc{} || stop != end) {
      error = "--seed " + first + ": expected a whole number from 0, or random";
      return {};
    }
  }
  if (seed > std::numeric_limits<std::uint64_t>::max() - reps) {
    error = "--seed " + first + ": too large, the seeds count up from it";
    return {};
  }
  std::vector<std::uint64_t> seeds(reps);
  std::iota(seeds.begin(), seeds.end(), seed);
  return seeds;
}

}  // namespace squall
