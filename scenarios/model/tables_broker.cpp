// The broker: publish and subscribe between nodes. Fields that are rarely said are written only
// then: other scenarios keep their text, and their hash.
#include "scenarios/model/tables.hpp"

#include <array>

namespace squall::language {
namespace {

// What kinds of brokers do to whoever reads too slowly, unless the scenario says so itself.
struct Profile {
  std::string_view name;
  BrokerKind kind;
  Bytes hard, soft;
  Duration soft_for;
};
constexpr Bytes kNone = 1LL << 40;
// What the kernels of both ends take before a write waits; uncalibrated (tcp_wmem's maximum).
constexpr Bytes kKernel = 4LL << 20;
constexpr std::array kProfiles{
    Profile{"redis-pubsub", BrokerKind::redis_pubsub, 32LL << 20, 8LL << 20, 60s},  // redis.conf
    Profile{"nats", BrokerKind::nats, 64LL << 20, kKernel, 10s},       // server's const.go
    Profile{"nats-2s", BrokerKind::nats_2s, 64LL << 20, kKernel, 2s},  // its older write deadline
    Profile{"rabbitmq", BrokerKind::rabbitmq, kNone, kNone, 60s},  // a queue grows; memory_alarm
};

Field<BrokerConfig> profile_field() {
  std::vector<std::pair<std::string, BrokerKind>> words;
  for (const Profile& profile : kProfiles) words.emplace_back(profile.name, profile.kind);
  Field<BrokerConfig> made = field(
      "profile", &BrokerConfig::profile, one_word_of<BrokerKind>("profile", words),
      "what it was made after",
      "The kind of broker: the defaults of output_hard, output_soft and output_soft_for. "
      "redis-pubsub: 32 MiB, 8 MiB, 60 s; nats: 64 MiB pending, or 10 s in which a write does not "
      "end (4 MiB in the kernel's buffers); nats-2s: as older servers; rabbitmq: no limit.");
  made.read = [plain = made.read](Reading& reading, const Json& json, BrokerConfig& broker) {
    if (!plain(reading, json, broker)) return false;
    for (const Profile& profile : kProfiles) {
      if (profile.kind != broker.profile) continue;
      broker.output_hard = profile.hard;
      broker.output_soft = profile.soft;
      broker.output_soft_for = profile.soft_for;
    }
    return true;
  };
  return made;
}

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

Field<BrokerConfig> group_field() {
  return rare_field(
      "group", &BrokerConfig::group,
      one_word_of<ConsumerGroup>("group",
                                 {{"own", ConsumerGroup::own}, {"shared", ConsumerGroup::shared}}),
      "broadcast",
      "own: each node hears everything; shared: all nodes are one consumer group (one group.id of "
      "Kafka, one queue of RabbitMQ, one queue group of NATS), and each message goes to one of "
      "them, in turn.");
}

// What waits at the broker, and for how long nobody gets it.
std::vector<Field<BrokerConfig>> queue_fields() {
  return {
      rare_field("queue", &BrokerConfig::queue,
                 one_word_of<NodeQueue>("queue", {{"exclusive", NodeQueue::exclusive},
                                                  {"durable", NodeQueue::durable}}),
                 "Pub/Sub; RabbitMQ's exclusive queues",
                 "What becomes of messages for a node whose link is away: lost with its queue "
                 "(exclusive), or kept in it until the node is back (durable). Of a durable queue "
                 "output_hard bytes at most are on their way to a node; the rest waits."),
      rare_field("rebalance", &BrokerConfig::rebalance, duration_between(0s, kLongest),
                 "none; Kafka: some seconds",
                 "For how long nobody of a shared group gets anything after a member has come or "
                 "gone (Kafka's eager rebalance)."),
      rare_field("session_timeout", &BrokerConfig::session_timeout, duration_between(0s, kLongest),
                 "Kafka",
                 "Until a member of such a group that is silent is given up; what is for "
                 "it waits."),
      rare_field("commit", &BrokerConfig::commit, duration_between(0s, kLongest),
                 "each message; Kafka: 5s, auto.commit.interval.ms",
                 "How often a member of such a group saves its place: what it has handled since "
                 "comes again, to others, once it is given up. Who says goodbye saves."),
      rare_field("memory_alarm", &BrokerConfig::memory_alarm, size_or("none", 1, 1LL << 40),
                 "none; RabbitMQ: 0.4 of the memory",
                 "Bytes waiting in its queues at which it takes nothing more: nodes keep what they "
                 "publish until it has room."),
  };
}

Table<BrokerConfig> said_of_each() {
  return {
      "cluster.broker",
      {
          profile_field(),
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
          group_field(),
          optional_field("zone", &BrokerConfig::zone, fresh_name(),
                         "Where it stands; see cluster.net.zones."),
      }};
}

}  // namespace

const Table<BrokerConfig>& broker_table() {
  static const Table<BrokerConfig> table = [] {
    Table<BrokerConfig> made = said_of_each();
    for (Field<BrokerConfig>& of_queues : queue_fields()) made.fields.push_back(of_queues);
    return made;
  }();
  return table;
}

}  // namespace squall::language
