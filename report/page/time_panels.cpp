// The panels as a drawing, and as data for the zoom layer. See time_panels.hpp.
// Pairs are drawn where they were born (intended send).
#include "report/page/time_panels.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

constexpr double kLeft = 64, kPanelsRight = kChartWidth - 136, kPanel = 104, kGap = 44;

Scale scale_of(const TimePanel& panel, Bounds pixels) {
  std::vector<double> values;
  for (const PanelLine& line : panel.lines) {
    for (const std::optional<double>& value : line.values) {
      if (value) values.push_back(*value);
    }
  }
  if (panel.axis == TimePanel::Axis::fitting || values.empty()) {
    return fitting_scale(values, pixels);
  }
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double room = std::max(1.0, (*high - *low) * 0.08);
  return Scale::linear({std::max(0.0, *low - room), *high + room}, pixels);
}

// A gap in the values is a gap in the line.
void draw_line(Svg& svg, const PanelLine& line, const Scale& time, const Scale& y, double width,
               std::vector<EndLabel>& labels) {
  std::vector<Point> points;
  std::optional<Point> last;
  const auto flush = [&] {
    if (points.size() == 1) svg.circle(points[0], 1.2, line.ink);
    if (points.size() > 1) svg.polyline(points, {line.ink, 1.6, line.dash});
    points.clear();
  };
  for (std::size_t i = 0; i < line.values.size(); ++i) {
    if (!line.values[i]) {
      flush();
      continue;
    }
    last = {time.at((static_cast<double>(i) + 0.5) * width), y.at(*line.values[i])};
    points.push_back(*last);
  }
  flush();
  if (last) labels.push_back({last->y, shortened(line.name, 19), line.ink, last->y});
}

void draw_panel(Svg& svg, const TimePanel& panel, const PlotArea& area, const Scale& time,
                double width) {
  const Scale y = scale_of(panel, area.upward());
  draw_left_axis(svg, area, y, panel.tick, "");
  svg.text({2, area.top - 14}, panel.title, {Anchor::start, 11, true, "muted"});
  std::vector<EndLabel> labels;
  for (const PanelLine& line : panel.lines) draw_line(svg, line, time, y, width, labels);
  draw_end_labels(svg, std::move(labels), area.right, {area.top - 6, area.bottom});
}

Json lanes_json(const ChartContext& context) {
  Json lanes = Json::array();
  for (const TimelineSpell& spell : context.result.timeline.spells) {
    const std::string node = fmt::format("n{}", spell.node);
    if (lanes.empty() || lanes.back()["name"] != node) {
      lanes.push_back({{"name", node}, {"spells", Json::array()}});
    }
    lanes.back()["spells"].push_back(
        {{"what", spell.what}, {"from", spell.begin_s}, {"to", spell.end_s}});
  }
  return lanes;
}

std::string zoom_of(const ChartContext& context, const std::vector<TimePanel>& panels, bool lanes) {
  const Timeline& timeline = context.result.timeline;
  const std::size_t slices = slices_of(context);
  Json zoom{{"axis", "seconds"}, {"panels", Json::array()}, {"bands", Json::array()}};
  Json& x = zoom["x"] = Json::array();
  for (std::size_t i = 0; i < slices; ++i) {
    x.push_back(std::round((static_cast<double>(i) + 0.5) * timeline.slice_s * 1e6) / 1e6);
  }
  for (const TimePanel& panel : panels) {
    Json series = Json::array();
    for (const PanelLine& line : panel.lines) {
      Json values = Json::array();
      for (const std::optional<double>& value : line.values) {
        values.push_back(value ? Json(std::round(*value * panel.factor * 1e4) / 1e4) : Json());
      }
      values.get_ref<Json::array_t&>().resize(slices);
      series.push_back({{"name", line.name},
                        {"ink", line.ink},
                        {"dash", line.dash},
                        {"values", std::move(values)}});
    }
    const bool fitting = panel.axis == TimePanel::Axis::fitting;
    zoom["panels"].push_back({{"title", panel.title},
                              {"of", panel.of},
                              {"unit", panel.unit},
                              {"scale", fitting ? "spread" : "linear"},
                              {"series", std::move(series)}});
  }
  for (const TimelineSpan& span : timeline.spans) {
    zoom["bands"].push_back({{"label", span.label}, {"from", span.begin_s}, {"to", span.end_s}});
  }
  if (lanes) zoom["lanes"] = lanes_json(context);
  return zoom.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::size_t slices_of(const ChartContext& context) {
  std::size_t slices = 0;
  for (const Look& look : context.looks) {
    slices = std::max(slices, look.strategy->charts.slices.size());
  }
  return slices;
}

std::string points_words(const Timeline& timeline) {
  return seconds_tick(timeline.slice_s) + " per point";
}

void draw_over_time(Chart& chart, const ChartContext& context, std::string_view name,
                    std::string_view meaning, const std::vector<TimePanel>& panels, bool lanes) {
  const Timeline& timeline = context.result.timeline;
  const double width = timeline.slice_s;
  const Scale time =
      Scale::linear({0, static_cast<double>(slices_of(context)) * width}, {kLeft, kPanelsRight});
  const double above = lanes ? lanes_height(context) : 0;
  const double height = above + static_cast<double>(panels.size()) * (kPanel + kGap) + 36;
  Svg svg(context.prefix + std::string(name), kChartWidth, height);
  if (above > 0) draw_lanes(svg, context, time, 4);
  PlotArea area{kLeft, 0, kPanelsRight, above - kGap / 4};
  for (const TimePanel& panel : panels) {
    area.top = area.bottom + kGap;
    area.bottom = area.top + kPanel;
    draw_fault_bands(svg, area, time, timeline, false);
    draw_panel(svg, panel, area, time, width);
  }
  draw_bottom_axis(svg, area, time, seconds_tick, "since the start of measure");
  chart.svg = svg.element(meaning, chart.finding);
  chart.zoom = zoom_of(context, panels, lanes);
}

}  // namespace squall
