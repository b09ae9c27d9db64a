// Builds the Result out of RunRecords: measures, sums, warns, and names what is wrong.
// How a metric is computed stands in metrics_*.cpp, how verdicts are made in judge.cpp.
#include "report/measure/measure.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <map>
#include <tuple>

#include "report/measure/judge.hpp"
#include "report/measure/metrics.hpp"
#include "report/measure/money.hpp"
#include "report/measure/open_faults.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/sha256.hpp"
#include "report/measure/statistics.hpp"
#include "report/words/format.hpp"
#include "scenarios/model/plan.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

using Records = std::vector<RunRecord>;

std::vector<MetricValues> measure_all(const Records& records, std::size_t seeds) {
  std::vector<MetricValues> metrics;
  for (const MetricRow& row : metric_rows()) {
    MetricValues values = measure_over(row, records);
    values.per_seed.resize(seeds);
    metrics.push_back(std::move(values));
  }
  return metrics;
}

std::vector<LossShare> losses_of(const Records& records, const std::vector<std::string>& triggers) {
  std::map<std::tuple<Mechanism, TriggerId, CloseReason>, LossShare> shares;
  for (const RunRecord& record : records) {
    for (const LossRow& loss : record.losses) {
      if (loss.pairs == 0) continue;
      SQUALL_CHECK(index(loss.trigger) < triggers.size());
      LossShare& share = shares[{loss.mechanism, loss.trigger, loss.reason}];
      share.mechanism = std::string(row(loss.mechanism).name);
      share.trigger = triggers[index(loss.trigger)];
      share.reason = std::string(name(loss.reason));
      share.pairs += loss.pairs;
      share.broken_promises += loss.broken_promises;
    }
  }
  std::vector<LossShare> sorted;
  for (auto& [key, share] : shares) sorted.push_back(std::move(share));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const LossShare& a, const LossShare& b) { return a.pairs > b.pairs; });
  return sorted;
}

std::vector<ByteShare> bytes_of(const Records& records) {
  std::vector<ByteShare> shares;
  for (std::size_t link = 0; link < kLinks; ++link) {
    for (std::size_t purpose = 0; purpose < kBytePurposes; ++purpose) {
      Bytes bytes = 0;
      for (const RunRecord& record : records) bytes += record.bytes[link].sent[purpose];
      if (bytes == 0) continue;
      shares.push_back({std::string(name(static_cast<Link>(link))),
                        std::string(name(static_cast<BytePurpose>(purpose))), bytes});
    }
  }
  return shares;
}

const MetricValues& metric_in(const StrategyResult& strategy, std::string_view metric) {
  const auto found = std::find_if(strategy.metrics.begin(), strategy.metrics.end(),
                                  [&](const MetricValues& v) { return v.name == metric; });
  SQUALL_CHECK(found != strategy.metrics.end());
  return *found;
}

std::vector<std::string> warnings_of(const Records& records) {
  std::vector<std::string> warnings;
  const auto unstable = std::count_if(records.begin(), records.end(),
                                      [](const RunRecord& record) { return record.unstable; });
  if (unstable > 0) {
    warnings.push_back(
        fmt::format("unstable in {} of {} replications: a backlog grew during measure, so latency "
                    "depends on the length of the run",
                    unstable, records.size()));
  }
  for (const RunRecord& record : records) {
    for (const std::string& remark : record.live.remarks) {
      if (std::ranges::find(warnings, remark) == warnings.end()) warnings.push_back(remark);
    }
  }
  return warnings;
}

// The first tail that the tables leave empty.
std::vector<std::string> notes_of(const StrategyResult& strategy) {
  for (const std::string tail : {"p50", "p90", "p99", "p99.9"}) {
    const MetricValues& values = metric_in(strategy, "latency.obliged." + tail);
    if (!values.pooled || supported(values)) continue;
    const double quantile = static_cast<double>(metric_named(values.name)->quantile) / kWhole;
    return {
        fmt::format("latency {0} and beyond are not supported by {1} owed pairs ({0} needs {2})",
                    tail, grouped(values.pooled->samples), grouped(samples_needed(quantile)))};
  }
  return {};
}

void add_problems(const std::string& strategy, const RunRecord& record,
                  std::vector<std::string>& problems) {
  const std::string who = fmt::format("{} seed {}: ", strategy, record.seed);
  for (const Violation& violation : record.violations) {
    if (violation.law == kCutShort) {
      problems.push_back(who + "cut short: " + violation.detail);
      return;  // its books cannot balance
    }
  }
  for (const Violation& violation : record.violations) {
    problems.push_back(who +
                       (violation.law == kDrain
                            ? "the drain is too short: "
                            : "the law of " + violation.law + " does not balance: ") +
                       violation.detail);
  }
  std::uint64_t unresolved = 0;
  for (const Cell& cell : record.cells) unresolved += cell.unresolved;
  if (unresolved > 0) {
    problems.push_back(fmt::format(
        "{}{} pairs are unresolved: copies of their messages had not ended", who, unresolved));
  }
  std::uint64_t unattributed = 0;
  for (const LossRow& loss : record.losses) {
    if (loss.mechanism == Mechanism::unattributed) unattributed += loss.pairs;
  }
  if (unattributed > 0) {
    problems.push_back(
        fmt::format("{}{} lost pairs have no cause: a bug in squall", who, unattributed));
  }
}

bool was_cut_short(const RunRecord& record) {
  return std::ranges::any_of(record.violations,
                             [](const Violation& one) { return one.law == kCutShort; });
}

// All strategies must have faced the same messages; a comparison is worth nothing otherwise. Half
// a run has faced half of them, and says that it is half.
void compare_arrivals(const std::vector<StrategySpec>& specs, const std::vector<Records>& records,
                      std::vector<std::string>& problems) {
  for (std::size_t strategy = 1; strategy < records.size(); ++strategy) {
    const std::size_t both = std::min(records[0].size(), records[strategy].size());
    for (std::size_t seed = 0; seed < both; ++seed) {
      const RunRecord &first = records[0][seed], &other = records[strategy][seed];
      if (first.arrivals_hash == other.arrivals_hash) continue;
      if (was_cut_short(first) || was_cut_short(other)) continue;
      problems.push_back(fmt::format("seed {}: {} and {} did not face the same arrivals",
                                     records[0][seed].seed, specs[strategy].name, specs[0].name));
    }
  }
}

std::vector<OutageShare> outages_of(const RunRecord& record,
                                    const std::vector<std::string>& triggers) {
  std::vector<OutageShare> shares;
  for (const LiveOutage& outage : record.live.outages) {
    shares.push_back({outage.what, triggers[index(outage.trigger)], outage.begin.count(),
                      (outage.end - outage.begin).count(), outage.planned.count()});
  }
  return shares;
}

std::vector<EventCost> events_of(const Scenario& scenario, const Records& records,
                                 std::size_t seeds) {
  std::vector<EventCost> events;
  const MetricRow& row = *metric_named("loss.per_event");
  for (const FaultSpan& span : fault_spans(scenario)) {
    Filter filter;
    filter.during = static_cast<unsigned>(events.size());
    EventCost& event = events.emplace_back();
    event.fault = span.label;
    event.cost = measure_over(row, records, filter);
    event.cost.per_seed.resize(seeds);
    event.per_day = rounded(span.per_day_micro / 1e6);
  }
  return events;
}

StrategyResult strategy_result(const StrategySpec& spec, const Records& records, std::size_t seeds,
                               const std::vector<std::string>& triggers) {
  StrategyResult result;
  result.strategy = spec.name;
  result.metrics = measure_all(records, seeds);
  result.loss = losses_of(records, triggers);
  result.bytes = bytes_of(records);
  for (const RunRecord& record : records) {
    result.fingerprints.push_back(hex16(record.fingerprint));
    const LiveRow& live = record.live;
    if (!live.played) continue;
    result.live.push_back({live.lateness.quantile(0.5), live.lateness.quantile(0.99), live.planned,
                           live.sent, live.grey, live.cpu.count(), outages_of(record, triggers),
                           live.strangers});
    if (!live.invalid.empty()) result.invalid.push_back(live.invalid);
  }
  result.warnings = warnings_of(records);
  result.notes = notes_of(result);
  for (std::string& open : open_faults(records, triggers)) result.notes.push_back(std::move(open));
  return result;
}

// What only some scenarios have.
void add_extras(std::vector<MetricValues> extras, std::size_t seeds, StrategyResult& result) {
  for (MetricValues& values : extras) {
    values.per_seed.resize(seeds);
    result.metrics.push_back(std::move(values));
  }
}

}  // namespace

std::string scenario_sha256(std::string text, const std::map<std::string, std::string>& beside) {
  for (const auto& [pointer, file] : beside) text += file;
  return sha256_hex(text);
}

Result make_result(const Scenario& scenario, const std::vector<StrategySpec>& specs,
                   const std::vector<std::uint64_t>& seeds,
                   const std::vector<std::vector<RunRecord>>& records) {
  SQUALL_CHECK(records.size() == specs.size());
  Result result;
  result.scenario_name = scenario.name;
  std::map<std::string, std::string> beside;
  for (const Scenario::Beside& file : scenario.beside) beside.emplace(file.pointer, file.text);
  result.scenario_sha256 = scenario_sha256(scenario.source_text, beside);
  result.resolved_scenario = scenario.resolved_json;
  result.seeds = seeds;
  const std::vector<std::string> triggers = trigger_names(scenario);
  std::vector<std::string> classes;
  for (const Traffic& traffic : scenario.traffic) classes.push_back(traffic.name);
  for (std::size_t strategy = 0; strategy < specs.size(); ++strategy) {
    const Records& runs = records[strategy];
    SQUALL_CHECK(runs.size() <= seeds.size());
    result.strategies.push_back(strategy_result(specs[strategy], runs, seeds.size(), triggers));
    StrategyResult& made = result.strategies.back();
    made.charts = chart_data(runs, triggers, classes);
    made.events = events_of(scenario, runs, seeds.size());
    add_extras(crossings_of(runs), seeds.size(), made);
    add_extras(money_of(scenario, runs), seeds.size(), made);
    if (runs.size() < seeds.size()) {
      result.problems.push_back(fmt::format("{}: only {} of {} replications were run",
                                            specs[strategy].name, runs.size(), seeds.size()));
    }
    if (!runs.empty()) result.timeline = timeline_of(runs.front(), triggers);
    for (const RunRecord& run : runs) {
      add_problems(specs[strategy].name, run, result.problems);
      result.complete = result.complete && complete(run);
    }
  }
  compare_arrivals(specs, records, result.problems);
  result.complete = result.complete && result.problems.empty();
  result.verdicts = judge(scenario, specs, records);
  return result;
}

}  // namespace squall
