// Two unknowns, and loads that differ in nothing else. See room.hpp.
// The rest of what those loads cost is subtracted before the fit, not fitted again.
#include "sim/cli/calibrate/room.hpp"

#include <algorithm>
#include <cmath>

#include "sim/cli/calibrate/design.hpp"

namespace squall {
namespace {

constexpr int kBytes = 64;           // of a message
constexpr int kBeat_s = 25;          // the default of a scenario, and of Socket.IO and Centrifugo
constexpr double kBusy = 0.4;        // of a node, while it talks
constexpr double kConnect_ms = 1.2;  // a client: an interpreter takes 0.7 ms for a handshake

double work(const PlayedLoad& one, Kind kind) {
  return one.load.work[static_cast<std::size_t>(kind)];
}

double seconds(const std::optional<Duration>& cost) {
  return std::chrono::duration<double>(cost.value_or(Duration{0})).count();
}

// Of CPU in a second: what is no push and no heartbeat.
double known(const PlayedLoad& one, const CostChanges& costs) {
  return work(one, Kind::read) * seconds(costs.frame_read) +
         work(one, Kind::kib) * seconds(costs.per_kib);
}

void widen_to(SeenRange& range, double value) { range.to = std::max(range.to, value); }

}  // namespace

LoadRow silent_room(int users) {
  LoadRow silent{"a room as asked, silent", users, 1, kBytes, 0};
  silent.connect_ms = std::max(100, static_cast<int>(kConnect_ms * users));
  silent.measure_ms = 1000 * kBeat_s;  // everybody's heartbeat once
  silent.beat_s = kBeat_s;
  return silent;
}

LoadRow talking_room(int users, double push_s, double busy) {
  LoadRow talking = silent_room(users);
  talking.name = "a room as asked, talking";
  const double in_hundredths = std::floor(100 * busy / (push_s * users));
  talking.per_second = std::max(0.1, in_hundredths / 100);
  return talking;
}

double push_at_most_s(const PlayedLoad& talking) {
  const double pushes = work(talking, Kind::push);
  return pushes > 0 ? talking.load.cpu / pushes : 0;
}

void fit_room(Calibration& profile, const std::vector<PlayedLoad>& played) {
  std::vector<Load> loads;
  for (const PlayedLoad& one : played) {
    Load rest = one.load;
    rest.work = {work(one, Kind::push), work(one, Kind::beat)};
    rest.cpu = std::max(0.0, rest.cpu - known(one, profile.costs));
    loads.push_back(std::move(rest));
  }
  const Fitted fitted = fit_costs(loads, 2);
  const auto take = [&](std::size_t column, std::optional<Duration> CostChanges::*cost) {
    if (!fitted.costs[column]) return;
    profile.costs.*cost = from_seconds(fitted.costs[column]->value);
    profile.plus_minus.*cost = from_seconds(fitted.costs[column]->half_width);
  };
  take(0, &CostChanges::push);
  take(1, &CostChanges::heartbeat);
  for (std::size_t i = 0; i < played.size(); ++i) {
    widen_to(profile.recipients, played[i].recipients);
    widen_to(profile.pushes, played[i].pushes);
    profile.fit.push_back({played[i].load.name, played[i].load.cpu,
                           fitted.by_load[i] + known(played[i], profile.costs)});
  }
}

}  // namespace squall
