// No knob without a use: each key of a cluster and of clients is said in a scenario of the library,
// or, turned in one of them, it moves a metric there; or it is said here why not.
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/generated.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

struct Turn {
  std::string_view key, to, scenario, preset;
  std::vector<Override> before;  // on both sides
};

const std::vector<Override> kSmall = {{"/params/users", "600"}};
const std::vector<Override> kSmallDeploy = {
    {"/params/desktop", "600"}, {"/params/mobile", "400"}, {"/params/dm", "50/s"}};

std::vector<Turn> turns_of_clients_and_balancer() {
  return {
      {"/client/offline_queue", "0", "crash-process", "broadcast", kSmall},
      {"/client/offline_send", "refuse", "crash-process", "broadcast", kSmall},
      {"/client/overhead", R"({"up": "27B", "down": "10B"})", "two-node-hello", "broadcast", {}},
      {"/client/overhead", R"({"answer": "90B"})", "two-node-hello", "broadcast", {}},
      {"/client/overhead", R"({"echo": true})", "steady-zipf", "broadcast", kSmall},
      {"/client/backoff", R"({"policy": "phoenix"})", "crash-process", "broadcast", kSmall},
      {"/client/backoff", R"({"kind": "plus_minus", "jitter": 0.1})", "crash-process", "broadcast",
       kSmall},
      {"/client/backoff", R"({"least": "500ms"})", "crash-process", "broadcast", kSmall},
      {"/client/backoff", R"({"kind": "table", "delays": ["3s"]})", "crash-process", "broadcast",
       kSmall},
      {"/client/backoff",
       R"({"give_up_after": 1, "kind": "fixed", "first": "1s"})",
       "sigterm-endpoint-race",
       "broadcast",
       {}},
      {"/clients/bob/downlink", "100kbit/s", "two-node-hello", "broadcast", {}},
      {"/cluster/broker/group", "shared", "steady-zipf", "broadcast", kSmall},
      {"/cluster/broker/output_hard", "1MiB", "gc-pause-output-limit", "broadcast", {}},
      {"/cluster/broker/output_soft",
       "1MiB",
       "gc-pause-output-limit",
       "broadcast",
       {{"/cluster/broker/output_soft_for", "1s"}}},
      {"/cluster/broker/output_soft_for",
       "1s",
       "gc-pause-output-limit",
       "broadcast",
       {{"/cluster/broker/output_soft", "1MiB"}}},
      {"/cluster/broker/persistent", "true", "broker-failover-12s", "broadcast:streams", kSmall},
      {"/cluster/database/servers", "3", "connect-costs-the-database", "broadcast", {}},
      {"/cluster/lb/balance_factor",
       "101",
       "crash-process",
       "broadcast",
       {{"/params/users", "600"}, {"/cluster/lb/policy", "haproxy3_consistent"}}},
      {"/cluster/lb/connect_timeout", "500ms", "host-loss-silent", "broadcast", kSmall},
      {"/cluster/lb/health", R"({"fall": 1})", "checks-see-it-late", "broadcast", {}},
      {"/cluster/lb/health", R"({"rise": 9})", "checks-see-it-late", "broadcast", {}},
      {"/cluster/lb/max_connections", "30", "sigterm-endpoint-race", "broadcast", {}},
      {"/cluster/lb/policy",
       "haproxy3_consistent",
       "split-room",
       "broadcast",
       {{"/cluster/lb/policy", "haproxy_consistent"}}},
      {"/cluster/lb/reload", "lose_counts", "rolling-deploy-storm", "broadcast", kSmallDeploy},
  };
}

std::vector<Turn> turns_of_nodes() {
  return {
      {"/cluster/net/node_bandwidth", "1Mbit/s", "steady-zipf", "routed", kSmall},
      {"/cluster/net/peer_heartbeat", "500ms", "partition-ab", "routed", {}},
      {"/cluster/net/peer_queue", "4KiB", "partition-ab", "routed", {}},
      {"/cluster/net/peer_timeout", "8s", "partition-ab", "routed", {}},
      {"/cluster/nodes/costs/broker_receive", "1ms", "steady-zipf", "broadcast", kSmall},
      {"/cluster/nodes/costs/close", "1ms", "churn-floor", "broadcast", kSmall},
      {"/cluster/nodes/costs/frame_read", "1ms", "steady-zipf", "broadcast", kSmall},
      {"/cluster/nodes/costs/heartbeat", "1ms", "steady-zipf", "broadcast", kSmall},
      {"/cluster/nodes/costs/peer_receive", "1ms", "steady-zipf", "routed", kSmall},
      {"/cluster/nodes/costs/peer_send", "1ms", "steady-zipf", "routed", kSmall},
      {"/cluster/nodes/costs/publish", "1ms", "steady-zipf", "broadcast", kSmall},
      {"/cluster/nodes/costs/registry_call", "1ms", "steady-zipf", "routed", kSmall},
      {"/cluster/nodes/costs/subscribe", "1ms", "crash-process", "broadcast", kSmall},
      {"/cluster/nodes/deflate/from", "2KiB", "deflate-fills-the-memory", "broadcast", {}},
      {"/cluster/nodes/deflate/read_per_kib", "1ms", "deflate-fills-the-memory", "broadcast", {}},
      {"/cluster/nodes/liveness/restart", "1s", "killed-by-its-probe", "broadcast", {}},
      {"/cluster/nodes/memory/per_frame", "2KiB", "slow-consumers-kill-a-node", "broadcast", {}},
      {"/cluster/nodes/on_limit", "queue", "connection-limit-1024", "broadcast", {}},
      {"/cluster/nodes/work_queue", "5", "echo-all-500", "broadcast", {}},
      {"/cluster/registry/keep_alive", "2s", "partition-ab", "routed", {}},
      {"/cluster/registry/renew", "ping", "paused-node-deletes-routes", "routed", {}},
  };
}

const std::vector<Turn>& turns() {
  static const std::vector<Turn> all = [] {
    std::vector<Turn> rows = turns_of_clients_and_balancer();
    for (const Turn& turn : turns_of_nodes()) rows.push_back(turn);
    return rows;
  }();
  return all;
}

struct Exempt {
  std::string_view keys, why;  // a key, or all that begin so when it ends in a slash
};
constexpr std::array kExempt{
    Exempt{"/people/*/client/", "what client has, of a population: tests/model/places_language"},
    Exempt{"/clients/*/client/", "the same, of an individual"},
    Exempt{"/client/nat_timeout", "said of a population: nat-forgets-quiet-phones"},
    Exempt{"/clients/*/zone", "as of a population: two-regions"},
    Exempt{"/client/backoff/", "turned together, as one object"},
    Exempt{"/client/overhead/", "the same"},
    Exempt{"/cluster/lb/health/", "the same"},
    Exempt{"/cluster/registry/profile", "there is one"},
};

bool is_exempt(const std::string& key) {
  return std::ranges::any_of(kExempt, [&](const Exempt& row) {
    return row.keys.ends_with('/') ? key.starts_with(row.keys) : key == row.keys;
  });
}

std::set<std::string> said_in_the_library() {
  std::set<std::string> keys;
  for (const LibraryFile& file : scenario_library()) {
    const Json text = Json::parse(file.text);
    std::vector<std::string> steps;
    used_keys(text, steps, keys);
    for (const Json& spec : text.value("strategies", Json::array())) {
      if (!spec.is_object() || !spec.contains("with")) continue;
      for (const auto& [pointer, to] : spec["with"].items()) keys.insert(pointer);
    }
    for (const Json& step : text.value("script", Json::array())) {
      if (step.contains("path")) keys.insert(step["path"].get<std::string>());
    }
  }
  for (const Turn& turn : turns()) {
    keys.insert(std::string(turn.key));
    if (turn.key.starts_with("/clients/")) keys.insert("/clients/*/downlink");
  }
  return keys;
}

TEST(Knobs, of_clusters_and_clients_are_shown_in_the_library) {
  std::set<std::string> wanted;
  collect_keys(language_schema(), "", wanted);
  const std::set<std::string> shown = said_in_the_library();

  for (const std::string& key : wanted) {
    const bool is_knob = key.starts_with("/cluster/") || key.starts_with("/client") ||
                         key.starts_with("/people/") || key.starts_with("/rooms/") ||
                         key.starts_with("/traffic/");
    EXPECT_TRUE(!is_knob || shown.contains(key) || is_exempt(key)) << key;
  }
}

bool equal(double one, double other) {
  return one == other || (std::isnan(one) && std::isnan(other));
}

TEST(Knobs, that_are_turned_move_a_metric) {
  for (const Turn& turn : turns()) {
    std::vector<Override> turned = turn.before;
    std::erase_if(turned, [&](const Override& o) { return o.pointer == turn.key; });
    turned.push_back({std::string(turn.key), std::string(turn.to)});

    const RunRecord before = play(built_in(turn.scenario, turn.before), strategy(turn.preset), 1);
    const RunRecord after = play(built_in(turn.scenario, turned), strategy(turn.preset), 1);

    const bool moved = std::ranges::any_of(metric_rows(), [&](const MetricRow& row) {
      return !equal(value(row.name, before), value(row.name, after));
    });
    EXPECT_TRUE(moved) << turn.key << " = " << turn.to << " in " << turn.scenario;
  }
}

}  // namespace
}  // namespace squall::testing
