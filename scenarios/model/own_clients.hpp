// What clients do: what `client` says of all, and what a population or an individual says
// otherwise. A strategy may play another `client` (settings.hpp); what is said of fewer stands.
//
// Pure: text is read again at every call, so keep the answer where it is asked often.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/model/scenario.hpp"

namespace squall {

ClientConfig client_of(const Scenario& scenario, const Population& population);
ClientConfig client_of(const Scenario& scenario, const ScriptedClient& individual);

// Populations, then individuals, that have a client of their own.
struct OwnClient {
  std::string pointer;      // where it stands in the file
  const std::string* said;  // of the scenario
  std::uint32_t count;      // of who has it
};
std::vector<OwnClient> own_clients(const Scenario& scenario);
ClientConfig client_of(const Scenario& scenario, const OwnClient& own);

// Each that somebody plays: that of all, unless everybody has their own; then theirs.
std::vector<ClientConfig> played_clients(const Scenario& scenario);

// Nobody has a client of their own.
bool clients_alike(const Scenario& scenario);

// The quickest of them to give an attempt up, and the slowest.
Duration shortest_connect_timeout(const Scenario& scenario);
Duration longest_connect_timeout(const Scenario& scenario);

}  // namespace squall
