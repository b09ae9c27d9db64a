// The JSON mapping of OTLP: lowerCamelCase keys, 64-bit integers as strings, infinity as a word.
// Units are UCUM.
#include "report/export/otlp.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/measure/metrics.hpp"
#include "report/measure/pooled.hpp"
#include "report/measure/statistics.hpp"
#include "report/words/run_label.hpp"

namespace squall {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson attribute(const std::string& key, const std::string& value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}

std::string ucum(const std::string& unit) {
  if (unit == "bytes") return "By";
  if (unit == "bytes/s") return "By/s";
  return unit == "ratio" ? "1" : unit;
}

OrderedJson as_double(double value) {
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return rounded(value);
}

OrderedJson metric_json(const MetricValues& values, const Result& result) {
  const std::vector<std::uint64_t>& seeds = result.seeds;
  if (!supported(values)) return nullptr;
  OrderedJson points = OrderedJson::array();
  for (std::size_t i = 0; i < values.per_seed.size() && i < seeds.size(); ++i) {
    if (!values.per_seed[i]) continue;
    points.push_back({{"attributes", {attribute("squall.seed", std::to_string(seeds[i]))}},
                      {"timeUnixNano", std::to_string(result.started_unix_ns)},
                      {"asDouble", as_double(*values.per_seed[i])}});
  }
  if (points.empty()) return nullptr;
  const MetricRow* row = metric_named(values.name);
  return {{"name", "squall." + values.name},
          {"description", row == nullptr ? "" : std::string(row->meaning)},
          {"unit", ucum(values.unit)},
          {"gauge", {{"dataPoints", std::move(points)}}}};
}

}  // namespace

std::string otlp(const Result& result) {
  std::string text;
  for (const StrategyResult& strategy : result.strategies) {
    OrderedJson metrics = OrderedJson::array();
    for (const MetricValues& values : strategy.metrics) {
      OrderedJson metric = metric_json(values, result);
      if (!metric.is_null()) metrics.push_back(std::move(metric));
    }
    const OrderedJson resource = {
        {"attributes",
         {attribute("service.name", "squall"), attribute("squall.scenario", result.scenario_name),
          attribute("squall.strategy", strategy.strategy),
          attribute("squall.engine", engine_of(result)),
          attribute("squall.scenario_sha256", result.scenario_sha256)}}};
    const OrderedJson request = {
        {"resourceMetrics",
         {{{"resource", resource},
           {"scopeMetrics",
            {{{"scope", {{"name", "squall"}}}, {"metrics", std::move(metrics)}}}}}}}};
    text += request.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
  }
  return text;
}

}  // namespace squall
