// Which traffic suffers: loss and p99 over time, for each class of the scenario's traffic.
// Left out where there is one class: the timeline says it all.
#include <fmt/core.h>
#include <algorithm>
#include <set>

#include "report/page/time_panels.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr std::size_t kClassesDrawn = 3;  // those that owe most

// In the order of the first strategy's pairs owed.
std::vector<std::string> classes_of(const ChartContext& context) {
  std::vector<std::string> names;
  for (const Look& look : context.looks) {
    for (const TrafficSlices& traffic : look.strategy->charts.traffic) {
      if (std::ranges::find(names, traffic.name) == names.end()) names.push_back(traffic.name);
    }
  }
  return names;
}

const TrafficSlices* class_of(const Look& look, const std::string& name) {
  const auto& all = look.strategy->charts.traffic;
  const auto found = std::ranges::find(all, name, &TrafficSlices::name);
  return found == all.end() ? nullptr : &*found;
}

std::optional<double> loss_in(const TimeSlice& slice) {
  if (slice.owed == 0) return std::nullopt;
  return static_cast<double>(slice.lost) / static_cast<double>(slice.owed);
}

TimePanel panel_of(const ChartContext& context, const std::string& name, bool loss) {
  TimePanel panel = loss ? TimePanel{shortened(name, 24) + ": lost, % of the pairs owed",
                                     "class loss " + name,
                                     percent_tick,
                                     TimePanel::Axis::fitting,
                                     100,
                                     "%",
                                     {}}
                         : TimePanel{shortened(name, 24) + ": p99 of what was delivered",
                                     "class p99 " + name,
                                     latency_tick,
                                     TimePanel::Axis::fitting,
                                     1e-6,
                                     "ms",
                                     {}};
  for (const Look& look : context.looks) {
    const TrafficSlices* traffic = class_of(look, name);
    if (traffic == nullptr) continue;
    PanelLine line{look.strategy->strategy, look.ink, look.dash, {}};
    for (const TimeSlice& slice : traffic->slices) {
      line.values.push_back(loss ? loss_in(slice) : slice.p99);
    }
    panel.lines.push_back(std::move(line));
  }
  return panel;
}

struct ClassTotal {
  std::uint64_t owed = 0, lost = 0;
  std::optional<double> worst_p99;
};

ClassTotal total_of(const TrafficSlices& traffic) {
  ClassTotal total;
  for (const TimeSlice& slice : traffic.slices) {
    total.owed += slice.owed;
    total.lost += slice.lost;
    if (slice.p99) total.worst_p99 = std::max(total.worst_p99.value_or(0), *slice.p99);
  }
  return total;
}

double share_of(const ClassTotal& total) {
  return total.owed == 0 ? 0 : static_cast<double>(total.lost) / static_cast<double>(total.owed);
}

DataTable table_of(const ChartContext& context, const std::vector<std::string>& names,
                   std::string& finding) {
  DataTable table{
      {"strategy", "traffic", "owed", "lost", "lost of it", "worst p99 of a slice"}, {}, 2};
  double worst = 0;
  for (const Look& look : context.looks) {
    for (const std::string& name : names) {
      const TrafficSlices* traffic = class_of(look, name);
      if (traffic == nullptr) continue;
      const ClassTotal total = total_of(*traffic);
      const double share = share_of(total);
      table.rows.push_back({look.strategy->strategy, name, grouped(total.owed), grouped(total.lost),
                            shown(share, "ratio"),
                            total.worst_p99 ? shown(total.worst_p99, "ns") : "none came"});
      if (share <= worst) continue;
      worst = share;
      finding = fmt::format("The largest share is lost by {} of {}: {}.", look.strategy->strategy,
                            name, shown(share, "ratio"));
    }
  }
  return table;
}

}  // namespace

Chart classes_chart(const ChartContext& context) {
  const std::vector<std::string> names = classes_of(context);
  if (names.size() < 2 || slices_of(context) < 2) {
    return left_out("There is one class of traffic.");
  }
  std::vector<TimePanel> panels;
  for (std::size_t i = 0; i < std::min(names.size(), kClassesDrawn); ++i) {
    panels.push_back(panel_of(context, names[i], true));
    panels.push_back(panel_of(context, names[i], false));
  }
  Chart chart;
  chart.finding = "No class of traffic lost a pair.";
  chart.table = table_of(context, names, chart.finding);
  draw_over_time(chart, context, "classes", "Loss and p99 of each traffic class over time", panels,
                 false);
  chart.notes = {fmt::format(
      "The classes with most pairs owed; the table has up to {}. Latencies within 3.2 %.",
      kTrafficMax)};
  return chart;
}

}  // namespace squall
