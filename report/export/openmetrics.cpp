// One family after another, as the format demands: all samples of a metric stand together.
// Names of metrics come from the registry, so a result's own unknown metrics are left out.
#include "report/export/openmetrics.hpp"

#include <fmt/core.h>
#include <charconv>
#include <cmath>

#include "report/measure/comparison.hpp"
#include "report/measure/metrics.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/statistics.hpp"
#include "report/words/format.hpp"
#include "report/words/run_label.hpp"
#include "report/words/utf8.hpp"

namespace squall {
namespace {

struct UnitRow {
  std::string_view unit, suffix;
  double factor;
};
constexpr UnitRow kUnits[] = {
    {"ns", "seconds", 1e-9}, {"bytes", "bytes", 1}, {"bytes/s", "bytes_per_second", 1},
    {"ratio", "ratio", 1},   {"1", "", 1},
};

const UnitRow& unit_row(std::string_view unit) {
  for (const UnitRow& row : kUnits) {
    if (row.unit == unit) return row;
  }
  return kUnits[4];
}

std::string family_name(const MetricRow& metric) {
  std::string name = "squall_";
  for (const char c : metric.name) name.push_back(c == '.' ? '_' : c);
  const std::string_view suffix = unit_row(metric.unit).suffix;
  return suffix.empty() ? name : name + "_" + std::string(suffix);
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(clean_utf8(text))) {
    if (c == '\\' || c == '"') safe.push_back('\\');
    safe.push_back(c);
  }
  return safe;
}

std::string number(double value) {
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, rounded(value));
  return {text, end.ptr};
}

std::string samples(const std::string& family, const MetricRow& metric, const Result& result,
                    const std::string& run_label) {
  std::string text;
  for (const StrategyResult& strategy : result.strategies) {
    const MetricValues* values = find_metric(strategy, metric.name);
    if (values == nullptr || !supported(*values)) continue;
    for (std::size_t i = 0; i < values->per_seed.size() && i < result.seeds.size(); ++i) {
      if (!values->per_seed[i]) continue;
      text +=
          fmt::format("{}{{{}scenario=\"{}\",strategy=\"{}\",seed=\"{}\"}} {}\n", family, run_label,
                      escaped(result.scenario_name), escaped(strategy.strategy), result.seeds[i],
                      number(*values->per_seed[i] * unit_row(metric.unit).factor));
    }
  }
  return text;
}

}  // namespace

std::string openmetrics(std::span<const Result> results) {
  std::string text;
  const bool mixed = mixes_engines(results);
  for (const MetricRow& metric : metric_rows()) {
    const std::string family = family_name(metric);
    std::string lines;
    for (std::size_t i = 0; i < results.size(); ++i) {
      std::string label = results.size() == 1 ? "" : fmt::format("run=\"{}\",", i + 1);
      if (mixed) label += "engine=\"" + std::string(engine_of(results[i])) + "\",";
      lines += samples(family, metric, results[i], label);
    }
    if (lines.empty()) continue;
    const std::string_view suffix = unit_row(metric.unit).suffix;
    text += "# TYPE " + family + " gauge\n";
    if (!suffix.empty()) text += fmt::format("# UNIT {} {}\n", family, suffix);
    text += fmt::format("# HELP {} {}\n{}", family, escaped(metric.meaning), lines);
  }
  return text + "# EOF\n";
}

}  // namespace squall
