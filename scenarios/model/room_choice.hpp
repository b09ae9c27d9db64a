// Which different rooms of a set a user is in: drawn by popularity, none of them twice.
//
// Drawing again when a room comes up twice is cheap, unless a user is in nearly all rooms or a few
// rooms have all the popularity; then the rest is drawn from what is left. Both are the same
// distribution. Internal to scenarios/model.
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/model/distribution.hpp"
#include "strategies/core/rng.hpp"

namespace squall {

class RoomChoice {
 public:
  RoomChoice(std::uint32_t rooms, double exponent);

  // `wanted` different ranks, in the order of the draws; valid until the next call. A pure
  // function of the arguments.
  const std::vector<std::uint32_t>& choose(const Rng& rng, std::uint32_t wanted);

 private:
  bool take(std::uint32_t rank);
  void draw_from_the_rest(const Rng& rng, std::uint64_t draw, std::uint32_t wanted);
  void plant();
  void weigh(std::uint32_t rank, double weight);
  double weight(std::uint32_t rank) const;
  std::uint32_t rank_under(std::uint64_t bits) const;

  double exponent_;
  ZipfSampler popularity_;
  std::vector<std::uint32_t> chosen_;
  std::vector<std::uint32_t> taken_by_;  // by rank: the last call that chose it
  std::uint32_t call_ = 0;
  // Sums of the weights that are left, as a binary tree: [1] is the root, the leaves are ranks.
  // Sums are added up anew on the way to the root, never subtracted: nothing is lost in rounding.
  // Empty until it is needed.
  std::vector<double> sums_;
  std::uint32_t leaves_ = 0;
};

}  // namespace squall
