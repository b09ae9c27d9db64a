// Normal equations, solved by elimination: there are a dozen columns at most. See fit.hpp.
// A column that comes out negative, or no larger than its own error, is taken out, the worst first.
#include "sim/cli/calibrate/fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace squall {
namespace {

using Row = std::vector<double>;
using Matrix = std::vector<Row>;

// Two-sided 95 % of Student's distribution; from 30 degrees of freedom on it is the normal one.
double student(std::size_t freedom) {
  constexpr double kQuantiles[] = {12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23};
  if (freedom == 0) return kQuantiles[0];
  if (freedom <= std::size(kQuantiles)) return kQuantiles[freedom - 1];
  return 1.96 + 2.4 / static_cast<double>(freedom);
}

// The inverse; empty when a column is a combination of those before it, and then `dependent` is it.
std::optional<Matrix> inverse(Matrix of, std::size_t& dependent) {
  const std::size_t n = of.size();
  Matrix result(n, Row(n, 0));
  for (std::size_t i = 0; i < n; ++i) result[i][i] = 1;
  for (std::size_t c = 0; c < n; ++c) {
    std::size_t pivot = c;
    for (std::size_t r = c; r < n; ++r) {
      if (std::abs(of[r][c]) > std::abs(of[pivot][c])) pivot = r;
    }
    dependent = c;
    if (std::abs(of[pivot][c]) < 1e-9) return std::nullopt;
    std::swap(of[c], of[pivot]), std::swap(result[c], result[pivot]);
    const double scale = 1 / of[c][c];
    for (std::size_t k = 0; k < n; ++k) of[c][k] *= scale, result[c][k] *= scale;
    for (std::size_t r = 0; r < n; ++r) {
      const double times = of[r][c];
      if (r == c || times == 0) continue;
      for (std::size_t k = 0; k < n; ++k) {
        of[r][k] -= times * of[c][k], result[r][k] -= times * result[c][k];
      }
    }
  }
  return result;
}

struct Solution {
  Row value, half_width;
};

// Of the chosen columns only. Columns are scaled to their largest entry: a push and a connection
// differ by five orders of magnitude.
std::optional<Solution> solve(const std::vector<Load>& loads, const std::vector<std::size_t>& of,
                              std::size_t& dependent) {
  const std::size_t n = of.size();
  Row scale(n, 0);
  for (const Load& load : loads) {
    for (std::size_t i = 0; i < n; ++i) {
      scale[i] = std::max(scale[i], load.work[of[i]] / load.cpu);
    }
  }
  Matrix normal(n, Row(n, 0));
  Row right(n, 0);
  for (const Load& load : loads) {
    for (std::size_t i = 0; i < n; ++i) {
      const double a = load.work[of[i]] / load.cpu / scale[i];
      right[i] += a;  // every row's right side is 1: errors are relative
      for (std::size_t k = 0; k < n; ++k)
        normal[i][k] += a * load.work[of[k]] / load.cpu / scale[k];
    }
  }
  const auto inverted = inverse(normal, dependent);
  if (!inverted) return std::nullopt;
  Solution solution{Row(n, 0), Row(n, 0)};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) solution.value[i] += (*inverted)[i][k] * right[k];
  }
  double squares = 0;
  for (const Load& load : loads) {
    double fitted = 0;
    for (std::size_t i = 0; i < n; ++i) {
      fitted += solution.value[i] * load.work[of[i]] / load.cpu / scale[i];
    }
    squares += (fitted - 1) * (fitted - 1);
  }
  const std::size_t freedom = loads.size() > n ? loads.size() - n : 0;
  const double variance = freedom > 0 ? squares / static_cast<double>(freedom) : 1;
  for (std::size_t i = 0; i < n; ++i) {
    const double error = std::sqrt(std::max(0.0, variance * (*inverted)[i][i]));
    solution.half_width[i] = student(freedom) * error / scale[i];
    solution.value[i] /= scale[i];
  }
  return solution;
}

// The column that is to go, by its place in the solution; empty: all may stay.
std::optional<std::size_t> worst_of(const Solution& solution) {
  std::optional<std::size_t> worst;
  double least = 1;
  for (std::size_t i = 0; i < solution.value.size(); ++i) {
    const double certain =
        solution.half_width[i] > 0 ? solution.value[i] / solution.half_width[i] : 2;
    if (certain < least) least = certain, worst = i;
  }
  return worst;
}

}  // namespace

Fitted fit_costs(const std::vector<Load>& all, std::size_t kinds) {
  std::vector<Load> loads;
  std::ranges::copy_if(all, std::back_inserter(loads), [](const Load& l) { return l.cpu > 0; });
  std::vector<std::size_t> columns;
  for (std::size_t k = 0; k < kinds; ++k) {
    if (std::ranges::any_of(loads, [k](const Load& l) { return l.work[k] > 0; })) {
      columns.push_back(k);
    }
  }
  Fitted fitted;
  fitted.costs.resize(kinds);
  while (!columns.empty()) {
    std::size_t dependent = 0;
    const std::optional<Solution> solution = solve(loads, columns, dependent);
    const std::optional<std::size_t> worst =
        solution ? worst_of(*solution) : std::optional<std::size_t>(dependent);
    if (worst) {
      columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(*worst));
      continue;
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      fitted.costs[columns[i]] = {solution->value[i], solution->half_width[i]};
    }
    break;
  }
  for (const Load& load : all) {
    double sum = 0;
    for (std::size_t k = 0; k < kinds; ++k) {
      if (fitted.costs[k]) sum += fitted.costs[k]->value * load.work[k];
    }
    fitted.by_load.push_back(sum);
  }
  return fitted;
}

}  // namespace squall
