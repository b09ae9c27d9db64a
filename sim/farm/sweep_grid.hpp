// The grid of a sweep: axes of values, read from `PTR=a,b,c` and `PTR=1..12:2`.
//
// Text only: whether a place exists in a scenario and takes such a value is found out by the
// loader, for every point of the grid, before anything is played (sim/cli/sweep/sweep_plan.hpp).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace squall {

struct SweepAxis {
  std::string pointer;              // of the scenario, e.g. /cluster/nodes/count
  std::vector<std::string> values;  // as --set takes them; no two are equal
  bool operator==(const SweepAxis&) const = default;
};

// No axis has more values than this, and no grid more points.
inline constexpr std::size_t kMostGridPoints = 10'000;

// The value of one --grid flag: values and ranges LOW..HIGH[:STEP], separated by commas; commas
// inside brackets and quotes belong to the value. Empty on a mistake, which `error` describes,
// beginning with the flag.
std::optional<SweepAxis> parse_axis(const std::string& word, std::string& error);

// How many points the axes span; kMostGridPoints + 1 when there are more than allowed.
std::size_t grid_points(std::span<const SweepAxis> axes);

// The values of one point, one per axis. The last axis turns fastest.
std::vector<std::string> values_at(std::span<const SweepAxis> axes, std::size_t point);

}  // namespace squall
