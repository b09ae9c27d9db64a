// Least squares for costs: what does one piece of each kind of work cost, when only sums are seen?
//
// Rows are loads, columns kinds of work. Errors are relative, so that a small load says as much as
// a large one. A cost is not negative; one that the rows cannot tell is left out and named.
// Pure: no clock, no scenario.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace squall {

struct Load {
  std::string name;
  std::vector<double> work;  // pieces of each kind in a second
  double cpu = 0;            // seconds of CPU in a second
};

struct Fitted {
  // Of each kind, seconds: the cost and half of its 95 % interval; empty: not identified.
  struct Cost {
    double value = 0, half_width = 0;
  };
  std::vector<std::optional<Cost>> costs;
  std::vector<double> by_load;  // what the costs say of each load
};

// `kinds`: how many columns. Loads without CPU are passed over.
Fitted fit_costs(const std::vector<Load>& loads, std::size_t kinds);

}  // namespace squall
