// What the comparison shows: its cells, the order of strategies, the Pareto mark.
// How it is laid out is decided by text_comparison.cpp and markdown.cpp.
#include "report/measure/comparison.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <limits>

#include "report/measure/comparison_columns.hpp"
#include "report/measure/costs_note.hpp"
#include "report/measure/criteria.hpp"
#include "report/measure/money.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/statistics.hpp"

namespace squall {
namespace {

std::string infinite_cell(const StrategyResult& strategy, const ColumnRow& row,
                          const ComparisonOptions& options) {
  const std::string sign(options.glyphs->infinity);
  const bool explained = options.reasons && row.metric == "latency.obliged.p99";
  const std::optional<double> loss = mean_of(strategy, "loss.intent");
  if (!explained || !loss) return sign;
  return fmt::format("{} (loss {} %)", sign, sensible(*loss * 100, *options.glyphs, 2));
}

// What a law says of the metric; empty: none speaks.
std::string predicted_cell(const StrategyResult& strategy, const ColumnRow& row,
                           const ComparisonOptions& options) {
  const MetricValues* values = find_metric(strategy, row.metric);
  if (values == nullptr || !values->predicted) return "";
  return sensible(scaled(*values->predicted, row.shown, options.unit), *options.glyphs);
}

// Empty: nothing to show.
std::string cell_of(const StrategyResult& strategy, const ColumnRow& row,
                    const ComparisonOptions& options) {
  const MetricValues* values = find_metric(strategy, row.metric);
  if (values == nullptr) return "";
  const Summary summary = summarize(*values);
  if (summary.no_data) return "";
  if (std::isinf(summary.mean)) return infinite_cell(strategy, row, options);
  const double mean = scaled(summary.mean, row.shown, options.unit);
  if (row.interval && options.intervals && summary.high) {
    const double high = scaled(*summary.high, row.shown, options.unit);
    const double low = scaled(*summary.low, row.shown, options.unit);
    if (summary.pooled) return with_ends(mean, low, high, *options.glyphs);
    return with_half_width(mean, high - mean, *options.glyphs);
  }
  return sensible(mean, *options.glyphs);
}

ComparisonColumn column_of(const ColumnRow& row, const Comparison& comparison,
                           const ComparisonOptions& options) {
  ComparisonColumn column{group_of(row, options.unit, *options.glyphs),
                          std::string(row.title),
                          std::string(row.spoken),
                          {}};
  if (row.shown == Shown::latency) {
    column.spoken += ", " + std::string(name(options.unit, *options.glyphs));
  }
  for (const StrategyResult* strategy : comparison.strategies) {
    column.cells.push_back(cell_of(*strategy, row, options));
  }
  return column;
}

// Beside the column of the same metric.
ComparisonColumn predictions_of(const ColumnRow& row, const Comparison& comparison,
                                const ComparisonOptions& options, const ComparisonColumn& beside) {
  ComparisonColumn column{beside.group, "predicted", beside.spoken + ", predicted", {}};
  for (const StrategyResult* strategy : comparison.strategies) {
    column.cells.push_back(predicted_cell(*strategy, row, options));
  }
  return column;
}

bool has_data(const ComparisonColumn& column) {
  return std::any_of(column.cells.begin(), column.cells.end(),
                     [](const std::string& cell) { return !cell.empty(); });
}

ComparisonColumn dashed(ComparisonColumn column) {
  for (std::string& cell : column.cells) {
    if (cell.empty()) cell = "-";
  }
  return column;
}

bool unbeaten(const Field& field, std::size_t strategy) {
  const auto measured = [&](std::size_t i) {
    return field.at(i, kLossCriterion).value && field.at(i, kClusterCriterion).value;
  };
  if (!measured(strategy) || field.strategies.size() == 1) return false;
  if (*field.at(strategy, kLossCriterion).value >= 1 || field.heavy(strategy)) return false;
  for (std::size_t other = 0; other < field.strategies.size(); ++other) {
    bool nowhere_worse = measured(other), better = false;
    for (const std::size_t criterion : {kLossCriterion, kClusterCriterion}) {
      nowhere_worse = nowhere_worse && !field.worse(criterion, other, strategy);
      better = better || field.worse(criterion, strategy, other);
    }
    if (nowhere_worse && better) return false;
  }
  return true;
}

using Sentences = std::vector<std::string> StrategyResult::*;

std::string who_says(const Result& result, Sentences where, const std::string& sentence) {
  std::string names;
  std::size_t count = 0;
  for (const StrategyResult& strategy : result.strategies) {
    const auto& all = strategy.*where;
    if (std::find(all.begin(), all.end(), sentence) == all.end()) continue;
    names += (names.empty() ? "" : ", ") + strategy.strategy;
    ++count;
  }
  return count == result.strategies.size() && count > 1 ? "all strategies" : names;
}

}  // namespace

const MetricValues* find_metric(const StrategyResult& strategy, std::string_view metric) {
  for (const MetricValues& values : strategy.metrics) {
    if (values.name == metric) return &values;
  }
  return nullptr;
}

std::optional<double> mean_of(const StrategyResult& strategy, std::string_view metric) {
  const MetricValues* values = find_metric(strategy, metric);
  if (values == nullptr) return std::nullopt;
  const Summary summary = summarize(*values);
  return summary.no_data ? std::nullopt : std::optional<double>(summary.mean);
}

std::size_t runs_with_data(const StrategyResult& strategy, std::string_view metric) {
  const MetricValues* values = find_metric(strategy, metric);
  if (values == nullptr) return 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(values->per_seed, [](const auto& value) { return value.has_value(); }));
}

double total_of(const StrategyResult& strategy, std::string_view metric) {
  const MetricValues* values = find_metric(strategy, metric);
  double total = 0;
  if (values == nullptr) return total;
  for (const std::optional<double>& value : values->per_seed) total += value.value_or(0);
  return total;
}

Comparison compare_strategies(const Result& result, const ComparisonOptions& options) {
  Comparison comparison;
  for (const StrategyResult& strategy : result.strategies) {
    comparison.strategies.push_back(&strategy);
  }
  std::stable_sort(comparison.strategies.begin(), comparison.strategies.end(),
                   [](const StrategyResult* a, const StrategyResult* b) {
                     constexpr double kLast = std::numeric_limits<double>::infinity();
                     return mean_of(*a, "loss.intent").value_or(kLast) <
                            mean_of(*b, "loss.intent").value_or(kLast);
                   });
  const Field field = field_of(result, comparison.strategies);
  for (std::size_t i = 0; i < field.strategies.size(); ++i) {
    comparison.unbeaten.push_back(unbeaten(field, i));
  }
  bool tail_shown = false;
  for (const ColumnRow& row : column_rows()) {
    // The maximum speaks only for samples too small for any tail quantile.
    if (row.metric == "latency.obliged.max" && tail_shown) continue;
    ComparisonColumn column = column_of(row, comparison, options);
    if (!has_data(column)) continue;
    tail_shown = tail_shown || row.title == "p99" || row.title == "p99.9";
    ComparisonColumn predictions = predictions_of(row, comparison, options, column);
    comparison.columns.push_back(dashed(std::move(column)));
    if (!options.predicted || !has_data(predictions)) continue;
    comparison.columns.push_back(dashed(std::move(predictions)));
  }
  return comparison;
}

namespace {

// How far the generator of a live run can be believed.
std::string live_note(const StrategyResult& strategy, const LiveShare& live, const Glyphs& glyphs) {
  return fmt::format("{}: live, sent {} of {}, late by p99 {}, grey pairs {}, CPU {}",
                     strategy.strategy, grouped(live.sent), grouped(live.planned),
                     with_unit(static_cast<double>(live.lateness_p99_ns), "ns", glyphs),
                     grouped(live.grey), with_unit(static_cast<double>(live.cpu_ns), "ns", glyphs));
}

// "Fewer than 3/n" over what is independent: messages, as the pairs of one share its fate; seeds,
// when the script has a fault, for that one decides over all messages of its time. Empty when
// something was lost, or nothing could be.
std::string nothing_lost(const Result& result, const StrategyResult& strategy,
                         const Glyphs& glyphs) {
  const auto owed = static_cast<std::uint64_t>(total_of(strategy, "pairs.owed"));
  const auto messages = static_cast<std::uint64_t>(total_of(strategy, "messages.owed"));
  const auto seeds = static_cast<std::uint64_t>(runs_with_data(strategy, "pairs.owed"));
  if (owed == 0 || messages == 0 || total_of(strategy, "pairs.lost") > 0) return {};
  const bool faults = !result.timeline.spans.empty();
  const std::uint64_t trials = faults ? seeds : messages;
  const std::string what =
      fmt::format("{}: 0 losses in {} pairs of {}{}{}", strategy.strategy, grouped(owed),
                  grouped(trials), faults ? " seed" : " message", trials == 1 ? "" : "s");
  const std::string why =
      faults ? "a fault decides once a seed" : "the pairs of a message share its fate";
  const double bound = rule_of_three(trials);
  if (bound >= 1) return what + " say nothing about the rate: " + why;
  return fmt::format("{} is < {} % (3/n, 95 %; {})", what, sensible(bound * 100, glyphs), why);
}

// Somebody else was there too; they changed nothing, but whose they were is worth a look.
std::string strangers_note(const StrategyResult& strategy, const StrangerRow& strangers) {
  return fmt::format(
      "{}: strangers were refused: {} connections, {} frames and {} messages that are not of this "
      "run",
      strategy.strategy, grouped(strangers.connections), grouped(strangers.frames),
      grouped(strangers.messages));
}

// Of one strategy; what others say as well is said once.
void add_said(const Result& result, const StrategyResult& strategy, std::vector<Said>& all) {
  for (const auto& [severity, where] : {std::pair{Severity::warning, &StrategyResult::warnings},
                                        std::pair{Severity::note, &StrategyResult::notes}}) {
    for (const std::string& sentence : strategy.*where) {
      const Said said{severity, who_says(result, where, sentence) + ": " + sentence};
      if (std::find(all.begin(), all.end(), said) == all.end()) all.push_back(said);
    }
  }
}

}  // namespace

std::vector<Said> notes_of(const Result& result, const Glyphs& glyphs) {
  std::vector<Said> all;
  const auto note = [&](const std::string& text) {
    if (!text.empty()) all.push_back({Severity::note, text});
  };
  for (const StrategyResult& strategy : result.strategies) {
    add_said(result, strategy, all);
    for (const LiveShare& live : strategy.live) {
      note(live_note(strategy, live, glyphs));
      if (live.strangers.all() > 0) note(strangers_note(strategy, live.strangers));
    }
    for (const std::string& why : strategy.invalid) {
      all.push_back({Severity::error, strategy.strategy + ": INVALID: " + why});
    }
  }
  note(money_note(result));
  for (const StrategyResult& strategy : result.strategies) {
    note(nothing_lost(result, strategy, glyphs));
  }
  note(costs_note(result));
  return all;
}

std::vector<std::string> in_words(const std::vector<Said>& all) {
  std::vector<std::string> sentences;
  for (const Said& said : all) {
    const bool plain = said.severity == Severity::note;
    sentences.push_back((plain ? "" : std::string(severity_name(said.severity)) + ": ") +
                        said.text);
  }
  return sentences;
}

}  // namespace squall
