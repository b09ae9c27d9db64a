// L5: how often a rolling deploy disconnects a client: e - 1 times where chance places them.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include <algorithm>

#include "scenarios/model/laws.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"

namespace squall::predict {

Answer deploy(const Case& of) {
  const auto times = closed_form("reconnects.per_client", of.scenario, of.strategy);
  const bool deploys = std::ranges::any_of(of.scenario.script, [](const ScriptStep& step) {
    return step.verb == Verb::rolling_restart;
  });
  if (!deploys) return Answer::nothing("nothing is deployed");
  if (!times) {
    return Answer::nothing(
        "not one whole deploy alone, slow enough, behind a balancer whose choice is known");
  }
  Answer answer;
  answer.say("disconnections per client", *times, "1", "reconnects.per_client");
  return answer;
}

}  // namespace squall::predict
