// What a scenario asks of its cluster on average, before anything is played: utilisation of loops,
// servers and lines, time to connect. Who hears a message is in recipients.hpp.
//
// Means only, from the same costs that the engine pays. Lint warns with them, and a closed form
// that needs a calm cluster asks them whether it is one.
#pragma once

#include "scenarios/model/recipients.hpp"
#include "scenarios/model/scenario.hpp"
#include "strategies/core/spec.hpp"

namespace squall {

// The broker gives each message to one node, as the nodes are one group of consumers.
bool in_shared_group(const Scenario& scenario, const StrategySpec& strategy);

// Utilisation, 1 = all there is. Evenly spread; the fullest node has more.
struct Demand {
  double loops;   // of the nodes
  double broker;  // the broker's or the registry's one server, whichever is asked more
  double cards;   // of the nodes, towards broker, peers and clients; of the broker
  double lines;   // of the clients of the population whose line is the fullest
};
Demand demand(const Scenario& scenario, const StrategySpec& strategy);

// Seconds of a loop, of one push of a message of mean size.
double seconds_of_push(const Scenario& scenario, const Traffic& traffic);

// From the first packet of an attempt until the client is ready, when nothing queues.
Duration time_to_connect(const Scenario& scenario);
// Seconds of one loop that a connection costs.
double connect_work_s(const Scenario& scenario);

// What all but one draw in ten thousand stay below, in the unit of the field.
double nearly_highest(const Distribution& distribution);
double variance_of(const Distribution& distribution);  // in its square

}  // namespace squall
