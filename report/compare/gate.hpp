// Gates: did a metric get worse than a baseline by more than its margin?
//
// Pairs values by seed, takes Student's interval of the paired differences, lets the signed-rank
// test object, corrects over all gates that had to be tested (Holm). Three answers: regressed,
// pass, inconclusive; and never "pass" without data. What two results are, and whether they may be
// compared at all, is change.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall {

enum class GateOutcome : std::uint8_t {
  identical,     // every value is the same, to the bit
  pass,          // the whole interval is below the margin
  inconclusive,  // the data does not decide
  regressed,     // the whole interval is beyond the margin, also after Holm's correction
  no_data,       // a required value is missing: counts as a failure
  advisory,      // wall-clock numbers: shown, never judged
};
std::string_view name(GateOutcome outcome);

// One gate for one strategy. Numbers are in the metric's unit; `change`, `low`, `high`, `shift` and
// `margin` are shares of the base value when `relative`. Signs are as measured: new minus base.
struct GateVerdict {
  std::string metric, unit, strategy;
  GateOutcome outcome = GateOutcome::no_data;
  bool declared = true;  // false: information, never judged
  bool relative = false;
  bool worse_higher = true;
  double margin = 0;
  std::optional<double> base_mean, new_mean;  // of quantiles: pooled over the seeds
  std::optional<double> change, low, high;    // and the interval with `error`
  double error = 0;                           // two-sided, of the interval
  std::size_t seeds = 0, worse = 0, better = 0;
  std::vector<double> differences;  // per seed, as `change`
  std::optional<double> p, p_holm;  // one-sided: worse by more than the margin
  std::optional<double> shift;      // Hodges-Lehmann
  std::optional<double> p_rank;     // signed rank, one-sided, same question as `p`
  bool changed = false;             // the interval excludes zero
  std::string why;                  // one sentence
  std::size_t gate = 0;             // index in the list of gates
  int line = 0, column = 0;         // in the scenario file; 0: not from a file
};

struct GateOptions {
  double alpha = 0.05;                  // two-sided error of the whole comparison
  double alpha_share = 1;               // of it, for this look
  std::optional<double> margin;         // --margin: for gates without their own; a share
  bool advisory = false;                // wall-clock numbers: Mann-Whitney, no verdict
  std::vector<std::string> strategies;  // only these; empty: all
};

// Every gate for every strategy it is for, in the order of `gates`, then of the strategies.
std::vector<GateVerdict> judge_gates(const Result& base, const Result& fresh,
                                     const std::vector<Gate>& gates, const GateOptions& options);

// The same numbers for what no gate asks about; outcome is only identical, advisory or no_data.
std::vector<GateVerdict> describe_changes(const Result& base, const Result& fresh,
                                          const std::vector<std::string>& metrics,
                                          const GateOptions& options);

// A gate from the command line, METRIC or METRIC=MARGIN. 0.02% of a ratio, 5ms or 1MB/s are
// absolute; 5% of anything else is relative. `error` says what is wrong with it.
std::optional<Gate> parse_gate(const std::string& word, std::string& error);

// The looks of --reps auto, and how much of alpha each may spend. The shares add up to one, so the
// error of the whole procedure is at most alpha, whatever the looks have in common.
struct InterimLook {
  std::size_t reps;
  double alpha_share;
};
inline constexpr std::array<InterimLook, 3> kInterimLooks{{{10, 0.2}, {20, 0.3}, {40, 0.5}}};

// Those that a base of so many replications can be paired with, at least the first; the last one
// may spend what is left. Known before anything is played, so nothing is chosen by the data.
std::vector<InterimLook> looks_for(std::size_t base_reps);

}  // namespace squall
