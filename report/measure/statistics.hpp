// The statistics of a result: rounding, Student's interval, rule of three, supported quantiles.
//
// Intervals come from replications (one value per seed), never from counting messages. Those of
// quantiles are in pooled.hpp.
// The gate against a baseline is not here; this file only describes one set of values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace squall {

// Every floating-point number that is stored, compared or printed passes here: 12 significant
// digits, so that the last bits of a compiler's or a library's arithmetic never reach a result.
// Whole numbers below 2^53 and infinity stay as they are; NaN must not come in.
double rounded(double value);

struct Interval {
  double mean = 0;
  double half_width = 0;  // of the two-sided 95 % interval
};

// Student's t interval. Empty below 2 values and when a value is infinite.
std::optional<Interval> student_interval(std::span<const double> values);

// Nothing happened in `trials` independent trials: the true rate is below this with 95 %
// confidence ("rule of three"); never above 1. `trials` > 0. Pairs of one message are not
// independent, and what a fault decides is decided once a seed: see notes_of().
double rule_of_three(std::uint64_t trials);

// How many samples a quantile needs before it may be printed: the smallest n for which the
// distribution-free two-sided 95 % interval has an upper end inside the sample, q^n <= 2.5 %.
// p50: 6, p90: 36, p99: 368, p99.9: 3688. 0 < q < 1.
std::uint64_t samples_needed(double quantile);
bool supported(double quantile, std::uint64_t samples);

}  // namespace squall
