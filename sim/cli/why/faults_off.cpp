// Faults that do not come. See changes.hpp.
// How a command says the same: the step becomes a flash of traffic that multiplies it by one.
#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/model/plan.hpp"
#include "sim/cli/why/changes.hpp"

namespace squall {
namespace {

bool ends(Verb verb, Verb fault) {
  return (verb == Verb::restart && (fault == Verb::crash || fault == Verb::host_loss)) ||
         (verb == Verb::undrain && fault == Verb::drain) ||
         (verb == Verb::heal && fault == Verb::partition);
}

// A fault still, with its label and number, that does nothing.
void calm_fault(ScriptStep& step) {
  step.verb = Verb::flash;
  step.traffic.clear();
  step.times = 1;
  step.lasts = std::max<Duration>(step.lasts, 1ns);
}

void calm_end(ScriptStep& step) {
  step.verb = Verb::send;
  step.repeat = 0;
}

// Where in the file the step with this label stands. It has its label from there, or its number.
std::optional<std::size_t> place_in_file(const Scenario& scenario, const std::string& label) {
  const auto file = nlohmann::json::parse(scenario.source_text, nullptr, false);
  if (!file.is_object() || !file.contains("script") || !file["script"].is_array()) return {};
  const auto& script = file["script"];
  for (std::size_t i = 0; i < script.size(); ++i) {
    const std::string verb = script[i].value("do", "");
    const std::string named = script[i].value("as", fmt::format("{}-{}", verb, i));
    if (named == label) return i;
  }
  return std::nullopt;
}

void say_fault(const Fault& fault, Change& change) {
  const ScriptStep& step = change.scenario.script[fault.step];
  const auto place = place_in_file(change.scenario, fault.label);
  const bool ended_elsewhere = std::ranges::any_of(
      change.scenario.script, [&](const ScriptStep& other) { return ends(other.verb, step.verb); });
  if (!place || ended_elsewhere || change.scenario.traffic.empty()) {
    change.set.clear();
    return;
  }
  const nlohmann::json calm = {
      {"at", fmt::format("{}ns", step.at.count())}, {"as", fault.label}, {"do", "flash"},
      {"on", change.scenario.traffic.front().name}, {"times", 1},        {"for", "1ms"}};
  change.set.push_back(fmt::format("/script/{}={}", *place, calm.dump()));
}

}  // namespace

std::vector<Fault> faults_of(const Scenario& scenario) {
  std::vector<Fault> faults;
  for (const FaultSpan& span : fault_spans(scenario)) {
    Fault fault{span.label, span.trigger, 0, {}};
    while (scenario.script[fault.step].label != span.label) ++fault.step;
    faults.push_back(std::move(fault));
  }
  for (std::size_t i = 0; i < scenario.people.size(); ++i) {
    if (scenario.people[i].drop.is_never()) continue;
    faults.push_back({"the drops of " + scenario.people[i].name, churn_trigger(scenario, i), 0, i});
  }
  return faults;
}

Change without(std::span<const Fault> off, const Scenario& scenario, const StrategySpec& spec) {
  Change change{"without", scenario, spec, {}, spec.name};
  bool sayable = true;
  for (const Fault& fault : off) {
    change.name += (&fault == &off.front() ? " " : " and ") + fault.label;
    const std::size_t said = change.set.size();
    if (fault.population) {
      Population& population = change.scenario.people[*fault.population];
      population.drop = Distribution::never();
      change.set.push_back("/people/" + population.name + "/drop=never");
    } else {
      say_fault(fault, change);
    }
    sayable = sayable && change.set.size() > said;
  }
  if (!sayable) change.set.clear();
  for (const Fault& fault : off) {
    if (fault.population) continue;
    const ScriptStep step = change.scenario.script[fault.step];
    for (ScriptStep& other : change.scenario.script) {
      if (other.at < step.at || !ends(other.verb, step.verb)) continue;
      if (step.verb != Verb::partition && other.nodes != step.nodes) continue;
      calm_end(other);
      break;
    }
    calm_fault(change.scenario.script[fault.step]);
  }
  return change;
}

}  // namespace squall
