// Lanes above the panels: a bar with its name for each fault, a row for each node that was
// draining, down, paused or slow. See time_panels.hpp.
// What a node did is a height as well as a colour, so that it can be told apart on paper.
#include <fmt/core.h>
#include <algorithm>
#include <map>

#include "report/page/time_panels.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr double kFaultRow = 17, kLegend = 20;
constexpr std::size_t kFaultRowsMax = 8;

struct Kind {
  std::string_view what, ink;
  double from, to;  // of the row's height
};
constexpr Kind kKinds[] = {{"down", "bad", 0, 1},
                           {"draining", "s1", 0.45, 1},
                           {"paused", "g1", 0.25, 0.75},
                           {"slow", "g2", 0, 0.4}};

struct FaultBar {
  const TimelineSpan* span;
  std::size_t row;
};

struct NodeLane {
  std::uint32_t node;
  std::vector<const TimelineSpell*> spells;
};

std::string fault_name(const TimelineSpan& span) { return shortened(span.label, 26); }

// Where its name ends: beside a short bar, at its start inside a long one.
double name_end(const TimelineSpan& span, const Scale& time) {
  return std::max(time.at(span.end_s),
                  time.at(span.begin_s) + text_width(fault_name(span), 11) + 8);
}

// Faults that do not touch share a row. What finds no row is in the table.
std::vector<FaultBar> bars_of(const Timeline& timeline, const Scale& time) {
  std::vector<FaultBar> bars;
  std::vector<double> free_from;
  for (const TimelineSpan& span : timeline.spans) {
    if (time.at(span.begin_s) >= time.last()) continue;
    const auto place = std::ranges::find_if(
        free_from, [&](double end) { return end + 6 < time.at(span.begin_s); });
    if (place == free_from.end() && free_from.size() == kFaultRowsMax) continue;
    const auto row = static_cast<std::size_t>(place - free_from.begin());
    if (place == free_from.end()) free_from.push_back(0);
    free_from[row] = name_end(span, time);
    bars.push_back({&span, row});
  }
  return bars;
}

// Only spells that measure sees.
std::vector<NodeLane> rows_of(const Timeline& timeline) {
  std::vector<NodeLane> rows;
  for (const TimelineSpell& spell : timeline.spells) {
    if (spell.begin_s >= timeline.measure_s || spell.end_s <= 0) continue;
    if (rows.empty() || rows.back().node != spell.node) rows.push_back({spell.node, {}});
    rows.back().spells.push_back(&spell);
  }
  return rows;
}

double row_height(std::size_t rows) {
  return std::clamp(160 / static_cast<double>(std::max<std::size_t>(rows, 1)), 2.0, 13.0);
}

std::size_t fault_rows(const std::vector<FaultBar>& bars) {
  std::size_t rows = 0;
  for (const FaultBar& bar : bars) rows = std::max(rows, bar.row + 1);
  return rows;
}

void draw_faults(Svg& svg, const std::vector<FaultBar>& bars, const Scale& time, double top) {
  for (const FaultBar& bar : bars) {
    const double left = std::max(time.first(), time.at(bar.span->begin_s));
    const double right = std::clamp(time.at(bar.span->end_s), left + 2, time.last() + 2);
    const double y = top + static_cast<double>(bar.row) * kFaultRow;
    svg.rect({left, y, right - left, kFaultRow - 3}, "fault");
    svg.rect({left, y, 2, kFaultRow - 3}, "bad");
    svg.text({left + 6, y + 11}, fault_name(*bar.span), {Anchor::start, 11, false, "fg"});
  }
}

// The name of every row where there is room for it, else of the first and the last.
void draw_nodes(Svg& svg, const std::vector<NodeLane>& rows, const Scale& time, double top) {
  const double height = row_height(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double y = top + static_cast<double>(i) * height;
    const bool named = height >= 12 || i == 0 || i + 1 == rows.size();
    if (named) {
      const double baseline = height >= 12 ? y + height - 3 : i == 0 ? y + 8 : y + height;
      const bool room = height >= 12 || rows.size() * height > 24 || i == 0;
      const std::string name = fmt::format("n{}", rows[i].node);
      if (room) svg.text({time.first() - 6, baseline}, name, {Anchor::end, 10, false, "muted"});
    }
    const double gap = height > 4 ? 2 : 0.4;
    svg.rect({time.first(), y, time.last() - time.first(), height - gap}, "margin");
    for (const TimelineSpell* spell : rows[i].spells) {
      const auto kind = std::ranges::find(kKinds, spell->what, &Kind::what);
      if (kind == std::end(kKinds)) continue;
      const double left = std::max(time.first(), time.at(spell->begin_s));
      const double right = std::clamp(time.at(spell->end_s), left + 1, time.last());
      const double full = height - gap;
      svg.rect({left, y + kind->from * full, right - left, (kind->to - kind->from) * full},
               kind->ink);
    }
  }
}

void draw_legend(Svg& svg, const std::vector<NodeLane>& rows, double left, double y) {
  svg.text({left, y + 9}, "nodes:", {Anchor::start, 11, false, "muted"});
  double x = left + 44;
  for (const Kind& kind : kKinds) {
    const bool seen = std::ranges::any_of(rows, [&](const NodeLane& row) {
      return std::ranges::any_of(row.spells,
                                 [&](const auto* one) { return one->what == kind.what; });
    });
    if (!seen) continue;
    svg.rect({x, y, 14, 10}, "margin");
    svg.rect({x, y + kind.from * 10, 14, (kind.to - kind.from) * 10}, kind.ink);
    svg.text({x + 19, y + 9}, kind.what, {Anchor::start, 11, false, "muted"});
    x += 34 + text_width(kind.what, 11);
  }
}

// The axis that counts for rows: its width in pixels is the same in every chart over time.
Scale lane_scale(const ChartContext& context) {
  const double width = static_cast<double>(slices_of(context)) * context.result.timeline.slice_s;
  return Scale::linear({0, width}, {64, kChartWidth - 136});
}

}  // namespace

double lanes_height(const ChartContext& context) {
  const Timeline& timeline = context.result.timeline;
  const std::vector<FaultBar> bars = bars_of(timeline, lane_scale(context));
  const std::vector<NodeLane> rows = rows_of(timeline);
  double height = static_cast<double>(fault_rows(bars)) * kFaultRow;
  if (!rows.empty()) {
    height += 6 + static_cast<double>(rows.size()) * row_height(rows.size()) + kLegend;
  }
  return height;
}

void draw_lanes(Svg& svg, const ChartContext& context, const Scale& time, double top) {
  const Timeline& timeline = context.result.timeline;
  const std::vector<FaultBar> bars = bars_of(timeline, time);
  draw_faults(svg, bars, time, top);
  const std::vector<NodeLane> rows = rows_of(timeline);
  if (rows.empty()) return;
  const double from = top + static_cast<double>(fault_rows(bars)) * kFaultRow + 4;
  draw_nodes(svg, rows, time, from);
  draw_legend(svg, rows, time.first(),
              from + static_cast<double>(rows.size()) * row_height(rows.size()) + 5);
}

}  // namespace squall
