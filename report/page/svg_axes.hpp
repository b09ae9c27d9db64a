// Scales from data to pixels, their ticks, axes, and labels that keep out of each other's way.
// Draws with svg.hpp; knows no metric.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/page/svg.hpp"

namespace squall {

struct Bounds {
  double low = 0, high = 1;
};

// Maps a value to a pixel. Pixels may run either way.
class Scale {
 public:
  // `data.low` < `data.high`, else the range is widened.
  static Scale linear(Bounds data, Bounds pixels);
  // Decades; `data.low` > 0.
  static Scale decades(Bounds data, Bounds pixels);
  // Zero stands at the start, apart from the decades above it. `smallest` > 0: the least value
  // that is not zero.
  static Scale decades_with_zero(double smallest, double largest, Bounds pixels);

  double at(double value) const;
  // From low to high, at most about `most`.
  std::vector<double> ticks(std::size_t most = 6) const;
  double first() const { return pixels_.low; }
  double last() const { return pixels_.high; }

 private:
  enum class Kind : std::uint8_t { linear, decades, decades_with_zero };
  Scale(Kind kind, Bounds data, Bounds pixels) : kind_(kind), data_(data), pixels_(pixels) {}
  Kind kind_;
  Bounds data_, pixels_;
};

using TickText = std::string (*)(double value);
std::string plain_tick(double value);
std::string percent_tick(double ratio);        // 0.012 -> "1.2 %"
std::string latency_tick(double nanoseconds);  // "200 ms"
std::string rate_tick(double bytes_per_second);
std::string seconds_tick(double seconds);

// The area of a plot: left < right, top < bottom.
struct PlotArea {
  double left, top, right, bottom;
  Bounds across() const { return {left, right}; }
  Bounds upward() const { return {bottom, top}; }
};

// Ticks, their texts and what the axis means, below; grid lines through the plot.
void draw_bottom_axis(Svg& svg, const PlotArea& area, const Scale& scale, TickText text,
                      std::string_view meaning);
// ... to the left. `meaning` stands above the axis, so that nobody has to turn the head.
void draw_left_axis(Svg& svg, const PlotArea& area, const Scale& scale, TickText text,
                    std::string_view meaning);

struct EndLabel {
  double y;  // where it belongs; moved by spread_labels
  std::string text;
  std::string_view ink;
  double from;                 // the end of its line, for the leader
  bool swatch = false;         // a piece of the line instead of a leader: it ended elsewhere
  std::string_view dash = "";  // of the swatch
};
// Moves labels apart until none is nearer than `gap`, staying inside the range if there is room.
void spread_labels(std::vector<EndLabel>& labels, double gap, Bounds inside);
// Spread and drawn right of `x`, with leaders from the line's end.
void draw_end_labels(Svg& svg, std::vector<EndLabel> labels, double x, Bounds inside);

}  // namespace squall
