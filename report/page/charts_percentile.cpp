// The percentile curve: within which time had 50, 90, 99 ... % of all owed pairs arrived.
//
// x is 1 / (1 - p) on a logarithmic axis, so each decade of the tail is equally wide. A lost pair
// is infinitely late: the curve of a strategy that loses 2 % leaves the plot at p98.
#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/measure/expectation.hpp"
#include "report/measure/statistics.hpp"
#include "report/page/charts.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

struct Tail {
  double beyond;  // 1 / (1 - p)
  std::string_view text;
  std::uint32_t of_million;
};
constexpr Tail kTails[] = {{2, "50 %", 500'000},      {10, "90 %", 900'000},
                           {100, "99 %", 990'000},    {1000, "99.9 %", 999'000},
                           {1e4, "99.99 %", 999'900}, {1e5, "99.999 %", 999'990}};
constexpr double kFirstBeyond = 1.5;

double beyond(const LatencyPoint& point) { return 1e6 / (1e6 - point.of_million); }

bool is_supported(const LatencyPoint& point, double owed) {
  return supported(point.of_million / 1e6, static_cast<std::uint64_t>(owed));
}

struct Plot {
  PlotArea area{64, 34, kChartWidth - 160, 300};
  Scale x, y;
};

// One decade further than the data supports, and the latencies seen up to there.
struct Extent {
  double last = 100, low = std::numeric_limits<double>::infinity(), high = 0;
};
Extent extent_of(const ChartContext& context) {
  Extent extent;
  for (const Look& look : context.looks) {
    const double owed = total_of(*look.strategy, "pairs.owed");
    for (const LatencyPoint& point : look.strategy->charts.curve) {
      if (is_supported(point, owed)) extent.last = std::max(extent.last, beyond(point) * 3);
    }
  }
  extent.last = std::min(extent.last, 1e5);
  for (const Look& look : context.looks) {
    for (const LatencyPoint& point : look.strategy->charts.curve) {
      if (beyond(point) < kFirstBeyond || beyond(point) > extent.last * 1.001) continue;
      if (std::isinf(point.pooled)) continue;
      extent.low = std::min(extent.low, point.lowest);
      extent.high = std::max(extent.high, std::isinf(point.highest) ? point.pooled : point.highest);
    }
  }
  return extent;
}

void draw_grid(Svg& svg, const Plot& plot, double last) {
  draw_left_axis(svg, plot.area, plot.y, latency_tick, "latency of owed pairs");
  for (const Tail& tail : kTails) {
    if (tail.beyond > last * 1.001) continue;
    const double x = plot.x.at(tail.beyond);
    svg.line({x, plot.area.top}, {x, plot.area.bottom}, {"grid", 1});
    svg.text({x, plot.area.bottom + 15}, tail.text, {Anchor::middle, 11, false, "muted"});
  }
  svg.line({plot.area.left, plot.area.bottom}, {plot.area.right, plot.area.bottom});
  svg.text({plot.area.right, plot.area.bottom + 31}, "share of owed pairs that had arrived",
           {Anchor::end, 11, false, "muted"});
}

// The limits of expectations on these very quantiles, e.g. "latency.obliged.p99 < 50ms".
void draw_limits(Svg& svg, const Plot& plot, const Result& result, double last) {
  std::vector<std::string> drawn;
  for (const Verdict& verdict : result.verdicts) {
    const std::string_view metric = parts_of(verdict.that).metric;
    constexpr std::string_view kPrefix = "latency.obliged.p";
    const auto words = std::count(verdict.that.begin(), verdict.that.end(), ' ');
    if (!metric.starts_with(kPrefix) || words != 2 || verdict.limit <= 0) continue;
    if (std::find(drawn.begin(), drawn.end(), verdict.that) != drawn.end()) continue;
    drawn.push_back(verdict.that);
    const std::string quantile = std::string(metric.substr(kPrefix.size())) + " %";
    for (const Tail& tail : kTails) {
      if (tail.text != quantile || tail.beyond > last) continue;
      const Point at{plot.x.at(tail.beyond), plot.y.at(verdict.limit)};
      svg.line({at.x - 9, at.y}, {at.x + 9, at.y}, {"bad", 2.5});
      const std::string text = "limit " + latency_tick(verdict.limit);
      const bool right = at.x + 12 + text_width(text, 11) < plot.area.right;
      svg.text({at.x + (right ? 12 : -12), at.y + 4}, text,
               {right ? Anchor::start : Anchor::end, 11, false, "bad", true});
    }
  }
}

// The curve of one strategy; its label.
EndLabel draw_curve(Svg& svg, const Plot& plot, const Look& look, double last) {
  std::vector<Point> solid, faint, upper, lower;
  EndLabel label{plot.area.top, look.strategy->strategy, look.ink, plot.area.top, false, look.dash};
  const double owed = total_of(*look.strategy, "pairs.owed");
  for (const LatencyPoint& point : look.strategy->charts.curve) {
    if (beyond(point) < kFirstBeyond || beyond(point) > last * 1.001) continue;
    const double x = plot.x.at(beyond(point));
    if (std::isinf(point.pooled)) {
      // Straight up: from here on there is no time within which that many had arrived.
      std::vector<Point>& end = faint.empty() ? solid : faint;
      if (!end.empty()) end.push_back({x, plot.area.top});
      label.from = label.y = plot.area.top;
      label.text = shortened(label.text, 14) + " ∞";
      label.swatch = true;
      break;
    }
    const Point at{x, plot.y.at(point.pooled)};
    (is_supported(point, owed) ? solid : faint).push_back(at);
    upper.push_back({x, std::isinf(point.highest) ? plot.area.top : plot.y.at(point.highest)});
    lower.push_back({x, plot.y.at(point.lowest)});
    label.from = label.y = at.y;
  }
  upper.insert(upper.end(), lower.rbegin(), lower.rend());
  svg.area(upper, look.ink, 0.14);
  if (!solid.empty() && !faint.empty()) faint.insert(faint.begin(), solid.back());
  svg.polyline(solid, {look.ink, 2, look.dash});
  svg.polyline(faint, {look.ink, 1.2, "1 3"});
  return label;
}

const LatencyPoint* point_at(const StrategyResult& strategy, std::uint32_t of_million) {
  for (const LatencyPoint& point : strategy.charts.curve) {
    if (point.of_million == of_million) return &point;
  }
  return nullptr;
}

DataTable table_of(const ChartContext& context, double last) {
  DataTable table{{"strategy"}, {}, 1};
  for (const Tail& tail : kTails) {
    if (tail.beyond > 2 && tail.beyond <= last) table.head.push_back("p" + std::string(tail.text));
  }
  for (const Look& look : context.looks) {
    if (look.strategy->charts.curve.empty()) continue;
    std::vector<std::string> row{look.strategy->strategy};
    for (const Tail& tail : kTails) {
      if (tail.beyond <= 2 || tail.beyond > last) continue;
      const LatencyPoint* point = point_at(*look.strategy, tail.of_million);
      const double owed = total_of(*look.strategy, "pairs.owed");
      row.push_back(point == nullptr             ? "no data"
                    : is_supported(*point, owed) ? shown(point->pooled, "ns")
                                                 : "too few");
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string zoom_of(const ChartContext& context, double last) {
  Json panel{{"title", "latency of owed pairs, ms"}, {"scale", "log"}, {"series", Json::array()}};
  Json x = Json::array();
  for (const Look& look : context.looks) {
    if (look.strategy->charts.curve.empty()) continue;
    const double owed = total_of(*look.strategy, "pairs.owed");
    Json values = Json::array();
    x = Json::array();
    for (const LatencyPoint& point : look.strategy->charts.curve) {
      if (beyond(point) < kFirstBeyond || beyond(point) > last * 1.001) continue;
      x.push_back(rounded(std::round(beyond(point) * 1000) / 1000));
      const bool told = !std::isinf(point.pooled) && is_supported(point, owed);
      values.push_back(told ? Json(std::round(point.pooled / 1e3) / 1e3) : Json());
    }
    panel["series"].push_back({{"name", look.strategy->strategy},
                               {"ink", look.ink},
                               {"dash", look.dash},
                               {"values", std::move(values)}});
  }
  const Json zoom{{"axis", "percentile"}, {"x", x}, {"panels", {panel}}, {"bands", Json::array()}};
  return zoom.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// How late the generators of live runs were: as large a part of every latency is theirs.
double lateness_of(const ChartContext& context) {
  std::int64_t late = 0;
  for (const Look& look : context.looks) {
    for (const LiveShare& live : look.strategy->live) late = std::max(late, live.lateness_p99_ns);
  }
  return static_cast<double>(late);
}

// One strategy at one percentile.
struct Arrival {
  std::string strategy;
  double latency;
};

// The quickest first. Empty when the pairs of any strategy do not tell this percentile.
std::vector<Arrival> arrivals_at(const ChartContext& context, std::uint32_t of_million) {
  std::vector<Arrival> all;
  for (const Look& look : context.looks) {
    const LatencyPoint* const point = point_at(*look.strategy, of_million);
    if (point == nullptr) continue;
    if (!is_supported(*point, total_of(*look.strategy, "pairs.owed"))) return {};
    all.push_back({look.strategy->strategy, point->pooled});
  }
  std::ranges::stable_sort(all, {}, &Arrival::latency);
  return all;
}

std::string need(const Arrival& one) {
  return one.strategy + " needs " +
         (std::isinf(one.latency) ? "forever: too much of it is lost" : shown(one.latency, "ns"));
}

// "At p99 a is quickest with 2 ms; b needs 3 ms."; `late` apart nobody is quicker than another.
std::string order_of(const std::vector<Arrival>& all, double late) {
  const Arrival& best = all.front();
  const auto alike = std::ranges::count_if(
      all, [&](const Arrival& one) { return one.latency <= best.latency + late; });
  const Arrival& worst = all.back();
  const bool apart = worst.latency > best.latency + late;
  std::string text;
  if (all.size() == 1) {
    text = need(best);
  } else if (alike > 1 && late > 0) {
    text = fmt::format("{} differ by less than the {} that the generator was late, and {} has {}",
                       apart ? std::to_string(alike) : "all", shown(late, "ns"), best.strategy,
                       shown(best.latency, "ns"));
  } else {
    text = best.strategy + " is quickest with " + shown(best.latency, "ns");
  }
  return text + (apart ? "; " + need(worst) : "") + ".";
}

std::string quickest_in_tail(const ChartContext& context) {
  bool told = false;
  for (const std::uint32_t wanted : {990'000U, 900'000U, 500'000U}) {
    const std::vector<Arrival> all = arrivals_at(context, wanted);
    told = told || !all.empty();
    if (all.empty() || std::isinf(all.front().latency)) continue;
    return fmt::format("At p{} {}", decimal(wanted / 1e4, 0), order_of(all, lateness_of(context)));
  }
  return told ? "Every strategy loses so much that no tail is finite."
              : "Too few pairs were owed for any percentile to be told.";
}

}  // namespace

Chart percentile_chart(const ChartContext& context) {
  const Extent extent = extent_of(context);
  if (extent.high <= 0) return left_out("No pair arrived, so there is no latency to draw.");
  Plot plot{{64, 34, kChartWidth - 160, 300},
            Scale::decades({kFirstBeyond, extent.last}, {64, kChartWidth - 160}),
            Scale::decades({extent.low * 0.9, extent.high * 1.2}, {300, 34})};
  Svg svg(context.prefix + "percentiles", kChartWidth, 340);
  draw_grid(svg, plot, extent.last);
  std::vector<EndLabel> labels;
  for (const Look& look : context.looks) {
    if (look.strategy->charts.curve.empty()) continue;
    labels.push_back(draw_curve(svg, plot, look, extent.last));
    labels.back().text = shortened(labels.back().text, 18);
  }
  draw_limits(svg, plot, context.result, extent.last);
  draw_end_labels(svg, std::move(labels), plot.area.right, {40, plot.area.bottom});

  Chart chart;
  chart.finding = quickest_in_tail(context);
  chart.svg = svg.element("Latency of owed pairs by percentile", chart.finding);
  chart.notes = {
      "Measured from the intended send, over owed pairs: a lost pair is infinitely late, so a "
      "curve that leaves at the top (∞) has lost the rest. Bands: lowest to highest seed. Dotted: "
      "more than the number of pairs supports. Histograms of all seeds are merged; percentiles "
      "are never averaged."};
  chart.table = table_of(context, extent.last);
  chart.zoom = zoom_of(context, extent.last);
  return chart;
}

}  // namespace squall
