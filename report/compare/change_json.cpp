// A comparison as one JSON document, schema "squall.change/1", and as workflow commands of GitHub.
// Numbers that are missing are left out; infinite ones are the word "infinity".
#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/compare/change.hpp"
#include "report/measure/statistics.hpp"
#include "report/words/github.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

Json number(double value) {
  if (std::isinf(value)) return value < 0 ? "-infinity" : "infinity";
  return rounded(value);
}

void set(Json& json, const char* key, const std::optional<double>& value) {
  if (value) json[key] = number(*value);
}

Json verdict_json(const GateVerdict& verdict) {
  Json json = {{"metric", verdict.metric},
               {"unit", verdict.unit},
               {"strategy", verdict.strategy},
               {"outcome", name(verdict.outcome)},
               {"label", label(verdict)},
               {"relative", verdict.relative},
               {"worse", verdict.worse_higher ? "higher" : "lower"},
               {"margin", number(verdict.margin)},
               {"alpha", number(verdict.error)},
               {"seeds", verdict.seeds},
               {"seeds_worse", verdict.worse},
               {"seeds_better", verdict.better},
               {"changed", verdict.changed},
               {"why", verdict.why}};
  set(json, "base_mean", verdict.base_mean);
  set(json, "new_mean", verdict.new_mean);
  set(json, "change", verdict.change);
  set(json, "low", verdict.low);
  set(json, "high", verdict.high);
  set(json, "p", verdict.p);
  set(json, "p_holm", verdict.p_holm);
  set(json, "p_signed_rank", verdict.p_rank);
  set(json, "hodges_lehmann", verdict.shift);
  json["per_seed"] = Json::array();
  for (const double value : verdict.differences) json["per_seed"].push_back(number(value));
  if (!verdict.declared) return json;
  json["gate"] = verdict.gate;
  json["line"] = verdict.line;
  json["column"] = verdict.column;
  return json;
}

Json list(const std::vector<GateVerdict>& verdicts) {
  Json json = Json::array();
  for (const GateVerdict& verdict : verdicts) json.push_back(verdict_json(verdict));
  return json;
}

}  // namespace

std::string change_json(const ChangeReport& report) {
  Json json = {{"scenario", report.scenario},
               {"base", {{"name", report.base_name}, {"about", report.base_about}}},
               {"new", {{"name", report.new_name}, {"about", report.new_about}}},
               {"seeds", report.seeds},
               {"alpha", number(report.alpha)},
               {"identical", report.identical},
               {"advisory", report.advisory},
               {"comparable", report.not_comparable.empty()},
               {"not_comparable", report.not_comparable},
               {"identical_strategies", report.identical_strategies},
               {"changed_strategies", report.changed_strategies},
               {"gates", list(report.gates)},
               {"information", list(report.information)},
               {"gates_tested", report.tested},
               {"notes", report.notes},
               {"first_difference", report.first_difference},
               {"reproduce", report.reproduce},
               {"accept", report.accept}};
  json["scenario_differences"] = Json::array();
  for (const ScenarioDifference& difference : report.scenario_differences) {
    json["scenario_differences"].push_back({{"pointer", difference.pointer},
                                            {"what", difference.what},
                                            {"stimulus", difference.stimulus}});
  }
  nlohmann::ordered_json document;  // the schema's name first, then the sorted keys
  document["schema"] = "squall.change/1";
  for (auto& [key, value] : json.items()) document[key] = std::move(value);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string change_github(const ChangeReport& report) {
  std::vector<const GateVerdict*> bad;
  for (const GateVerdict& verdict : report.gates) {
    if (severity(verdict) <= 2) bad.push_back(&verdict);
  }
  std::ranges::stable_sort(bad, {}, [](const GateVerdict* row) { return severity(*row); });
  std::string text;
  if (!report.not_comparable.empty()) {
    text = "::error title=squall::" + github_text(report.not_comparable, false) + "\n";
  }
  for (std::size_t i = 0; i < std::min(bad.size(), kMostAnnotations); ++i) {
    const GateVerdict& verdict = *bad[i];
    const bool failed = severity(verdict) <= 1;
    text += failed ? "::error " : "::warning ";
    if (verdict.line > 0 && !report.scenario_path.empty()) {
      text += fmt::format("file={},line={},col={},", github_text(report.scenario_path, true),
                          verdict.line, verdict.column);
    }
    text += fmt::format(
        "title={}::{}\n", github_text(verdict.metric + " of " + verdict.strategy, true),
        github_text(
            fmt::format("{} {}; {}", change_words(verdict), margin_words(verdict), verdict.why),
            false));
  }
  if (bad.size() > kMostAnnotations) {
    text += fmt::format("::notice title=squall::and {} more in the summary\n",
                        bad.size() - kMostAnnotations);
  }
  return text;
}

}  // namespace squall
