// The tables read a population's words over those of all. See own_clients.hpp.
// They were read once before, with complaints: here nothing can be wrong with them.
#include "scenarios/model/own_clients.hpp"

#include <algorithm>

#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/tables.hpp"
#include "strategies/core/check.hpp"

namespace squall {

ClientConfig client_of(const Scenario& scenario, const Population& population) {
  ClientConfig client = scenario.client;
  if (population.client.empty()) return client;
  static const Vocabulary kNoNames;
  language::Reading reading(kNoNames, "");
  std::vector<Problem> problems;
  const auto said = language::parse_json(population.client, "", problems);
  SQUALL_CHECK(said && problems.empty());
  SQUALL_CHECK(language::read_fields(reading, language::client_table(), *said, client));
  return client;
}

std::vector<ClientConfig> played_clients(const Scenario& scenario) {
  std::vector<ClientConfig> clients;
  const auto has_own = [](const Population& people) { return !people.client.empty(); };
  const bool all_have = std::ranges::all_of(scenario.people, has_own);
  if (scenario.people.empty() || !all_have || !scenario.clients.empty()) {
    clients.push_back(scenario.client);
  }
  for (const Population& people : scenario.people) {
    if (has_own(people)) clients.push_back(client_of(scenario, people));
  }
  return clients;
}

bool clients_alike(const Scenario& scenario) {
  return std::ranges::all_of(scenario.people,
                             [](const Population& people) { return people.client.empty(); });
}

Duration shortest_connect_timeout(const Scenario& scenario) {
  const std::vector<ClientConfig> clients = played_clients(scenario);
  return std::ranges::min(clients, {}, &ClientConfig::connect_timeout).connect_timeout;
}

Duration longest_connect_timeout(const Scenario& scenario) {
  const std::vector<ClientConfig> clients = played_clients(scenario);
  return std::ranges::max(clients, {}, &ClientConfig::connect_timeout).connect_timeout;
}

}  // namespace squall
