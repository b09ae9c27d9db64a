// What the process of a node needs for its connections, and how much of its limit that is.
// What it takes for granted is in its row, predict.cpp.
#include "scenarios/model/deflate.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/predict/laws_table.hpp"

namespace squall::predict {

Answer memory(const Case& of) {
  const NodeConfig& nodes = of.scenario.cluster.nodes;
  if (!nodes.memory) return Answer::nothing("memory is not counted");
  const double running = nodes.running > 0 ? nodes.running : nodes.count;
  const double users = users_of(of.scenario) + double(of.scenario.clients.size());
  const double connections = users * of.strategy.connections / running;
  const double needed =
      double(nodes.memory->base) + connections * double(memory_per_connection(nodes));
  Answer answer;
  answer.say("connections of a node", connections, "1");
  answer.say("memory of a node", needed, "bytes");
  if (nodes.memory->limit == kUnlimited) return answer;
  answer.say("of its limit", needed / double(nodes.memory->limit), "ratio");
  return answer;
}

}  // namespace squall::predict
