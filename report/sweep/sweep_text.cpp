// The table of a sweep for a terminal: one row per point and strategy, four metrics each.
// The other metrics are in the files; which four is one table here.
#include <fmt/core.h>
#include <algorithm>
#include <array>

#include "report/page/charts.hpp"
#include "report/sweep/sweep_result.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

struct Column {
  const char* metric;
  const char* title;
};
constexpr std::array<Column, 5> kColumns{{{"loss.intent", "lost"},
                                          {"latency.obliged.p50", "p50"},
                                          {"latency.obliged.p99", "p99"},
                                          {"bytes.client.rate", "client"},
                                          {"bytes.cluster.rate", "cluster"}}};

using Row = std::vector<std::string>;

// "/cluster/nodes/count" -> "nodes/count"
std::string short_pointer(const std::string& pointer) {
  const std::size_t last = pointer.rfind('/');
  const std::size_t before = last == 0 ? 0 : pointer.rfind('/', last - 1);
  return pointer.substr(before == std::string::npos ? 0 : before + 1);
}

std::string value_text(const SweepStrategy& strategy, const char* metric) {
  const MetricValues* values = metric_of(strategy, metric);
  if (values == nullptr) return "";
  const Summary summary = summarize(*values);
  return summary.no_data ? "-" : shown(summary.mean, values->unit);
}

Row head_of(const SweepResult& result) {
  Row row;
  for (const SweepParameter& parameter : result.parameters) {
    row.push_back(printable(short_pointer(parameter.pointer)));
  }
  row.push_back("strategy");
  for (const Column& column : kColumns) row.push_back(column.title);
  row.push_back("seeds");
  return row;
}

Row row_of(const SweepPointResult& point, const SweepStrategy& strategy) {
  Row row;
  for (const std::string& value : point.values) row.push_back(shortened(printable(value), 24));
  row.push_back(shortened(printable(strategy.strategy), 24));
  for (const Column& column : kColumns) row.push_back(value_text(strategy, column.metric));
  const auto played = std::ranges::count_if(
      strategy.fingerprints, [](const auto& fingerprint) { return fingerprint.has_value(); });
  row.push_back(std::to_string(played));
  return row;
}

}  // namespace

std::string to_text(const SweepResult& result, std::size_t most_rows) {
  std::vector<Row> rows{head_of(result)};
  std::size_t left_out = 0;
  for (const SweepPointResult& point : result.points) {
    for (const SweepStrategy& strategy : point.strategies) {
      rows.size() <= most_rows ? rows.push_back(row_of(point, strategy)) : void(++left_out);
    }
  }
  std::string text =
      fmt::format("\n  SWEEP   {}, {} points x {} strategies x {} seeds; means over seeds\n\n",
                  printable(result.scenario_name), result.points.size(), result.strategies.size(),
                  result.seeds.size());
  text += text_table(rows, rows.front().size(), "    ");
  if (left_out > 0) {
    text += fmt::format("    and {} more rows; all of them are in sweep.csv\n", left_out);
  }
  return text;
}

}  // namespace squall
