// The metric registry: every number squall can judge or print, one visible table (metrics.cpp).
//
// A metric is a pure function of the Measures of one run: what belongs to measure, and no more
// (sim/record/window.hpp). Expectations, the result file, every renderer and
// the generated reference read the same table; there is no second list of names.
// How a value is computed stands in metric_values.hpp and the metrics_*.cpp files.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sim/record/histogram.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

enum class Better : std::uint8_t { lower, higher, neither };

// Narrows a metric to one traffic class and to the messages born inside or outside one span of the
// script. `during` and `outside` are indices of labelled spans: bits of SpanMask, indices of
// RunRecord::faults.
struct Filter {
  std::optional<std::uint16_t> traffic;
  std::optional<unsigned> during;
  std::optional<unsigned> outside;
};

// What a metric's value function is asked.
struct Question {
  const Measures& run;
  const Filter& filter;
};

// A quantile as parts of 10 000, so that ranks are exact integers: 9900 is p99, 10000 the maximum.
using Quantile = std::uint32_t;
inline constexpr Quantile kWhole = 10000;

// What a metric is a quantile of, in one run or in several together.
struct Spread {
  Histogram seen;
  std::uint64_t missing = 0;     // samples that never came: infinitely late
  bool zero_when_empty = false;  // that nothing was there is a measurement of zero

  std::uint64_t samples() const { return seen.count() + missing; }
  void merge(const Spread& other);
  // Empty without samples; infinite when it falls on one that never came.
  std::optional<double> at(Quantile quantile) const;
};

struct MetricRow {
  std::string_view name;  // e.g. "latency.obliged.p99"
  std::string_view unit;  // ns, bytes/s, ratio, 1
  Better better = Better::neither;
  bool per_traffic = false;  // may be asked for one traffic class
  bool per_span = false;     // may be asked during or outside a labelled span
  bool has_closed_form = false;
  std::string_view meaning;  // one sentence
  std::optional<double> (*value)(const Question& question) = nullptr;
  // Of a quantile instead of `value`: the samples, empty without data. Those of several runs are
  // merged before the quantile is taken (pooled.hpp).
  std::optional<Spread> (*spread)(const Question& question) = nullptr;
  Quantile quantile = 0;
};

std::span<const MetricRow> metric_rows();              // in report order
const MetricRow* metric_named(std::string_view name);  // nullptr when unknown

// The value of one metric in one run, in the metric's unit, rounded as everything that is stored
// (statistics.hpp). Empty: the run has no data for it. Infinity is a value: the quantile falls on
// a pair that never arrived. A part of the filter that the metric does not know is ignored; the
// loader refuses such an expectation before the run.
//
// `spread_of` is empty for what is no quantile, too.
std::optional<Spread> spread_of(const MetricRow& metric, const Measures& run,
                                const Filter& filter = {});
std::optional<double> measure(const MetricRow& metric, const Measures& run,
                              const Filter& filter = {});

}  // namespace squall
