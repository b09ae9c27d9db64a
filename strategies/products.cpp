// The table of products. What they do by default stands in the rows of settings, each with the
// public page or source file that says it; of several fitting values the documented one is taken.
//
// The model knows one ping that is not answered, and wants the answer before the next ping is due:
// where a product's time-out is as long as its interval, it stands here 100 ms shorter.
#include "strategies/products.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "strategies/parts.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;
using Settings = std::vector<Setting>;

constexpr std::int64_t kNoCache = 0;  // nanoseconds

// ---- Settings that several rows have -----------------------------------------------------------

Setting setting(std::string_view pointer, std::string_view value, std::string_view source) {
  return {std::string(pointer), std::string(value), std::string(source)};
}

Setting word(std::string_view pointer, const std::string& value, std::string_view source) {
  return setting(pointer, '"' + value + '"', source);
}

// Both in one: who says one of them in his file means the other to fit.
Setting heartbeat(const std::string& every, const std::string& timeout, std::string_view source) {
  return setting("/client/heartbeat",
                 R"({"every": ")" + every + R"(", "timeout": ")" + timeout + R"("})", source);
}

Setting reconnect(const std::string& policy, std::string_view source) {
  return setting("/client/backoff", R"({"policy": ")" + policy + R"("})", source);
}

Setting no_acknowledgement(std::string_view source) { return word("/client/ack", "none", source); }

Setting refused_offline(std::string_view source) {
  return word("/client/offline_send", "refuse", source);
}

Settings both(Settings first, const Settings& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Settings socketio() {
  return {heartbeat("25s", "20s", "engine.io 6, lib/server.ts: pingInterval, pingTimeout"),
          word("/client/connect_timeout", "20s", "socket.io-client 4, Manager: timeout"),
          reconnect("socketio", "socket.io-client 4, Manager: reconnectionDelay and others"),
          word("/client/offline_send", "queue", "socket.io, client-offline-behavior: sendBuffer"),
          setting("/client/offline_queue", "1000000",
                  "socket.io, client-offline-behavior: no limit is named"),
          no_acknowledgement("socket.io, delivery-guarantees: at most once, unless asked for"),
          word("/cluster/nodes/egress_queue/limit", "1024GiB",
               "engine.io 6, lib/socket.ts: writeBuffer has no limit")};
}

Settings node_redis() {
  return {word("/cluster/broker/reconnect", "uniform(50ms,250ms)",
               "node-redis 5, client-configuration: reconnectStrategy, the first wait")};
}

Settings ejabberd() {
  return {heartbeat("60s", "59900ms",
                    "docs.ejabberd.im: websocket_ping_interval; mod_stream_mgmt: ack_timeout"),
          reconnect("xmpp.js", "@xmpp/reconnect: delay")};
}

// ---- The rows ----------------------------------------------------------------------------------

struct Words {
  std::string_view version, source, meaning, left_out, same_as = "";
};

ProductRow product(std::string_view name, const Parts& parts, Settings settings,
                   const Words& words) {
  StrategySpec spec = composed(name, parts);
  spec.settings = std::move(settings);
  return {spec, words.version, words.source, words.meaning, words.left_out, words.same_as};
}

std::vector<ProductRow> of_socketio() {
  return {
      product(
          "socketio:memory", {.placement = "nginx_consistent"}, socketio(),
          {.version = "4",
           .source = "socket.io docs: in-memory adapter, using-multiple-nodes",
           .meaning = "One process knows its own rooms only; of several, the balancer brings "
                      "a room together.",
           .left_out = "connection state recovery, which is off by default; a connect that begins "
                       "with HTTP polling (client.requests 4, lb.sticky)."}),
      product("socketio:redis", {.backplane = "broadcast", .options = {{"local_shortcut", kOn}}},
              both(socketio(), node_redis()),
              {.version = "adapter 8",
               .source = "socket.io docs: redis-adapter",
               .meaning = "Every node hears everything; own clients are served at once, and alone "
                          "while Redis is away.",
               .left_out = "what the Redis client queues while it is away; acknowledgements "
                           "across nodes; a connect that begins with HTTP polling."}),
      product("socketio:sharded", {.backplane = "interest", .options = {{"admission_wait", kOff}}},
              both(socketio(), node_redis()),
              {.version = "adapter 8.3, Redis 7",
               .source = "socket.io docs: redis-adapter, sharded, subscriptionMode dynamic",
               .meaning = "A channel per room, taken at the first local member; a join does not "
                          "wait for it.",
               .left_out = "several shards: one broker does the work of all; private rooms of "
                           "single clients, which use the channel of everybody; a connect that "
                           "begins with HTTP polling."}),
      product(
          "socketio:streams",
          {.backplane = "broadcast",
           .resume = 2min,
           .resume_messages = 10'000,
           .history = HistoryAt::broker,
           .options = {{"offline_queue", kNoLimit}}},
          both(socketio(), node_redis()),
          {.version = "adapter 0.2",
           .source = "socket.io docs: redis-streams-adapter, maxLen; connection-state-recovery, "
                     "maxDisconnectionDuration; socket.io 4.8.1, socket.js: _onclose writes the "
                     "session; adapter 0.2.2, adapter.js: restoreSession takes it, once",
           .meaning = "One stream that every node reads; with connection state recovery of two "
                      "minutes, which has to be turned on.",
           .left_out = "the pause of a poll; recovery that can be tried once only; that a session "
                       "is written when its node sees the connection end, so that a killed "
                       "process, one that ends at SIGTERM without closing its server, and a "
                       "client that fell silent and is back before the ping times out (45 s) "
                       "leave none: here all of them recover; a connect that begins with HTTP "
                       "polling."}),
  };
}

std::vector<ProductRow> of_frameworks() {
  return {
      product(
          "centrifugo:redis",
          {.backplane = "interest",
           .resume = 5min,
           .resume_messages = 300,
           .history = HistoryAt::broker,
           .options = {{"admission_wait", kOn}}},
          {heartbeat("25s", "8s", "centrifugo 6, configtypes: ping_interval, pong_timeout"),
           word("/client/connect_timeout", "5s", "centrifuge-js 5: timeout"),
           reconnect("centrifuge-js", "centrifuge-js 5: minReconnectDelay, maxReconnectDelay"),
           refused_offline("centrifuge-js 5: a publication waits for a connection, or fails"),
           word("/cluster/broker/reconnect", "250ms",
                "centrifuge, broker_redis.go: pause before it subscribes again"),
           setting("/cluster/nodes/egress_queue", R"({"limit": "1MiB", "on_full": "disconnect"})",
                   "centrifugo 6: client.queue_max_size; disconnect code slow")},
          {.version = "6",
           .source = "centrifugal.dev: engines, history_and_recovery; "
                     "client.recovery_max_publication_limit 300; history_ttl has no default: "
                     "300 s here, uncalibrated",
           .meaning = "A channel per room, and a reply that waits for it; history in a stream "
                      "per channel, recovered by epoch and offset or not at all.",
           .left_out = "the check of positions each 40 s; presence; several Redis shards."}),
      product("signalr:redis", {.backplane = "interest", .options = {{"admission_wait", kOn}}},
              {heartbeat("15s", "14900ms",
                         "learn.microsoft.com, HubOptions: KeepAliveInterval 15 s; 30 s of silence "
                         "end a connection"),
               word("/client/connect_timeout", "15s",
                    "learn.microsoft.com, HubOptions: HandshakeTimeout"),
               reconnect("signalr", "learn.microsoft.com: withAutomaticReconnect"),
               refused_offline("@microsoft/signalr, HubConnection: invoke fails"),
               word("/cluster/broker/reconnect", "2500ms",
                    "StackExchange.Redis, Configuration: ExponentialRetry, the first wait")},
              {.version = "ASP.NET Core 8",
               .source = "learn.microsoft.com: redis-backplane; RedisHubLifetimeManager.cs",
               .meaning = "Channels per group, user and connection; nothing is kept while Redis is "
                          "away; after four attempts a client gives up.",
               .left_out = "stateful reconnect (opt-in, same server); the channel per connection; "
                           "that one slow client holds its group up."}),
      product(
          "anycable:nats", {.backplane = "broadcast"},
          {heartbeat("3s", "2900ms",
                     "docs.anycable.io: ping_interval 3 s; actioncable: stale after 6 s"),
           reconnect("actioncable", "@rails/actioncable 7, connection_monitor.js"),
           refused_offline("@rails/actioncable 7, connection.js: send returns false"),
           no_acknowledgement("Action Cable protocol: perform is not answered"),
           word("/cluster/broker/reconnect", "uniform(2s,2100ms)",
                "nats.go: DefaultReconnectWait, DefaultReconnectJitter"),
           word("/cluster/broker/publisher_buffer", "8MiB", "nats.go: DefaultReconnectBufSize"),
           setting("/cluster/nodes/egress_queue", R"({"limit": "1MiB", "on_full": "disconnect"})",
                   "docs.anycable.io 1.6: a session's buffer")},
          {.version = "1.6",
           .source = "docs.anycable.io: pub/sub adapters, nats",
           .meaning = "One subject that every node hears, without history; with the client of "
                      "Action Cable.",
           .left_out = "AnyCable's own client, whose waits have no cap; RPC to the "
                       "application; streams with history."}),
  };
}

std::vector<ProductRow> of_message_servers() {
  return {
      product("nchan:redis",
              {.backplane = "interest",
               .resume = 1h,
               .resume_messages = 10,
               .history = HistoryAt::broker},
              {heartbeat("900s", "24600ms",
                         "nchan.io: websocket_ping_interval off, so Linux decides: tcp_retries2, "
                         "924.6 s"),
               setting("/client/backoff", R"({"kind": "fixed", "first": "1s"})",
                       "NchanSubscriber.js: reconnectTimeout"),
               word("/cluster/broker/reconnect", "uniform(475ms,525ms)",
                    "nchan.io: nchan_redis_reconnect_delay, the first wait")},
              {.version = "1.3",
               .source = "nchan.io: nchan_redis_storage_mode distributed, "
                         "nchan_message_buffer_length 10, nchan_message_timeout 1 h",
               .meaning = "A channel per room; its last ten messages are in Redis, and who comes "
                          "back names the last one that he has.",
               .left_out = "that new subscribers start at the oldest message; other transports; "
                           "publishing by HTTP."}),
      product(
          "nats:ws", {.backplane = "interest", .options = {{"admission_wait", kOff}}},
          {heartbeat("120s", "119900ms",
                     "nats.js 2: pingInterval, maxPingOut 2; the model knows one"),
           word("/client/connect_timeout", "20s", "nats.js 2: timeout"),
           reconnect("nats.js", "nats.js 2: reconnectTimeWait, maxReconnectAttempts"),
           refused_offline("nats.js 2, protocol.ts: a dial empties what waits"),
           no_acknowledgement("docs.nats.io: core NATS delivers at most once"),
           setting("/cluster/nodes/egress_queue", R"({"limit": "64MiB", "on_full": "disconnect"})",
                   "nats-server, const.go: MAX_PENDING_SIZE; slow consumer")},
          {.version = "server 2.11, nats.js 2",
           .source = "docs.nats.io: websocket, clustering, slow consumers",
           .meaning = "Servers tell each other who wants what, one hop; nobody waits for it, "
                      "and nothing is kept.",
           .left_out = "the full mesh: one broker stands for it, a hop more, and broker_down "
                       "has no counterpart; that own clients are served without it."}),
  };
}

std::vector<ProductRow> of_erlang() {
  return {
      product("phoenix:pg", {.backplane = "broadcast", .options = {{"local_shortcut", kOn}}},
              {heartbeat("30s", "29900ms", "phoenix.js, socket: heartbeatIntervalMs 30000"),
               word("/client/connect_timeout", "10s", "phoenix.js: DEFAULT_TIMEOUT"),
               reconnect("phoenix", "phoenix.js, socket: reconnectAfterMs"),
               word("/client/offline_send", "queue", "phoenix.js, socket: sendBuffer"),
               setting("/client/offline_queue", "1000000", "phoenix.js, socket: no limit")},
              {.version = "1.7, phoenix_pubsub 2.1",
               .source = "phoenix_pubsub, lib/phoenix/pubsub/pg2.ex",
               .meaning = "Every message goes to every node; own clients are served at once.",
               .left_out = "the mesh of Erlang nodes: a broker stands for it, a hop more, and "
                           "broker_down has no counterpart; the tables of Phoenix.Presence; hidden "
                           "pages that stay away."}),
      product("ejabberd:mnesia",
              {.backplane = "routed",
               .outbox = kNoLimit,
               .options = {{"fenced", kOn}, {"route_cache", kNoCache}}},
              both(ejabberd(), {word("/cluster/registry/lease", "60s",
                                     "Erlang net_ticktime 60 s, then mnesia_down: "
                                     "ejabberd_sm_mnesia.erl")}),
              {.version = "24",
               .source = "ejabberd, src/ejabberd_sm.erl, ejabberd_sm_mnesia.erl; XEP-0198 for the "
                         "client's outbox",
               .meaning = "Who is where is a table of all nodes; a node's rows go when the others "
                          "miss it; clients send again what was not acknowledged.",
               .left_out = "that the table is read without a trip; two halves after a partition; "
                           "resumption of a session (300 s, 5,000 stanzas) by the server."}),
      product(
          "ejabberd:redis",
          {.backplane = "routed",
           .outbox = kNoLimit,
           .options = {{"fenced", kOn}, {"route_cache", kNoCache}}},
          both(ejabberd(), {word("/cluster/registry/lease", "168h",
                                 "ejabberd_sm_redis.erl: rows have no TTL; the model's longest"),
                            word("/cluster/broker/reconnect", "1s",
                                 "eredis: reconnect_sleep, of the link to the registry")}),
          {.version = "24",
           .source = "ejabberd, src/ejabberd_sm.erl, ejabberd_sm_redis.erl; XEP-0198 for the "
                     "client's outbox",
           .meaning = "Who is where is a hash in Redis whose rows outlive a crashed node; "
                      "clients send again what was not acknowledged.",
           .left_out = "the cache of each node and the news that empty it (every lookup asks), "
                       "so also its old routes after Redis was away; that a node clears its "
                       "rows when it starts again; resumption of a session by the server."}),
  };
}

const std::vector<ProductRow>& product_rows() {
  static const std::vector<ProductRow> table = [] {
    std::vector<ProductRow> all = of_socketio();
    for (const auto& more : {of_frameworks(), of_message_servers(), of_erlang()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }();
  return table;
}

// "client.heartbeat {"every": "25s", ...}"
std::string in_words(const Setting& setting, bool with_value) {
  std::string words = setting.pointer.substr(1);
  std::ranges::replace(words, '/', '.');
  return with_value ? words + " " + setting.value : words;
}

}  // namespace

std::span<const ProductRow> products() { return product_rows(); }

const ProductRow* product_named(std::string_view name) {
  const auto found = std::ranges::find(
      product_rows(), name, [](const ProductRow& row) { return std::string_view(row.spec.name); });
  return found == product_rows().end() ? nullptr : &*found;
}

std::string own_values(const StrategySpec& spec) {
  std::string played, yielded;
  for (const Setting& setting : spec.settings) {
    std::string& list = setting.played ? played : yielded;
    list += (list.empty() ? "" : ", ") + in_words(setting, setting.played);
  }
  std::string text;
  if (!played.empty()) text = "plays its own " + played;
  if (!yielded.empty()) text += (text.empty() ? "" : "; ") + ("plays the scenario's " + yielded);
  return text;
}

}  // namespace squall
