// The table of charts, and what they share: how strategies look, which scale fits, fault bands.
// One chart each in charts_<id>.cpp.
#include "report/page/charts.hpp"

#include <algorithm>
#include <cmath>

#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr ChartRow kCharts[] = {
    {"tradeoff", "What do I trade?", tradeoff_chart},
    {"loss", "How much is lost, and why?", loss_chart},
    {"percentiles", "How bad is the tail?", percentile_chart},
    {"heatmap", "When did latency move?", heatmap_chart},
    {"bytes", "What costs bandwidth?", bytes_chart},
    {"timeline", "What happened when?", timeline_chart},
    {"causes", "Which cause, when?", causes_chart},
    {"classes", "Which traffic suffers?", classes_chart},
    {"nodes", "Is the load even?", nodes_chart},
    {"forest", "Is the difference real?", forest_chart},
};

struct LookRow {
  std::string_view strategy, ink, dash;
};

// Colour is never alone: each look has its own dash and, by its place here, its own marker.
constexpr LookRow kLooks[] = {
    {"session_share", "s0", ""}, {"sticky_hash", "s1", "8 4"},   {"broadcast", "s2", "2 3"},
    {"routed", "s3", "8 3 2 3"}, {"multi_active", "s4", "12 4"},
};
constexpr std::size_t kLookCount = std::size(kLooks);

std::size_t look_of(std::string_view strategy, const std::vector<bool>& taken) {
  for (std::size_t i = 0; i < kLookCount; ++i) {
    if (kLooks[i].strategy == strategy) return i;
  }
  const auto free = std::find(taken.begin(), taken.end(), false);
  return free == taken.end() ? strategy.size() % kLookCount
                             : static_cast<std::size_t>(free - taken.begin());
}

}  // namespace

ChartContext chart_context(const Result& result, std::string prefix) {
  ChartContext context{result, std::move(prefix), {}};
  std::vector<bool> taken(kLookCount, false);
  for (const StrategyResult& strategy : result.strategies) {
    for (std::size_t i = 0; i < kLookCount; ++i) {
      if (kLooks[i].strategy == strategy.strategy) taken[i] = true;
    }
  }
  for (const StrategyResult* strategy : compare_strategies(result, {}).strategies) {
    const std::size_t look = look_of(strategy->strategy, taken);
    taken[look] = true;
    context.looks.push_back({strategy, kLooks[look].ink, kLooks[look].dash, look});
  }
  return context;
}

std::span<const ChartRow> chart_rows() { return kCharts; }

Chart draw_chart(const ChartRow& row, const ChartContext& context) {
  Chart chart = row.draw(context);
  chart.id = context.prefix + std::string(row.id);
  chart.title = row.question;
  return chart;
}

Chart left_out(std::string why) {
  Chart chart;
  chart.left_out = std::move(why);
  return chart;
}

Scale fitting_scale(std::span<const double> values, Bounds pixels) {
  double smallest = std::numeric_limits<double>::infinity(), largest = 0;
  bool zero = false;
  for (const double value : values) {
    if (std::isinf(value) || value < 0) continue;
    zero = zero || value == 0;
    if (value > 0) smallest = std::min(smallest, value);
    largest = std::max(largest, value);
  }
  if (largest == 0) return Scale::linear({0, 1}, pixels);
  constexpr double kSpread = 40;
  if (largest / smallest < kSpread) return Scale::linear({0, largest * 1.08}, pixels);
  if (zero) return Scale::decades_with_zero(smallest, largest * 1.1, pixels);
  const double low = std::pow(10.0, std::floor(std::log10(smallest) + 1e-9));
  return Scale::decades({low, largest * 1.1}, pixels);
}

std::string shown(const std::optional<double>& value, std::string_view unit) {
  return value ? with_unit(*value, unit, unicode_glyphs()) : "no data";
}

double runs_of(const StrategyResult& strategy) {
  return static_cast<double>(std::max<std::size_t>(1, strategy.fingerprints.size()));
}

void draw_fault_bands(Svg& svg, const PlotArea& area, const Scale& time, const Timeline& timeline,
                      bool named) {
  double free_from = area.left;
  for (const TimelineSpan& span : timeline.spans) {
    const double left = time.at(span.begin_s);
    const double right = std::max(left + 2, time.at(span.end_s));
    svg.rect({left, area.top, right - left, area.bottom - area.top}, "fault", 0.7);
    if (!named) continue;
    const std::string label = shortened(span.label, 18);
    const double width = text_width(label, 11);
    const double at = std::clamp(left, area.left, std::max(area.left, area.right - width));
    if (at < free_from) continue;  // the table has all of them
    svg.text({at, area.top - 4}, label, {Anchor::start, 11, true, "fg"});
    free_from = at + width + 8;
  }
}

}  // namespace squall
