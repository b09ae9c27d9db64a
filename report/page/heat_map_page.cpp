// The page of a sweep: what was swept, maps of the metrics people ask for first, then the rest.
// It has no scripts; the style sheet is that of the report of a run (html_assets.cpp).
#include <fmt/core.h>
#include <algorithm>
#include <array>

#include "report/measure/metrics.hpp"
#include "report/page/heat_map.hpp"
#include "report/page/html_parts.hpp"
#include "report/words/format.hpp"
#include "squall_version.hpp"

namespace squall {
namespace {

using namespace html;

constexpr std::array<std::string_view, 6> kFirstMetrics{
    "loss.intent",     "latency.obliged.p50", "latency.obliged.p99",
    "ready_again.p99", "bytes.client.rate",   "bytes.cluster.rate"};

std::string head(const SweepResult& result) {
  const Assets with = assets();
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n" +
      element("title", "squall sweep: " + shortened(result.scenario_name, 100)) + "\n";
  if (!with.style.empty()) {
    text += fmt::format("<style>\n{}{}</style>\n", ink_style(), with.style);
  }
  return text + "</head>\n<body>\n";
}

std::string what_was_swept(const SweepResult& result) {
  std::string text = element("h1", "Sweep of " + result.scenario_name) + "\n";
  text += element("p", fmt::format(
                           "{} points x {} strategies x {} seeds. Values are means over the seeds.",
                           result.points.size(), result.strategies.size(), result.seeds.size())) +
          "\n";
  std::vector<std::string> lines;
  for (const SweepParameter& parameter : result.parameters) {
    std::string line = parameter.pointer + ":";
    for (const std::string& value : parameter.values) line += " " + value;
    lines.push_back(line);
  }
  for (const std::string& entry : result.overrides) lines.push_back("fixed: " + entry);
  text += bullets(lines);
  if (result.complete) return text;
  text += element("p", "This sweep is not complete.", "class=\"verdict bad\"") + "\n";
  return text + bullets(result.problems);
}

DataTable all_points(const SweepResult& result) {
  DataTable table;
  for (const SweepParameter& parameter : result.parameters) table.head.push_back(parameter.pointer);
  table.head.push_back("strategy");
  table.words = table.head.size();
  for (const std::string_view metric : kFirstMetrics) table.head.emplace_back(metric);
  for (const SweepPointResult& point : result.points) {
    for (const SweepStrategy& strategy : point.strategies) {
      std::vector<std::string> row = point.values;
      row.push_back(strategy.strategy);
      for (const std::string_view metric : kFirstMetrics) {
        const MetricValues* values = metric_of(strategy, std::string(metric));
        const Summary summary = values == nullptr ? Summary() : summarize(*values);
        const std::optional<double> mean =
            summary.no_data ? std::nullopt : std::optional(summary.mean);
        row.push_back(shown(mean, values == nullptr ? "1" : values->unit));
      }
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

// Figures of the metrics, and a word on those that have none.
std::string maps(const SweepResult& result, bool first) {
  std::string text;
  std::vector<std::string> missing;
  for (const MetricRow& row : metric_rows()) {
    if ((std::find(kFirstMetrics.begin(), kFirstMetrics.end(), row.name) != kFirstMetrics.end()) !=
        first)
      continue;
    const Chart chart = sweep_heat_map(result, std::string(row.name));
    if (chart.svg.empty()) {
      missing.push_back(chart.title + ": " + chart.left_out);
    } else {
      text += figure(chart);
    }
  }
  if (!text.empty()) text = wrap("div", "\n" + text, "class=\"figures\"") + "\n";
  if (!missing.empty()) text += folded("Metrics without a map", bullets(missing));
  return text;
}

}  // namespace

std::string sweep_html(const SweepResult& result, const std::string& made_by) {
  std::string maker = made_by;
  if (maker.empty()) {
    maker =
        fmt::format("squall {} ({}, {})", squall_version(), squall_revision(), squall_compiler());
  }
  std::string text = head(result) + wrap("section", what_was_swept(result)) + "\n";
  const bool drawn = result.parameters.size() <= 2;
  if (drawn) text += maps(result, true);
  text += wrap("section", element("h2", "All points") + "\n" + table(all_points(result))) + "\n";
  if (drawn) text += folded("All other metrics", maps(result, false));
  text += wrap("footer", escaped("Made by " + maker +
                                 ". No clock, no network: the same sweep makes the same page.")) +
          "\n";
  return text + "</body>\n</html>\n";
}

}  // namespace squall
