// What clients do, population by population: what `client` says of all, and what a population says
// otherwise. A strategy may play another `client` (settings.hpp); what a population says itself
// stands, because it is said of fewer.
//
// Pure: text is read again at every call, so keep the answer where it is asked often.
#pragma once

#include <vector>

#include "scenarios/model/scenario.hpp"

namespace squall {

ClientConfig client_of(const Scenario& scenario, const Population& population);

// Each that somebody plays: that of all, unless every population has its own; then theirs.
std::vector<ClientConfig> played_clients(const Scenario& scenario);

// No population has a client of its own.
bool clients_alike(const Scenario& scenario);

// The quickest of them to give an attempt up, and the slowest.
Duration shortest_connect_timeout(const Scenario& scenario);
Duration longest_connect_timeout(const Scenario& scenario);

}  // namespace squall
