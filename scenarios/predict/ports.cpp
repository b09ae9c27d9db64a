// How many of its ports a balancer holds towards one node: those of connections, and those that
// wait for a minute after it has closed first (TIME_WAIT).
// What it takes for granted is in its row, predict.cpp.
#include "scenarios/model/demand.hpp"
#include "scenarios/predict/laws_table.hpp"

namespace squall::predict {
namespace {

constexpr double kTimeWait = 60;  // s; sim/kernel/source_ports.hpp

}  // namespace

Answer ports(const Case& of) {
  const BalancerConfig& lb = of.scenario.cluster.lb;
  if (lb.source_ports == 0) return Answer::nothing("ports are not counted");
  double links = double(of.scenario.clients.size()), ends_per_s = 0;
  for (const Population& people : of.scenario.people) {
    links += people.count;
    if (!people.stay.is_never()) {
      ends_per_s += people.count / (people.stay.mean() + people.away.mean()) * 1e9;
    }
    if (!people.drop.is_never()) {
      ends_per_s += people.count * (1 - people.silent_drop) / people.drop.mean() * 1e9;
    }
  }
  const NodeConfig& nodes = of.scenario.cluster.nodes;
  const double ways = double(nodes.running > 0 ? nodes.running : nodes.count) * lb.replicas;
  const double each = of.strategy.connections / ways;
  Answer answer;
  answer.say("connections of a balancer to one node", links * each, "1");
  answer.say("its ports there that wait (TIME_WAIT)", ends_per_s * kTimeWait * each, "1");
  answer.say("of its ports there", (links + ends_per_s * kTimeWait) * each / lb.source_ports,
             "ratio");
  return answer;
}

}  // namespace squall::predict
