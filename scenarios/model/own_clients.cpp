// The tables read what is said of some over what is said of all. See own_clients.hpp.
// They were read once before, with complaints: here nothing can be wrong with them.
#include "scenarios/model/own_clients.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/tables.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/check.hpp"

namespace squall {

namespace {

ClientConfig with_own(const Scenario& scenario, const std::string& own) {
  ClientConfig client = scenario.client;
  if (own.empty()) return client;
  static const Vocabulary kNoNames;
  language::Reading reading(kNoNames, "");
  std::vector<Problem> problems;
  const auto said = language::parse_json(own, "", problems);
  SQUALL_CHECK(said && problems.empty());
  SQUALL_CHECK(language::read_fields(reading, language::client_table(), *said, client));
  return client;
}

// A backend has no connection, and so no client.
bool connects(const ScriptedClient& one) { return one.name != kBackend; }

}  // namespace

ClientConfig client_of(const Scenario& scenario, const Population& population) {
  return with_own(scenario, population.client);
}

ClientConfig client_of(const Scenario& scenario, const ScriptedClient& individual) {
  return with_own(scenario, individual.client);
}

ClientConfig client_of(const Scenario& scenario, const OwnClient& own) {
  return with_own(scenario, *own.said);
}

std::vector<OwnClient> own_clients(const Scenario& scenario) {
  std::vector<OwnClient> own;
  const auto add = [&](const auto& whose, std::string_view section, std::uint32_t count) {
    if (whose.client.empty()) return;
    own.push_back({fmt::format("/{}/{}/client", section, language::pointer_token(whose.name)),
                   &whose.client, count});
  };
  for (const Population& people : scenario.people) add(people, "people", people.count);
  for (const ScriptedClient& one : scenario.clients) add(one, "clients", 1);
  return own;
}

std::vector<ClientConfig> played_clients(const Scenario& scenario) {
  std::vector<ClientConfig> clients;
  const auto as_all = [](const auto& whose) { return whose.client.empty(); };
  const bool nobody = scenario.people.empty() && std::ranges::none_of(scenario.clients, connects);
  const bool individuals = std::ranges::any_of(
      scenario.clients, [&](const ScriptedClient& one) { return connects(one) && as_all(one); });
  if (nobody || individuals || std::ranges::any_of(scenario.people, as_all)) {
    clients.push_back(scenario.client);
  }
  for (const OwnClient& one : own_clients(scenario)) {
    clients.push_back(client_of(scenario, one));
  }
  return clients;
}

bool clients_alike(const Scenario& scenario) { return own_clients(scenario).empty(); }

Duration shortest_connect_timeout(const Scenario& scenario) {
  const std::vector<ClientConfig> clients = played_clients(scenario);
  return std::ranges::min(clients, {}, &ClientConfig::connect_timeout).connect_timeout;
}

Duration longest_connect_timeout(const Scenario& scenario) {
  const std::vector<ClientConfig> clients = played_clients(scenario);
  return std::ranges::max(clients, {}, &ClientConfig::connect_timeout).connect_timeout;
}

}  // namespace squall
