// Looks into the resolved scenario for the profile's name. See costs_note.hpp.
// What is known of a profile stands in scenarios/model/calibration.hpp.
#include "report/measure/costs_note.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/model/calibration.hpp"

namespace squall {

std::string costs_note(const Result& result) {
  const bool live = std::ranges::any_of(
      result.strategies, [](const StrategyResult& strategy) { return !strategy.live.empty(); });
  const auto scenario = nlohmann::json::parse(result.resolved_scenario, nullptr, false);
  const nlohmann::json::json_pointer place("/cluster/nodes/cost_profile");
  if (live || !scenario.is_object() || !scenario.contains(place)) return {};
  const nlohmann::json& name = scenario.at(place);
  if (!name.is_string()) return {};
  NodeConfig nodes;
  nodes.cost_profile = name.get<std::string>();
  std::string text = "costs: " + costs_in_words(nodes);
  const nlohmann::json::json_pointer own("/cluster/nodes/costs");
  if (scenario.contains(own) && !scenario.at(own).empty()) text += "; some by the scenario itself";
  return text;
}

}  // namespace squall
