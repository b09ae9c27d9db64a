// Latency by phase of the script: a column per phase, a row per quarter octave, one field of
// columns per strategy on a shared axis. Shows the second mode that percentile lines hide.
//
// Phases, not seconds: a run keeps one histogram per set of faults, not one per second.
#include <fmt/core.h>
#include <algorithm>
#include <cmath>

#include "report/page/charts.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

struct PhaseField {
  PlotArea area;
  Scale y;
  double largest;  // share of owed pairs in one cell
};

std::string phase_text(const LatencyPhase& phase) {
  return phase.name.empty() ? "no fault" : phase.name;
}

double share_of(const LatencyBin& bin, const LatencyPhase& phase) {
  return static_cast<double>(bin.pairs) / static_cast<double>(phase.owed);
}

Bounds latencies(const ChartContext& context, double& largest) {
  Bounds range{std::numeric_limits<double>::infinity(), 0};
  for (const Look& look : context.looks) {
    for (const LatencyPhase& phase : look.strategy->charts.phases) {
      for (const LatencyBin& bin : phase.bins) {
        range.low = std::min(range.low, std::max(1.0, static_cast<double>(bin.from)));
        range.high = std::max(range.high, static_cast<double>(bin.to) + 1);
        largest = std::max(largest, share_of(bin, phase));
      }
    }
  }
  return range;
}

// Seldom and often must both be seen: the square root of the share.
double opacity_of(double share, double largest) {
  return 0.1 + 0.9 * std::sqrt(std::min(1.0, share / largest));
}

void draw_field(Svg& svg, const PhaseField& field, const Look& look) {
  const PlotArea& area = field.area;
  const auto& phases = look.strategy->charts.phases;
  const double width = (area.right - area.left) / static_cast<double>(phases.size());
  svg.frame({area.left, area.top, area.right - area.left, area.bottom - area.top}, {"grid", 1});
  double left = area.left;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    for (const LatencyBin& bin : phases[i].bins) {
      const double top = field.y.at(static_cast<double>(bin.to) + 1);
      const double bottom = field.y.at(std::max(1.0, static_cast<double>(bin.from)));
      svg.rect({left + 1, top, std::max(1.0, width - 2), std::max(1.0, bottom - top)}, "heat",
               opacity_of(share_of(bin, phases[i]), field.largest));
    }
    const double lost = static_cast<double>(phases[i].lost) / static_cast<double>(phases[i].owed);
    if (lost > 0) {
      svg.rect({left + 1, area.top - 16, std::max(1.0, width - 2), 12}, "bad", opacity_of(lost, 1));
    }
    if (phases.size() > 1) {
      svg.text({left + width / 2, area.bottom + 14}, std::string(1, static_cast<char>('A' + i)),
               {Anchor::middle, 11, false, "muted"});
    }
    left += width;
  }
  svg.text({(area.left + area.right) / 2, 12},
           shortened(look.strategy->strategy,
                     static_cast<std::size_t>((area.right - area.left + 8) / 6.6)),
           {Anchor::middle, 11, true, "fg"});
}

DataTable phases_table(const ChartContext& context) {
  DataTable table{{"strategy", "phase", "owed pairs", "lost", "most often between"}, {}, 2};
  for (const Look& look : context.looks) {
    for (const LatencyPhase& phase : look.strategy->charts.phases) {
      const auto mode = std::max_element(
          phase.bins.begin(), phase.bins.end(),
          [](const LatencyBin& a, const LatencyBin& b) { return a.pairs < b.pairs; });
      const double lost = static_cast<double>(phase.lost) / static_cast<double>(phase.owed);
      std::string often = "nothing arrived";
      if (mode != phase.bins.end()) {
        often = latency_tick(static_cast<double>(mode->from)) + " and " +
                latency_tick(static_cast<double>(mode->to) + 1);
      }
      table.rows.push_back({look.strategy->strategy, phase_text(phase), grouped(phase.owed),
                            shown(lost, "ratio"), often});
    }
  }
  return table;
}

// The phase in which the slowest pairs of any strategy were born.
std::string slowest_phase(const ChartContext& context) {
  std::int64_t slowest = 0;
  std::string text;
  for (const Look& look : context.looks) {
    for (const LatencyPhase& phase : look.strategy->charts.phases) {
      if (phase.bins.empty() || phase.bins.back().to <= slowest) continue;
      slowest = phase.bins.back().to;
      text = fmt::format("The slowest delivery, up to {}, was by {} {}.",
                         latency_tick(static_cast<double>(slowest) + 1), look.strategy->strategy,
                         phase.name.empty() ? "outside of any fault" : "during " + phase.name);
    }
  }
  return text;
}

// "A no fault   B crash ..." in lines.
void draw_key(Svg& svg, const std::vector<LatencyPhase>& phases, double y) {
  double x = 64;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const std::string text =
        std::string(1, static_cast<char>('A' + i)) + " " + shortened(phase_text(phases[i]), 40);
    const double width = text_width(text, 11);
    if (x > 64 && x + width > kChartWidth) {
      x = 64;
      y += 15;
    }
    svg.text({x, y}, text, {Anchor::start, 11, false, "muted"});
    x += width + 16;
  }
}

}  // namespace

Chart heatmap_chart(const ChartContext& context) {
  double largest = 0;
  Bounds range = latencies(context, largest);
  if (range.high <= 0) return left_out("No pair arrived, so there is no latency to draw.");
  // A scale from the quickest to the slowest single delivery; the tail may be decades long.
  const double top = 46, bottom = 292, first = 64;
  const Scale y = Scale::decades(range, {bottom, top});
  std::vector<const Look*> shown_looks;
  for (const Look& look : context.looks) {
    if (!look.strategy->charts.phases.empty()) shown_looks.push_back(&look);
  }
  const auto fields = static_cast<double>(shown_looks.size());
  const double step = (kChartWidth - first) / fields;
  const std::vector<LatencyPhase>& phases = shown_looks.front()->strategy->charts.phases;
  Svg svg(context.prefix + "heatmap", kChartWidth,
          330 + 15 * static_cast<double>(phases.size() / 3));
  draw_left_axis(svg, {first, top, kChartWidth, bottom}, y, latency_tick, "");
  svg.text({first - 6, top - 6}, "lost", {Anchor::end, 11, false, "bad"});
  double left = first;
  for (const Look* look : shown_looks) {
    draw_field(svg, {{left, top, left + step - 8, bottom}, y, largest}, *look);
    left += step;
  }
  if (phases.size() > 1) draw_key(svg, phases, bottom + 34);

  Chart chart;
  chart.finding = slowest_phase(context);
  chart.svg = svg.element("Latency of delivered pairs by phase of the script", chart.finding);
  chart.notes = {
      "Each column is one phase of the script and sums to all of its owed pairs; darker is more "
      "(square root), red on top is the lost share. Faults are what moves latency, so "
      "they are kept apart; second by second it is below, under \"What happened when?\"."};
  chart.table = phases_table(context);
  return chart;
}

}  // namespace squall
