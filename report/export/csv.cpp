// Writes the comma-separated tables; csv.hpp names their columns.
// Numbers are the shortest text that reads back the same, so no digit is lost.
#include "report/export/csv.hpp"

#include <fmt/core.h>
#include <charconv>
#include <cmath>

#include "report/measure/pooled.hpp"
#include "report/measure/statistics.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

// The shortest text that reads back as the same number.
std::string exact(double value) {
  const double stored = rounded(value);
  if (std::isinf(stored)) return stored < 0 ? "-infinity" : "infinity";
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, stored);
  return {text, end.ptr};
}

std::string exact(const std::optional<double>& value) { return value ? exact(*value) : ""; }

std::string joined(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) line += (line.empty() ? "" : ",") + field;
  return line + "\n";
}

std::string metric_rows_of(const std::string& prefix, const MetricValues& values,
                           const std::vector<std::uint64_t>& seeds) {
  const std::string metric = "," + csv_field(values.name) + ",";
  const std::string unit = "," + csv_field(values.unit) + "\n";
  const bool told = supported(values);
  std::string rows;
  for (std::size_t rep = 0; rep < values.per_seed.size() && rep < seeds.size(); ++rep) {
    rows += fmt::format("{}{},{}{}value,{}{}", prefix, rep + 1, seeds[rep], metric,
                        told ? exact(values.per_seed[rep]) : "", unit);
  }
  const Summary summary = summarize(values);
  const std::string over_all = prefix + "," + metric;
  rows += over_all + (summary.pooled ? "pooled," : "mean,") +
          (summary.no_data ? "" : exact(summary.mean)) + unit;
  rows += fmt::format("{}ci95_low,{}{}", over_all, exact(summary.low), unit);
  rows += fmt::format("{}ci95_high,{}{}", over_all, exact(summary.high), unit);
  return rows;
}

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string csv(const Result& result) {
  std::string text = "scenario,strategy,rep,seed,metric,agg,value,unit\n";
  for (const StrategyResult& strategy : result.strategies) {
    const std::string prefix =
        fmt::format("{},{},", csv_field(result.scenario_name), csv_field(strategy.strategy));
    for (const MetricValues& values : strategy.metrics) {
      text += metric_rows_of(prefix, values, result.seeds);
    }
  }
  return text;
}

std::string series_csv(std::span<const RunRecord> runs) {
  std::string text = "seed,t_s,owed,delivered,lost,connected\n";
  for (const RunRecord& run : runs) {
    for (std::size_t second = 0; second < run.seconds.size(); ++second) {
      const SecondRow& row = run.seconds[second];
      text += joined({std::to_string(run.seed), std::to_string(second), std::to_string(row.owed),
                      std::to_string(row.delivered), std::to_string(row.lost),
                      std::to_string(row.connected)});
    }
  }
  return text;
}

std::string nodes_csv(std::span<const RunRecord> runs) {
  std::string text =
      "seed,node,busy_ns,wasted_ns,pushes,ingress,connection_ns,connections_max,connections_end,"
      "queue_ns\n";
  for (const RunRecord& run : runs) {
    for (std::size_t node = 0; node < run.node_rows.size(); ++node) {
      const NodeRow& row = run.node_rows[node];
      text += joined({std::to_string(run.seed), fmt::format("n{}", node + 1),
                      std::to_string(row.busy.count()), std::to_string(row.wasted.count()),
                      std::to_string(row.pushes), std::to_string(row.ingress),
                      int128_text(row.connection_ns), std::to_string(row.connections_max),
                      std::to_string(row.connections_end), int128_text(row.queue_ns)});
    }
  }
  return text;
}

}  // namespace squall
