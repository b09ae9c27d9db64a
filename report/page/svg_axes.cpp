// Nice numbers, decades, and the drawing of axes. Every tick is labelled or not drawn.
// A value beyond its scale is clamped to the edge; charts mark such points themselves.
#include "report/page/svg_axes.hpp"

#include <algorithm>
#include <cmath>

#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr double kZeroShare = 0.14;  // of the axis, between zero and the first decade

std::vector<double> linear_ticks(Bounds data, std::size_t most) {
  const double raw = (data.high - data.low) / static_cast<double>(std::max<std::size_t>(most, 2));
  const double decade = std::pow(10.0, std::floor(std::log10(raw)));
  double step = decade * 10;
  for (const double nice : {1.0, 2.0, 5.0}) {
    if (decade * nice >= raw * 0.999) {
      step = decade * nice;
      break;
    }
  }
  std::vector<double> ticks;
  for (double i = std::ceil(data.low / step - 1e-9); i * step <= data.high * (1 + 1e-12); ++i) {
    ticks.push_back(i * step);
  }
  return ticks;
}

std::vector<double> decade_ticks(Bounds data, std::size_t most) {
  const double decades = std::log10(data.high / data.low);
  std::vector<double> steps{1};
  if (decades * 3 <= static_cast<double>(most)) steps = {1, 2, 5};
  const auto skip =
      std::max(1, static_cast<int>(std::ceil(decades / static_cast<double>(most) - 1e-9)));
  std::vector<double> ticks;
  const int first = static_cast<int>(std::floor(std::log10(data.low)));
  for (int power = first; std::pow(10.0, power) <= data.high * 1.0001; power += skip) {
    for (const double step : steps) {
      const double tick = step * std::pow(10.0, power);
      if (tick >= data.low * 0.9999 && tick <= data.high * 1.0001) ticks.push_back(tick);
    }
  }
  return ticks;
}

double share_of_decades(double value, Bounds data) {
  if (value <= data.low) return 0;
  return std::log10(value / data.low) / std::log10(data.high / data.low);
}

}  // namespace

Scale Scale::linear(Bounds data, Bounds pixels) {
  if (!(data.high > data.low)) data.high = data.low + (data.low == 0 ? 1 : std::abs(data.low));
  return {Kind::linear, data, pixels};
}

Scale Scale::decades(Bounds data, Bounds pixels) {
  if (!(data.high > data.low)) data.high = data.low * 10;
  return {Kind::decades, data, pixels};
}

Scale Scale::decades_with_zero(double smallest, double largest, Bounds pixels) {
  const double low = std::pow(10.0, std::floor(std::log10(smallest) + 1e-9));
  const double high = std::max(low * 10, largest);
  return {Kind::decades_with_zero, {low, high}, pixels};
}

double Scale::at(double value) const {
  double share = 0;
  if (kind_ == Kind::linear) share = (value - data_.low) / (data_.high - data_.low);
  if (kind_ == Kind::decades) share = share_of_decades(value, data_);
  if (kind_ == Kind::decades_with_zero) {
    share = value <= 0 ? 0 : kZeroShare + (1 - kZeroShare) * share_of_decades(value, data_);
  }
  return pixels_.low + std::clamp(share, 0.0, 1.0) * (pixels_.high - pixels_.low);
}

std::vector<double> Scale::ticks(std::size_t most) const {
  if (kind_ == Kind::linear) return linear_ticks(data_, most);
  std::vector<double> ticks = decade_ticks(data_, most);
  if (kind_ == Kind::decades_with_zero) ticks.insert(ticks.begin(), 0);
  return ticks;
}

namespace {

std::string short_number(double value) {
  std::string text = sensible(value, unicode_glyphs(), 3);
  if (text.find('.') == std::string::npos) return text;
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

std::string plain_tick(double value) {
  if (value >= 1e9) return short_number(value / 1e9) + " G";
  if (value >= 1e6) return short_number(value / 1e6) + " M";
  if (value >= 1e4) return short_number(value / 1e3) + " k";
  return short_number(value);
}

std::string percent_tick(double ratio) {
  return ratio == 0 ? "0" : short_number(ratio * 100) + " %";
}

std::string latency_tick(double nanoseconds) {
  if (nanoseconds >= 1e9) return short_number(nanoseconds / 1e9) + " s";
  if (nanoseconds >= 1e6) return short_number(nanoseconds / 1e6) + " ms";
  if (nanoseconds >= 1e3) return short_number(nanoseconds / 1e3) + " µs";
  return short_number(nanoseconds) + " ns";
}

std::string rate_tick(double rate) {
  if (rate == 0) return "0";
  if (rate >= 1e9) return short_number(rate / 1e9) + " GB/s";
  if (rate >= 1e6) return short_number(rate / 1e6) + " MB/s";
  if (rate >= 1e3) return short_number(rate / 1e3) + " kB/s";
  return short_number(rate) + " B/s";
}

std::string seconds_tick(double seconds) { return short_number(seconds) + " s"; }

void draw_bottom_axis(Svg& svg, const PlotArea& area, const Scale& scale, TickText text,
                      std::string_view meaning) {
  double free_from = -1e9;
  for (const double tick : scale.ticks()) {
    const double x = scale.at(tick);
    const std::string label = text(tick);
    const double half = text_width(label, 11) / 2;
    svg.line({x, area.top}, {x, area.bottom}, {"grid", 1});
    if (x - half < free_from) continue;
    free_from = x + half + 4;
    svg.text({x, area.bottom + 15}, label, {Anchor::middle, 11, false, "muted"});
  }
  svg.line({area.left, area.bottom}, {area.right, area.bottom}, {"axis", 1});
  svg.text({area.right, area.bottom + 31}, meaning, {Anchor::end, 11, false, "muted"});
}

void draw_left_axis(Svg& svg, const PlotArea& area, const Scale& scale, TickText text,
                    std::string_view meaning) {
  double free_above = 1e9;
  for (const double tick : scale.ticks()) {
    const double y = scale.at(tick);
    svg.line({area.left, y}, {area.right, y}, {"grid", 1});
    if (y > free_above) continue;
    free_above = y - 13;
    svg.text({area.left - 6, y + 4}, text(tick), {Anchor::end, 11, false, "muted"});
  }
  if (!meaning.empty()) {
    svg.text({2, area.top - 9}, meaning, {Anchor::start, 11, false, "muted"});
  }
}

void spread_labels(std::vector<EndLabel>& labels, double gap, Bounds inside) {
  std::stable_sort(labels.begin(), labels.end(),
                   [](const EndLabel& a, const EndLabel& b) { return a.y < b.y; });
  double limit = inside.low;
  for (EndLabel& label : labels) {
    label.y = std::max(label.y, limit);
    limit = label.y + gap;
  }
  limit = inside.high;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    label->y = std::min(label->y, limit);
    limit = label->y - gap;
  }
}

void draw_end_labels(Svg& svg, std::vector<EndLabel> labels, double x, Bounds inside) {
  spread_labels(labels, 14, inside);
  for (const EndLabel& label : labels) {
    if (label.swatch) {
      svg.line({x + 10, label.y}, {x + 32, label.y}, {label.ink, 2, label.dash});
    } else {
      svg.line({x, label.from}, {x + 10, label.y}, {label.ink, 0.8});
    }
    svg.text({x + (label.swatch ? 37 : 13), label.y + 4}, label.text,
             {Anchor::start, 12, false, "fg"});
  }
}

}  // namespace squall
