// The matrix strategy by scenario: loss above p99 in each cell, shaded by rank within the scenario.
// Every value is printed, so the shade is never the only carrier.
#include <fmt/core.h>
#include <algorithm>
#include <cmath>

#include "report/page/charts.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr double kCell = 44;

std::vector<std::string> strategies_of(std::span<const Result> results) {
  std::vector<std::string> names;
  for (const Result& result : results) {
    for (const StrategyResult& strategy : result.strategies) {
      if (std::find(names.begin(), names.end(), strategy.strategy) == names.end()) {
        names.push_back(strategy.strategy);
      }
    }
  }
  return names;
}

const StrategyResult* strategy_named(const Result& result, const std::string& name) {
  for (const StrategyResult& strategy : result.strategies) {
    if (strategy.strategy == name) return &strategy;
  }
  return nullptr;
}

// 0: nobody loses less; 1: everybody does. Equal losses share a rank.
double rank_of(const Result& result, double loss) {
  std::size_t better = 0, others = 0;
  for (const StrategyResult& strategy : result.strategies) {
    const auto other = mean_of(strategy, "loss.intent");
    if (!other) continue;
    ++others;
    if (*other < loss) ++better;
  }
  return others < 2 ? 0 : static_cast<double>(better) / static_cast<double>(others - 1);
}

void draw_cell(Svg& svg, const Result& result, const StrategyResult* strategy, const Box& box) {
  const auto loss = strategy == nullptr ? std::nullopt : mean_of(*strategy, "loss.intent");
  svg.frame(box, {"grid", 1});
  const Point middle{box.x + box.width / 2, box.y + box.height / 2};
  if (!loss) {
    svg.text({middle.x, middle.y + 4}, strategy == nullptr ? "not run" : "no data",
             {Anchor::middle, 11, false, "muted"});
    return;
  }
  svg.rect(box, "heat", 0.02 + 0.3 * rank_of(result, *loss));
  svg.text({middle.x, middle.y - 3}, shown(loss, "ratio"), {Anchor::middle, 12, true, "fg"});
  const auto p99 = mean_of(*strategy, "latency.obliged.p99");
  svg.text({middle.x, middle.y + 13}, "p99 " + shown(p99, "ns"), {Anchor::middle, 11, false, "fg"});
}

std::string finding_of(std::span<const Result> results) {
  std::string text;
  for (const Result& result : results) {
    const Comparison comparison = compare_strategies(result, {});
    if (comparison.strategies.empty()) continue;
    const StrategyResult& best = *comparison.strategies.front();
    if (!mean_of(best, "loss.intent")) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "Least loss: " : "; ", result.scenario_name,
                        best.strategy);
    const auto equals =
        std::count_if(comparison.strategies.begin() + 1, comparison.strategies.end(),
                      [&](const StrategyResult* other) {
                        return mean_of(*other, "loss.intent") == mean_of(best, "loss.intent");
                      });
    if (equals > 0) text += fmt::format(" and {} more", equals);
  }
  return text.empty() ? text : text + ".";
}

}  // namespace

Chart matrix_chart(std::span<const Result> results) {
  Chart chart;
  if (results.size() < 2) {
    chart = left_out("This page holds one scenario; several in one report make the matrix.");
  } else {
    const std::vector<std::string> names = strategies_of(results);
    const auto columns = static_cast<double>(results.size());
    const double width = std::max(86.0, (kChartWidth - kNamesWidth) / columns);
    Svg svg("matrix", kNamesWidth + width * columns + 2,
            44 + kCell * static_cast<double>(names.size()));
    chart.table.head = {"strategy", "scenario", "lost", "p99 over owed pairs"};
    chart.table.words = 2;
    for (std::size_t row = 0; row < names.size(); ++row) {
      const double y = 34 + kCell * static_cast<double>(row);
      svg.text({kNamesWidth - 8, y + kCell / 2 + 4}, shortened(names[row], 18), {Anchor::end});
      for (std::size_t column = 0; column < results.size(); ++column) {
        const double x = kNamesWidth + width * static_cast<double>(column);
        const Result& result = results[column];
        const StrategyResult* strategy = strategy_named(result, names[row]);
        if (row == 0) {
          const auto fits = static_cast<std::size_t>(width / 7);
          svg.text({x + width / 2, 24}, shortened(result.scenario_name, fits),
                   {Anchor::middle, 11, true, "fg"});
        }
        draw_cell(svg, result, strategy, {x, y, width, kCell});
        if (strategy == nullptr) continue;
        chart.table.rows.push_back({names[row], result.scenario_name,
                                    shown(mean_of(*strategy, "loss.intent"), "ratio"),
                                    shown(mean_of(*strategy, "latency.obliged.p99"), "ns")});
      }
    }
    chart.finding = finding_of(results);
    chart.svg = svg.element("Loss and p99 by strategy and scenario", chart.finding);
    chart.notes = {
        "Lost share of owed pairs above, p99 over owed pairs below; darker is a worse "
        "rank within the scenario."};
  }
  chart.id = "matrix";
  chart.title = "Which strategy for which scenario?";
  return chart;
}

}  // namespace squall
