// How users choose rooms, from how many are in each: by a Zipf exponent that leaves as many pairs
// of users together, or as a histogram of sizes where no choice by popularity makes such sizes.
//
// Pairs that share a room are what fan-out is made of, so they are what is kept.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace squall::fit {

struct RoomsFit {
  std::uint32_t count = 1;
  std::uint32_t joined_per_user = 1;
  double zipf = 0, zipf_low = 0, zipf_high = 0;  // 95 %
  // {members, rooms}; not empty: these, and no exponent.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sizes;
  double together = 1;  // the chance that two memberships are in one room
};

// `sizes`: users of each room, descending, none of them zero.
RoomsFit rooms_fit(std::span<const std::uint32_t> sizes, std::uint64_t users);

}  // namespace squall::fit
