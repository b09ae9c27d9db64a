// Rank statistics: the signed-rank test of pairs, the Mann-Whitney test of two samples, and the
// shifts of Hodges and Lehmann that belong to them.
//
// Exact distributions for the sample sizes squall has, the normal approximation beyond. Infinite
// values are welcome: a rank does not ask how much. Student's interval is paired.hpp.
#pragma once

#include <optional>
#include <span>

namespace squall {

// One-sided p-values of "the values lie symmetrically around `center`". Values equal to the center
// are left out, ties share their ranks. 1 when nothing is left.
struct SignedRank {
  double p_above = 1;  // small: they lie above
  double p_below = 1;  // small: they lie below
};
SignedRank signed_rank(std::span<const double> values, double center);

// The median of all averages of two values (each with itself too). Empty without values.
std::optional<double> hodges_lehmann(std::span<const double> values);

// Two independent samples.
struct MannWhitney {
  double p = 1;              // two-sided
  double shift = 0;          // the median of all differences second - first
  double low = 0, high = 0;  // distribution-free interval of the shift
};
// `alpha` is the two-sided error of the interval. Empty when a sample is empty.
std::optional<MannWhitney> mann_whitney(std::span<const double> first,
                                        std::span<const double> second, double alpha);

}  // namespace squall
