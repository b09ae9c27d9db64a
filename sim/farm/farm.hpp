// Many runs of one scenario: every strategy with every seed, on several threads.
//
// Runs share nothing, results are stored by index, so the outcome is the same for any number of
// threads. It measures and judges nothing (see report/) and knows no command line (see sim/cli).
// Thread rule: play_all() blocks; `on_finished` is called from worker threads, one at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

// One cell of the grid; both are indices into what play_all() was given.
struct FarmJob {
  std::size_t strategy = 0;
  std::size_t seed = 0;
  bool operator==(const FarmJob&) const = default;
};

// One finished run, told while the others go on. `record` lives only during the call.
struct FarmProgress {
  FarmJob job;
  std::size_t finished = 0;  // including this one
  std::size_t total = 0;
  const RunRecord& record;
};

using PlayFunction = std::function<RunRecord(const Scenario&, const StrategySpec&,
                                             std::uint64_t seed, const PlayOptions&)>;

struct FarmOptions {
  unsigned threads = 1;                     // 0 counts as 1
  unsigned threads_per_run = 1;             // that share the work of one run
  std::uint64_t max_events = 0;             // per run; 0: no limit
  const std::atomic<bool>* stop = nullptr;  // when it becomes true, no further run is kept ...
  bool keep_cut_short = false;              // ... but what was measured of one under way
  std::function<void(const FarmProgress&)> on_finished;
  PlayFunction play;  // the engine; empty: the simulator's play()
};

struct FarmFailure {
  FarmJob job;
  std::string message;  // what the exception said
};

struct FarmResult {
  std::vector<std::vector<std::optional<RunRecord>>> records;  // [strategy][seed]
  std::vector<FarmJob> missing;       // not played, cut short or failed; in grid order
  std::vector<FarmFailure> failures;  // in grid order
};

// Plays strategies x seeds, all strategies of the first seed first, so that an early stop leaves
// complete comparisons. An exception of a run is reported in `failures` and stops the others.
FarmResult play_all(const Scenario& scenario, std::span<const StrategySpec> strategies,
                    std::span<const std::uint64_t> seeds, const FarmOptions& options);

}  // namespace squall
