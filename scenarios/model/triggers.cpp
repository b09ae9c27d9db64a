// Who can be to blame for a loss in a scenario, in the order of their ids.
// plan.hpp has the functions from causes to these ids; this is only their names.
#include "scenarios/model/tables.hpp"

namespace squall {

std::vector<std::string> trigger_names(const Scenario& scenario) {
  std::vector<std::string> names{"structural", "overload"};
  for (const Population& population : scenario.people) names.push_back("churn:" + population.name);
  names.emplace_back("churn:individual");
  for (const ScriptStep& step : scenario.script) {
    if (language::row(step.verb).has_span) names.push_back("fault:" + step.label);
  }
  names.emplace_back("accident");
  return names;
}

}  // namespace squall
