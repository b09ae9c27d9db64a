// Paired differences against the strategy that loses least: interval, one dot per seed, and the
// practical margin. Shows whether a difference is larger than chance, and large enough to matter.
//
// change_forest_chart() draws the same of two runs: each strategy against itself, run before.
#include <fmt/core.h>
#include <algorithm>
#include <cmath>

#include "report/measure/pooled.hpp"
#include "report/measure/statistics.hpp"
#include "report/page/charts.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr double kForestRow = 34;
constexpr double kLossMargin = 0.0002;  // 0.02 points
constexpr double kRatioMargin = 0.02;   // 2 %

struct Paired {
  std::vector<double> seeds;  // differences, or changes as a share
  std::optional<Interval> interval;
  std::string missing;  // why there is none
};

Paired paired(const StrategyResult& one, const StrategyResult& reference, std::string_view metric,
              bool as_share) {
  Paired result;
  const MetricValues* a = find_metric(one, metric);
  const MetricValues* b = find_metric(reference, metric);
  if (a == nullptr || b == nullptr) return {{}, {}, "no data"};
  if (!supported(*a) || !supported(*b)) return {{}, {}, "too few pairs"};
  for (std::size_t i = 0; i < std::min(a->per_seed.size(), b->per_seed.size()); ++i) {
    if (!a->per_seed[i] || !b->per_seed[i]) continue;
    const double x = *a->per_seed[i], y = *b->per_seed[i];
    if (std::isinf(x) || std::isinf(y)) return {{}, {}, "∞: too much of it is lost"};
    if (as_share && y <= 0) return {{}, {}, "no data"};
    result.seeds.push_back(as_share ? x / y - 1 : x - y);
  }
  result.interval = student_interval(result.seeds);
  if (!result.interval) result.missing = "no data";
  return result;
}

std::string signed_text(double value, bool as_share) {
  const std::string text = sensible(value * 100, unicode_glyphs(), 2);
  return (value > 0 ? "+" : "") + text + (as_share ? " %" : "");
}

// What the interval says against a margin on both sides of zero.
std::string verdict_of(const Interval& interval, double margin) {
  const double low = interval.mean - interval.half_width;
  const double high = interval.mean + interval.half_width;
  if (low > margin) return "worse";
  if (high < -margin) return "better";
  if (low >= -margin && high <= margin) return "the same";
  return "not decided";
}

struct Panel {
  std::string_view title, metric;
  bool as_share;
  double margin;
  double left, right;
};
constexpr Panel kPanels[] = {
    {"more lost, points", "loss.intent", false, kLossMargin, kNamesWidth + 6, 308},
    {"p99 over owed pairs, change", "latency.obliged.p99", true, kRatioMargin, 362,
     kChartWidth - 14},
};

struct ForestRow {
  const Look* look;
  Paired values[2];
};

// Differences of loss against the least loss are hardly ever negative, but spread over decades;
// changes of latency go either way.
Scale scale_of(const Panel& panel, const std::vector<ForestRow>& rows, std::size_t index) {
  std::vector<double> values{panel.margin};
  double largest = panel.margin * 2;
  for (const ForestRow& row : rows) {
    if (!row.values[index].interval) continue;
    const Interval& interval = *row.values[index].interval;
    const double reach = std::abs(interval.mean) + interval.half_width;
    largest = std::max(largest, reach);
    values.push_back(std::max(0.0, interval.mean));
    values.push_back(reach);
  }
  const Bounds pixels{panel.left, panel.right};
  if (panel.as_share) return Scale::linear({-largest * 1.1, largest * 1.1}, pixels);
  const bool either_way = std::ranges::any_of(rows, [&](const ForestRow& row) {
    return row.values[index].interval && row.values[index].interval->mean < 0;
  });
  if (either_way) return Scale::linear({-largest * 1.1, largest * 1.1}, pixels);
  values.push_back(0);
  return fitting_scale(values, pixels);
}

std::string difference_tick(double value) { return percent_tick(value); }

void draw_row(Svg& svg, const ForestRow& row, const Panel& panel, const Scale& x, std::size_t index,
              double y) {
  const Paired& paired = row.values[index];
  if (!paired.interval) {
    svg.text({panel.left + 4, y + 4}, paired.missing, {Anchor::start, 11, false, "muted", true});
    return;
  }
  for (const double seed : paired.seeds) svg.circle({x.at(seed), y + 8}, 2, row.look->ink, 0.7);
  const double low = x.at(paired.interval->mean - paired.interval->half_width);
  const double high = x.at(paired.interval->mean + paired.interval->half_width);
  svg.line({low, y}, {high, y}, {row.look->ink, 2.2});
  svg.marker({x.at(paired.interval->mean), y}, row.look->marker, row.look->ink);
  const std::string text = signed_text(paired.interval->mean, panel.as_share);
  const double width = text_width(text, 11);
  const bool right = high + 10 + width < panel.right + 12;
  if (!right && low - 8 - width < panel.left) {  // an interval as wide as the panel: above it
    svg.text({(panel.left + panel.right) / 2, y - 6}, text,
             {Anchor::middle, 11, false, "fg", true});
    return;
  }
  svg.text({right ? high + 8 : low - 8, y + 4}, text,
           {right ? Anchor::start : Anchor::end, 11, false, "fg", true});
}

void draw_panel(Svg& svg, const std::vector<ForestRow>& rows, std::size_t index) {
  const Panel& panel = kPanels[index];
  const PlotArea area{panel.left, 30, panel.right,
                      30 + kForestRow * static_cast<double>(rows.size())};
  const Scale x = scale_of(panel, rows, index);
  const double low = x.at(panel.as_share ? -panel.margin : 0), high = x.at(panel.margin);
  svg.rect({low, area.top, high - low, area.bottom - area.top}, "margin");
  draw_bottom_axis(svg, area, x, difference_tick, "");
  svg.line({x.at(0), area.top}, {x.at(0), area.bottom}, {"axis", 1.2});
  svg.text({area.left, 18}, panel.title, {Anchor::start, 11, true, "muted"});
  double y = area.top + kForestRow / 2;
  for (const ForestRow& row : rows) {
    draw_row(svg, row, panel, x, index, y);
    y += kForestRow;
  }
}

DataTable table_of(const std::vector<ForestRow>& rows) {
  DataTable table{
      {"strategy", "more lost, points", "interval", "reads", "p99, change", "interval", "reads"},
      {},
      1};
  for (const ForestRow& row : rows) {
    std::vector<std::string> cells{row.look->strategy->strategy};
    for (std::size_t i = 0; i < std::size(kPanels); ++i) {
      const Paired& paired = row.values[i];
      if (!paired.interval) {
        cells.insert(cells.end(), {paired.missing, "none", "not decided"});
        continue;
      }
      const double mean = paired.interval->mean, half = paired.interval->half_width;
      cells.push_back(signed_text(mean, kPanels[i].as_share));
      cells.push_back(fmt::format("[{}, {}]", signed_text(mean - half, kPanels[i].as_share),
                                  signed_text(mean + half, kPanels[i].as_share)));
      cells.push_back(verdict_of(*paired.interval, kPanels[i].margin));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string finding_of(const std::vector<ForestRow>& rows, const std::string& reference) {
  std::string same, worse, open;
  for (const ForestRow& row : rows) {
    const std::string& name = row.look->strategy->strategy;
    if (!row.values[0].interval) continue;
    const std::string verdict = verdict_of(*row.values[0].interval, kLossMargin);
    std::string& list = verdict == "worse" ? worse : verdict == "not decided" ? open : same;
    list += (list.empty() ? "" : ", ") + name;
  }
  std::string text;
  if (!worse.empty())
    text += fmt::format("Loses more than {}, beyond chance and margin: {}. ", reference, worse);
  if (!same.empty()) text += "Within the margin of it: " + same + ". ";
  if (!open.empty()) text += "More replications would decide: " + open + ". ";
  if (!text.empty()) text.pop_back();
  return text;
}

std::string drawing(const std::vector<ForestRow>& rows, const std::string& prefix,
                    const std::string& title, const std::string& finding) {
  Svg svg(prefix + "forest", kChartWidth, 62 + kForestRow * static_cast<double>(rows.size()));
  for (std::size_t panel = 0; panel < std::size(kPanels); ++panel) draw_panel(svg, rows, panel);
  double y = 30 + kForestRow / 2;
  for (const ForestRow& row : rows) {
    svg.text({kNamesWidth - 8, y + 4}, shortened(row.look->strategy->strategy, 18), {Anchor::end});
    y += kForestRow;
  }
  return svg.element(title, finding);
}

}  // namespace

Chart forest_chart(const ChartContext& context) {
  if (context.looks.size() < 2) return left_out("There is no second strategy to compare with.");
  if (context.result.seeds.size() < 2) {
    return left_out(
        "One replication has no interval; run with --reps 10 to see which differences "
        "are real.");
  }
  const StrategyResult& reference = *context.looks.front().strategy;
  std::vector<ForestRow> rows;
  for (std::size_t i = 1; i < context.looks.size(); ++i) {
    ForestRow row{&context.looks[i], {}};
    for (std::size_t panel = 0; panel < std::size(kPanels); ++panel) {
      row.values[panel] =
          paired(*row.look->strategy, reference, kPanels[panel].metric, kPanels[panel].as_share);
    }
    rows.push_back(std::move(row));
  }
  Chart chart;
  chart.finding = finding_of(rows, reference.strategy);
  chart.svg = drawing(rows, context.prefix, "Paired differences against " + reference.strategy,
                      chart.finding);
  chart.notes = {"Paired by seed against " + reference.strategy +
                 ", which loses least here. Bars: 95 % intervals (Student); dots: single seeds; "
                 "shaded: the practical margin, 0.02 points of loss and 2 % of latency."};
  chart.table = table_of(rows);
  return chart;
}

Chart change_forest_chart(const ChartContext& fresh, const Result& base) {
  std::vector<ForestRow> rows;
  for (const Look& look : fresh.looks) {
    const auto before =
        std::ranges::find(base.strategies, look.strategy->strategy, &StrategyResult::strategy);
    if (before == base.strategies.end()) continue;
    ForestRow row{&look, {}};
    for (std::size_t panel = 0; panel < std::size(kPanels); ++panel) {
      row.values[panel] =
          paired(*look.strategy, *before, kPanels[panel].metric, kPanels[panel].as_share);
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return left_out("No strategy was played in both runs.");
  if (fresh.result.seeds != base.seeds) return left_out("The runs have different seeds.");
  if (base.seeds.size() < 2) return left_out("One replication has no interval (--reps 10).");
  Chart chart;
  chart.id = fresh.prefix + "forest";
  chart.title = "Is the change real?";
  chart.finding = finding_of(rows, "the run before");
  chart.svg = drawing(rows, fresh.prefix, "Changes against the run before", chart.finding);
  chart.notes = {
      "Each strategy against itself in the first run, paired by seed. Bars: 95 % "
      "intervals (Student); dots: single seeds; shaded: the practical margin."};
  chart.table = table_of(rows);
  return chart;
}

}  // namespace squall
