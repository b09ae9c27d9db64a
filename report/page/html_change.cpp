// Several runs of one scenario on one page: the lines of the scenario that differ, then each later
// run against the first: a table of changes, a forest, and the curves of both laid over each other.
//
// Says what changed; whether it may is asked of gates (squall compare).
#include <algorithm>
#include <cmath>

#include "report/compare/change.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/statistics.hpp"
#include "report/page/html_parts.hpp"
#include "report/words/format.hpp"

namespace squall::html {
namespace {

struct ChangeRow {
  std::string_view metric, title;
};
constexpr ChangeRow kRows[] = {
    {"loss.intent", "lost"},
    {"latency.obliged.p50", "latency p50"},
    {"latency.obliged.p99", "latency p99"},
    {"bytes.client.rate", "traffic to clients"},
    {"bytes.cluster.rate", "traffic inside the cluster"},
    {"node.cpu.max", "CPU of the busiest node"},
    {"ready_again.p99", "ready again p99"},
};

std::string signed_number(double value, std::string_view unit) {
  return (value > 0 ? "+" : "") + sensible(value * 100, unicode_glyphs(), 3) + std::string(unit);
}

// Shares change by points, everything else by percent of what it was.
std::string change_words(const MetricValues& base, const MetricValues& fresh) {
  const Summary before = summarize(base), after = summarize(fresh);
  if (before.no_data || after.no_data) return "no data";
  if (std::isinf(before.mean) || std::isinf(after.mean)) {
    return before.mean == after.mean ? "the same" : "no number: one of them is infinite";
  }
  if (before.mean == after.mean) return "the same";
  if (base.unit == "ratio") return signed_number(after.mean - before.mean, " points");
  if (before.mean == 0) return "from nothing";
  return signed_number(after.mean / before.mean - 1, " %");
}

DataTable change_table(const Result& base, const Result& fresh) {
  DataTable data{{"strategy", "what", "first run", "this run", "change"}, {}, 2};
  for (const StrategyResult& strategy : fresh.strategies) {
    const auto before =
        std::ranges::find(base.strategies, strategy.strategy, &StrategyResult::strategy);
    if (before == base.strategies.end()) {
      data.rows.push_back({strategy.strategy, "not in the first run", "", "", ""});
      continue;
    }
    for (const ChangeRow& row : kRows) {
      const MetricValues* old_values = find_metric(*before, row.metric);
      const MetricValues* values = find_metric(strategy, row.metric);
      if (old_values == nullptr || values == nullptr) continue;
      if (!supported(*old_values) || !supported(*values)) continue;
      data.rows.push_back({strategy.strategy, std::string(row.title),
                           shown(mean_of(*before, row.metric), values->unit),
                           shown(mean_of(strategy, row.metric), values->unit),
                           change_words(*old_values, *values)});
    }
  }
  return data;
}

// Both runs as one result, so that every chart can draw them over each other.
Result laid_over(const Result& base, const Result& fresh, const std::string& mark) {
  Result both = fresh;
  both.strategies.clear();
  both.verdicts.clear();
  for (const auto& [run, name] : {std::pair{&base, std::string("1")}, {&fresh, mark}}) {
    for (const StrategyResult& strategy : run->strategies) {
      const Result& other = run == &base ? fresh : base;
      const auto twin =
          std::ranges::find(other.strategies, strategy.strategy, &StrategyResult::strategy);
      // What did not change at all would only hide what did.
      if (twin != other.strategies.end() && twin->fingerprints == strategy.fingerprints) continue;
      both.strategies.push_back(strategy);
      both.strategies.back().strategy = name + ": " + strategy.strategy;
    }
  }
  return both;
}

std::string scenario_lines(const Result& base, const Result& fresh) {
  DataTable data{{"in the scenario", "first run -> this run"}, {}, 2};
  for (const ScenarioDifference& one :
       scenario_differences(base.resolved_scenario, fresh.resolved_scenario)) {
    data.rows.push_back({one.pointer, one.what});
  }
  if (data.rows.empty()) return element("p", "The scenario is the same, line for line.") + "\n";
  return table(data);
}

bool nothing_played(const Result& result) {
  return std::ranges::all_of(result.strategies, [](const StrategyResult& strategy) {
    return strategy.fingerprints.empty();
  });
}

// What `squall compare` would say; changes are shown all the same, for whoever knows better.
std::string why_not_comparable(const Result& base, const Result& fresh) {
  const auto side = [](const Result& result) {
    ChangeSide made;
    made.engine = result.engine_flags.empty() ? "sim" : "live";
    made.result = result;
    return made;
  };
  ChangeSide first = side(base), later = side(fresh);
  first.name = "the first run";
  later.name = "this run";
  return compare_results(first, later, {}).not_comparable;
}

std::string one_change(const Result& base, const Result& fresh, std::size_t number) {
  const std::string mark = std::to_string(number);
  const std::string prefix = "c" + mark + "-";
  std::string text = element("h2", "Run " + mark + " against run 1") + "\n";
  text += scenario_lines(base, fresh);
  const std::string obstacle = why_not_comparable(base, fresh);
  if (!obstacle.empty()) {
    text += wrap("p", element("strong", "NOT COMPARABLE") + " " + escaped(obstacle)) + "\n";
  }
  if (nothing_played(base) || nothing_played(fresh)) {
    return text + element("p", "One of them played nothing: there is nothing to compare.") + "\n";
  }
  const Result both = laid_over(base, fresh, mark);
  if (both.strategies.empty()) {
    return text + element("p", "Every run of every strategy is identical, to the last event.") +
           "\n";
  }
  text += table(change_table(base, fresh));
  std::vector<Chart> charts;  // whether a change is real is asked of pairs alone
  if (obstacle.empty()) charts = {change_forest_chart(chart_context(fresh, prefix), base)};
  const ChartContext context = chart_context(both, prefix);
  for (const ChartRow& row : chart_rows()) {
    const bool over_time_or_tail = row.id == "percentiles" || row.id == "timeline";
    if (over_time_or_tail) charts.push_back(draw_chart(row, context));
  }
  std::string figures;
  for (const Chart& chart : charts) {
    if (!chart.svg.empty()) figures += figure(chart);
  }
  return text + wrap("div", figures, "class=\"figures\"") + "\n";
}

}  // namespace

std::string change_part(std::span<const Result> results) {
  std::string text;
  for (std::size_t i = 1; i < results.size(); ++i) {
    text += wrap("section", one_change(results.front(), results[i], i + 1)) + "\n";
  }
  return text;
}

}  // namespace squall::html
