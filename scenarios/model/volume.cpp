// Sums over the pieces of time between changes of a rate. See volume.hpp.
// In double: an absurd scenario must come out absurd, not overflow.
#include "scenarios/model/volume.hpp"

#include <algorithm>

#include "scenarios/model/grammar.hpp"
#include "scenarios/model/shape.hpp"

namespace squall {
namespace {

// Of the rate that is written: read before, with complaints.
double times_set(const ScriptStep& step, const Traffic& traffic) {
  const std::string_view text(step.value);
  const auto rate = language::parse_rate_nano(text.substr(1, text.size() - 2));  // in quotes
  return static_cast<double>(rate.value.value_or(traffic.rate_per_second_nano)) /
         static_cast<double>(traffic.rate_per_second_nano);
}

}  // namespace

std::vector<RateChange> rate_changes(const Scenario& scenario, const Traffic& traffic) {
  const TimeWindows& time = scenario.time;
  std::vector<RateChange> changes =
      changes_by_itself(traffic.shape, -time.warmup, time.measure + time.drain);
  for (const ScriptStep& step : scenario.script) {
    if (step.traffic != traffic.name) continue;
    const bool sets = step.verb == Verb::set;
    const bool for_good = sets && step.lasts == Duration{0};
    changes.push_back({.begin = in_nanoseconds(step.at),
                       .end = in_nanoseconds(for_good ? kNever : step.at + step.lasts),
                       .times = sets ? times_set(step, traffic) : step.times,
                       .set = sets});
  }
  return changes;
}

double times_at(std::span<const RateChange> changes, double now) {
  double set = 1, times = 1;
  for (const RateChange& change : changes) {
    if (now < change.begin || now >= change.end) continue;
    if (change.set) set = change.times;
    if (!change.set) times *= change.times;
  }
  return set * times;
}

Volume volume_of(const Scenario& scenario, const Traffic& traffic, Time from, Time to) {
  const std::vector<RateChange> changes = rate_changes(scenario, traffic);
  const double first = in_nanoseconds(from), last = in_nanoseconds(to);
  std::vector<double> edges{first, last};
  for (const RateChange& change : changes) {
    edges.push_back(std::clamp(change.begin, first, last));
    edges.push_back(std::clamp(change.end, first, last));
  }
  std::ranges::sort(edges);
  const double rate = static_cast<double>(traffic.rate_per_second_nano) / 1e9;
  Volume volume;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const double seconds = (edges[i + 1] - edges[i]) / 1e9;
    if (seconds <= 0) continue;
    const double busy = rate * times_at(changes, edges[i]);
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
