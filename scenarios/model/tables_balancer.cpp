// The balancer: where connections go, and what it knows of the nodes.
// Fields that are rarely said are written only then: other scenarios keep their text, and hash.
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

Field<BalancerConfig> balance_factor_field() {
  return rare_field(
      "balance_factor", &BalancerConfig::balance_factor, count_between<std::uint32_t>(0, 10'000),
      "HAProxy, Envoy: off",
      "Bounded loads: percent of the mean number of connections that one node may have; "
      "above 100. 0: no bound. Obeyed by the policies of HAProxy and Envoy.");
}

const Table<HealthConfig>& health_table() {
  static const Table<HealthConfig> table{
      "cluster.lb.health",
      {
          field("every", &HealthConfig::every, duration_between(10ms, kLongest), "HAProxy",
                "Between two checks of a node, by one replica."),
          field("fall", &HealthConfig::fall, count_between<std::uint32_t>(1, 1000), "HAProxy",
                "Failed checks in turn until the node is left out."),
          field("rise", &HealthConfig::rise, count_between<std::uint32_t>(1, 1000), "HAProxy",
                "Good checks in turn until it is back."),
      }};
  return table;
}

// There once they are said, if only as {}.
Codec<std::optional<HealthConfig>> checks() {
  const Codec<HealthConfig> plain = object(health_table());
  return {[plain](Reading& reading, const Json& json, std::optional<HealthConfig>& value) {
            HealthConfig given = value.value_or(HealthConfig{});
            if (!plain.read(reading, json, given)) return false;
            value = given;
            return true;
          },
          [plain](const std::optional<HealthConfig>& value) {
            return plain.write(value.value_or(HealthConfig{}));
          },
          plain.schema};
}

Field<BalancerConfig> replicas_field() {
  return rare_field(
      "replicas", &BalancerConfig::replicas, count_between<std::uint16_t>(1, 100), "one",
      "Balancers side by side, each with its own counts, failures, checks and news; an "
      "attempt comes to any of them.");
}

Field<BalancerConfig> sticky_field() {
  return rare_field(
      "sticky", &BalancerConfig::sticky, flag(), "nginx, HAProxy, ALB: off",
      "A cookie says where a client was last: it goes there again, as long as that node is "
      "in the rotation and has not failed.");
}

Field<BalancerConfig> dns_ttl_field() {
  return rare_field(
      "dns_ttl", &BalancerConfig::dns_ttl, duration_or_none(1ms, kLongest), "a balancer",
      "There is no balancer: a name server says the address of a node, by the policy, and a client "
      "keeps it for so long, whatever becomes of that node.");
}

Field<BalancerConfig> source_ports_field() {
  return rare_field(
      "source_ports", &BalancerConfig::source_ports, count_between<std::uint32_t>(0, 65'535),
      "no limit; Linux has 28232",
      "Ports that each replica has towards one node. A connection holds one, and for 60 s more "
      "where the balancer closes it first (TIME_WAIT); without one left, its attempt fails as at "
      "a node that refuses. 0: no limit.");
}

}  // namespace

const Table<BalancerConfig>& lb_table() {
  static const Table<BalancerConfig> table{
      "cluster.lb",
      {
          field("policy", &BalancerConfig::policy, word_from(&Vocabulary::placements, "policy"),
                "uncalibrated",
                "Where connections go, unless a strategy brings a placement of its own."),
          field("propagation", &BalancerConfig::propagation, durations(Never::refused), "at once",
                "Time until the balancer knows of a drain or a restart."),
          field("max_fails", &BalancerConfig::max_fails, count_between<std::uint32_t>(0, 1000),
                "nginx", "Failed attempts until a node is left out; 0: it never is."),
          field("fail_timeout", &BalancerConfig::fail_timeout, duration_between(1s, kLongest),
                "nginx", "How long a node is left out, and the window of max_fails."),
          field("connect_timeout", &BalancerConfig::connect_timeout,
                duration_between(1ms, kLongest), "uncalibrated; nginx: 60s",
                "Wait for a node before the attempt counts as failed."),
          field("reload", &BalancerConfig::reload,
                one_word_of<OnReload>("way", {{"keep_counts", OnReload::keep_counts},
                                              {"lose_counts", OnReload::lose_counts}}),
                "HAProxy, Envoy; nginx: lose_counts",
                "What a balancer that is told of a drain or a restart does with its counts of "
                "connections and failures."),
          field("idle_timeout", &BalancerConfig::idle_timeout, duration_or_none(1ms, kLongest),
                "no balancer in between; nginx, ALB: 60s",
                "Silence on a connection, in both directions, until it is cut; none: never."),
          field("next_upstream", &BalancerConfig::next_upstream,
                one_word_of<bool>("way", {{"on", true}, {"off", false}}), "nginx",
                "Whether an attempt that a node does not take is tried on another one. Off: "
                "kube-proxy, ALB."),
          field("max_connections", &BalancerConfig::max_connections,
                count_between<std::uint32_t>(0, kMostEndpoints), "no limit",
                "Connections through the balancer at once; one more is refused. 0: no limit."),
          balance_factor_field(),
          replicas_field(),
          optional_field("health", &BalancerConfig::health, checks(),
                         "Checks of its own: a connection to each node, every so often. Without "
                         "them a failed attempt tells."),
          sticky_field(),
          dns_ttl_field(),
          source_ports_field(),
      }};
  return table;
}

}  // namespace squall::language
