// A metric over several replications; of a quantile: that of all their samples together.
//
// A quantile is taken of the merged histograms, never averaged over the seeds. Its interval comes
// from resampling the seeds: a value belongs to it when a studentized bootstrap does not refute
// that this share of all samples lies below it (tests/long/quantile_interval_test.cpp measures
// what it covers). Below kFewestSeeds no method was found that covers what it says: no interval.
#pragma once

#include <optional>
#include <span>

#include "report/measure/metrics.hpp"
#include "report/measure/result.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

inline constexpr std::size_t kFewestSeeds = 10;

// `spreads` by seed; empty where a seed has no data. Empty when none has.
std::optional<Pooled> pooled(Quantile quantile, std::span<const std::optional<Spread>> spreads);

// The values of all seeds, and the pooled one of a quantile.
MetricValues measure_over(const MetricRow& metric, std::span<const RunRecord> records,
                          const Filter& filter = {});

// Whether the samples can tell this quantile (samples_needed() in statistics.hpp). The one rule for
// every table, page and sentence. Whatever is no quantile, and a maximum, is always told.
bool supported(const MetricValues& values);

}  // namespace squall
