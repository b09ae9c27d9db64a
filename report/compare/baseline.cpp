// Baseline <-> JSON. The result inside is written by json.cpp and cut down here, so both files
// spell numbers the same way.
#include "report/compare/baseline.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "report/export/json.hpp"
#include "report/measure/sha256.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

constexpr const char* kSchema = "squall.baseline/1";

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Over all values but itself: line breaks and the order of keys may change, a digit may not.
std::string checksum_of(Json document) {
  document.erase("checksum");
  return sha256_hex(compact(document));
}

// The metrics of one strategy, one a line.
std::string strategy_lines(const Json& strategy) {
  std::string text = fmt::format(
      "      {{\"strategy\": {},\n       \"fingerprints\": {},\n       \"loss\": [], \"bytes\": "
      "[], \"warnings\": {},\n       \"metrics\": {{",
      compact(strategy.at("strategy")), compact(strategy.at("fingerprints")),
      compact(strategy.at("warnings")));
  std::string separator = "\n";
  for (const auto& [name, metric] : strategy.at("metrics").items()) {
    Json kept = metric;
    if (kept.erase("mean") > 0) kept.erase("ci95");  // they follow from the values per seed
    text += fmt::format("{}         {}: {}", separator, compact(name), compact(kept));
    separator = ",\n";
  }
  return text + "}}";
}

std::string result_lines(const Json& result) {
  std::string text = "{\n    \"schema\": " + compact(result.at("schema"));
  for (const char* key :
       {"scenario_name", "scenario_sha256", "seeds", "complete", "problems", "scenario"}) {
    text += fmt::format(",\n    \"{}\": {}", key, compact(result.at(key)));
  }
  text += ",\n    \"verdicts\": [],\n    \"results\": [";
  std::string separator = "\n";
  for (const Json& strategy : result.at("results")) {
    text += separator + strategy_lines(strategy);
    separator = ",\n";
  }
  return text + "\n    ]\n  }";
}

}  // namespace

std::string to_json(const Baseline& baseline) {
  const Json result = Json::parse(to_json(baseline.result));
  const std::pair<const char*, const std::string*> words[] = {
      {"name", &baseline.name},
      {"saved", &baseline.saved},
      {"started", &baseline.started},
      {"squall", &baseline.version},
      {"engine", &baseline.engine},
      {"scenario_path", &baseline.scenario_path},
      {"result_sha256", &baseline.result_sha256},
  };
  std::string text = "{\n  \"schema\": \"" + std::string(kSchema) + "\"";
  for (const auto& [key, value] : words) {
    text += fmt::format(",\n  \"{}\": {}", key, compact(Json(*value)));
  }
  text += ",\n  \"result\": " + result_lines(result);
  return fmt::format("{},\n  \"checksum\": \"{}\"\n}}\n", text,
                     checksum_of(Json::parse(text + "}")));
}

std::variant<Baseline, std::string> baseline_from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (!json.is_object() || json.value("schema", "") != kSchema) {
      return "not a baseline of squall: \"schema\" has to be \"" + std::string(kSchema) + "\"";
    }
    if (json.value("checksum", "") != checksum_of(json)) {
      return "its values are not those that were saved: the checksum does not match; "
             "save the baseline again";
    }
    Baseline baseline;
    json.at("name").get_to(baseline.name);
    json.at("saved").get_to(baseline.saved);
    json.at("started").get_to(baseline.started);
    json.at("squall").get_to(baseline.version);
    json.at("engine").get_to(baseline.engine);
    json.at("scenario_path").get_to(baseline.scenario_path);
    json.at("result_sha256").get_to(baseline.result_sha256);
    std::variant<Result, std::string> result = from_json(json.at("result").dump());
    if (const auto* error = std::get_if<std::string>(&result)) return *error;
    baseline.result = std::get<Result>(std::move(result));
    return baseline;
  } catch (const Json::exception& error) {
    return std::string("not a readable baseline: ") + error.what();
  }
}

}  // namespace squall
