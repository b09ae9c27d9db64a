// Who speaks, and to how many, on average and before anything is played.
// What that costs the cluster is in demand.hpp.
#pragma once

#include "scenarios/model/scenario.hpp"

namespace squall {

// What an application publishes passes no node on its way in.
bool from_backend(const Traffic& traffic);
// Of a message of this class; the sender is none.
double mean_recipients(const Scenario& scenario, const Traffic& traffic);
double most_recipients(const Scenario& scenario, const Traffic& traffic);  // of the largest room
// Its recipients are in a room with its sender; asked of those who are in one room each.
bool stays_in_its_room(const Scenario& scenario, const Traffic& traffic);
double messages_per_second(const Traffic& traffic);
double users_of(const Scenario& scenario);
double senders_of(const Scenario& scenario, const Traffic& traffic);
// Share of its messages that their senders get back.
double echoed(const Scenario& scenario, const Traffic& traffic);

}  // namespace squall
