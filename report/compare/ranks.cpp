// Counting arrangements: every null distribution here is a table of how many ways lead to a sum.
// Ranks are kept doubled, so that shared ranks stay whole numbers.
#include "report/compare/ranks.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace squall {
namespace {

constexpr std::size_t kMostExact = 60;  // values of a sample; beyond: the normal approximation

// Twice the rank of each value, from 2; equal values share the mean of their places.
std::vector<std::uint64_t> doubled_ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<std::uint64_t> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = begin + 1 + end;
    begin = end;
  }
  return ranks;
}

double upper_tail(double z) {
  return boost::math::cdf(boost::math::complement(boost::math::normal(), z));
}

// P(sum >= observed) when each rank joins the sum with probability one half.
double signed_tail(const std::vector<std::uint64_t>& ranks, std::uint64_t observed) {
  std::uint64_t total = 0;
  double squares = 0;
  for (const std::uint64_t rank : ranks) {
    total += rank;
    squares += static_cast<double>(rank) * static_cast<double>(rank);
  }
  if (ranks.size() > kMostExact) {
    const double mean = static_cast<double>(total) / 2;
    return upper_tail((static_cast<double>(observed) - 1 - mean) / std::sqrt(squares / 4));
  }
  std::vector<double> ways(total + 1, 0.0);
  ways[0] = 1;
  std::uint64_t reach = 0;
  for (const std::uint64_t rank : ranks) {
    reach += rank;
    for (std::uint64_t sum = reach; sum >= rank; --sum) ways[sum] += ways[sum - rank];
  }
  double tail = 0;
  double all = 0;
  for (std::uint64_t sum = 0; sum <= total; ++sum) {
    all += ways[sum];
    if (sum >= observed) tail += ways[sum];
  }
  return tail / all;
}

// ways[u]: arrangements of the two samples in which u pairs have the second above the first.
std::vector<double> mann_whitney_ways(std::size_t first, std::size_t second) {
  // rows[n][u] after m steps: f(m, n, u) = f(m - 1, n, u - n) + f(m, n - 1, u)
  std::vector<std::vector<double>> rows(second + 1, std::vector<double>(first * second + 1, 0.0));
  for (auto& row : rows) row[0] = 1;
  for (std::size_t m = 1; m <= first; ++m) {
    for (std::size_t n = 1; n <= second; ++n) {
      for (std::size_t u = m * n + 1; u-- > 0;) {
        rows[n][u] = (u >= n ? rows[n][u - n] : 0.0) + rows[n - 1][u];
      }
    }
  }
  return rows[second];
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  if (values.size() % 2 == 1 || values[half - 1] == values[half]) return values[half];
  return values[half - 1] + (values[half] - values[half - 1]) / 2;
}

double average(double a, double b) {
  if (a == b) return a;
  if (std::isinf(a) && std::isinf(b)) return 0;  // opposite: they say nothing together
  return a + (b - a) / 2;
}

double difference(double second, double first) { return second == first ? 0 : second - first; }

struct Counts {
  std::uint64_t above_doubled = 0;  // pairs with the second above the first; a tie counts one half
  double tie_term = 0;              // sum of t^3 - t over groups of equal values
};

Counts count_pairs(std::span<const double> first, std::span<const double> second) {
  Counts counts;
  std::vector<double> all(first.begin(), first.end());
  all.insert(all.end(), second.begin(), second.end());
  for (const double a : first) {
    for (const double b : second) counts.above_doubled += b > a ? 2 : (b == a ? 1 : 0);
  }
  std::ranges::sort(all);
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin + 1;
    while (end < all.size() && all[end] == all[begin]) ++end;
    const auto size = static_cast<double>(end - begin);
    counts.tie_term += size * size * size - size;
    begin = end;
  }
  return counts;
}

double normal_p(const Counts& counts, double first, double second) {
  const double all = first + second;
  const double variance =
      first * second / 12 * (all + 1 - counts.tie_term / (all * std::max(1.0, all - 1)));
  if (variance <= 0) return 1;
  const double distance =
      std::abs(static_cast<double>(counts.above_doubled) / 2 - first * second / 2) - 0.5;
  return std::min(1.0, 2 * upper_tail(std::max(0.0, distance) / std::sqrt(variance)));
}

}  // namespace

SignedRank signed_rank(std::span<const double> values, double center) {
  std::vector<double> sizes;
  std::vector<bool> above;
  for (const double value : values) {
    if (value == center) continue;
    sizes.push_back(std::abs(value - center));
    above.push_back(value > center);
  }
  if (sizes.empty()) return {};
  const std::vector<std::uint64_t> ranks = doubled_ranks(sizes);
  std::uint64_t sum_above = 0;
  std::uint64_t sum_below = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) (above[i] ? sum_above : sum_below) += ranks[i];
  return {signed_tail(ranks, sum_above), signed_tail(ranks, sum_below)};
}

std::optional<double> hodges_lehmann(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  std::vector<double> averages;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i; j < values.size(); ++j) {
      averages.push_back(average(values[i], values[j]));
    }
  }
  return median(std::move(averages));
}

std::optional<MannWhitney> mann_whitney(std::span<const double> first,
                                        std::span<const double> second, double alpha) {
  if (first.empty() || second.empty()) return std::nullopt;
  std::vector<double> differences;
  for (const double a : first) {
    for (const double b : second) differences.push_back(difference(b, a));
  }
  std::ranges::sort(differences);
  const Counts counts = count_pairs(first, second);
  const auto m = static_cast<double>(first.size());
  const auto n = static_cast<double>(second.size());
  MannWhitney result;
  result.shift = median(differences);
  std::size_t cut = 0;  // differences to leave out at each end
  if (first.size() <= kMostExact && second.size() <= kMostExact) {
    const std::vector<double> ways = mann_whitney_ways(first.size(), second.size());
    double all = 0;
    for (const double way : ways) all += way;
    double tail = 0;
    while (cut < ways.size() && (tail + ways[cut]) / all <= alpha / 2) tail += ways[cut++];
    const std::uint64_t smaller =
        std::min(counts.above_doubled, 2 * differences.size() - counts.above_doubled) / 2;
    double below = 0;
    for (std::uint64_t u = 0; u <= smaller; ++u) below += ways[u];
    result.p = counts.tie_term > 0 ? normal_p(counts, m, n) : std::min(1.0, 2 * below / all);
  } else {
    result.p = normal_p(counts, m, n);
    const double z = boost::math::quantile(boost::math::normal(), 1 - alpha / 2);
    const double half = z * std::sqrt(m * n * (m + n + 1) / 12);
    cut = static_cast<std::size_t>(std::max(0.0, std::floor(m * n / 2 - half)));
  }
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  const bool decided = cut > 0;  // else the samples are too small for any interval
  result.low = decided ? differences[cut - 1] : -kUnbounded;
  result.high = decided ? differences[differences.size() - cut] : kUnbounded;
  return result;
}

}  // namespace squall
