// The JSON Schema (draft-07) of result.json; json.cpp writes what it describes.
// Additive changes keep "squall.result/1".
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "report/export/gates_json.hpp"
#include "report/export/json.hpp"
#include "report/measure/metrics.hpp"
#include "report/page/charts_json.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

Json reference(const std::string& definition) { return {{"$ref", "#/definitions/" + definition}}; }

Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

Json text() { return {{"type", "string"}}; }
Json whole() { return {{"type", "integer"}, {"minimum", 0}}; }

// All properties are required; others may be added by later versions.
Json object(const Json& properties) {
  Json required = Json::array();
  for (const auto& [name, property] : properties.items()) required.push_back(name);
  return {{"type", "object"}, {"properties", properties}, {"required", required}};
}

Json definitions() {
  Json all;
  all["no_data"] = object({{"no_data", {{"const", true}}}});
  all["number"] = {{"description", "a number, the word for an infinite one, or the lack of data"},
                   {"anyOf",
                    {Json{{"type", "number"}}, Json{{"enum", {"infinity", "-infinity"}}},
                     reference("no_data")}}};
  const Json interval = {{"type", "array"},
                         {"items", reference("number")},
                         {"minItems", 2},
                         {"maxItems", 2},
                         {"description",
                          "over replications, 95 %: Student's t of a mean, a studentized "
                          "bootstrap of a pooled quantile"}};
  Json measured = object({{"unit", {{"enum", {"ns", "bytes", "bytes/s", "ratio", "1", "money"}}}},
                          {"mean", reference("number")},
                          {"ci95", {{"anyOf", {interval, reference("no_data")}}}},
                          {"per_seed", list_of(reference("number"))}});
  Json quantile = object({{"unit", {{"enum", {"ns", "1"}}}},
                          {"pooled", reference("number")},
                          {"samples", whole()},
                          {"ci95", {{"anyOf", {interval, reference("no_data")}}}},
                          {"per_seed", list_of(reference("number"))}});
  quantile["description"] =
      "of the samples of all replications together, never an average; no "
      "data where they are too few to tell it";
  for (Json* const kind : {&measured, &quantile}) {
    Json& predicted = (*kind)["properties"]["predicted"];
    predicted = reference("number");
    predicted["description"] = "what a law says of it, where one does; squall predict says which";
  }
  Json unmeasured = object({{"unit", text()}, {"no_data", {{"const", true}}}});
  all["metric"] = {{"anyOf", {std::move(measured), std::move(quantile), std::move(unmeasured)}}};
  all["loss"] = object({{"mechanism", text()},
                        {"trigger", text()},
                        {"reason", text()},
                        {"pairs", whole()},
                        {"broken_promises", whole()}});
  all["bytes"] = object({{"link", text()}, {"purpose", text()}, {"bytes", {{"type", "integer"}}}});
  all["verdict"] = object({{"that", text()},
                           {"strategy", text()},
                           {"outcome", {{"enum", {"pass", "fail", "no_data"}}}},
                           {"measured", reference("number")},
                           {"limit", reference("number")},
                           {"detail", text()},
                           {"line", whole()},
                           {"column", whole()}});
  all["verdict"]["properties"]["too_few"] = {{"const", true}};  // only where samples are
  return all;
}

Json strategy_schema() {
  Json metrics = {{"type", "object"}, {"additionalProperties", reference("metric")}};
  for (const MetricRow& row : metric_rows()) {
    metrics["properties"][std::string(row.name)] = {
        {"description", fmt::format("{} [{}]", row.meaning, row.unit)},
        {"allOf", Json::array({reference("metric")})}};
  }
  Json strategy = object({{"strategy", text()},
                          {"metrics", std::move(metrics)},
                          {"loss", list_of(reference("loss"))},
                          {"bytes", list_of(reference("bytes"))},
                          {"fingerprint", text()},
                          {"fingerprints", list_of(text())},
                          {"warnings", list_of(text())},
                          {"charts", charts_schema()}});
  // Only who has something to say has these.
  strategy["properties"]["notes"] = list_of(text());
  strategy["properties"]["form"] = {{"enum", {"hardened", "product"}}};  // else it is a textbook's
  // Only a scenario with faults has these.
  strategy["properties"]["events"] = list_of(object(
      {{"fault", text()}, {"cost", reference("metric")}, {"per_day", {{"type", "number"}}}}));
  const Json strangers =
      object({{"connections", whole()}, {"frames", whole()}, {"messages", whole()}});
  // Only a live run has these.
  Json outage = object({{"what", text()},
                        {"trigger", text()},
                        {"begin_ns", {{"type", "integer"}}},
                        {"lasted_ns", whole()},
                        {"planned_ns", whole()}});
  strategy["properties"]["live"] = list_of(object({{"lateness_p50_ns", whole()},
                                                   {"lateness_p99_ns", whole()},
                                                   {"planned", whole()},
                                                   {"sent", whole()},
                                                   {"grey", whole()},
                                                   {"cpu_ns", whole()},
                                                   {"outages", list_of(outage)},
                                                   {"strangers", strangers}}));
  strategy["properties"]["invalid"] = list_of(text());
  return strategy;
}

}  // namespace

std::string result_schema() {
  Json schema = object({{"schema", {{"const", "squall.result/1"}}},
                        {"scenario", {{"type", "object"}}},
                        {"scenario_name", text()},
                        {"scenario_sha256", text()},
                        {"seeds", list_of(whole())},
                        {"results", list_of(strategy_schema())},
                        {"verdicts", list_of(reference("verdict"))},
                        {"timeline", timeline_schema()},
                        {"complete", {{"type", "boolean"}}},
                        {"problems", list_of(text())}});
  schema["properties"]["gates"] = gates_schema();  // only where there was a baseline
  schema["properties"]["engine_flags"] = text();   // only a live run has it
  schema["$schema"] = "http://json-schema.org/draft-07/schema#";
  schema["title"] = "Result of a run of squall";
  schema["definitions"] = definitions();
  return schema.dump(2) + "\n";
}

}  // namespace squall
