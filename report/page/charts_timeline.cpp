// What happened when: loss and latency per second and ready connections, in panels with a shared
// time axis, under lanes for faults and nodes. Causes and classes have charts of their own.
#include <fmt/core.h>
#include <algorithm>
#include <cmath>

#include "report/measure/statistics.hpp"
#include "report/page/time_panels.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

struct TimelineRow {
  TimePanel panel;
  // Empty: nothing to draw there.
  std::optional<double> (*value)(const TimeSlice& slice, double runs);
};

std::vector<TimelineRow> rows() {
  return {
      {{"lost, % of the pairs owed in that slice",
        "loss",
        percent_tick,
        TimePanel::Axis::fitting,
        100,
        "%",
        {}},
       [](const TimeSlice& slice, double) -> std::optional<double> {
         if (slice.owed == 0) return std::nullopt;
         return static_cast<double>(slice.lost) / static_cast<double>(slice.owed);
       }},
      {{"p50 of what was delivered", "p50", latency_tick, TimePanel::Axis::fitting, 1e-6, "ms", {}},
       [](const TimeSlice& slice, double) { return slice.p50; }},
      {{"p99 of what was delivered", "p99", latency_tick, TimePanel::Axis::fitting, 1e-6, "ms", {}},
       [](const TimeSlice& slice, double) { return slice.p99; }},
      {{"ready connections", "connected", plain_tick, TimePanel::Axis::where_data, 1, "", {}},
       [](const TimeSlice& slice, double runs) -> std::optional<double> {
         return static_cast<double>(slice.connected) / runs;
       }},
  };
}

// A result that an older squall stored has no latencies over time: their panels are left out.
std::vector<TimePanel> panels_of(const ChartContext& context) {
  std::vector<TimePanel> panels;
  for (TimelineRow& row : rows()) {
    bool any = false;
    for (const Look& look : context.looks) {
      PanelLine line{look.strategy->strategy, look.ink, look.dash, {}};
      for (const TimeSlice& slice : look.strategy->charts.slices) {
        line.values.push_back(row.value(slice, runs_of(*look.strategy)));
        any = any || line.values.back().has_value();
      }
      row.panel.lines.push_back(std::move(line));
    }
    if (any) panels.push_back(std::move(row.panel));
  }
  return panels;
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

// The worst second of any strategy.
std::string worst_second(const ChartContext& context) {
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
      text = fmt::format(
          "The loss that stands out most: {}, {} of what was owed at {}, against {} over all of "
          "measure.",
          look.strategy->strategy, shown(share, "ratio"),
          seconds_tick(static_cast<double>(i) * context.result.timeline.slice_s),
          shown(total, "ratio"));
    }
  }
  return text;
}

}  // namespace

Chart timeline_chart(const ChartContext& context) {
  if (slices_of(context) < 2) {
    return left_out("The run is too short for a series over time (two seconds).");
  }
  Chart chart;
  chart.finding = worst_second(context);
  draw_over_time(chart, context, "timeline", "Loss, latency and ready connections over time",
                 panels_of(context), true);
  chart.notes = {"Sums over all seeds, " + points_words(context.result.timeline) +
                 "; latencies within 3.2 %. Faults and nodes: what the script asks for."};
  chart.table = context.result.timeline.spans.empty() ? loss_table(context) : fault_table(context);
  return chart;
}

}  // namespace squall
