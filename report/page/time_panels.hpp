// Curves over measure: panels below each other with one time axis, and above them lanes that say
// when which fault lasted and when which node was not simply up.
//
// Internal to the charts that are over time (charts_timeline.cpp, _causes.cpp, _classes.cpp). The
// same data goes to the zoom layer, where one cursor runs through all of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/page/charts.hpp"

namespace squall {

struct PanelLine {
  std::string name;
  std::string_view ink, dash;
  std::vector<std::optional<double>> values;  // slice by slice; empty: nothing to draw there
};

struct TimePanel {
  enum class Axis : std::uint8_t {
    fitting,    // from zero, or decades
    where_data  // numbers that hardly move: begins where the data does
  };

  std::string title;
  std::string of;  // for the zoom layer: what the values are, "loss", "p99", "cause", ...
  TickText tick;
  Axis axis = Axis::fitting;
  double factor = 1;      // from a value to what the zoom layer shows, 100 for percent
  std::string unit = "";  // there
  std::vector<PanelLine> lines;
};

// Number and width of the slices that the looks have; 0: nothing was recorded.
std::size_t slices_of(const ChartContext& context);
// "1 s per point", "100 ms per point".
std::string points_words(const Timeline& timeline);

// Fills svg and zoom. `name` is part of the element's id; `meaning` says what it shows. With lanes
// or without.
void draw_over_time(Chart& chart, const ChartContext& context, std::string_view name,
                    std::string_view meaning, const std::vector<TimePanel>& panels, bool lanes);

// ---- time_lanes.cpp ----------------------------------------------------------------------------

// How high the lanes of this result are, in pixels; 0: nothing happened.
double lanes_height(const ChartContext& context);
// From `top` down, over the plot's x axis.
void draw_lanes(Svg& svg, const ChartContext& context, const Scale& time, double top);

}  // namespace squall
