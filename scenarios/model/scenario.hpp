// A scenario as a value: what shall happen, with every default filled in.
//
// load.hpp makes one from JSON and complains with positions; plan.hpp spends its randomness.
// A default has a source in its comment or the tag `uncalibrated`. A knob that moves no metric
// does not exist.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/client_config.hpp"
#include "scenarios/model/distribution.hpp"
#include "scenarios/model/process_config.hpp"
#include "strategies/core/backoff.hpp"
#include "strategies/core/spec.hpp"
#include "strategies/core/types.hpp"

namespace squall {

using namespace std::chrono_literals;

// t = 0 is the start of `measure`; only messages born in `measure` count.
struct TimeWindows {
  Duration warmup = 30s;    // uncalibrated
  Duration measure = 60s;   // uncalibrated
  Duration drain = 30s;     // uncalibrated; sources off, clients still reconnect and retry
  Duration deadline = 30s;  // uncalibrated; a delivery after it counts as late
  Duration series = 1s;     // a matter of display: one point of a curve over measure
};

// block: the loop writes to one socket after the other, and waits until this one has room.
// coalesce: also where there is room, a message of a room takes the place of the one that waits.
enum class OnFull : std::uint8_t { disconnect, drop_newest, drop_oldest, coalesce, block };
// A frame that waits may be taken out again.
constexpr bool lets_go(OnFull on_full) {
  return on_full == OnFull::drop_oldest || on_full == OnFull::coalesce;
}

// What becomes of a connection when there are as many as may be: refused, or left unanswered.
enum class OnLimit : std::uint8_t { refuse, queue };

// What the file says of single costs, in the place of what the profile says.
struct CostChanges {
  std::optional<Duration> handshake, subscribe, frame_read, push, heartbeat, close, publish,
      broker_receive, peer_send, peer_receive, registry_call, per_kib;
  bool operator==(const CostChanges&) const = default;
};

struct NodeConfig {
  std::uint16_t count = 3;
  std::uint16_t loops = 1;                 // event loops; sessions are pinned to one
  std::vector<std::string> zones;          // node i sits in zone i mod size
  std::string cost_profile = "beast-tls";  // a row of cost_profiles()
  Bytes egress_limit = 262144;             // per connection, user space; uncalibrated
  OnFull egress_on_full = OnFull::disconnect;
  std::uint32_t work_queue = 0;  // items a loop may have waiting before it sheds client
                                 // frames (overload_shed); 0: unlimited
  CostChanges costs;
  std::uint32_t max_connections = 0;             // 0: as many as come
  OnLimit on_limit = OnLimit::refuse;            // who comes when there are so many
  std::uint32_t admission = 0;                   // handshakes under way at once; 0: as many as come
  std::uint32_t accept_queue = 0;                // connections that wait for it; 0: as many as come
  std::uint16_t running = 0;                     // from the start; 0: all
  Distribution max_age = Distribution::never();  // of a session, until the node closes it
  std::optional<MemoryConfig> memory;            // counted, if it is said
  std::optional<LivenessConfig> liveness;        // nobody asks, unless it is said
  std::optional<DeflateConfig> deflate;          // messages go as they are, unless it is said
};

// A service that every handshake asks, whichever node it is at: who is this, what may he see?
struct DatabaseConfig {
  Duration connect{0};        // its work for one handshake; 0: none is asked
  std::uint16_t servers = 1;  // so many answers are worked on at once
};

// Whether a balancer that is told of a node still knows the connections it had: nginx starts new
// workers, which count from 0 and have forgotten who failed.
enum class OnReload : std::uint8_t { keep_counts, lose_counts };

// Active checks of a balancer: it opens a connection to each node now and then.
struct HealthConfig {
  Duration every = 2s;     // HAProxy: inter
  std::uint32_t fall = 3;  // HAProxy
  std::uint32_t rise = 2;  // HAProxy
  bool operator==(const HealthConfig&) const = default;
};

struct BalancerConfig {
  std::string policy = "least_conn";                  // a row of placements()
  Distribution propagation = Distribution::fixed(0);  // until a drain or restart is known
  std::uint32_t max_fails = 1;                        // nginx
  Duration fail_timeout = 10s;                        // nginx
  Duration connect_timeout = 2s;                      // uncalibrated (nginx: 60 s)
  OnReload reload = OnReload::keep_counts;            // HAProxy's and Envoy's; nginx loses them
  Duration idle_timeout{0};              // silence on a connection until it is cut; 0: never
  bool next_upstream = true;             // nginx; a refused attempt is tried on another node
  std::uint32_t max_connections = 0;     // through it; 0: as many as come
  std::uint32_t balance_factor = 0;      // percent of the mean that one node may have; 0: no bound
  std::uint16_t replicas = 1;            // of it, each with a view of its own
  std::optional<HealthConfig> health{};  // none: a failed attempt tells
  bool sticky = false;                   // a cookie says where a client was last
  Duration dns_ttl{0};  // there is none: a name server says a node, which a client keeps so long
  std::uint32_t source_ports = 0;  // of each replica towards one node; 0: as many as are needed
};

// Which of a node's two links to the broker stays away once it was lost. A new process has both.
enum class Gone : std::uint8_t { none, publisher, subscriber, both };
// How a cluster of brokers passes on what is published: to all its masters, or only to the one
// whose slot the topic is in.
enum class PubSub : std::uint8_t { classic, sharded };
// What a node does with its clients while it does not hear the broker.
enum class OnLoss : std::uint8_t { keep_clients, close_clients };

enum class BrokerKind : std::uint8_t { redis_pubsub, nats, nats_2s, rabbitmq };
enum class ConsumerGroup : std::uint8_t { own, shared };     // a node's, or one of all nodes
enum class NodeQueue : std::uint8_t { exclusive, durable };  // lost with its link, or kept

struct BrokerConfig {
  Bytes output_hard = 33554432;    // redis.conf client-output-buffer-limit pubsub
  Bytes output_soft = 8388608;     // redis.conf
  Duration output_soft_for = 60s;  // redis.conf
  Bytes publisher_buffer = 0;      // held per node while the broker is away; 0: publish fails
  Distribution reconnect = {Distribution::Kind::uniform, 0, 1000000000, 0};  // uncalibrated
  Duration keep_alive{0};  // silence until a node gives its link up; 0: never, as Redis clients
  Gone never_returns = Gone::none;
  OnLoss on_loss = OnLoss::keep_clients;
  bool persistent = false;          // its logs outlive an outage
  std::uint16_t paths = 1;          // that a sender's messages take in turn; each keeps its order
  std::string zone{};               // where it stands; empty: in no zone, and equally far from all
  std::uint16_t masters = 1;        // of a Redis Cluster
  PubSub pubsub = PubSub::classic;  // where there are several
  ConsumerGroup group = ConsumerGroup::own;
  NodeQueue queue = NodeQueue::exclusive;
  Duration rebalance{0};           // of a shared group: how long it stops; 0: it does not
  Duration session_timeout = 45s;  // Kafka: until a member of such a group is given up
  Duration commit{0};              // how often a member saves its place; 0: with each message
  BrokerKind profile = BrokerKind::redis_pubsub;
  Bytes memory_alarm = kUnlimited;  // waiting in its queues, over which it takes no publications
};

// Who renews an entry of the registry: the node, by its own clock, or each ping of the client.
enum class Renew : std::uint8_t { node, ping };

struct RegistryConfig {
  Duration lease = 60s;       // Centrifugo presence TTL
  Renew renew = Renew::node;  // Centrifugo: every 25 s of 60
  Duration keep_alive{0};     // as of the broker
  std::string zone{};         // as of the broker
};

// How much farther it is from one zone to another than inside of one, one way.
struct ZoneDistance {
  std::string from, to;  // the same both ways
  Duration delay{0};
  Distribution jitter = Distribution::fixed(0);  // on top, of each frame anew
  double loss = 0;                               // share of the frames that TCP has to send again
  bool operator==(const ZoneDistance&) const = default;
};

struct NetConfig {
  Distribution client_node = {Distribution::Kind::lognormal, 45000000, 0, 0.4};  // one way;
                                                                                 // uncalibrated
  Distribution node_node = Distribution::fixed(300000);      // one way; uncalibrated
  Distribution node_broker = Distribution::fixed(300000);    // one way; uncalibrated
  Distribution node_registry = Distribution::fixed(300000);  // one way; uncalibrated
  std::int64_t node_bandwidth = 10'000'000'000;  // bit/s of a node's cluster links; uncalibrated
  Duration peer_heartbeat = 1s;                  // uncalibrated
  Duration peer_timeout = 3s;                    // silence until a link is given up; uncalibrated
  Bytes peer_queue = 16777216;                   // waiting on one peer link; uncalibrated
  std::int64_t client_bandwidth = 0;  // bit/s of a node's card towards all its clients; 0: no limit
  std::int64_t broker_bandwidth = 0;  // bit/s of the broker's card towards all nodes; 0: no limit
  std::vector<ZoneDistance> zones{};  // pairs that are not named: no farther
};

struct ClusterConfig {
  NodeConfig nodes;
  BalancerConfig lb;
  BrokerConfig broker;
  RegistryConfig registry;
  DatabaseConfig database;
  NetConfig net;
};

// A statistical population: `count` endpoints with independent, exponential-ish lives.
struct Population {
  std::string name;
  std::uint32_t count = 0;
  Distribution arrive;                        // first login, after the start of warm-up;
                                              // default uniform(0, warmup / 3)
  Distribution stay = Distribution::never();  // login to logout
  Distribution away = {Distribution::Kind::exponential, 60000000000, 0, 0};  // logout to next
                                                                             // login; uncalibrated
  Distribution drop = Distribution::never();  // between involuntary disconnections
  double silent_drop = 0;                     // share of them the server is not told of
  std::int64_t downlink = 20'000'000;         // bit/s; uncalibrated
  std::string client{};  // what it does otherwise than `client` says, as JSON (own_clients.hpp)
  std::string zone{};    // from where it connects; empty: from nowhere in particular
  std::optional<std::uint16_t> node{};  // connects straight to this one, past the balancer
  std::vector<std::string> rooms{};     // the sets that it is in; empty: all
};

// A named individual; what it does stands in the script.
struct ScriptedClient {
  std::string name;
  std::optional<std::uint16_t> on;  // pinned to this node (zero-based); else the balancer decides
  std::vector<std::string> rooms;   // a name that no rooms entry makes is its own room
  std::int64_t downlink = 20'000'000;
  std::string client{};  // as of a population
  std::string zone{};    // as of a population
};

struct RoomSet {
  std::string name;  // rooms are named "<name>-<rank>"
  std::uint32_t count = 1;
  double zipf = 0;  // popularity exponent; 0: uniform
  std::uint32_t joined_per_user = 1;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sizes;  // {members, rooms}; overrides
                                                               // popularity when not empty
};

enum class TrafficTo : std::uint8_t { room, user_any, user_online, user_roommate };
// How a rate changes by itself (shape.hpp): a day of that length, or factors from times on.
struct Shape {
  Duration day{0};
  std::vector<std::pair<Time, double>> steps;
  bool is_const() const { return day == Duration{0} && steps.empty(); }
  bool operator==(const Shape&) const = default;
};

struct Traffic {
  std::string name;          // "as"
  std::string from = "any";  // any | member | a population
  TrafficTo to = TrafficTo::room;
  std::string room_set;                   // for TrafficTo::room
  std::int64_t rate_per_second_nano = 0;  // messages in 10^9 s, of the whole class
  Distribution size = Distribution::fixed(200);
  bool poisson = true;  // else evenly spaced
  Shape shape;
};

// A selector of nodes, resolved: zero-based indices, ascending. Written node[*], node[zone=a], n3.
using NodeSet = std::vector<std::uint16_t>;

enum class Verb : std::uint8_t {
  crash,
  restart,
  host_loss,
  pause,
  partition,
  heal,
  drain,
  undrain,
  rolling_restart,
  broker_down,
  registry_down,
  broker_failover,
  registry_failover,
  lb_reload,
  slow,
  scale,
  disconnect,
  flash,
  set,
  connect,
  join,
  leave,
  send
};
enum class DisconnectHow : std::uint8_t { close, abort, silent };

// One side of a partition: nodes, and perhaps the broker or the registry.
struct PartitionSide {
  NodeSet nodes;
  bool broker = false;
  bool registry = false;
};

struct ScriptStep {
  Time at{0};
  Verb verb = Verb::crash;
  std::string label;             // "as"; default "<verb>-<index>"
  Duration lasts{0};             // "for"; zero: until the opposite verb, or for good
  NodeSet nodes;                 // "on"
  std::uint16_t batch = 1;       // rolling_restart
  Duration drain = 10s;          // rolling_restart, drain: closes are spread over it
  Duration down = 20s;           // rolling_restart
  Duration pause_between = 5s;   // rolling_restart "pause"
  Duration pre_stop{0};          // rolling_restart: out of the rotation, and still accepting
  std::uint16_t to_nodes = 1;    // scale "to"
  PartitionSide side_a, side_b;  // partition "between"
  std::string population;        // disconnect: a population ...
  double share = 1.0;            // ... and which part of it
  std::string client;            // connect, disconnect, join, leave, send: the individual ("by")
  DisconnectHow how = DisconnectHow::close;
  std::string room;              // join, leave
  std::string to_user, to_room;  // send: one of them
  Bytes size = 200;              // send
  std::string traffic;           // flash: the class ...; set: that whose rate it is
  double times = 1;              // ... and by how much; slow: of all costs
  std::uint32_t repeat = 1;      // send: how often, `every` apart
  Duration every{0};
  Duration lag{0};                  // failovers: how far the replica is behind
  std::string path{}, value{};      // set: a JSON pointer, and what stands there then
  std::uint32_t per_day_micro = 0;  // "per": how often this happens, in millionths a day; 0: unsaid
};

enum class SeedRule : std::uint8_t { all, mean };
struct Expectation {
  std::string that;  // as written
  std::string metric;
  std::string op;                       // == != < <= > >= ~
  double value = 0;                     // in the metric's base unit; unused for ~
  std::string during, outside;          // a script label
  std::string of;                       // a traffic class
  std::vector<std::string> strategies;  // "for": globs; empty = all
  SeedRule seeds = SeedRule::mean;
  bool pass_without_data = false;
  int line = 0, column = 0;
};

// Which direction of a metric is worse; by_metric: as the metric registry says, else higher.
enum class Worse : std::uint8_t { by_metric, higher, lower };

// A limit on how much worse a metric may get against a baseline; judged by `compare`, never by a
// single run.
struct Gate {
  std::string metric;
  std::vector<std::string> strategies;  // "for": globs; empty = all
  Worse worse = Worse::by_metric;
  std::string margin, margin_abs;  // as written; at most one of them
  double margin_share = 0;         // "margin": of the base value
  double margin_value = 0;         // "margin_abs": in the metric's base unit
  bool pass_without_data = false;
  int line = 0, column = 0;
};

// What a GB costs, by kind of link; the names are those of the bytes of a result.
struct GigabytePrices {
  double client_to_lb = 0, lb_to_client = 0, lb_to_node = 0, node_to_lb = 0, node_to_node = 0,
         node_to_broker = 0, broker_to_node = 0, node_to_registry = 0, registry_to_node = 0,
         broker_to_broker = 0;
  bool operator==(const GigabytePrices&) const = default;
};

// Prices, in one currency. Never a default: what nobody said costs nothing, and is not reported.
struct Prices {
  std::string currency = "USD";
  double node_hour = 0;
  GigabytePrices gb;
  double zone_gb = 0;  // on top, for what crosses zones between nodes
  bool operator==(const Prices&) const = default;
};

struct Scenario {
  std::string name;
  std::string why;
  TimeWindows time;
  ClusterConfig cluster;
  std::vector<Population> people;
  std::vector<ScriptedClient> clients;
  ClientConfig client;
  std::vector<RoomSet> rooms;
  std::vector<Traffic> traffic;
  std::vector<ScriptStep> script;  // ascending by `at`
  std::vector<StrategySpec> strategies;
  std::vector<Expectation> expect;
  std::vector<Gate> gates;
  Prices prices;

  std::vector<std::string> said;  // what of `client` and `cluster` the file says itself: pointers

  // What was read beside the file: where it is named, as what, and what stood in it.
  struct Beside {
    std::string pointer, name, text;
  };
  std::vector<Beside> beside;

  std::string source_path;    // for messages
  std::string source_text;    // exact input bytes
  std::string resolved_json;  // defaults filled in, params and overrides applied
};

// Triggers: who is to blame for a loss. Index == TriggerId.
//   0 structural · 1 overload · then churn:<population> each, churn:individual · fault:<label> each
std::vector<std::string> trigger_names(const Scenario& scenario);

}  // namespace squall
