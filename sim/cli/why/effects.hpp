// Counterfactuals of one strategy: what each change would have lost with the same random numbers.
//
// 1 + faults + knobs runs a seed. Pairs of faults are played only where single effects do not add
// up to what the books bill to the faults: then two of them lose together, or each would alone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "report/measure/statistics.hpp"
#include "report/words/played_again.hpp"
#include "sim/cli/why/changes.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

struct Remaining {  // the largest part of what is lost
  std::string mechanism, trigger;
  double share = 0;  // of owed pairs
};

struct Effect {
  Change change;
  std::string knob;                // the row's name; empty: a fault that is off
  std::vector<double> loss;        // by seed: share of owed pairs
  double mean = 0;                 // of it
  double saved = 0;                // pairs, of those owed at base; mean, paired by seed
  std::optional<Interval> paired;  // of that; empty: one seed
  std::optional<Remaining> remaining;
};

// Two faults that do not add up. Shares of what both together lose.
struct Together {
  std::size_t a = 0, b = 0;  // of Effects::faults
  Effect both_off;
  double share_a = 0, share_b = 0;  // Shapley
};

struct Effects {
  std::string strategy;
  std::vector<double> base;  // by seed
  double base_mean = 0;
  std::vector<Fault> off;  // the same order as `faults`
  std::vector<Effect> faults;
  std::vector<Effect> knobs;
  std::vector<Together> pairs;
  std::size_t runs = 0;
};

// Plays one scenario with one strategy, a record for each seed; fewer: it was stopped.
using PlaySeeds = std::function<std::vector<RunRecord>(const Scenario&, const StrategySpec&)>;

Effects effects_of(const Scenario& scenario, const StrategySpec& spec, const PlaySeeds& play);

// `base_loss` is with both, the others without one of them, or both. {0.5, 0.5}: neither alone.
struct Shares {
  double a = 0, b = 0;
};
Shares shapley(double base_loss, double without_a, double without_b, double without_both);

// The table, what it means, and the command that repeats each row.
std::string as_text(const Effects& effects, const PlayedAgain& run);

}  // namespace squall
