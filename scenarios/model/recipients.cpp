// Sums over people and rooms. See recipients.hpp.
// Rooms by popularity are taken as if everybody were in them for good.
#include "scenarios/model/recipients.hpp"

#include <algorithm>
#include <cmath>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/shape.hpp"
#include "scenarios/model/volume.hpp"

namespace squall {
namespace {

// Sum of rank^-exponent: the first terms exactly, the rest as an integral.
double zipf_sum(std::uint32_t count, double exponent) {
  constexpr std::uint32_t kExact = 10000;
  double sum = 0;
  for (std::uint32_t rank = 1; rank <= std::min(count, kExact); ++rank) {
    sum += std::pow(rank, -exponent);
  }
  if (count <= kExact) return sum;
  const double from = kExact + 0.5;
  const double to = count + 0.5;
  if (std::fabs(exponent - 1) < 1e-9) return sum + std::log(to / from);
  return sum + (std::pow(to, 1 - exponent) - std::pow(from, 1 - exponent)) / (1 - exponent);
}

// Mean members of the room of a message, when messages are proportional to membership.
double fan_out(const Scenario& scenario, const RoomSet& set) {
  if (!set.sizes.empty()) {
    double slots = 0;
    double squares = 0;
    for (const auto& [members, rooms] : filled_sizes(set, users_in(scenario, set))) {
      slots += double(members) * rooms;
      squares += double(members) * members * rooms;
    }
    return slots > 0 ? squares / slots : 0;
  }
  const double shares = zipf_sum(set.count, set.zipf);
  const double even = zipf_sum(set.count, 2 * set.zipf) / (shares * shares);
  return users_in(scenario, set) * set.joined_per_user * even;
}

}  // namespace

bool from_backend(const Traffic& traffic) { return traffic.from == kBackend; }

bool stays_in_its_room(const Scenario& scenario, const Traffic& traffic) {
  if (traffic.to == TrafficTo::user_roommate) return true;
  if (traffic.to != TrafficTo::room || scenario.rooms.empty()) return false;
  const RoomSet& first = scenario.rooms.front();
  return traffic.room_set == first.name && (traffic.from == "member" || first.count == 1);
}

double users_of(const Scenario& scenario) {
  double total = 0;
  for (const Population& people : scenario.people) total += people.count;
  return total;
}

double messages_per_second(const Traffic& traffic) {
  return static_cast<double>(traffic.rate_per_second_nano) / 1e9 * busiest(traffic.shape);
}

double mean_recipients(const Scenario& scenario, const Traffic& traffic) {
  if (traffic.to != TrafficTo::room) {  // who speaks does not hear it
    return users_of(scenario) > (from_backend(traffic) ? 0 : 1) ? 1 : 0;
  }
  const auto set = std::ranges::find(scenario.rooms, traffic.room_set, &RoomSet::name);
  if (set == scenario.rooms.end()) return 0;
  const double members = fan_out(scenario, *set), users = users_of(scenario);
  if (from_backend(traffic) || users <= 0) return members;
  if (traffic.from != "member") return members * (1 - 1 / users);  // who may be one, by chance
  if (!set->sizes.empty()) return std::max(members - 1, 0.0);
  const double in_set = users_in(scenario, *set);  // each but the speaker is one as likely as any
  return in_set > 0 ? members * (1 - 1 / in_set) : 0;
}

double echoed(const Scenario& scenario, const Traffic& traffic) {
  const bool heard = overhead_of(scenario).echo && traffic.to == TrafficTo::room;
  const auto set = std::ranges::find(scenario.rooms, traffic.room_set, &RoomSet::name);
  if (!heard || from_backend(traffic) || set == scenario.rooms.end()) return 0;
  if (traffic.from == "member") return 1;
  return std::min(1.0, fan_out(scenario, *set) / std::max(users_of(scenario), 1.0));
}

double most_recipients(const Scenario& scenario, const Traffic& traffic) {
  if (traffic.to != TrafficTo::room) return mean_recipients(scenario, traffic);
  const auto set = std::ranges::find(scenario.rooms, traffic.room_set, &RoomSet::name);
  if (set == scenario.rooms.end()) return 0;
  const double users = users_in(scenario, *set);
  double largest = 0;
  for (const auto& [members, rooms] : filled_sizes(*set, users)) {
    largest = std::max(largest, double(members));
  }
  if (!set->sizes.empty()) return largest;
  return std::min(users, users * set->joined_per_user / zipf_sum(set->count, set->zipf));
}

double senders_of(const Scenario& scenario, const Traffic& traffic) {
  const auto named = std::ranges::find(scenario.people, traffic.from, &Population::name);
  return named == scenario.people.end() ? users_of(scenario) : named->count;
}

}  // namespace squall
