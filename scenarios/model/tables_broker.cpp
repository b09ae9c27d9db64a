// The broker: publish and subscribe between nodes. Fields that are rarely said are written only
// then: other scenarios keep their text, and their hash.
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

Field<BrokerConfig> persistent_field() {
  return rare_field(
      "persistent", &BrokerConfig::persistent, flag(), "Redis without AOF and replica",
      "Whether the logs that it keeps outlive an outage; else who asks is told that they do "
      "not reach back.");
}

Field<BrokerConfig> paths_field() {
  return rare_field(
      "paths", &BrokerConfig::paths, count_between<std::uint16_t>(1, 1000), "one server",
      "Ways that messages take in turn, as through a cluster of brokers or a pool of "
      "connections: each keeps its order, and what goes different ways may overtake.");
}

Field<BrokerConfig> masters_field() {
  return rare_field(
      "masters", &BrokerConfig::masters, count_between<std::uint16_t>(1, 1000), "no cluster",
      "Servers of a Redis Cluster, with an output limit and a card each; see pubsub.");
}

Field<BrokerConfig> pubsub_field() {
  Field<BrokerConfig> made = field(
      "pubsub", &BrokerConfig::pubsub,
      one_word_of<PubSub>("way", {{"classic", PubSub::classic}, {"sharded", PubSub::sharded}}),
      "PUBLISH; SPUBLISH: sharded",
      "classic: each publication goes to all masters over their bus, 2,264 B and the topic "
      "around it; sharded: to the one master that has the topic's slot.");
  made.write = [plain = made.write](const BrokerConfig& broker) {
    return broker.masters > 1 ? plain(broker) : std::nullopt;
  };
  return made;
}

}  // namespace

const Table<BrokerConfig>& broker_table() {
  static const Table<BrokerConfig> table{
      "cluster.broker",
      {
          constant<BrokerConfig>("profile", "redis-pubsub", "The kind of broker."),
          field("output_hard", &BrokerConfig::output_hard, size_between(1, 1LL << 40), "redis.conf",
                "Output waiting for one subscriber at which it is cut."),
          field("output_soft", &BrokerConfig::output_soft, size_between(1, 1LL << 40), "redis.conf",
                "The same, when it lasts for output_soft_for."),
          field("output_soft_for", &BrokerConfig::output_soft_for, duration_between(0s, kLongest),
                "redis.conf", "How long the soft limit holds."),
          field("publisher_buffer", &BrokerConfig::publisher_buffer,
                size_or("unlimited", 0, 1LL << 40), "no buffer",
                "Held by a node while the broker is away; 0B: publishing fails; unlimited: as much "
                "as is said."),
          field(
              "reconnect", &BrokerConfig::reconnect, durations(Never::refused), "uncalibrated",
              "A node's wait before it tries the broker or the registry again; it begins when both "
              "the loss is known and the way is open."),
          field("keep_alive", &BrokerConfig::keep_alive, duration_or_none(1ms, kLongest),
                "Redis clients",
                "Silence until a node gives its link to the broker up; none: never."),
          field("never_returns", &BrokerConfig::never_returns,
                one_word_of<Gone>("link", {{"none", Gone::none},
                                           {"publisher", Gone::publisher},
                                           {"subscriber", Gone::subscriber},
                                           {"both", Gone::both}}),
                "clients reconnect",
                "Which of a node's two links stays away once it was lost, until a new process."),
          field("on_loss", &BrokerConfig::on_loss,
                one_word_of<OnLoss>("way", {{"keep_clients", OnLoss::keep_clients},
                                            {"close_clients", OnLoss::close_clients}}),
                "most; SignalR: close_clients",
                "What a node does with its clients while it does not hear the broker."),
          persistent_field(),
          paths_field(),
          masters_field(),
          pubsub_field(),
          optional_field("zone", &BrokerConfig::zone, fresh_name(),
                         "Where it stands; see cluster.net.zones."),
      }};
  return table;
}

}  // namespace squall::language
