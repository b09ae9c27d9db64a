// How much a scenario asks for before anything is drawn: messages, memberships, instants of the
// script. Expected numbers; what a seed really brings is plan.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/model/scenario.hpp"

namespace squall {

inline constexpr Bytes kLargestMessage = 16 << 20;  // that may be written, and that is drawn

struct Volume {
  double messages = 0;    // of the whole class
  double per_second = 0;  // at its busiest moment
};

// What its shape, or the script, does to the rate of a class in [begin, end).
struct RateChange {
  double begin, end;  // nanoseconds
  double times;       // of the rate that is written
  bool set = false;   // in the place of what was set before; else a flash: on top
};
// A time as these changes have it.
inline double in_nanoseconds(Time time) { return static_cast<double>(time.count()); }
std::vector<RateChange> rate_changes(const Scenario& scenario, const Traffic& traffic);
double times_at(std::span<const RateChange> changes, double now);

// Of one class in [from, to). Flashes that overlap multiply, as in a TrafficSource.
Volume volume_of(const Scenario& scenario, const Traffic& traffic, Time from, Time to);

double scripted_sends(const Scenario& scenario);

// Whether those of a population are in rooms of this set. In `all` are all, see "to": "all".
bool is_in(const Population& population, const RoomSet& set);
double users_in(const Scenario& scenario, const RoomSet& set);

// {members, rooms} of a set that says `sizes`, as so many users fill them one after another: who is
// too few leaves the last rooms empty.
std::vector<std::pair<std::uint32_t, std::uint32_t>> filled_sizes(const RoomSet& set, double users);

// Seats in the rooms of a set: of every user who is in it, in each of his rooms.
double memberships(const Scenario& scenario, const RoomSet& set);

// "from": "server": an application that publishes to the broker, on no node and nobody's client. It
// is an individual of this name that never logs in, so that books and plan know it as a sender.
inline constexpr std::string_view kBackend = "server";

}  // namespace squall
