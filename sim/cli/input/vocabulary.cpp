// One loop per registry.
// A registry that is missing here has names that no scenario can use.
#include "sim/cli/input/vocabulary.hpp"

#include <utility>

#include "report/measure/metrics.hpp"
#include "scenarios/model/calibration.hpp"
#include "scenarios/model/cost_profile.hpp"
#include "strategies/core/placement.hpp"
#include "strategies/presets.hpp"
#include "strategies/products.hpp"

namespace squall {
namespace {

// Of the textbook forms the five alone: the others are variants of them, to ask for by name.
std::vector<std::string> names_of(Form form) {
  std::vector<std::string> names;
  for (const PresetRow& row : presets()) {
    const bool asked = form == Form::textbook ? row.in_default_set : form_of(row.spec) == form;
    if (asked) names.push_back(row.spec.name);
  }
  for (const ProductRow& row : products()) {
    if (form == Form::product) names.push_back(row.spec.name);
  }
  return names;
}

}  // namespace

Vocabulary make_vocabulary() {
  Vocabulary vocabulary;
  for (const PresetRow& row : presets()) {
    vocabulary.presets.push_back(row.spec);
    if (row.in_default_set) vocabulary.default_strategies.push_back(row.spec.name);
  }
  for (const ProductRow& row : products()) vocabulary.presets.push_back(row.spec);
  for (const auto& [name, form] : {std::pair{"textbook", Form::textbook},
                                   {"hardened", Form::hardened},
                                   {"products", Form::product}}) {
    vocabulary.groups.push_back({name, names_of(form)});
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
