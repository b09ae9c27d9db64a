// What only virtual time plays: one row per key, with the reason.
// A key leaves this table when sim/live learns it.
#include <fmt/core.h>
#include <algorithm>
#include <string>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/recipients.hpp"
#include "scenarios/model/settings.hpp"
#include "scenarios/model/tables.hpp"
#include "scenarios/model/volume.hpp"

namespace squall {
namespace {

using language::Json;
using language::Reading;

struct VirtualOnly {
  std::string_view pointer;
  bool (*is_asked)(const Scenario&);
  std::string_view why;
};

constexpr std::string_view kBalancer = "its balancer makes connections and then steps aside";
constexpr std::string_view kNode = "its nodes take whoever comes, as fast as the machine does";
constexpr std::string_view kCard = "loopback has no card, and takes what the machine copies";
constexpr std::string_view kBroker = "its nodes keep their clients, and try the broker again";

bool is_forgotten(const Scenario& scenario) {
  return std::ranges::any_of(played_clients(scenario), [](const ClientConfig& client) {
    return client.nat_timeout > Duration{0};
  });
}

bool begins_with_several(const Scenario& scenario) {
  return std::ranges::any_of(played_clients(scenario),
                             [](const ClientConfig& client) { return client.requests > 1; });
}

constexpr Bytes kNumberedAnswer = 5;  // what it is, and the number of the message

bool answers_shortly(const Scenario& scenario) {
  const Bytes answer = answer_of(scenario);
  return answer > 0 && answer < kNumberedAnswer;
}

constexpr VirtualOnly kVirtualOnly[] = {
    {"/cluster/lb/idle_timeout",
     [](const Scenario& s) { return s.cluster.lb.idle_timeout > Duration{0}; }, kBalancer},
    {"/cluster/lb/next_upstream", [](const Scenario& s) { return !s.cluster.lb.next_upstream; },
     kBalancer},
    {"/cluster/lb/max_connections",
     [](const Scenario& s) { return s.cluster.lb.max_connections > 0; }, kBalancer},
    {"/cluster/lb/source_ports", [](const Scenario& s) { return s.cluster.lb.source_ports > 0; },
     kBalancer},
    {"/cluster/lb/replicas", [](const Scenario& s) { return s.cluster.lb.replicas > 1; },
     "it has one balancer, with one view"},
    {"/cluster/lb/health", [](const Scenario& s) { return s.cluster.lb.health.has_value(); },
     "its balancer learns of a node by connecting to it"},
    {"/cluster/lb/dns_ttl", [](const Scenario& s) { return s.cluster.lb.dns_ttl > Duration{0}; },
     "its clients ask the balancer each time"},
    {"/client/nat_timeout", is_forgotten, "on loopback nothing stands in between"},
    {"/cluster/nodes/deflate",
     [](const Scenario& s) { return s.cluster.nodes.deflate.has_value(); },
     "its nodes take no extension of the protocol"},
    {"/client/overhead/answer", answers_shortly, "its answers name the message, in 5 bytes"},
    {"/client/requests", begins_with_several, "its clients open a WebSocket at once"},
    {"/cluster/nodes/egress_queue/on_full",
     [](const Scenario& s) { return s.cluster.nodes.egress_on_full == OnFull::block; },
     "its nodes never wait for one socket"},
    {"/cluster/nodes/max_connections",
     [](const Scenario& s) { return s.cluster.nodes.max_connections > 0; }, kNode},
    {"/cluster/nodes/admission", [](const Scenario& s) { return s.cluster.nodes.admission > 0; },
     kNode},
    {"/cluster/nodes/accept_queue",
     [](const Scenario& s) { return s.cluster.nodes.accept_queue > 0; }, kNode},
    {"/cluster/nodes/liveness",
     [](const Scenario& s) { return s.cluster.nodes.liveness.has_value(); },
     "all its nodes live in one process, and nobody kills that"},
    {"/cluster/nodes/max_age",
     [](const Scenario& s) { return !s.cluster.nodes.max_age.is_never(); }, kNode},
    {"/cluster/nodes/costs",
     [](const Scenario& s) { return s.cluster.nodes.costs != CostChanges{}; },
     "its work costs what the machine takes for it"},
    {"/cluster/nodes/memory", [](const Scenario& s) { return s.cluster.nodes.memory.has_value(); },
     "all its nodes live in one process, with the machine's memory"},
    {"/cluster/database/connect",
     [](const Scenario& s) { return s.cluster.database.connect > Duration{0}; },
     "its handshakes ask nobody"},
    {"/cluster/broker/never_returns",
     [](const Scenario& s) { return s.cluster.broker.never_returns != Gone::none; }, kBroker},
    {"/cluster/broker/paths", [](const Scenario& s) { return s.cluster.broker.paths > 1; },
     "a node has one connection to publish on, and one to hear"},
    {"/cluster/broker/masters", [](const Scenario& s) { return s.cluster.broker.masters > 1; },
     "a node speaks to one server; redis://?mode=sharded has a real cluster"},
    {"/cluster/broker/queue",
     [](const Scenario& s) { return s.cluster.broker.queue == NodeQueue::durable; },
     "its broker has no queue that outlives a connection"},
    {"/cluster/net/client_bandwidth",
     [](const Scenario& s) { return s.cluster.net.client_bandwidth > 0; }, kCard},
    {"/cluster/net/broker_bandwidth",
     [](const Scenario& s) { return s.cluster.net.broker_bandwidth > 0; }, kCard},
    {"/cluster/net/zones", [](const Scenario& s) { return !s.cluster.net.zones.empty(); },
     "on loopback everybody is equally near"},
    {"/cluster/broker/on_loss",
     [](const Scenario& s) { return s.cluster.broker.on_loss != OnLoss::keep_clients; }, kBroker},
};

// By the scenario, or by what one of its strategies plays of it.
bool is_asked(const VirtualOnly& row, const Scenario& scenario) {
  const auto by = [&](const StrategySpec& spec) {
    return as_played_by(spec, scenario, row.is_asked);
  };
  return row.is_asked(scenario) || std::ranges::any_of(scenario.strategies, by);
}

}  // namespace

std::vector<Problem> not_on_sockets(const Scenario& scenario) {
  const Vocabulary nothing;
  Reading reading(nothing, scenario.source_path);
  std::vector<Problem> ignored;
  const auto parsed = language::parse_json(scenario.source_text, scenario.source_path, ignored);
  const Json root = parsed.value_or(Json::object());
  const auto refuse = [&](const std::string& pointer, std::string_view key, std::string_view why) {
    reading.fail_at(root, pointer, "S0601",
                    fmt::format("the live engine does not play {}: {}", key, why),
                    "--engine sim, or leave it out");
  };
  for (const VirtualOnly& row : kVirtualOnly) {
    if (!is_asked(row, scenario)) continue;
    std::string key(row.pointer.substr(1));
    std::ranges::replace(key, '/', '.');
    refuse(std::string(row.pointer), key, row.why);
  }
  for (const Traffic& traffic : scenario.traffic) {
    if (!from_backend(traffic)) continue;
    refuse("/traffic", "\"from\": \"server\"", "all that is said there is said by clients");
  }
  for (const ScriptStep& step : scenario.script) {
    if (step.verb == Verb::set) refuse("/script", "set", "its servers are set up once");
    if (step.verb == Verb::slow) refuse("/script", "slow", "a process cannot be made slow there");
    if (step.pre_stop > Duration{0}) refuse("/script", "pre_stop", kBalancer);
  }
  return reading.take_problems();
}

}  // namespace squall
