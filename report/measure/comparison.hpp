// The comparison of strategies as columns of text, for any renderer that prints a table.
//
// Decides what a reader sees of a Result: which metrics, in which order of strategies, with which
// digits, and which strategies no other beats. Layout is left to the renderer.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/measure/result.hpp"
#include "report/words/format.hpp"
#include "scenarios/model/problem.hpp"

namespace squall {

struct ComparisonColumn {
  std::string group;  // columns of one group stand side by side
  std::string title;
  std::string spoken;              // for block form and Markdown: "latency p99, ms"
  std::vector<std::string> cells;  // one per strategy, in Comparison::strategies order
};

inline constexpr std::string_view kMarkMeaning =
    "no other strategy is as good in loss and in cluster bytes per delivered byte, and better in "
    "one";

struct Comparison {
  // Ascending by loss.intent; strategies without that number last.
  std::vector<const StrategyResult*> strategies;
  // kMarkMeaning; nobody alone, nobody who lost all, and nobody who is advised against.
  std::vector<bool> unbeaten;
  std::vector<ComparisonColumn> columns;  // without those that have no data for any strategy

  bool marked() const { return std::ranges::find(unbeaten, true) != unbeaten.end(); }
};

struct ComparisonOptions {
  const Glyphs* glyphs = &unicode_glyphs();
  TimeUnit unit = TimeUnit::ms;
  bool intervals = true;   // "±" beside loss and p99
  bool reasons = true;     // "∞ (loss 1.7 %)"
  bool predicted = false;  // what laws say, beside what was measured
};

// Borrows the strategies of `result`.
Comparison compare_strategies(const Result& result, const ComparisonOptions& options);

// The metric's values, nullptr when the strategy has none of that name.
const MetricValues* find_metric(const StrategyResult& strategy, std::string_view metric);
// Its mean, or the pooled quantile; empty without data.
std::optional<double> mean_of(const StrategyResult& strategy, std::string_view metric);
// How many seeds have data for it.
std::size_t runs_with_data(const StrategyResult& strategy, std::string_view metric);
// The sum of its values over the seeds; 0 without data.
double total_of(const StrategyResult& strategy, std::string_view metric);

// What single faults cost, in seconds of all traffic: the titles of its columns, and a cell.
std::vector<std::string> event_titles(const Result& result);
std::string event_cell(const StrategyResult& strategy, const std::string& title,
                       const Glyphs& glyphs);

// A sentence below the table, and how grave it is.
struct Said {
  Severity severity = Severity::note;
  std::string text;
  bool operator==(const Said&) const = default;
};

// What is said of the strategies, told once when all share it, and the rule of three for those that
// lost nothing.
std::vector<Said> notes_of(const Result& result, const Glyphs& glyphs);

// "warning: ..."; a note is the sentence alone.
std::vector<std::string> in_words(const std::vector<Said>& all);

}  // namespace squall
