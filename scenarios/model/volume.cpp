// Sums over the pieces of time between the ends of flashes. See volume.hpp.
// In double: an absurd scenario must come out absurd, not overflow.
#include "scenarios/model/volume.hpp"

#include <algorithm>

namespace squall {
namespace {

bool flashes(const ScriptStep& step, const Traffic& traffic) {
  return step.verb == Verb::flash && step.traffic == traffic.name;
}

double times_at(const Scenario& scenario, const Traffic& traffic, Time now) {
  double times = 1;
  for (const ScriptStep& step : scenario.script) {
    if (flashes(step, traffic) && step.at <= now && now < step.at + step.lasts) times *= step.times;
  }
  return times;
}

}  // namespace

Volume volume_of(const Scenario& scenario, const Traffic& traffic, Time from, Time to) {
  std::vector<Time> edges{from, to};
  for (const ScriptStep& step : scenario.script) {
    if (!flashes(step, traffic)) continue;
    edges.push_back(std::clamp(step.at, from, to));
    edges.push_back(std::clamp(step.at + step.lasts, from, to));
  }
  std::ranges::sort(edges);
  const double rate = static_cast<double>(traffic.rate_per_second_nano) / 1e9;
  Volume volume;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const double seconds = static_cast<double>((edges[i + 1] - edges[i]).count()) / 1e9;
    if (seconds <= 0) continue;
    const double busy = rate * times_at(scenario, traffic, edges[i]);
    volume.messages += busy * seconds;
    volume.per_second = std::max(volume.per_second, busy);
  }
  return volume;
}

double scripted_sends(const Scenario& scenario) {
  double sends = 0;
  for (const ScriptStep& step : scenario.script) {
    if (step.verb == Verb::send) sends += step.repeat;
  }
  return sends;
}

bool is_in(const Population& population, const RoomSet& set) {
  if (population.rooms.empty() || set.name == "all") return true;
  return std::ranges::find(population.rooms, set.name) != population.rooms.end();
}

double users_in(const Scenario& scenario, const RoomSet& set) {
  double users = 0;
  for (const Population& population : scenario.people) {
    if (is_in(population, set)) users += population.count;
  }
  return users;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> filled_sizes(const RoomSet& set,
                                                                  double users) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> filled;
  auto left = static_cast<std::uint64_t>(users);
  for (const auto& [members, rooms] : set.sizes) {
    const std::uint64_t full = std::min<std::uint64_t>(rooms, left / members);
    if (full > 0) filled.emplace_back(members, static_cast<std::uint32_t>(full));
    left -= full * members;
    if (full == rooms) continue;
    if (left > 0) filled.emplace_back(static_cast<std::uint32_t>(left), 1);
    break;
  }
  return filled;
}

double memberships(const Scenario& scenario, const RoomSet& set) {
  const double users = users_in(scenario, set);
  if (set.sizes.empty()) return users * set.joined_per_user;
  double seats = 0;
  for (const auto& [members, rooms] : set.sizes) seats += double(members) * rooms;
  return std::min(seats, users);  // everybody is in one room of them at most
}

}  // namespace squall
