// Reads result.json back; the counterpart of json.cpp.
// Every deviation from the shape ends as one sentence, never an exception.
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "report/export/gates_json.hpp"
#include "report/export/json.hpp"
#include "report/measure/metrics.hpp"
#include "report/measure/too_few.hpp"
#include "report/page/charts_json.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

// Results of older versions do not say.
StrangerRow strangers_of(const Json& live) {
  if (!live.contains("strangers")) return {};
  const Json& row = live["strangers"];
  return {row.at("connections"), row.at("frames"), row.at("messages")};
}

bool is_no_data(const Json& json) { return json.is_object() && json.value("no_data", false); }

// Throws Json::exception on another shape, caught in from_json.
std::optional<double> number_of(const Json& json) {
  if (is_no_data(json)) return std::nullopt;
  if (json == "infinity") return std::numeric_limits<double>::infinity();
  if (json == "-infinity") return -std::numeric_limits<double>::infinity();
  return json.get<double>();
}

MetricValues metric_of(const std::string& name, const Json& json, std::size_t seeds) {
  MetricValues values{name, json.at("unit").get<std::string>(), {}};
  if (is_no_data(json)) {
    values.per_seed.resize(seeds);
    return values;
  }
  for (const Json& value : json.at("per_seed")) values.per_seed.push_back(number_of(value));
  if (json.contains("predicted")) values.predicted = number_of(json.at("predicted"));
  if (!json.contains("pooled")) return values;
  Pooled& pooled = values.pooled.emplace();
  pooled.value = number_of(json.at("pooled")).value_or(0);
  json.at("samples").get_to(pooled.samples);
  const Json& interval = json.at("ci95");
  if (!is_no_data(interval)) {
    pooled.low = number_of(interval.at(0));
    pooled.high = number_of(interval.at(1));
  }
  return values;
}

std::size_t registry_position(const MetricValues& values) {
  const MetricRow* row = metric_named(values.name);
  return row == nullptr ? metric_rows().size()
                        : static_cast<std::size_t>(row - metric_rows().data());
}

StrategyResult strategy_of(const Json& json, std::size_t seeds) {
  StrategyResult result;
  result.strategy = json.at("strategy").get<std::string>();
  for (const auto& [name, metric] : json.at("metrics").items()) {
    result.metrics.push_back(metric_of(name, metric, seeds));
  }
  std::stable_sort(result.metrics.begin(), result.metrics.end(),
                   [](const MetricValues& a, const MetricValues& b) {
                     return registry_position(a) < registry_position(b);
                   });
  for (const Json& loss : json.at("loss")) {
    result.loss.push_back({loss.at("mechanism"), loss.at("trigger"), loss.at("reason"),
                           loss.at("pairs"), loss.at("broken_promises")});
  }
  for (const Json& share : json.at("bytes")) {
    result.bytes.push_back({share.at("link"), share.at("purpose"), share.at("bytes")});
  }
  for (const Json& event : json.value("events", Json::array())) {
    result.events.push_back({event.at("fault"),
                             metric_of("loss.per_event", event.at("cost"), seeds),
                             event.at("per_day")});
  }
  result.fingerprints = json.at("fingerprints").get<std::vector<std::string>>();
  result.warnings = json.at("warnings").get<std::vector<std::string>>();
  result.notes = json.value("notes", std::vector<std::string>{});
  result.form = json.value("form", result.form);
  if (json.contains("charts")) result.charts = charts_of(json["charts"]);
  if (!json.contains("live")) return result;
  for (const Json& live : json.at("live")) {
    result.live.push_back({live.at("lateness_p50_ns"),
                           live.at("lateness_p99_ns"),
                           live.at("planned"),
                           live.at("sent"),
                           live.at("grey"),
                           live.at("cpu_ns"),
                           {},
                           strangers_of(live)});
    for (const Json& outage : live.value("outages", Json::array())) {
      result.live.back().outages.push_back({outage.at("what"), outage.at("trigger"),
                                            outage.at("begin_ns"), outage.at("lasted_ns"),
                                            outage.at("planned_ns")});
    }
  }
  result.invalid = json.at("invalid").get<std::vector<std::string>>();
  return result;
}

Outcome outcome_of(const std::string& word) {
  if (word == "pass") return Outcome::pass;
  return word == "no_data" ? Outcome::no_data : Outcome::fail;
}

Verdict verdict_of(const Json& json) {
  Verdict verdict;
  verdict.that = json.at("that").get<std::string>();
  verdict.strategy = json.at("strategy").get<std::string>();
  verdict.outcome = outcome_of(json.at("outcome").get<std::string>());
  verdict.measured = number_of(json.at("measured"));
  if (json.value("too_few", false)) verdict.measured = kTooFew;
  verdict.limit = number_of(json.at("limit")).value_or(0);
  verdict.detail = json.at("detail").get<std::string>();
  verdict.line = json.at("line").get<int>();
  verdict.column = json.at("column").get<int>();
  return verdict;
}

Result result_of(const Json& json) {
  Result result;
  result.scenario_name = json.at("scenario_name").get<std::string>();
  result.scenario_sha256 = json.at("scenario_sha256").get<std::string>();
  result.resolved_scenario = json.at("scenario").dump(2);
  result.seeds = json.at("seeds").get<std::vector<std::uint64_t>>();
  result.engine_flags = json.value("engine_flags", "");
  for (const Json& strategy : json.at("results")) {
    result.strategies.push_back(strategy_of(strategy, result.seeds.size()));
  }
  for (const Json& verdict : json.at("verdicts")) result.verdicts.push_back(verdict_of(verdict));
  if (json.contains("gates")) result.gates = gates_of(json["gates"]);
  if (json.contains("timeline")) result.timeline = timeline_of(json["timeline"]);
  result.complete = json.at("complete").get<bool>();
  result.problems = json.at("problems").get<std::vector<std::string>>();
  return result;
}

}  // namespace

std::variant<Result, std::string> from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    const std::string schema = json.is_object() ? json.value("schema", "") : "";
    if (schema != "squall.result/1") {
      return "not a result of squall: \"schema\" has to be \"squall.result/1\"";
    }
    return result_of(json);
  } catch (const Json::exception& error) {
    return std::string("not a readable result: ") + error.what();
  }
}

}  // namespace squall
