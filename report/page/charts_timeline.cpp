// What happened when: loss per second and ready connections, in panels with a shared time axis, and
// the faults of the script as named bands. Pairs are drawn where they were born (intended send).
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/measure/statistics.hpp"
#include "report/page/charts.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

struct Panel {
  std::string_view title;
  TickText tick;
  // Empty: nothing to draw there.
  std::optional<double> (*value)(const TimeSlice& slice, double runs);
};

constexpr Panel kPanels[] = {
    {"lost, % of the pairs owed in that second", percent_tick,
     [](const TimeSlice& slice, double) -> std::optional<double> {
       if (slice.owed == 0) return std::nullopt;
       return static_cast<double>(slice.lost) / static_cast<double>(slice.owed);
     }},
    {"ready connections", plain_tick,
     [](const TimeSlice& slice, double runs) -> std::optional<double> {
       return static_cast<double>(slice.connected) / runs;
     }},
};

std::vector<double> values_of(const ChartContext& context, const Panel& panel) {
  std::vector<double> values;
  for (const Look& look : context.looks) {
    for (const TimeSlice& slice : look.strategy->charts.slices) {
      const auto value = panel.value(slice, runs_of(*look.strategy));
      if (value) values.push_back(*value);
    }
  }
  return values;
}

// The number of connections hardly move: the axis begins where the data does.
Scale scale_of(const std::vector<double>& values, const Panel& panel, Bounds pixels) {
  if (&panel == &kPanels[0] || values.empty()) return fitting_scale(values, pixels);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double room = std::max(1.0, (*high - *low) * 0.08);
  return Scale::linear({std::max(0.0, *low - room), *high + room}, pixels);
}

void draw_panel(Svg& svg, const ChartContext& context, const Panel& panel, const PlotArea& area,
                const Scale& time) {
  const Scale y = scale_of(values_of(context, panel), panel, area.upward());
  draw_left_axis(svg, area, y, panel.tick, "");
  svg.text({2, area.top - 18}, panel.title, {Anchor::start, 11, true, "muted"});
  std::vector<EndLabel> labels;
  for (const Look& look : context.looks) {
    std::vector<Point> points;
    const auto& slices = look.strategy->charts.slices;
    for (std::size_t i = 0; i < slices.size(); ++i) {
      const auto value = panel.value(slices[i], runs_of(*look.strategy));
      const double middle = (static_cast<double>(i) + 0.5) * context.result.timeline.slice_s;
      if (value) points.push_back({time.at(middle), y.at(*value)});
    }
    if (points.empty()) continue;
    svg.polyline(points, {look.ink, 1.6, look.dash});
    labels.push_back(
        {points.back().y, shortened(look.strategy->strategy, 19), look.ink, points.back().y});
  }
  draw_end_labels(svg, std::move(labels), area.right, {area.top - 6, area.bottom});
}

DataTable fault_table(const ChartContext& context) {
  DataTable table{{"strategy", "fault", "from", "to", "disconnections", "pairs lost",
                   "ready again p99", "never again"},
                  {},
                  2};
  const auto& spans = context.result.timeline.spans;
  for (const Look& look : context.looks) {
    const auto& faults = look.strategy->charts.faults;
    for (std::size_t i = 0; i < std::min(faults.size(), spans.size()); ++i) {
      table.rows.push_back({look.strategy->strategy, faults[i].label,
                            seconds_tick(spans[i].begin_s), seconds_tick(spans[i].end_s),
                            grouped(faults[i].disconnects), grouped(faults[i].pairs_lost),
                            faults[i].ready_again_p99 ? shown(faults[i].ready_again_p99, "ns")
                                                      : "nobody was cut off",
                            grouped(faults[i].never_again)});
    }
  }
  return table;
}

// Without faults: at most 30 rows of loss over time.
DataTable loss_table(const ChartContext& context) {
  constexpr std::size_t kRows = 30;
  DataTable table{{"from", "to"}, {}, 0};
  std::size_t slices = 0;
  for (const Look& look : context.looks) {
    table.head.push_back(look.strategy->strategy + ", lost");
    slices = std::max(slices, look.strategy->charts.slices.size());
  }
  const std::size_t step = std::max<std::size_t>(1, (slices + kRows - 1) / kRows);
  const double width = context.result.timeline.slice_s;
  for (std::size_t first = 0; first < slices; first += step) {
    const std::size_t end = std::min(slices, first + step);
    std::vector<std::string> row{seconds_tick(static_cast<double>(first) * width),
                                 seconds_tick(static_cast<double>(end) * width)};
    for (const Look& look : context.looks) {
      std::uint64_t owed = 0, lost = 0;
      const auto& all = look.strategy->charts.slices;
      for (std::size_t i = first; i < std::min(end, all.size()); ++i) {
        owed += all[i].owed;
        lost += all[i].lost;
      }
      row.push_back(owed == 0
                        ? "nothing owed"
                        : shown(static_cast<double>(lost) / static_cast<double>(owed), "ratio"));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string zoom_of(const ChartContext& context) {
  Json zoom{{"axis", "seconds"}, {"panels", Json::array()}, {"bands", Json::array()}};
  std::size_t slices = 0;
  for (const Look& look : context.looks) {
    slices = std::max(slices, look.strategy->charts.slices.size());
  }
  Json& x = zoom["x"] = Json::array();
  for (std::size_t i = 0; i < slices; ++i) {
    x.push_back((static_cast<double>(i) + 0.5) * context.result.timeline.slice_s);
  }
  for (const Panel& panel : kPanels) {
    const double scale = &panel == &kPanels[0] ? 100 : 1;
    Json series = Json::array();
    for (const Look& look : context.looks) {
      Json values = Json::array();
      for (const TimeSlice& slice : look.strategy->charts.slices) {
        const auto value = panel.value(slice, runs_of(*look.strategy));
        values.push_back(value ? Json(std::round(*value * scale * 1e4) / 1e4) : Json());
      }
      values.get_ref<Json::array_t&>().resize(slices);
      series.push_back({{"name", look.strategy->strategy},
                        {"ink", look.ink},
                        {"dash", look.dash},
                        {"values", std::move(values)}});
    }
    zoom["panels"].push_back({{"title", panel.title},
                              {"scale", &panel == &kPanels[0] ? "spread" : "linear"},
                              {"series", series}});
  }
  for (const TimelineSpan& span : context.result.timeline.spans) {
    zoom["bands"].push_back({{"label", span.label}, {"from", span.begin_s}, {"to", span.end_s}});
  }
  return zoom.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The worst second of any strategy.
std::string finding_of(const ChartContext& context) {
  double worst = 0;
  std::string text = "No pair was lost in any second.";
  for (const Look& look : context.looks) {
    const auto& slices = look.strategy->charts.slices;
    const double total = mean_of(*look.strategy, "loss.intent").value_or(0);
    for (std::size_t i = 0; i < slices.size(); ++i) {
      if (slices[i].owed == 0) continue;
      const double share =
          static_cast<double>(slices[i].lost) / static_cast<double>(slices[i].owed);
      // How far a second stands out; a strategy that always loses as much has no worst second.
      if (share - total <= worst) continue;
      worst = share - total;
      text = "The loss that stands out most: " + look.strategy->strategy + ", " +
             shown(share, "ratio") + " of what was owed at " +
             seconds_tick(static_cast<double>(i) * context.result.timeline.slice_s) + ", against " +
             shown(total, "ratio") + " over all of measure.";
    }
  }
  return text;
}

}  // namespace

Chart timeline_chart(const ChartContext& context) {
  std::size_t slices = 0;
  for (const Look& look : context.looks) {
    slices = std::max(slices, look.strategy->charts.slices.size());
  }
  if (slices < 2) return left_out("The run is too short for a series over time (two seconds).");
  const Timeline& timeline = context.result.timeline;
  const double width = static_cast<double>(slices) * timeline.slice_s;
  const PlotArea upper{64, 52, kChartWidth - 136, 176}, lower{64, 222, kChartWidth - 136, 300};
  const Scale time = Scale::linear({0, width}, upper.across());
  Svg svg(context.prefix + "timeline", kChartWidth, 340);
  draw_fault_bands(svg, upper, time, timeline, true);
  draw_fault_bands(svg, lower, time, timeline, false);
  draw_panel(svg, context, kPanels[0], upper, time);
  draw_panel(svg, context, kPanels[1], lower, time);
  draw_bottom_axis(svg, lower, time, seconds_tick, "since the start of measure");

  Chart chart;
  chart.finding = finding_of(context);
  chart.svg = svg.element("Loss and ready connections over time", chart.finding);
  chart.notes = {"Sums over all seeds, " + std::to_string(timeline.slice_s) +
                 " s per point. Latency and frames in flight per second are not recorded."};
  chart.table = timeline.spans.empty() ? loss_table(context) : fault_table(context);
  chart.zoom = zoom_of(context);
  return chart;
}

}  // namespace squall
