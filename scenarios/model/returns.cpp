// One sum over populations. See returns.hpp.
// A population that drops does so once in its time up and its gap.
#include "scenarios/model/returns.hpp"

#include <algorithm>

#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/own_clients.hpp"
#include "strategies/core/backplane.hpp"

namespace squall {
namespace {

// Of one return. Where one log has everything, the node reads on from the last message that the
// client itself has got, which was a while before its gap, and handles all that others were told.
double reading_s(const Scenario& scenario, const StrategySpec& strategy, double up_s,
                 double gap_s) {
  const BackplaneRow& row = *backplane_named(strategy.backplane);
  if (!strategy.has_log() || row.reads_log || row.covers != Covers::broker_link) return 0;
  const CostProfile costs = costs_of(scenario.cluster.nodes);
  double said = 0, heard = 0, work_s = 0;
  for (const Traffic& traffic : scenario.traffic) {
    const double rate = messages_per_second(traffic);
    said += rate;
    heard += rate * mean_recipients(scenario, traffic) / users_of(scenario);
    work_s += rate * (laws::seconds(costs.broker_receive) +
                      laws::seconds(costs.per_kib) * traffic.size.mean() / 1024);
  }
  if (said <= 0) return 0;
  const double behind_s = gap_s + 1 / (heard + 1 / up_s);
  const double kept_s = std::min(laws::seconds(strategy.resume), strategy.resume_messages / said);
  return work_s * std::min(behind_s, kept_s);
}

}  // namespace

double share_online(const Scenario& scenario, const Population& people) {
  if (people.drop.is_never()) return 1;
  const ClientConfig client = client_of(scenario, people);
  const double gap_s = laws::seconds(laws::expected_ready_again(scenario, client));
  return 1 - laws::churn_floor({.gap_s = gap_s, .up_s = people.drop.mean() * 1e-9});
}

double share_online(const Scenario& scenario) {
  double online = 0;
  for (const Population& people : scenario.people) {
    online += people.count * share_online(scenario, people);
  }
  return users_of(scenario) > 0 ? online / users_of(scenario) : 1;
}

double work_of_returns(const Scenario& scenario, const StrategySpec& strategy) {
  double busy = 0;
  for (const Population& people : scenario.people) {
    if (people.drop.is_never()) continue;
    const ClientConfig client = client_of(scenario, people);
    const double gap_s = laws::seconds(laws::expected_ready_again(scenario, client));
    const double up_s = std::max(people.drop.mean() * 1e-9, 1e-9);
    const double returns = double(people.count) * strategy.connections / (up_s + gap_s);
    busy += returns * (connect_work_s(scenario) + reading_s(scenario, strategy, up_s, gap_s));
  }
  return busy;
}

}  // namespace squall
