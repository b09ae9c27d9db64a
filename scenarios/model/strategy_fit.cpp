// The rules, one after the other. See strategy_fit.hpp.
// The first that is broken is named; the caller knows where in the file it stands.
#include "scenarios/model/strategy_fit.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/settings.hpp"
#include "scenarios/model/tables.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::language {

std::optional<Misfit> own_client_misfit(const Scenario& scenario, const OwnClient& own) {
  static const Vocabulary kNoNames;
  Reading reading(kNoNames, "");
  ClientConfig client = scenario.client;
  const auto said = parse_json(*own.said, "", reading.problems());
  if (!said || !read_fields(reading, client_table(), *said, client)) {
    const Problem wrong = reading.take_problems().front();
    return Misfit{wrong.code, wrong.message, wrong.suggestion, own.pointer};
  }
  if (client.heartbeat_timeout < client.heartbeat_every) return std::nullopt;
  return Misfit{"S0403",
                fmt::format("heartbeat timeout {} must be shorter than every {}",
                            format_duration(client.heartbeat_timeout),
                            format_duration(client.heartbeat_every)),
                "", own.pointer};
}

// The first that does not fit.
std::optional<Misfit> any_own_client_misfit(const Scenario& scenario) {
  for (const OwnClient& own : own_clients(scenario)) {
    if (auto wrong = own_client_misfit(scenario, own)) return wrong;
  }
  return std::nullopt;
}

const Population* pinned_too_often(const StrategySpec& spec, const Scenario& scenario) {
  if (spec.connections == 1 && !spec.make_before_break) return nullptr;
  const auto pinned = [](const Population& people) { return people.node.has_value(); };
  const auto found = std::ranges::find_if(scenario.people, pinned);
  return found == scenario.people.end() ? nullptr : &*found;
}

std::optional<Misfit> misfit(const StrategySpec& spec, const Scenario& scenario) {
  const std::string who = in_quotes(spec.name);
  const std::uint16_t nodes = scenario.cluster.nodes.count;
  if (spec.connections > nodes) {
    return Misfit{
        "S0330",
        fmt::format("{} needs {} different nodes; there are {}", who, spec.connections, nodes), "",
        "/cluster/nodes"};
  }
  if (const Population* const people = pinned_too_often(spec, scenario)) {
    return Misfit{"S0330",
                  fmt::format("{} holds connections to several nodes; {} connects to one", who,
                              in_quotes(people->name)),
                  "another strategy, or no \"node\" of the population",
                  "/people/" + pointer_token(people->name) + "/node"};
  }
  if (!spec.settings.empty()) {  // one that plays another `client` for all
    if (auto wrong = as_played_by(spec, scenario, any_own_client_misfit)) {
      wrong->message = fmt::format("{} plays another client, and of {}: {}", who, wrong->instead,
                                   wrong->message);
      return wrong;
    }
  }
  const auto paths = [](const Scenario& own) { return own.cluster.broker.paths; };
  const auto masters = [](const Scenario& own) { return own.cluster.broker.masters; };
  for (const auto& [key, ways] : {std::pair{"paths", as_played_by(spec, scenario, paths)},
                                  std::pair{"masters", as_played_by(spec, scenario, masters)}}) {
    if (ways == 1 || !(spec.resumes() || spec.has_log())) continue;
    return Misfit{"S0333",
                  fmt::format("{} replays what came after a place; with several {} of the broker "
                              "there is no such order",
                              who, key),
                  in_quotes(key) + ": 1", "/cluster/broker/" + std::string(key)};
  }
  const auto of_the_broker = [&](const Scenario& own) { return broker_misfit(spec, own); };
  if (auto wrong = as_played_by(spec, scenario, of_the_broker)) return wrong;
  const BackplaneRow* const row = backplane_named(spec.backplane);
  if (row == nullptr || row->covers == Covers::broker_link) return std::nullopt;
  const auto from = std::ranges::find(scenario.traffic, kBackend, &Traffic::from);
  if (from == scenario.traffic.end()) return std::nullopt;
  return Misfit{
      "S0332",
      "\"server\" publishes to all nodes through the broker, and " + who + " does not listen there",
      "\"strategies\": [\"broadcast\"]",
      fmt::format("/traffic/{}/from", from - scenario.traffic.begin())};
}

}  // namespace squall::language
