// Playing scenarios in tests: built-in ones made smaller, several seeds, and comparing with a law.
//
// No command line, no files: the loader, the engine and the metric table only. A law and a run are
// compared over replications; every seed is fixed, so a test says the same every time.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/measure/metrics.hpp"
#include "report/measure/statistics.hpp"
#include "scenarios/model/library.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/presets.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {

inline Scenario loaded(const std::string& text, const std::vector<Override>& overrides = {}) {
  const LoadResult result = load(text, overrides);
  EXPECT_TRUE(result.scenario) << render(result.problems, text);
  return result.scenario ? *result.scenario : Scenario{};
}

// A scenario of the library, as `squall run NAME --set ...` would play it.
inline Scenario built_in(std::string_view name, const std::vector<Override>& overrides = {}) {
  for (const LibraryFile& file : scenario_library()) {
    if (file.name == name) return loaded(std::string(file.text), overrides);
  }
  ADD_FAILURE() << "no built-in scenario is called " << name;
  return {};
}

inline StrategySpec strategy(std::string_view name) {
  const PresetRow* row = preset_named(name);
  EXPECT_NE(row, nullptr) << name;
  return row == nullptr ? StrategySpec{} : row->spec;
}

// Every preset, not only the default ones, that this cluster has nodes enough for.
inline std::vector<StrategySpec> presets_for(const Scenario& scenario) {
  std::vector<StrategySpec> specs;
  for (const PresetRow& row : presets()) {
    if (row.spec.connections <= scenario.cluster.nodes.count) specs.push_back(row.spec);
  }
  return specs;
}

// The value of one metric; NaN when the run has no data for it.
inline double value(std::string_view metric, const RunRecord& run, const Filter& filter = {}) {
  return measure(*metric_named(metric), run, filter)
      .value_or(std::numeric_limits<double>::quiet_NaN());
}

// Plays once per seed 1..count and collects what `read` makes of each record.
template <typename Read>
std::vector<double> over_seeds(const Scenario& scenario, const StrategySpec& spec,
                               std::uint64_t count, Read read) {
  std::vector<double> values;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const RunRecord run = play(scenario, spec, seed);
    EXPECT_TRUE(complete(run)) << spec.name << " seed " << seed;
    values.push_back(read(run));
  }
  return values;
}

inline std::vector<double> metric_over_seeds(const Scenario& scenario, const StrategySpec& spec,
                                             std::uint64_t count, std::string_view metric,
                                             const Filter& filter = {}) {
  return over_seeds(scenario, spec, count,
                    [&](const RunRecord& run) { return value(metric, run, filter); });
}

// The law lies in the 99.9 % interval of the replications (twice the 95 % one, for 10 seeds), and
// that interval is no wider than `precision` of the law, so that a wrong law would be noticed.
inline ::testing::AssertionResult agrees(std::span<const double> values, double law,
                                         double precision) {
  constexpr double kRoundingError = 1e-11;
  const auto interval = student_interval(values);
  if (!interval) return ::testing::AssertionFailure() << "no interval of these values";
  const double width = 2 * interval->half_width;
  const auto told = [&](::testing::AssertionResult result) {
    return result << "measured " << interval->mean << " +- " << width << ", law " << law;
  };
  if (width > precision * law) return told(::testing::AssertionFailure()) << ": too imprecise";
  if (std::abs(interval->mean - law) <= width + kRoundingError * law) {
    return told(::testing::AssertionSuccess());
  }
  return told(::testing::AssertionFailure());
}

// Nothing is said in the first two seconds of measure and in the last five: no frame crosses an
// edge of the window, so what was sent in it is exactly what was born in it.
inline void silence_edges(Scenario& scenario) {
  const auto silence = [&](Time from, Time to) {
    for (const Traffic& traffic : scenario.traffic) {
      ScriptStep step;
      step.verb = Verb::flash;
      step.at = from;
      step.lasts = to - from;
      step.traffic = traffic.name;
      step.times = 0;
      step.label = "silence-" + std::to_string(scenario.script.size());
      scenario.script.push_back(step);
    }
  };
  silence(-scenario.time.warmup, 2s);
  silence(scenario.time.measure - 5s, scenario.time.measure);
  std::ranges::stable_sort(scenario.script, {}, &ScriptStep::at);
}

inline Bytes bytes_of(const RunRecord& run, Link link, BytePurpose purpose) {
  return run.bytes[static_cast<std::size_t>(link)].sent[static_cast<std::size_t>(purpose)];
}

// Of all purposes.
inline Bytes bytes_of(const RunRecord& run, Link link) {
  Bytes sum = 0;
  for (const Bytes bytes : run.bytes[static_cast<std::size_t>(link)].sent) sum += bytes;
  return sum;
}

struct Totals {
  std::uint64_t messages = 0, owed = 0, lost = 0;
};
inline Totals totals(const RunRecord& run) {
  Totals sum;
  for (const Cell& cell : run.cells) {
    sum.messages += cell.messages;
    sum.owed += cell.owed;
    sum.lost += cell.lost;
  }
  return sum;
}

// Pairs lost to one mechanism.
inline std::uint64_t lost_by(const RunRecord& run, Mechanism mechanism) {
  std::uint64_t pairs = 0;
  for (const LossRow& row : run.losses) pairs += row.mechanism == mechanism ? row.pairs : 0;
  return pairs;
}

// Numbers that differ when two runs do; how many events it took is none of them.
inline std::vector<std::uint64_t> everything(const RunRecord& run) {
  const auto low = [](__int128 sum) { return static_cast<std::uint64_t>(sum); };
  std::vector<std::uint64_t> list{run.fingerprint,     run.losses.size(),  run.attempts,
                                  run.disconnects,     low(run.reachable), low(run.deaf),
                                  low(run.login_wait), low(run.ghost_ns),  run.ghost_pushes};
  const auto add = [&](const Samples& histogram) {
    for (const Histogram::Bucket& bucket : histogram.buckets()) {
      list.push_back(static_cast<std::uint64_t>(bucket.low));
      list.push_back(bucket.count);
    }
  };
  add(run.ready_again);
  for (const Cell& cell : run.cells) {
    for (const Samples* histogram : {&cell.latency, &cell.service, &cell.skew}) add(*histogram);
    for (const __int128 sum : cell.stage_sum) list.push_back(low(sum));
  }
  for (const LossRow& row : run.losses) list.push_back(row.pairs);
  for (const NodeRow& row : run.node_rows) {
    list.push_back(low(row.queue_ns));
    list.push_back(low(row.busy.count()));
  }
  return list;
}

}  // namespace squall::testing
