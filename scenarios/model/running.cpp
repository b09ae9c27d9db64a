// The steps of `scale`, one after the other, as changes of one number. See running.hpp.
// What a step does to each node is plan_script.cpp.
#include "scenarios/model/running.hpp"

#include <algorithm>
#include <vector>

#include "scenarios/model/plan.hpp"

namespace squall {
namespace {

struct Change {
  Time at;
  int by;
};

std::vector<Change> changes_of(const Scenario& scenario) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < scenario.script.size(); ++i) {
    const ScriptStep& step = scenario.script[i];
    if (step.verb != Verb::scale) continue;
    const int by = step.to_nodes - running_before(scenario, i);
    changes.push_back({by < 0 ? step.at + step.drain : step.at, by});
  }
  std::ranges::stable_sort(changes, {}, &Change::at);
  return changes;
}

}  // namespace

std::uint16_t most_running(const Scenario& scenario) {
  int running = running_before(scenario, 0), most = 0;
  for (const Change& change : changes_of(scenario)) {
    if (change.at >= scenario.time.measure) break;
    if (change.at > Time{0}) most = std::max(most, running);
    running += change.by;
  }
  return static_cast<std::uint16_t>(std::max(most, running));
}

double mean_running(const Scenario& scenario) {
  const auto measure = static_cast<double>(scenario.time.measure.count());
  double running = running_before(scenario, 0);
  for (const Change& change : changes_of(scenario)) {
    const double left = static_cast<double>((scenario.time.measure - change.at).count());
    running += change.by * std::clamp(left / measure, 0.0, 1.0);
  }
  return running;
}

}  // namespace squall
