// The machines: nodes, registry, network; and node selectors. Balancer and broker have files of
// their own. Users and their traffic are in tables_people.cpp.
#include "scenarios/model/tables.hpp"

#include <fmt/core.h>

#include "scenarios/model/elsewhere.hpp"
#include "scenarios/model/tables_zones.hpp"

namespace squall::language {
namespace {

const Words<OnFull>& on_full_words() {
  static const Words<OnFull> words{{"disconnect", OnFull::disconnect},
                                   {"drop_newest", OnFull::drop_newest},
                                   {"drop_oldest", OnFull::drop_oldest},
                                   {"coalesce", OnFull::coalesce},
                                   {"block", OnFull::block}};
  return words;
}

const Table<NodeConfig>& egress_queue_table() {
  static const Table<NodeConfig> table{
      "cluster.nodes.egress_queue",
      {
          field("limit", &NodeConfig::egress_limit, size_or("none", 1, 1LL << 40), "uncalibrated",
                "Bytes that may wait in user space for one connection; none: as many as come, as "
                "in Socket.IO."),
          field(
              "on_full", &NodeConfig::egress_on_full,
              one_word_of<OnFull>("reaction", on_full_words()), "uncalibrated",
              "What a node does to a connection whose queue is full; coalesce: of each room only "
              "the newest message ever waits, in the place of the one before, and what does not "
              "fit "
              "is dropped; block: its loop waits for it, at most until the client's heartbeat has "
              "failed."),
      }};
  return table;
}

const Words<OnLimit>& on_limit_words() {
  static const Words<OnLimit> words{{"refuse", OnLimit::refuse}, {"queue", OnLimit::queue}};
  return words;
}

// There once it is said, if only as {}. `first`: the key that a word alone was probably meant for.
template <typename T>
Codec<std::optional<T>> if_said(const Table<T>& table, const std::string& first) {
  const Codec<T> plain = object(table);
  return {[plain, first, name = std::string(table.name)](Reading& reading, const Json& json,
                                                         std::optional<T>& value) {
            if (json.kind == Json::Kind::string) {
              return reading.fail(json.place, "S0201",
                                  "expected an object for " + name + ", not a string",
                                  "did you mean {\"" + first + "\": \"" + json.text + "\"}?");
            }
            T given = value.value_or(T{});
            if (!plain.read(reading, json, given)) return false;
            value = given;
            return true;
          },
          [plain](const std::optional<T>& value) { return plain.write(value.value_or(T{})); },
          plain.schema};
}

const Table<NodeConfig>& nodes_table() {
  static const Table<NodeConfig> table{
      "cluster.nodes",
      {
          field("count", &NodeConfig::count, count_between<std::uint16_t>(1, kMostNodes),
                "smallest with a quorum", "Nodes, named n1, n2, ..."),
          field("loops", &NodeConfig::loops, count_between<std::uint16_t>(1, 256), "uncalibrated",
                "Event loops of a node; they take its sessions in turn, and keep them."),
          field("zones", &NodeConfig::zones, list_of(fresh_name(), "zone names", 1000), "one zone",
                "Node i sits in zone i mod the length of this list."),
          field("cost_profile", &NodeConfig::cost_profile,
                word_from(&Vocabulary::cost_profiles, "cost profile"), "uncalibrated",
                "What each piece of work costs a loop."),
          optional_field("costs", &NodeConfig::costs, object(costs_table()),
                         "Single costs, in the place of what the profile says."),
          group("egress_queue", egress_queue_table(), "The queue towards one client."),
          field("work_queue", &NodeConfig::work_queue, count_between<std::uint32_t>(0, 100'000'000),
                "unlimited",
                "Items a loop may have waiting before it sheds client frames; 0: unlimited."),
          field("max_connections", &NodeConfig::max_connections,
                count_between<std::uint32_t>(0, kMostEndpoints), "no limit",
                "Connections that one node has at once, handshakes included; 0: no limit."),
          field("on_limit", &NodeConfig::on_limit,
                one_word_of<OnLimit>("reaction", on_limit_words()), "nginx, Reverb",
                "What becomes of one more: it is refused, or waits in the accept queue."),
          field("admission", &NodeConfig::admission,
                count_between<std::uint32_t>(0, kMostEndpoints), "no limit",
                "Handshakes that one node has under way at once, the database's answer included; "
                "others wait in the accept queue. 0: no limit."),
          field("accept_queue", &NodeConfig::accept_queue,
                count_between<std::uint32_t>(0, kMostEndpoints), "no limit",
                "Connections that wait until one node takes them up; one more gets no answer, and "
                "its client's kernel tries again 1, 3, 7, 15 ... s later (Linux). 0: no limit."),
          field("max_age", &NodeConfig::max_age, durations(Never::allowed), "no limit",
                "Of a session, until its node closes it."),
          field("running", &NodeConfig::running, count_between<std::uint16_t>(0, kMostNodes),
                "all of them", "Nodes that run from the start, the first ones; 0: all. See scale."),
          optional_field("memory", &NodeConfig::memory, if_said(memory_table(), "limit"),
                         "What a node's process needs and may have; not counted unless it is "
                         "said."),
          optional_field(
              "liveness", &NodeConfig::liveness, if_said(liveness_table(), "every"),
              "Whether a node's process lives is asked now and then, as in Kubernetes, "
              "and it is killed when it does not answer; nobody asks unless it is said."),
          optional_field("deflate", &NodeConfig::deflate, if_said(deflate_table(), "ratio"),
                         "permessage-deflate between clients and nodes; messages go as they are "
                         "unless it is said, if only as {}."),
      }};
  return table;
}

const Words<Renew>& renew_words() {
  static const Words<Renew> words{{"node", Renew::node}, {"ping", Renew::ping}};
  return words;
}

const Table<RegistryConfig>& registry_table() {
  static const Table<RegistryConfig> table{
      "cluster.registry",
      {
          constant<RegistryConfig>("profile", "redis-kv", "The kind of registry."),
          field("lease", &RegistryConfig::lease, duration_between(100ms, kLongest),
                "Centrifugo presence TTL", "Life of an entry that nobody renews."),
          field("renew", &RegistryConfig::renew, one_word_of<Renew>("renewal", renew_words()),
                "Centrifugo",
                "Who renews entries: the node, every 5/12 of the lease, or each client's ping."),
          field("keep_alive", &RegistryConfig::keep_alive, duration_or_none(1ms, kLongest),
                "Redis clients",
                "Silence until a node gives its link to the registry up; none: never."),
          optional_field("zone", &RegistryConfig::zone, fresh_name(),
                         "Where it stands; see cluster.net.zones."),
      }};
  return table;
}

const Table<DatabaseConfig>& database_table() {
  static const Table<DatabaseConfig> table{
      "cluster.database",
      {
          field("connect", &DatabaseConfig::connect, duration_or_none(1us, kLongest),
                "none is asked", "Its work for one handshake; none: it is not asked."),
          field("servers", &DatabaseConfig::servers, count_between<std::uint16_t>(1, 10'000), "one",
                "Answers that it works on at once; the others wait in order."),
      }};
  return table;
}

const Table<NetConfig>& net_table() {
  static const Table<NetConfig> table{
      "cluster.net",
      {
          field("client_node", &NetConfig::client_node, durations(Never::refused), "uncalibrated",
                "One way, client to node."),
          field("node_node", &NetConfig::node_node, durations(Never::refused), "uncalibrated",
                "One way, node to node."),
          field("node_broker", &NetConfig::node_broker, durations(Never::refused), "uncalibrated",
                "One way, node to broker."),
          field("node_registry", &NetConfig::node_registry, durations(Never::refused),
                "uncalibrated", "One way, node to registry."),
          field("node_bandwidth", &NetConfig::node_bandwidth, bit_rate(), "uncalibrated",
                "Of a node's cluster links."),
          optional_field("client_bandwidth", &NetConfig::client_bandwidth, bit_rate_or_none(),
                         "Of a node's card towards its clients, which all their messages share; "
                         "none: as much as their lines take."),
          optional_field("broker_bandwidth", &NetConfig::broker_bandwidth, bit_rate_or_none(),
                         "Of the broker's card towards the nodes, which all that it publishes "
                         "shares; none: as much as comes."),
          field("peer_heartbeat", &NetConfig::peer_heartbeat, duration_between(1ms, kLongest),
                "uncalibrated", "Between heartbeats on a link of two nodes."),
          field("peer_timeout", &NetConfig::peer_timeout, duration_between(1ms, kLongest),
                "uncalibrated", "Silence until a link of two nodes is given up."),
          field("peer_queue", &NetConfig::peer_queue, size_between(1, 1LL << 40), "uncalibrated",
                "Bytes that may wait on one link of two nodes."),
          optional_field("zones", &NetConfig::zones, zone_distances(),
                         "How much farther it is between two zones than inside of one, and what "
                         "happens to frames on the way; between those that are not named, no "
                         "farther."),
      }};
  return table;
}

}  // namespace

const Table<ClusterConfig>& cluster_table() {
  static const Table<ClusterConfig> table{
      "cluster",
      {
          field("nodes", &ClusterConfig::nodes, object(nodes_table()), "", "The servers."),
          field("lb", &ClusterConfig::lb, object(lb_table()), "", "The load balancer."),
          field("broker", &ClusterConfig::broker, object(broker_table()), "",
                "Publish and subscribe between nodes."),
          field("registry", &ClusterConfig::registry, object(registry_table()), "",
                "Who is where."),
          field("database", &ClusterConfig::database, object(database_table()), "",
                "What every handshake asks, whichever node it is at."),
          field("net", &ClusterConfig::net, object(net_table()), "", "Latencies and links."),
      }};
  return table;
}

// ---- Selectors ---------------------------------------------------------------------------------

namespace {

bool add_selector(Reading& reading, const Json& json, NodeSet& nodes) {
  if (json.kind == Json::Kind::unknown) return false;
  if (json.kind != Json::Kind::string) {
    return wrong_type(reading, json, "node[*], node[zone=a], a name like n1 or a list of those");
  }
  const Parsed<NodeSet> parsed = parse_selector(json.text, reading.scenario.cluster.nodes);
  if (!parsed.value) {
    if (!reading.clean("/cluster/nodes")) return false;  // a consequence, not a second mistake
    return reading.fail(
        json.place, "S0209",
        fmt::format("bad node selector {}: {}", in_quotes(json.text), parsed.problem),
        called_here(json.text, "side"));
  }
  nodes.insert(nodes.end(), parsed.value->begin(), parsed.value->end());
  return true;
}

void tidy(NodeSet& nodes) {
  std::ranges::sort(nodes);
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

template <typename Add>
bool for_one_or_each(Reading& reading, const Json& json, Add add) {
  if (json.kind != Json::Kind::array) return add(json);
  if (json.items.empty()) return reading.fail(json.place, "S0216", "the list is empty");
  bool good = true;
  for (std::size_t i = 0; i < json.items.size(); ++i) {
    const Inside inside(reading, i);
    good = add(json.items[i]) && good;
  }
  return good;
}

}  // namespace

bool read_nodes(Reading& reading, const Json& json, NodeSet& nodes) {
  nodes.clear();
  const bool good = for_one_or_each(
      reading, json, [&](const Json& one) { return add_selector(reading, one, nodes); });
  tidy(nodes);
  return good;
}

Json write_nodes(const NodeSet& nodes) {
  Json list = Json::array();
  for (const std::uint16_t node : nodes) list.push(Json::of(node_name(node)));
  return list;
}

bool read_side(Reading& reading, const Json& json, PartitionSide& side) {
  side = {};
  const bool good = for_one_or_each(reading, json, [&](const Json& one) {
    if (one.kind == Json::Kind::string && one.text == "broker") return side.broker = true;
    if (one.kind == Json::Kind::string && one.text == "registry") return side.registry = true;
    return add_selector(reading, one, side.nodes);
  });
  tidy(side.nodes);
  return good;
}

Json write_side(const PartitionSide& side) {
  Json list = write_nodes(side.nodes);
  if (side.broker) list.push(Json::of("broker"));
  if (side.registry) list.push(Json::of("registry"));
  return list;
}

Codec<std::optional<std::uint16_t>> one_node() {
  return {[](Reading& reading, const Json& json, std::optional<std::uint16_t>& node) {
            NodeSet nodes;
            if (!add_selector(reading, json, nodes)) return false;
            if (nodes.size() != 1) {
              return reading.fail(json.place, "S0209", "must be one node, like \"n1\"");
            }
            node = nodes.front();
            return true;
          },
          [](const std::optional<std::uint16_t>& node) {
            return Json::of(node_name(node.value_or(0)));
          },
          [](const Vocabulary&) { return schema_pattern("n[1-9][0-9]{0,4}"); }};
}

Json schema_selectors() {
  const std::string pattern = "(" + std::string(kNodePattern) + "|[A-Za-z][A-Za-z0-9_.-]{0,63})";
  Json list = schema_type("array");
  list.set("items", schema_pattern(pattern)).set("minItems", Json::of(1.0));
  Json choice = Json::object();
  return choice.set("anyOf", Json::array().push(schema_pattern(pattern)).push(std::move(list)));
}

}  // namespace squall::language
