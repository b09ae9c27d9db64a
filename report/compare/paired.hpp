// Student's t for paired differences: intervals of any error rate, one-sided p-values against a
// margin, and Holm's correction of several p-values.
//
// The rank test that stands beside it is ranks.hpp; what a gate makes of both is gate.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace squall {

struct PairedSample {
  std::size_t count = 0;
  double mean = 0;
  double error = 0;  // standard error of the mean
};

// Empty below 2 values and when one of them is infinite.
std::optional<PairedSample> paired_sample(std::span<const double> differences);

// The same with an error so large that the 95 % interval reaches at least `half_width` to each
// side: for values that were read on a scale with steps of that size.
PairedSample with_resolution(PairedSample sample, double half_width);

// Two-sided interval of the mean with error `alpha`.
struct Range {
  double low = 0, high = 0;
};
Range student_range(const PairedSample& sample, double alpha);

// One-sided p-value of "the mean is at most `margin`": small when it is above.
double p_above(const PairedSample& sample, double margin);
// ... of "the mean is at least `margin`": small when it is below.
double p_below(const PairedSample& sample, double margin);

// Holm's step-down adjustment, in the order given; compare each with the error rate itself.
std::vector<double> holm(std::span<const double> p_values);

}  // namespace squall
