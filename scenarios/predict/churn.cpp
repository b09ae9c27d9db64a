// L4: with every server healthy, what is said to a client in its gaps is lost, at most once.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include <algorithm>

#include "scenarios/model/calm.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"

namespace squall::predict {
namespace {

using laws::seconds;

}  // namespace

Answer churn(const Case& of) {
  double gap_s = 0;  // the mean over those whose connections break
  const double users = users_of(of.scenario);
  double reached = 0, breaks_per_s = 0, breaking = 0;
  bool settled = true;  // else it becomes so after measure, if ever
  for (const Population& people : of.scenario.people) {
    if (people.drop.is_never()) {
      reached += people.count;
      continue;
    }
    if (people.drop.kind != Distribution::Kind::exponential) {
      return Answer::nothing("drops have a memory: only exp(...) has none");
    }
    if (people.silent_drop > 0) return Answer::nothing("some drops are silent");
    const ClientConfig client = client_of(of.scenario, people);
    const Duration gap = laws::expected_ready_again(of.scenario, client);
    if (!loops_let_in(of.scenario, of.strategy, gap)) {
      return Answer::nothing("who comes back waits for loops that are busy with batches");
    }
    settled = settled && gaps_settle(of.scenario, gap);
    const laws::Churn one{.gap_s = seconds(gap), .up_s = people.drop.mean() * 1e-9};
    gap_s += people.count * one.gap_s;
    breaking += people.count;
    reached += people.count * (1.0 - laws::churn_floor(one));
    breaks_per_s += people.count / (one.up_s + one.gap_s);
  }
  if (clients_alike(of.scenario)) {
    gap_s = seconds(laws::expected_ready_again(of.scenario));
  } else if (breaking > 0) {
    gap_s /= breaking;
  }
  Answer answer;
  answer.say("from a break to ready again", gap_s * 1e9, "ns");
  answer.say("floor: said in a gap of its recipient", 1.0 - reached / users, "ratio");
  answer.say("online time in which a client can be reached", reached / users, "ratio",
             settled ? "reachable.share" : "");
  const double measure_s = seconds(of.scenario.time.measure);
  answer.say("breaks per client in measure", breaks_per_s * measure_s / users, "1",
             settled ? "reconnects.per_client" : "");
  answer.say("attempts to connect in measure", breaks_per_s * measure_s, "1",
             settled ? "connections.attempts" : "");
  const auto loss = closed_form("loss.intent", of.scenario, of.strategy);
  if (loss) answer.say("lost in gaps, and on uplinks that break", *loss, "ratio", "loss.intent");
  return answer;
}

}  // namespace squall::predict
