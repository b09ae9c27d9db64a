// Where load is uneven, and bursts. See busiest.hpp.
// Sums over classes of messages; where members of a room sit is taken as chance has it.
#include "scenarios/model/busiest.hpp"

#include <algorithm>

#include "scenarios/model/demand.hpp"
#include "scenarios/model/key_homes.hpp"

namespace squall {
namespace {

double loops_of(const Scenario& scenario) {
  return double(scenario.cluster.nodes.count) * scenario.cluster.nodes.loops;
}

// Of so many recipients of one message, those on one loop.
double on_one_loop(const Scenario& scenario, const StrategySpec& strategy, double recipients) {
  if (is_keyed(policy_of(scenario, strategy))) {
    return std::max(1.0, recipients / scenario.cluster.nodes.loops);
  }
  return 1.0 + recipients * strategy.connections / loops_of(scenario);
}

}  // namespace

double times_the_mean(const Scenario& scenario, const StrategySpec& strategy) {
  const double links = users_of(scenario) * strategy.connections;
  if (links <= 0) return 1;
  const double by_chance = 1 + 3 / __builtin_sqrt(links / loops_of(scenario));
  const std::string_view policy = policy_of(scenario, strategy);
  if (const auto shares = node_shares(scenario, policy)) {
    const double fullest =
        std::max(std::ranges::max(shares->users), std::ranges::max(shares->pushes));
    return fullest * scenario.cluster.nodes.count;
  }
  const int loops = scenario.cluster.nodes.loops;
  if (policy == "random" || is_keyed(policy) || loops > 1) return by_chance;
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
  const bool hashed = is_keyed(policy_of(scenario, strategy));
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
