// How unevenly connections lie on the nodes: by chance, in turn, or as a hash scatters rooms.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
// Few users fall on nodes otherwise than many, whose spread is that of a chi-squared.
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::predict {
namespace {

constexpr double kMany = 50;  // from here on the mean is right within 1 %, on any number of nodes

// Mean of the root of a chi-squared with `freedom` degrees of it: sqrt 2 G((f+1)/2) / G(f/2).
double chi_mean(std::uint32_t freedom) {
  const double half_pi = 1.5707963267948966;
  double mean = freedom % 2 == 1 ? 1.0 / __builtin_sqrt(half_pi) : __builtin_sqrt(half_pi);
  for (std::uint32_t f = 2 - freedom % 2; f < freedom; f += 2) mean *= (f + 1.0) / f;
  return mean;
}

}  // namespace

Answer balance(const Case& of) {
  Answer answer;
  const std::uint32_t nodes = of.scenario.cluster.nodes.count;
  const double users = users_of(of.scenario);
  if (users <= 0) return Answer::nothing("there is nobody");
  if (policy_of(of) == "random" && of.strategy.connections == 1) {
    if (users < kMany) return Answer::nothing("there are too few users for a spread by chance");
    answer.say("spread of connections over nodes, deviation / mean",
               nodes == 1 ? 0.0 : chi_mean(nodes - 1) / __builtin_sqrt(users), "1",
               "imbalance.connections.cv");
    return answer;
  }
  const BackplaneRow& row = *backplane_named(of.strategy.backplane);
  if (row.reach == Reach::own_node && row.needs.peers && is_keyed(of)) {
    return Answer::nothing("nodes send clients on to the owner of their room");
  }
  const auto spread = closed_form("imbalance.connections.cv", of.scenario, of.strategy);
  if (!spread) return Answer::nothing("the balancer is neither random nor a hash of one room each");
  answer.say("spread of connections over nodes, as rooms are hashed", *spread, "1",
             "imbalance.connections.cv");
  return answer;
}

}  // namespace squall::predict
