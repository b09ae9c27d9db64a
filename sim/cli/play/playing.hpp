// Plays one scenario in the farm and makes the Result: the middle of `run` and of `replay`.
//
// What was cut short stays usable: of each strategy the leading seeds that are there are kept.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"
#include "sim/farm/farm.hpp"

namespace squall {

struct PlaySettings {
  std::vector<std::uint64_t> seeds;
  unsigned threads = 1;
  std::uint64_t max_events = 0;
  std::function<void(const FarmProgress&)> on_finished;
  PlayFunction play;  // the engine; empty: virtual time
  unsigned threads_per_run = 1;
  bool keep_cut_short = false;  // what a run that was stopped had measured until then
};

struct Played {
  std::vector<std::vector<RunRecord>> records;  // [strategy][seed], a strategy may have fewer
  std::vector<std::string> cut_short;           // why not everything is there; empty: it is
  std::size_t missing = 0;                      // runs that are not there
};

// All strategies of the scenario with all seeds, until the stop flag is raised.
Played play_scenario(const Scenario& scenario, const PlaySettings& settings);

// The result of what was played; incomplete when it was cut short, and it says why.
Result result_of(const Scenario& scenario, const std::vector<std::uint64_t>& seeds,
                 const std::vector<std::vector<RunRecord>>& records,
                 const std::vector<std::string>& cut_short);

// --jobs, or as many runs at once as the machine has processors for.
unsigned thread_count(std::uint32_t jobs, std::uint32_t threads_per_run = 1);

}  // namespace squall
