// Loss against cluster traffic: one point per strategy, and the front no other strategy beats.
// Labels stand at the points; the first free place of four is taken.
#include <fmt/core.h>
#include <algorithm>
#include <cmath>

#include "report/page/charts.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

struct Spot {
  const Look* look;
  Summary loss, bytes;
  Point at;
};

bool overlap(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

std::vector<Spot> spots_of(const ChartContext& context) {
  std::vector<Spot> spots;
  for (const Look& look : context.looks) {
    const MetricValues* loss = find_metric(*look.strategy, "loss.intent");
    const MetricValues* bytes = find_metric(*look.strategy, "bytes.cluster.rate");
    if (loss == nullptr || bytes == nullptr) continue;
    const Spot spot{&look, summarize(*loss), summarize(*bytes), {}};
    if (!spot.loss.no_data && !spot.bytes.no_data) spots.push_back(spot);
  }
  return spots;
}

// Beside the point, then beside it further up or down; the first place that hits nothing.
void draw_label(Svg& svg, const Spot& spot, const PlotArea& area, std::vector<Box>& taken) {
  const std::string text = shortened(spot.look->strategy->strategy, 22);
  const double width = text_width(text);
  const double right = spot.at.x + 9, left = spot.at.x - 9 - width;
  Box box{std::min(right, kChartWidth - width), spot.at.y - 7, width, 14};
  for (const double rise : {0, 15, -15, 30, -30, 45, 60, 75, 90}) {
    for (const double x : {right, left, spot.at.x - width / 2}) {
      const Box wanted{x, spot.at.y - 7 - rise, width, 14};
      const bool inside = wanted.x >= area.left && wanted.x + width <= kChartWidth &&
                          wanted.y >= area.top - 16 && wanted.y + 14 <= area.bottom + 4;
      const bool free = std::none_of(taken.begin(), taken.end(),
                                     [&](const Box& other) { return overlap(wanted, other); });
      if (!inside || !free) continue;
      taken.push_back(wanted);
      svg.text({wanted.x, wanted.y + 11}, text, {.halo = true});
      return;
    }
  }
  taken.push_back(box);
  svg.text({box.x, box.y + 11}, text, {.halo = true});
}

void draw_front(Svg& svg, const std::vector<Spot>& spots, const Comparison& comparison) {
  std::vector<Point> front;
  for (const Spot& spot : spots) {
    const auto place =
        std::find(comparison.strategies.begin(), comparison.strategies.end(), spot.look->strategy);
    if (comparison.unbeaten[static_cast<std::size_t>(place - comparison.strategies.begin())]) {
      front.push_back(spot.at);
    }
  }
  std::sort(front.begin(), front.end(), [](Point a, Point b) { return a.x < b.x; });
  std::vector<Point> steps;
  for (const Point& point : front) {
    if (!steps.empty()) steps.push_back({point.x, steps.back().y});
    steps.push_back(point);
  }
  svg.polyline(steps, {"muted", 1.2, "3 3"});
}

void draw_error_bars(Svg& svg, const Spot& spot, const Scale& x, const Scale& y) {
  const LineStyle style{spot.look->ink, 1.2};
  if (spot.loss.low && spot.loss.high && *spot.loss.high > *spot.loss.low) {
    svg.line({spot.at.x, y.at(std::max(0.0, *spot.loss.low))}, {spot.at.x, y.at(*spot.loss.high)},
             style);
  }
  if (spot.bytes.low && spot.bytes.high && *spot.bytes.high > *spot.bytes.low) {
    svg.line({x.at(std::max(0.0, *spot.bytes.low)), spot.at.y}, {x.at(*spot.bytes.high), spot.at.y},
             style);
  }
}

std::string finding_of(const Comparison& comparison) {
  std::string text = "Not beaten on both loss and cluster traffic: ";
  bool first = true;
  for (std::size_t i = 0; i < comparison.strategies.size(); ++i) {
    if (!comparison.unbeaten[i]) continue;
    const StrategyResult& strategy = *comparison.strategies[i];
    text += fmt::format("{}{} ({} lost at {})", first ? "" : ", ", strategy.strategy,
                        shown(mean_of(strategy, "loss.intent"), "ratio"),
                        shown(mean_of(strategy, "bytes.cluster.rate"), "bytes/s"));
    first = false;
  }
  return first ? "" : text + ".";
}

}  // namespace

Chart tradeoff_chart(const ChartContext& context) {
  std::vector<Spot> spots = spots_of(context);
  if (spots.size() < 2) return left_out("A trade-off needs at least two strategies with data.");
  const PlotArea area{64, 34, kChartWidth - 40, 300};
  std::vector<double> losses, bytes;
  for (const Spot& spot : spots) {
    losses.push_back(spot.loss.mean);
    bytes.push_back(spot.bytes.mean);
  }
  const Scale x = fitting_scale(bytes, area.across()), y = fitting_scale(losses, area.upward());
  const Comparison comparison = compare_strategies(context.result, {});

  Chart chart;
  Svg svg(context.prefix + "tradeoff", kChartWidth, 340);
  draw_left_axis(svg, area, y, percent_tick, "lost, % of owed pairs");
  draw_bottom_axis(svg, area, x, rate_tick, "bytes between nodes, broker and registry");
  std::vector<Box> taken;
  for (Spot& spot : spots) {
    spot.at = {x.at(spot.bytes.mean), y.at(spot.loss.mean)};
    taken.push_back({spot.at.x - 6, spot.at.y - 6, 12, 12});
  }
  draw_front(svg, spots, comparison);
  for (const Spot& spot : spots) {
    draw_error_bars(svg, spot, x, y);
    svg.marker(spot.at, spot.look->marker, spot.look->ink);
  }
  for (const Spot& spot : spots) draw_label(svg, spot, area, taken);

  chart.finding = finding_of(comparison);
  chart.svg = svg.element("Loss against cluster traffic, by strategy", chart.finding);
  chart.notes = {
      "Lower left is better. Bars are 95 % intervals over replications; the dashed line joins the "
      "strategies with the mark ◆ above. When values spread over decades an axis is logarithmic, "
      "with zero set apart."};
  chart.table.head = {"strategy", "lost", "95 % interval", "cluster traffic"};
  for (const Spot& spot : spots) {
    const auto part = [](const std::optional<double>& value) { return shown(value, "ratio"); };
    chart.table.rows.push_back(
        {spot.look->strategy->strategy, shown(spot.loss.mean, "ratio"),
         spot.loss.low ? part(spot.loss.low) + " to " + part(spot.loss.high) : "one replication",
         shown(spot.bytes.mean, "bytes/s")});
  }
  return chart;
}

}  // namespace squall
