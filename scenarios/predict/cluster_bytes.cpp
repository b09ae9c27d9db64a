// Bytes from the broker to the nodes, where every node hears every message: copies and replies.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include "scenarios/model/demand.hpp"
#include "scenarios/model/volume.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "sim/record/wire.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::predict {

Answer cluster_bytes(const Case& of) {
  const BackplaneRow& row = *backplane_named(of.strategy.backplane);
  if (!row.needs.broker) return Answer::nothing("there is no broker");
  if (row.covers != Covers::broker_link) return Answer::nothing("nodes hear chosen topics only");
  const Bytes nodes = of.scenario.cluster.nodes.count;
  const auto topic = static_cast<Bytes>(name(Topic::global()).size() + 7);  // "squall:"
  double rate = 0;
  for (const Traffic& traffic : of.scenario.traffic) {
    const auto size = static_cast<Bytes>(traffic.size.first);
    const Bytes copy = wire::resp_message({size + wire::kEnvelope, topic}).total();
    const Bytes reply = traffic.from == kBackend ? 0 : wire::resp_integer(nodes).total();
    rate += messages_per_second(traffic) * static_cast<double>(nodes * copy + reply);
  }
  Answer answer;
  answer.say("from the broker to nodes", rate, "bytes/s", "bytes.broker_to_node.rate");
  return answer;
}

}  // namespace squall::predict
