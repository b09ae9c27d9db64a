// A sweep as JSON and as a tidy table. The table for people is sweep_text.cpp, the page
// heat_map_page.cpp.
#include "report/sweep/sweep_result.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/export/csv.hpp"
#include "report/measure/statistics.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

Json number(const std::optional<double>& value) {
  if (!value) return {{"no_data", true}};
  const double stored = rounded(*value);
  if (std::isinf(stored)) return stored < 0 ? "-infinity" : "infinity";
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::trunc(stored) == stored && std::abs(stored) < kExact) {
    return static_cast<std::int64_t>(stored);
  }
  return stored;
}

Json metric_json(const MetricValues& values) {
  const Summary summary = summarize(values);
  if (summary.no_data && !summary.too_few) return {{"unit", values.unit}, {"no_data", true}};
  Json json = {{"unit", values.unit}, {"ci95", number({})}};
  json[summary.pooled ? "pooled" : "mean"] =
      number(summary.too_few ? std::nullopt : std::optional(summary.mean));
  if (summary.pooled) json["samples"] = values.pooled->samples;
  if (summary.low && summary.high) {
    json["ci95"] = Json::array({number(summary.low), number(summary.high)});
  }
  json["per_seed"] = Json::array();
  for (const auto& value : values.per_seed) json["per_seed"].push_back(number(value));
  return json;
}

Json strategy_json(const SweepStrategy& strategy) {
  Json json = {{"strategy", strategy.strategy}, {"unstable_seeds", strategy.unstable}};
  json["metrics"] = Json::object();
  for (const MetricValues& values : strategy.metrics) {
    json["metrics"][values.name] = metric_json(values);
  }
  json["fingerprints"] = Json::array();
  for (const auto& fingerprint : strategy.fingerprints) {
    json["fingerprints"].push_back(fingerprint ? Json(*fingerprint) : Json(nullptr));
  }
  return json;
}

std::string csv_number(double value) {
  const Json json = number(value);
  return json.is_string() ? json.get<std::string>() : json.dump();
}

}  // namespace

const SweepStrategy* strategy_at(const SweepPointResult& point, const std::string& strategy) {
  const auto found = std::ranges::find(point.strategies, strategy, &SweepStrategy::strategy);
  return found == point.strategies.end() ? nullptr : &*found;
}

const MetricValues* metric_of(const SweepStrategy& strategy, const std::string& metric) {
  const auto found = std::ranges::find(strategy.metrics, metric, &MetricValues::name);
  return found == strategy.metrics.end() ? nullptr : &*found;
}

std::string to_json(const SweepResult& result) {
  nlohmann::ordered_json document;
  document["schema"] = "squall.sweep/1";
  document["scenario_name"] = result.scenario_name;
  document["scenario_sha256"] = result.scenario_sha256;
  document["complete"] = result.complete;
  document["problems"] = result.problems;
  document["overrides"] = result.overrides;
  document["parameters"] = Json::array();
  for (const SweepParameter& parameter : result.parameters) {
    document["parameters"].push_back(
        {{"pointer", parameter.pointer}, {"values", parameter.values}});
  }
  document["seeds"] = result.seeds;
  document["strategies"] = result.strategies;
  document["points"] = Json::array();
  for (const SweepPointResult& point : result.points) {
    Json entry = {{"values", point.values}, {"scenario_sha256", point.scenario_sha256}};
    entry["results"] = Json::array();
    for (const SweepStrategy& strategy : point.strategies) {
      entry["results"].push_back(strategy_json(strategy));
    }
    document["points"].push_back(nlohmann::ordered_json(std::move(entry)));
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string csv(const SweepResult& result) {
  std::string text;
  for (const SweepParameter& parameter : result.parameters) {
    text += csv_field(parameter.pointer) + ",";
  }
  text += "strategy,seed,metric,value,unit\n";
  for (const SweepPointResult& point : result.points) {
    std::string where;
    for (const std::string& value : point.values) where += csv_field(value) + ",";
    for (const SweepStrategy& strategy : point.strategies) {
      for (std::size_t seed = 0; seed < result.seeds.size(); ++seed) {
        if (!strategy.fingerprints[seed]) continue;
        const std::string who =
            fmt::format("{}{},{},", where, csv_field(strategy.strategy), result.seeds[seed]);
        for (const MetricValues& values : strategy.metrics) {
          const std::optional<double>& value = values.per_seed[seed];
          text += fmt::format("{}{},{},{}\n", who, values.name, value ? csv_number(*value) : "",
                              values.unit);
        }
      }
    }
  }
  return text;
}

}  // namespace squall
