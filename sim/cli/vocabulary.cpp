// One loop per registry.
// A registry that is missing here has names that no scenario can use.
#include "sim/cli/vocabulary.hpp"

#include "report/measure/metrics.hpp"
#include "scenarios/model/calibration.hpp"
#include "scenarios/model/cost_profile.hpp"
#include "strategies/core/placement.hpp"
#include "strategies/presets.hpp"

namespace squall {

Vocabulary make_vocabulary() {
  Vocabulary vocabulary;
  for (const PresetRow& row : presets()) {
    vocabulary.presets.push_back(row.spec);
    if (row.in_default_set) vocabulary.default_strategies.push_back(row.spec.name);
  }
  for (const PlacementRow& row : placements()) vocabulary.placements.emplace_back(row.name);
  for (const CostProfile& row : cost_profiles()) vocabulary.cost_profiles.emplace_back(row.name);
  for (std::string& name : calibration_names()) vocabulary.cost_profiles.push_back(name);
  for (const MetricRow& row : metric_rows()) {
    vocabulary.metrics.push_back({.name = std::string(row.name),
                                  .unit = std::string(row.unit),
                                  .has_closed_form = row.has_closed_form,
                                  .per_traffic = row.per_traffic,
                                  .per_span = row.per_span});
  }
  return vocabulary;
}

}  // namespace squall
