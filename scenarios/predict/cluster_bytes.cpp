// Bytes from the broker to the nodes, where every node hears every message: copies and replies.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include "scenarios/model/demand.hpp"
#include "scenarios/model/volume.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "sim/record/wire.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::predict {
namespace {

// To who has published, on average over the nodes: how many hear it at his master.
double reply_bytes(const ClusterConfig& cluster) {
  const Bytes nodes = cluster.nodes.count;
  const BrokerConfig& broker = cluster.broker;
  if (broker.masters == 1 || broker.pubsub == PubSub::sharded) {
    return static_cast<double>(wire::resp_integer(nodes).total());
  }
  Bytes all = 0;
  for (Bytes node = 0; node < nodes; ++node) {
    const Bytes before = node % broker.masters;  // nodes of the same master: every so many
    all += wire::resp_integer((nodes - before + broker.masters - 1) / broker.masters).total();
  }
  return static_cast<double>(all) / static_cast<double>(nodes);
}

// Between the masters: to each other one, and an acknowledgement for two segments.
double bus_bytes(const BrokerConfig& broker, Bytes size, Bytes topic) {
  if (broker.masters == 1 || broker.pubsub == PubSub::sharded) return 0;
  const WireCost cost = wire::cluster_bus({size + wire::kEnvelope, topic});
  return static_cast<double>((broker.masters - 1) *
                             (cost.total() + wire::ack_bytes(cost.segments)));
}

}  // namespace

Answer cluster_bytes(const Case& of) {
  const BackplaneRow& row = *backplane_named(of.strategy.backplane);
  if (!row.needs.broker) return Answer::nothing("there is no broker");
  if (row.covers != Covers::broker_link) return Answer::nothing("nodes hear chosen topics only");
  const bool dealt_out = in_shared_group(of.scenario, of.strategy);
  const Bytes nodes = dealt_out ? 1 : of.scenario.cluster.nodes.count;
  const auto topic = static_cast<Bytes>(name(Topic::global()).size() + 7);  // "squall:"
  double rate = 0, bus = 0;
  for (const Traffic& traffic : of.scenario.traffic) {
    const auto size = static_cast<Bytes>(traffic.size.first);
    const Bytes copy = wire::resp_message({size + wire::kEnvelope, topic}).total();
    const double reply = from_backend(traffic) ? 0 : reply_bytes(of.scenario.cluster);
    rate += messages_per_second(traffic) * (static_cast<double>(nodes * copy) + reply);
    bus += messages_per_second(traffic) * bus_bytes(of.scenario.cluster.broker, size, topic);
  }
  Answer answer;
  answer.say("from the broker to nodes", rate, "bytes/s", "bytes.broker_to_node.rate");
  if (bus > 0) answer.say("between the masters of the broker", bus, "bytes/s");
  return answer;
}

}  // namespace squall::predict
