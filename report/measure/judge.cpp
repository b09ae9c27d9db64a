// The judge: expectation by expectation, strategy by strategy; judge.hpp has the rules.
// Measures through the metric registry only, with the filter that the expectation names.
#include "report/measure/judge.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/core.h>

#include "report/measure/expectation.hpp"
#include "report/measure/metrics.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/statistics.hpp"
#include "report/measure/too_few.hpp"
#include "report/words/format.hpp"
#include "scenarios/model/expectation.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/plan.hpp"

namespace squall {
namespace {

constexpr double kClosedFormShare = 0.02;
constexpr double kClosedFormAbsolute = 1e-9;

bool is_for(const Expectation& expectation, const std::string& strategy) {
  const auto& globs = expectation.strategies;
  return globs.empty() || std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
           return language::glob_matches(glob, strategy);
         });
}

// Empty when a name is not in the scenario, e.g. after an override took the step away.
std::optional<Filter> filter_of(const Expectation& expectation, const Scenario& scenario) {
  Filter filter;
  if (!expectation.of.empty()) {
    const auto found =
        std::find_if(scenario.traffic.begin(), scenario.traffic.end(),
                     [&](const Traffic& traffic) { return traffic.name == expectation.of; });
    if (found == scenario.traffic.end()) return std::nullopt;
    filter.traffic = static_cast<std::uint16_t>(found - scenario.traffic.begin());
  }
  const std::vector<FaultSpan> spans = fault_spans(scenario);
  const auto span_named = [&](const std::string& label) -> std::optional<unsigned> {
    const auto found = std::find_if(spans.begin(), spans.end(),
                                    [&](const FaultSpan& span) { return span.label == label; });
    if (found == spans.end()) return std::nullopt;
    return static_cast<unsigned>(found - spans.begin());
  };
  if (!expectation.during.empty()) {
    filter.during = span_named(expectation.during);
    if (!filter.during) return std::nullopt;
  }
  if (!expectation.outside.empty()) {
    filter.outside = span_named(expectation.outside);
    if (!filter.outside) return std::nullopt;
  }
  return filter;
}

std::string show(double value, std::string_view unit) {
  return with_unit(value, unit, unicode_glyphs());
}

void judge_no_data(const Expectation& expectation, const std::string& why, Verdict& verdict) {
  verdict.outcome = expectation.pass_without_data ? Outcome::pass : Outcome::no_data;
  verdict.detail = why;
  if (expectation.pass_without_data) verdict.detail += ", which this expectation allows";
}

void judge_mean(const Summary& summary, const MetricValues& values, const Expectation& expectation,
                Verdict& verdict) {
  verdict.measured = summary.mean;
  const bool passed = holds(summary.mean, expectation.op, expectation.value);
  verdict.outcome = passed ? Outcome::pass : Outcome::fail;
  const auto count =
      static_cast<std::size_t>(std::count_if(values.per_seed.begin(), values.per_seed.end(),
                                             [](const auto& value) { return value.has_value(); }));
  verdict.detail = fmt::format("{} of {} {}, limit {}", summary.pooled ? "of all samples" : "mean",
                               how_many(count, "seed"), show(summary.mean, values.unit),
                               show(expectation.value, values.unit));
}

void judge_all(const MetricValues& values, const std::vector<RunRecord>& records,
               const Expectation& expectation, Verdict& verdict) {
  std::size_t failed = 0;
  std::size_t worst = values.per_seed.size();
  for (std::size_t seed = 0; seed < values.per_seed.size(); ++seed) {
    const std::optional<double>& value = values.per_seed[seed];
    if (!value) {
      if (expectation.pass_without_data) continue;
      return judge_no_data(expectation, fmt::format("no data in seed {}", records[seed].seed),
                           verdict);
    }
    if (!holds(*value, expectation.op, expectation.value)) ++failed;
    const auto rank = [&](std::size_t index) {
      return badness(*values.per_seed[index], expectation.op, expectation.value);
    };
    if (worst == values.per_seed.size() || rank(seed) > rank(worst)) worst = seed;
  }
  verdict.measured = values.per_seed[worst];
  verdict.outcome = failed == 0 ? Outcome::pass : Outcome::fail;
  verdict.detail =
      fmt::format("{} of {} seeds fail; worst is seed {} with {}", failed, values.per_seed.size(),
                  records[worst].seed, show(*verdict.measured, values.unit));
}

void judge_closed_form(const Summary& summary, const MetricValues& values, double closed,
                       Verdict& verdict) {
  verdict.measured = summary.mean;
  verdict.limit = rounded(closed);
  const double half_width =
      summary.high ? std::max(*summary.high - summary.mean, summary.mean - *summary.low) : 0.0;
  const double allowed =
      std::max({half_width, kClosedFormShare * std::abs(closed), kClosedFormAbsolute});
  const double distance = std::abs(summary.mean - closed);
  verdict.outcome = distance <= allowed ? Outcome::pass : Outcome::fail;
  verdict.detail = fmt::format("closed form {}, measured {}, difference {}, allowed {}",
                               show(closed, values.unit), show(summary.mean, values.unit),
                               show(distance, values.unit), show(allowed, values.unit));
}

// One rule: a quantile that its samples do not tell is told by nobody.
void keep_untold(const MetricRow& metric, const MetricValues& values, Verdict& verdict) {
  if (!verdict.measured || supported(values)) return;
  const std::uint64_t needed =
      samples_needed(static_cast<double>(metric.quantile) / static_cast<double>(kWhole));
  verdict.measured = kTooFew;
  verdict.detail = fmt::format("of {} samples, where it takes {}: judged by what was seen",
                               values.pooled->samples, needed);
}

Verdict judge_one(const Scenario& scenario, const Expectation& expectation,
                  const StrategySpec& spec, const std::vector<RunRecord>& records) {
  Verdict verdict;
  verdict.that = sentence(expectation);
  verdict.strategy = spec.name;
  verdict.limit = rounded(expectation.value);
  verdict.line = expectation.line;
  verdict.column = expectation.column;

  const MetricRow* metric = metric_named(expectation.metric);
  const std::optional<Filter> filter = filter_of(expectation, scenario);
  if (metric == nullptr || !filter) {
    judge_no_data(expectation, "the run knows no such metric, label or traffic", verdict);
    return verdict;
  }
  const MetricValues values = measure_over(*metric, records, *filter);
  const Summary summary = as_seen(values);
  if (summary.no_data) {
    judge_no_data(expectation, "no data", verdict);
    return verdict;
  }
  if (expectation.op == "~") {
    const std::optional<double> closed = closed_form(expectation.metric, scenario, spec);
    if (closed) {
      judge_closed_form(summary, values, *closed, verdict);
    } else {
      judge_no_data(expectation, "no closed form for this strategy and scenario", verdict);
    }
  } else if (expectation.seeds == SeedRule::all) {
    judge_all(values, records, expectation, verdict);
  } else {
    judge_mean(summary, values, expectation, verdict);
  }
  keep_untold(*metric, values, verdict);
  return verdict;
}

// Messages were to be sent, and nobody was owed one in any seed: then no other number means
// anything, and the run must not pass, whatever it expects.
std::optional<Verdict> nothing_measured(const Scenario& scenario, const StrategySpec& spec,
                                        const std::vector<RunRecord>& records) {
  const bool speaks = !scenario.traffic.empty() ||
                      std::ranges::any_of(scenario.script,
                                          [](const auto& step) { return step.verb == Verb::send; });
  const bool asked = std::ranges::any_of(scenario.expect, [](const Expectation& expectation) {
    return expectation.metric == "pairs.owed" || expectation.metric == "messages.owed";
  });
  std::uint64_t owed = 0;
  std::uint64_t got_in = 0;
  for (const RunRecord& record : records) {
    got_in += record.established;
    for (const Cell& cell : record.cells) owed += cell.owed;
  }
  if (!speaks || asked || owed > 0 || records.empty()) return std::nullopt;
  Verdict verdict;
  verdict.that = kAnythingOwed;
  verdict.strategy = spec.name;
  verdict.outcome = Outcome::no_data;
  verdict.measured = 0;
  verdict.detail = "nothing was measured: ";
  verdict.detail += got_in == 0
                        ? fmt::format("nobody ever got in, of {}", records.front().endpoints)
                        : "no message of measure was owed to anybody";
  return verdict;
}

}  // namespace

std::vector<Verdict> judge(const Scenario& scenario, const std::vector<StrategySpec>& specs,
                           const std::vector<std::vector<RunRecord>>& records) {
  static const std::vector<RunRecord> kNothing;
  std::vector<Verdict> verdicts;
  for (const Expectation& expectation : scenario.expect) {
    for (std::size_t strategy = 0; strategy < specs.size(); ++strategy) {
      if (!is_for(expectation, specs[strategy].name)) continue;
      const auto& runs = strategy < records.size() ? records[strategy] : kNothing;
      verdicts.push_back(judge_one(scenario, expectation, specs[strategy], runs));
    }
  }
  for (std::size_t strategy = 0; strategy < std::min(specs.size(), records.size()); ++strategy) {
    const auto verdict = nothing_measured(scenario, specs[strategy], records[strategy]);
    if (verdict) verdicts.push_back(*verdict);
  }
  return verdicts;
}

}  // namespace squall
