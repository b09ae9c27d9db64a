// Writes result.json; keys are sorted by the library, numbers rounded by statistics.cpp.
// Reading it back is in json_read.cpp, the schema in json_schema.cpp.
#include "report/export/json.hpp"

#include <nlohmann/json.hpp>

#include "report/export/gates_json.hpp"
#include "report/measure/statistics.hpp"
#include "report/measure/too_few.hpp"
#include "report/page/charts_json.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;  // sorts keys

Json no_data() { return Json{{"no_data", true}}; }

Json metric_json(const MetricValues& values) {
  Json json;
  json["unit"] = values.unit;
  const Summary summary = summarize(values);
  if (summary.no_data && !summary.too_few) {
    json["no_data"] = true;
    return json;
  }
  json[summary.pooled ? "pooled" : "mean"] =
      summary.too_few ? no_data() : json_number(summary.mean);
  if (summary.pooled) json["samples"] = values.pooled->samples;
  json["ci95"] = no_data();
  if (summary.low && summary.high) {
    json["ci95"] = Json::array({json_number(*summary.low), json_number(*summary.high)});
  }
  json["per_seed"] = Json::array();
  for (const auto& value : values.per_seed) json["per_seed"].push_back(json_number(value));
  if (values.predicted) json["predicted"] = json_number(*values.predicted);
  return json;
}

// FNV-1a over the per-seed fingerprints: equal results have equal fingerprints.
std::string combined(const std::vector<std::string>& fingerprints) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::string& fingerprint : fingerprints) {
    for (const char c : fingerprint + "\n") {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
  }
  return hex16(hash);
}

Json outages_json(const std::vector<OutageShare>& outages) {
  Json list = Json::array();
  for (const OutageShare& outage : outages) {
    list.push_back({{"what", outage.what},
                    {"trigger", outage.trigger},
                    {"begin_ns", outage.begin_ns},
                    {"lasted_ns", outage.lasted_ns},
                    {"planned_ns", outage.planned_ns}});
  }
  return list;
}

Json strategy_json(const StrategyResult& strategy) {
  Json json;
  json["strategy"] = strategy.strategy;
  json["metrics"] = Json::object();
  for (const MetricValues& values : strategy.metrics) {
    json["metrics"][values.name] = metric_json(values);
  }
  json["loss"] = Json::array();
  for (const LossShare& loss : strategy.loss) {
    json["loss"].push_back({{"mechanism", loss.mechanism},
                            {"trigger", loss.trigger},
                            {"reason", loss.reason},
                            {"pairs", loss.pairs},
                            {"broken_promises", loss.broken_promises}});
  }
  json["bytes"] = Json::array();
  for (const ByteShare& share : strategy.bytes) {
    json["bytes"].push_back(
        {{"link", share.link}, {"purpose", share.purpose}, {"bytes", share.bytes}});
  }
  for (const EventCost& event : strategy.events) {
    json["events"].push_back(
        {{"fault", event.fault}, {"cost", metric_json(event.cost)}, {"per_day", event.per_day}});
  }
  json["fingerprints"] = strategy.fingerprints;
  json["fingerprint"] = combined(strategy.fingerprints);
  json["warnings"] = strategy.warnings;
  if (!strategy.notes.empty()) json["notes"] = strategy.notes;
  if (strategy.form != StrategyResult{}.form) json["form"] = strategy.form;
  json["charts"] = charts_json(strategy.charts);
  if (strategy.live.empty()) return json;
  for (const LiveShare& live : strategy.live) {
    json["live"].push_back({{"lateness_p50_ns", live.lateness_p50_ns},
                            {"lateness_p99_ns", live.lateness_p99_ns},
                            {"planned", live.planned},
                            {"sent", live.sent},
                            {"grey", live.grey},
                            {"cpu_ns", live.cpu_ns},
                            {"outages", outages_json(live.outages)},
                            {"strangers",
                             {{"connections", live.strangers.connections},
                              {"frames", live.strangers.frames},
                              {"messages", live.strangers.messages}}}});
  }
  json["invalid"] = strategy.invalid;
  return json;
}

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return "pass";
    case Outcome::fail: return "fail";
    case Outcome::no_data: return "no_data";
  }
  return "fail";
}

Json verdict_json(const Verdict& verdict) {
  Json json = {{"that", verdict.that},
               {"strategy", verdict.strategy},
               {"outcome", word(verdict.outcome)},
               {"measured", json_number(too_few(verdict) ? std::nullopt : verdict.measured)},
               {"limit", json_number(verdict.limit)},
               {"detail", verdict.detail},
               {"line", verdict.line},
               {"column", verdict.column}};
  if (too_few(verdict)) json["too_few"] = true;
  return json;
}

}  // namespace

std::string to_json(const Result& result) {
  Json json;
  json["scenario_name"] = result.scenario_name;
  json["scenario_sha256"] = result.scenario_sha256;
  Json scenario = Json::parse(result.resolved_scenario, nullptr, false);
  json["scenario"] = scenario.is_object() ? std::move(scenario) : Json::object();
  json["seeds"] = result.seeds;
  if (!result.engine_flags.empty()) json["engine_flags"] = result.engine_flags;
  json["results"] = Json::array();
  for (const StrategyResult& strategy : result.strategies) {
    json["results"].push_back(strategy_json(strategy));
  }
  json["verdicts"] = Json::array();
  for (const Verdict& verdict : result.verdicts) json["verdicts"].push_back(verdict_json(verdict));
  if (result.gates) json["gates"] = gates_json(*result.gates);
  json["timeline"] = timeline_json(result.timeline);
  json["complete"] = result.complete;
  json["problems"] = result.problems;
  nlohmann::ordered_json document;  // the schema's name first, then the sorted keys
  document["schema"] = "squall.result/1";
  for (auto& [key, value] : json.items()) document[key] = std::move(value);
  // Bytes that are no UTF-8 become U+FFFD: names are untrusted, and a writer must not throw.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace squall
