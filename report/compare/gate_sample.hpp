// The values of one metric of one strategy on both sides, paired by seed. Internal to the gates.
//
// Says why a sample cannot be judged; judging it is gate.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/measure/result.hpp"

namespace squall {

struct GateSample {
  std::vector<double> base, fresh;  // of the seeds that have data on both sides, in seed order
  std::vector<double> all_base, all_fresh;  // of all seeds of a side, for unpaired statistics
  // Of a quantile when both sides played the same seeds: that of all their samples together.
  std::optional<double> base_level, fresh_level;
  std::size_t common = 0;         // seeds that both sides played
  std::size_t missing = 0;        // of them, without data on exactly one side
  std::size_t both_infinite = 0;  // left out of base and fresh: nothing can be said about them
  bool equal = false;             // every common seed has the same value, or both sides have none
};

// Empty when a side does not have the strategy or the metric; `why` says which.
std::optional<GateSample> gate_sample(const Result& base, const Result& fresh,
                                      const std::string& strategy, const std::string& metric,
                                      std::string& why);

// A sentence when `metric` is a quantile that the smallest replication does not support.
std::string unsupported_quantile(const Result& result, const std::string& strategy,
                                 const std::string& metric);

// How far apart two neighbours on the metric's scale are, as a share of the value: quantiles are
// read from histogram.hpp, whose buckets are up to 1/128 wide. 0 for exact metrics.
double resolution_of(const std::string& metric, const std::string& unit);

// The strategy of that name; nullptr when there is none.
const StrategyResult* strategy_named(const Result& result, const std::string& strategy);

}  // namespace squall
