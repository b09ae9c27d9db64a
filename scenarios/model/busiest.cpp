// Where load is uneven, and bursts. See busiest.hpp.
// Sums over classes of messages; where members of a room sit is taken as chance has it.
#include "scenarios/model/busiest.hpp"

#include <algorithm>
#include <numeric>

#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/deflate.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/key_homes.hpp"
#include "scenarios/model/laws.hpp"
#include "strategies/core/placement.hpp"

namespace squall {
namespace {

double loops_of(const Scenario& scenario) {
  return double(scenario.cluster.nodes.count) * scenario.cluster.nodes.loops;
}

std::string_view placement_of(const Scenario& scenario, const StrategySpec& strategy) {
  return strategy.placement.empty() ? std::string_view(scenario.cluster.lb.policy)
                                    : std::string_view(strategy.placement);
}

bool hashes(std::string_view policy) {
  const PlacementRow* const row = placement_named(policy);
  return row != nullptr && row->keyed;
}

double seconds_of_push(const Scenario& scenario, const Traffic& traffic) {
  const CostProfile costs = costs_of(scenario.cluster.nodes);
  const double size = traffic.size.mean();
  return laws::seconds(costs.push + deflating(scenario.cluster.nodes, static_cast<Bytes>(size))) +
         laws::seconds(costs.per_kib) * size / 1024;
}

// Of so many recipients of one message, those on one loop.
double on_one_loop(const Scenario& scenario, const StrategySpec& strategy, double recipients) {
  if (hashes(placement_of(scenario, strategy))) {
    return std::max(1.0, recipients / scenario.cluster.nodes.loops);
  }
  return 1.0 + recipients * strategy.connections / loops_of(scenario);
}

}  // namespace

double times_the_mean(const Scenario& scenario, const StrategySpec& strategy) {
  const double links = users_of(scenario) * strategy.connections;
  if (links <= 0) return 1;
  const double by_chance = 1 + 3 / __builtin_sqrt(links / loops_of(scenario));
  const std::string_view policy = placement_of(scenario, strategy);
  if (const auto shares = node_shares(scenario, policy)) {
    const double fullest =
        std::max(std::ranges::max(shares->users), std::ranges::max(shares->pushes));
    return fullest * scenario.cluster.nodes.count;
  }
  const int loops = scenario.cluster.nodes.loops;
  if (policy == "round_robin" && loops > 1) {  // a connection is on the loop of its number
    return std::max(by_chance, double(std::gcd(loops, int{scenario.cluster.nodes.count})));
  }
  if (policy == "random" || hashes(policy) || loops > 1) return by_chance;
  return 1 + loops_of(scenario) / links;
}

double longest_batch_s(const Scenario& scenario, const StrategySpec& strategy) {
  double longest = 0;
  for (const Traffic& traffic : scenario.traffic) {
    const double recipients = most_recipients(scenario, traffic);
    if (recipients <= 0) continue;
    longest = std::max(
        longest, on_one_loop(scenario, strategy, recipients) * seconds_of_push(scenario, traffic));
  }
  return longest;
}

double wait_for_loop_s(const Scenario& scenario, const StrategySpec& strategy) {
  const double times = times_the_mean(scenario, strategy);
  const double busy = std::min(0.99, demand(scenario, strategy).loops * times);
  const bool hashed = hashes(placement_of(scenario, strategy));
  double work = 0;  // per second: the rate of batches times the square of what each takes
  for (const Traffic& traffic : scenario.traffic) {
    const double mean = mean_recipients(scenario, traffic);
    if (mean <= 0) continue;
    // A batch as long as the mean of squares: of rooms in proportion to how often they speak.
    const double typical = __builtin_sqrt(mean * most_recipients(scenario, traffic));
    const double batch =
        on_one_loop(scenario, strategy, typical) * seconds_of_push(scenario, traffic);
    const double share = hashed ? std::min(1.0, times / scenario.cluster.nodes.count) : 1.0;
    work += messages_per_second(traffic) * share * batch * batch;
  }
  return work / 2 / (1 - busy);
}

}  // namespace squall
