// L6: whether the clients that a fault sends away together come back, or keep each other out.
//
// One statement for each step of the script that disconnects many at once. Retries come in a fixed
// window; back-off that grows always lets everybody in at last, however late.
#include <algorithm>

#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"

namespace squall::predict {
namespace {

using laws::seconds;

// How many of the nodes are gone while the clients of the step come back, and over how long a time
// these are sent away.
struct Push {
  double clients = 0, nodes_gone = 0, spread_s = 0;
};

Push push_of(const Scenario& scenario, const ScriptStep& step) {
  const double users = users_of(scenario);
  const double nodes = scenario.cluster.nodes.count;
  const auto hit = static_cast<double>(step.nodes.size());
  if (step.verb == Verb::crash || step.verb == Verb::host_loss) {
    return {users * hit / nodes, hit, 0};
  }
  if (step.verb == Verb::drain) return {users * hit / nodes, hit, seconds(step.drain)};
  if (step.verb == Verb::rolling_restart) {
    return {users * step.batch / nodes, double(step.batch), seconds(step.drain)};
  }
  if (step.verb != Verb::disconnect) return {};
  double people = 0;
  for (const Population& population : scenario.people) {
    if (population.name == step.population) people = population.count * step.share;
  }
  return {people, 0, 0};
}

void state(const Case& of, const ScriptStep& step, Answer& answer) {
  const Push push = push_of(of.scenario, step);
  const double left = of.scenario.cluster.nodes.count - push.nodes_gone;
  if (push.clients < 2 || left < 1) return;
  const double busy = std::min(0.99, demand(of.scenario, of.strategy).loops);
  const laws::Storm storm{
      .clients = push.clients,
      .window_s =
          push.spread_s + 2 * seconds(laws::expected_first_backoff(of.scenario.client.backoff)),
      .capacity = left * of.scenario.cluster.nodes.loops * (1 - busy) / connect_work_s(of.scenario),
      .timeout_s = seconds(of.scenario.client.connect_timeout)};
  const std::string name = step.label + ": ";
  answer.say(name + "clients that come back together", storm.clients, "1");
  answer.say(name + "clients that the nodes left could take in that window and their patience",
             storm.capacity * (storm.window_s + storm.timeout_s), "1");
  answer.say(name + "let in at the first attempt", laws::storm_first_wave(storm), "ratio");
  answer.say(name + "1 if the storm would feed itself for ever at a fixed retry",
             laws::storm_sustains_itself(storm) ? 1 : 0, "1");
}

}  // namespace

Answer storms(const Case& of) {
  Answer answer;
  for (const ScriptStep& step : of.scenario.script) state(of, step, answer);
  if (answer.figures.empty()) return Answer::nothing("no step sends many away at once");
  return answer;
}

}  // namespace squall::predict
