// What is doubtful of what is played, and nothing else: strategies that a list leaves out say
// nothing, and each is looked at with the settings that it plays. The findings are lint.cpp's.
#include <algorithm>
#include <set>
#include <utility>

#include "scenarios/model/lint.hpp"
#include "scenarios/model/settings.hpp"
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

// Strategies that play the same of the scenario, and what there is to say of them.
struct Party {
  const StrategySpec* first;
  std::vector<StrategySpec> members;
  std::vector<Finding> findings = {};
};

std::vector<Party> parties_of(const Scenario& scenario) {
  const auto played = [](const StrategySpec& spec) {
    std::vector<std::pair<std::string, std::string>> settings;
    for (const Setting& one : spec.settings) {
      if (one.played) settings.emplace_back(one.pointer, one.value);
    }
    return settings;
  };
  std::vector<Party> parties;
  for (const StrategySpec& spec : scenario.strategies) {
    const auto party = std::ranges::find_if(
        parties, [&](const Party& one) { return played(*one.first) == played(spec); });
    if (party == parties.end()) {
      parties.push_back({&spec, {spec}});
    } else {
      party->members.push_back(spec);
    }
  }
  if (parties.empty()) parties.push_back({nullptr, {}});
  return parties;
}

std::vector<Finding> findings_of(const Scenario& scenario, const Party& party) {
  Scenario alone = scenario;
  alone.strategies = party.members;
  if (party.first == nullptr) return findings_in(alone);
  return as_played_by(*party.first, alone, findings_in);
}

// " (broadcast, routed)", where only some of the strategies bring it about.
std::string whose(const std::vector<Party>& parties, const Finding& finding) {
  std::string names;
  bool everybodys = true;
  for (const Party& party : parties) {
    const bool has = std::ranges::find(party.findings, finding) != party.findings.end();
    everybodys = everybodys && has;
    for (const StrategySpec& spec : party.members) {
      if (has) names += (names.empty() ? "" : ", ") + spec.name;
    }
  }
  return everybodys ? "" : " (" + names + ")";
}

}  // namespace

void lint_scenario(Reading& reading, const Json& root) {
  std::vector<Party> parties = parties_of(reading.scenario);
  for (Party& party : parties) party.findings = findings_of(reading.scenario, party);
  std::set<Finding> said;
  for (const Party& party : parties) {
    for (const Finding& finding : party.findings) {
      if (!said.insert(finding).second) continue;
      reading.warn_at(root, finding.pointer, finding.code,
                      finding.message + whose(parties, finding));
    }
  }
}

}  // namespace squall::language
