// What a sweep is to play, as one value: it makes the grid, travels to other ranks, and stands in
// the sweep's folder, so that `squall sweep --resume DIR` needs nothing else.
//
// Equal requests give equal bytes in every output. The points it spans are sweep_plan.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/load.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/farm/sweep_grid.hpp"

namespace squall {

struct SweepRequest {
  std::string scenario_path;        // as typed
  std::string scenario_text;        // the exact bytes of the file
  std::vector<Override> overrides;  // --set, for every point
  std::vector<SweepAxis> axes;      // --grid
  std::string strategy_list;        // --strategy; empty: as the scenario says
  std::vector<std::uint64_t> seeds;
  std::uint64_t max_events = 0;
};

// The flags, checked; the scenario is not read yet. Empty on a mistake that `error` describes.
std::optional<SweepRequest> check_sweep_flags(const Options& options, std::string& error);

// One JSON object, without a final line break; the same bytes for the same request.
std::string to_json(const SweepRequest& request);
std::optional<SweepRequest> sweep_request_from_json(const std::string& text, std::string& error);

// The first part in which two requests differ, e.g. "grid"; empty: they are equal.
std::string first_difference(const SweepRequest& a, const SweepRequest& b);

}  // namespace squall
