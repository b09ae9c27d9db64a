// One cell of a sweep: played by the engine, measured, and written as one line of the journal.
//
// The line is all that is kept of a run: every metric, the fingerprint and what was wrong. Outputs
// are made from lines only, so it does not matter which process played a cell, or when.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/sweep/sweep_plan.hpp"

namespace squall {

struct CellResult {
  std::size_t cell = 0;
  std::vector<std::optional<double>> metrics;  // in registry order
  std::vector<std::string> spreads;            // see sweep_spreads.hpp
  std::string fingerprint;                     // 16 hex digits
  std::string arrivals;                        // the same for all strategies of a point and seed
  bool unstable = false;
  std::vector<std::string> problems;  // violated laws; empty: the books balance
};

// Empty when `stop` was raised meanwhile.
std::optional<std::string> play_cell(const SweepPlan& plan, std::size_t cell,
                                     const std::atomic<bool>* stop);

// Empty when the line is not about a cell of this plan; `error` says why.
std::optional<CellResult> read_cell(const SweepPlan& plan, const std::string& line,
                                    std::string& error);

// The first line of a journal: names the request, the metrics and the squall that began it.
std::string journal_header(const SweepRequest& request);

}  // namespace squall
