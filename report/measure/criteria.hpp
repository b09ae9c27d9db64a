// What tells strategies apart: one visible table of criteria, and when a difference counts.
//
// Lower is better in all of them. A difference counts beyond the margins and when the seeds do not
// leave it in doubt; loss by its ratio alone. Traffic is held against what was delivered, so that
// a lost message is no saving. The marks of the comparison and the advice ask nobody else.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "report/measure/result.hpp"

namespace squall {

struct Criterion {
  std::string_view metric;  // empty: connections per client, which the scenario says
  std::string_view unit;
  std::string_view noun;   // "traffic inside the cluster"
  std::string_view fewer;  // "less", "fewer"
  double floor;            // differences up to this one are equal, beside the relative margin
  bool per_delivered = false;
};

inline constexpr double kMarginRelative = 0.02;
inline constexpr double kMuchLost = 0.05;
inline constexpr double kMuchMore = 2;  // times the least
inline constexpr std::size_t kLossCriterion = 0, kClusterCriterion = 1;

std::span<const Criterion> criteria();  // loss first

// One strategy by one criterion.
struct Standing {
  std::optional<double> value;  // as the tables print it
  double compared = 0;          // what is held against others: per delivered byte, where that is so
  std::vector<double> per_seed;     // of `compared`; empty where seeds cannot be paired
  std::optional<double> low, high;  // of a pooled quantile
  double blur = 0;                  // how late the generator of a live run was
  std::optional<double> events;     // how many lost messages stand behind it
};

struct Field {
  std::vector<const StrategyResult*> strategies;
  std::vector<std::vector<Standing>> standings;  // [strategy][criterion]

  const Standing& at(std::size_t strategy, std::size_t criterion) const {
    return standings[strategy][criterion];
  }
  // Measured for both, and more than `than` has, beyond margins and doubt.
  bool worse(std::size_t criterion, std::size_t strategy, std::size_t than) const;
  bool equal_loss(std::size_t a, std::size_t b) const;
  std::size_t least() const;  // the one that loses least, by the numbers
  // Loses much, and so many times as much as the best: advised against, and marked by nothing.
  bool heavy(std::size_t strategy) const;
};

// A backlog grew during measure: how late things are depends on the length of the run.
bool is_unstable(const StrategyResult& strategy);

// In the order of the comparison. Borrows the strategies of `result`.
Field field_of(const Result& result, std::span<const StrategyResult* const> strategies);

}  // namespace squall
