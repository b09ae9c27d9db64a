// The cells of a sweep: every point of the grid as a scenario that passed the loader, times its
// strategies, times the seeds.
//
// The same request gives the same plan in every process. Cells are numbered point by point, seed by
// seed, strategy by strategy. Playing one is sweep_cell.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "sim/cli/sweep/sweep_request.hpp"

namespace squall {

struct SweepPoint {
  std::vector<std::string> values;  // one per axis
  Scenario scenario;                // without its texts
  std::string sha256;               // of the resolved scenario
};

struct SweepCell {
  std::size_t point = 0;
  std::size_t strategy = 0;  // of the point's scenario: small clusters may have fewer
  std::size_t seed = 0;      // index
};

struct SweepPlan {
  SweepRequest request;
  std::string scenario_name;
  std::vector<SweepPoint> points;
  std::vector<SweepCell> cells;
};

struct PlannedSweep {
  std::optional<SweepPlan> plan;  // empty: `error` says which flag and what is wrong with it
  std::string error;
  std::string warnings;  // of the lint, each once; ready to print
};

PlannedSweep make_sweep_plan(SweepRequest request);

// "--grid /cluster/nodes/count=3 --grid /time/drain=5s": the flags that lead to this one point.
std::string flags_of(const SweepRequest& request, const std::vector<std::string>& values,
                     const std::string& flag = "--grid");

// The scenario with the axes set to these values, through the same door as --set. On a mistake the
// scenario is missing and `error` begins with the flags, written as `flag`.
std::optional<Scenario> load_point(const SweepRequest& request,
                                   const std::vector<std::string>& values,
                                   std::vector<Problem>& problems, std::string& error,
                                   const std::string& flag = "--grid");

}  // namespace squall
