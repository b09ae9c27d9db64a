// What `squall run --dry-run` says: the size of the work, without doing any of it.
// Knows the scenario only, no engine; the numbers are expectations, not what a seed will draw.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "sim/cli/input/engine_choice.hpp"
#include "sim/cli/play/estimate.hpp"

namespace squall {

struct DryRun {
  std::string scenario;
  std::vector<std::string> strategies;
  std::vector<std::uint64_t> seeds;
  std::size_t runs = 0;                // strategies x seeds
  double virtual_seconds_per_run = 0;  // warm-up, measure and drain
  std::uint16_t nodes = 0;
  std::uint64_t endpoints = 0;
  double messages_per_run = 0;  // expected to be born in measure
  struct Fault {
    std::string label;
    double begin_s = 0, end_s = 0;  // since the start of measure
    bool ends = true;
  };
  std::vector<Fault> faults;
  std::vector<std::pair<std::string, std::uint64_t>> load;  // of others: address, connections
  std::vector<HookPlan> hooks;                              // of others: what the script does
  Estimate estimate;
};

// `at_once`: how many runs are played together.
DryRun plan_of(const Scenario& scenario, const std::vector<std::uint64_t>& seeds, unsigned at_once);

std::string as_text(const DryRun& plan);
std::string as_json(const DryRun& plan);  // one object, without a final line break

}  // namespace squall
