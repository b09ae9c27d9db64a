// Which cause, when: the pairs lost in each slice by mechanism, a panel for each strategy.
// Which cause took how much of the whole is charts_loss.cpp.
#include <fmt/core.h>
#include <algorithm>
#include <numeric>

#include "report/page/time_panels.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

// The largest first; colours of strategies are not used for causes.
struct Style {
  std::string_view ink, dash;
};
constexpr Style kStyles[] = {{"bad", ""}, {"g0", "6 3"}, {"g1", "2 3"}, {"fg", "10 3 2 3"}};
constexpr std::size_t kLinesMax = std::size(kStyles);

std::uint64_t total_of(const CauseSeries& cause) {
  return std::accumulate(cause.pairs.begin(), cause.pairs.end(), std::uint64_t{0});
}

TimePanel panel_of(const StrategyResult& strategy) {
  TimePanel panel{strategy.strategy + ": pairs lost per slice and run",
                  "cause",
                  plain_tick,
                  TimePanel::Axis::fitting,
                  1,
                  "",
                  {}};
  const std::vector<CauseSeries>& causes = strategy.charts.causes;
  for (std::size_t i = 0; i < std::min(causes.size(), kLinesMax); ++i) {
    PanelLine line{causes[i].mechanism, kStyles[i].ink, kStyles[i].dash, {}};
    for (const std::uint64_t pairs : causes[i].pairs) {
      line.values.emplace_back(static_cast<double>(pairs) / runs_of(strategy));
    }
    panel.lines.push_back(std::move(line));
  }
  return panel;
}

DataTable causes_table(const ChartContext& context) {
  DataTable table{{"strategy", "cause", "pairs lost", "most in one slice", "at"}, {}, 2};
  const double width = context.result.timeline.slice_s;
  for (const Look& look : context.looks) {
    for (const CauseSeries& cause : look.strategy->charts.causes) {
      const auto most = std::ranges::max_element(cause.pairs);
      table.rows.push_back({look.strategy->strategy, cause.mechanism, grouped(total_of(cause)),
                            grouped(*most),
                            seconds_tick(static_cast<double>(most - cause.pairs.begin()) * width)});
    }
  }
  return table;
}

}  // namespace

Chart causes_chart(const ChartContext& context) {
  std::vector<TimePanel> panels;
  std::string most;
  std::uint64_t largest = 0;
  for (const Look& look : context.looks) {
    const std::vector<CauseSeries>& causes = look.strategy->charts.causes;
    if (causes.empty()) continue;
    panels.push_back(panel_of(*look.strategy));
    if (total_of(causes.front()) <= largest) continue;
    largest = total_of(causes.front());
    most = fmt::format("{} loses most to {}: {} pairs.", look.strategy->strategy,
                       causes.front().mechanism, grouped(largest));
  }
  if (panels.empty() || slices_of(context) < 2) {
    return left_out("Nothing was lost, or nothing is known of when.");
  }
  Chart chart;
  chart.finding = most;
  draw_over_time(chart, context, "causes", "Lost pairs by cause over time", panels, false);
  chart.notes = {
      "The largest causes of each strategy; the table has all. A pair is lost in the "
      "slice in which its message was to be sent."};
  chart.table = causes_table(context);
  return chart;
}

}  // namespace squall
