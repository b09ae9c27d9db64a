// The budgets, and whom to name when one is spent. See hurry.hpp.
// Nothing here changes a run that stays within them.
#include "sim/kernel/hurry.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "scenarios/model/volume.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/event_table.hpp"

namespace squall {
namespace {

constexpr double kEvents = 8e6;     // within a second, of the smallest scenario
constexpr double kPerLink = 2000;   // heartbeats every 10 ms are 500
constexpr double kPerMessage = 40;  // and per node that a message may visit:
constexpr double kPerVisit = 16;
constexpr double kConnections = 16e6;  // of the smallest scenario: 2.5 GB
constexpr double kAttempts = 256;      // of each link

double links_of(const World& world) {
  return double(world.plan.endpoints()) * std::max<double>(1, world.spec.connections);
}

double busiest_second(const World& world) {
  const TimeWindows& time = world.scenario.time;
  double messages = static_cast<double>(world.plan.stimuli().size());
  for (const Traffic& traffic : world.scenario.traffic) {
    messages += volume_of(world.scenario, traffic, -time.warmup, time.measure).per_second;
  }
  return messages;
}

std::string seconds_text(Time at) {
  const std::int64_t ms = at.count() / 1'000'000;
  return fmt::format("{}{}.{:03} s", at.count() < 0 ? "-" : "", std::abs(ms / 1000),
                     std::abs(ms % 1000));
}

}  // namespace

Hurry::Hurry(const World& world) : world_(world), second_end_(kBeforeAll) {
  const double nodes = world.scenario.cluster.nodes.count;
  most_events_ =
      static_cast<std::uint64_t>(kEvents + kPerLink * links_of(world) + nodes * nodes * kPerVisit +
                                 busiest_second(world) * (kPerMessage + kPerVisit * nodes));
  most_connections_ =
      static_cast<std::uint64_t>(std::min(kConnections + kAttempts * links_of(world), 4e9));
}

void Hurry::next_second(Time at) {
  second_end_ = at + Duration{1'000'000'000};
  events_ = 0;
  by_kind_.fill(0);
}

std::string Hurry::sentence(const Event& last) const {
  if (connections() > most_connections_) {
    return fmt::format("more than {} attempts to connect, at {}; the last of them by {}",
                       most_connections_, seconds_text(world_.now), author(last));
  }
  const auto most = std::max_element(by_kind_.begin(), by_kind_.end()) - by_kind_.begin();
  return fmt::format(
      "time hardly moves: more than {} events within a second, at {}; most of them {}, the last by "
      "{}",
      most_events_, seconds_text(world_.now), row_of(static_cast<EventKind>(most)).traits.doing,
      author(last));
}

// The population, individual, traffic class or node whose event it was.
std::string Hurry::author(const Event& event) const {
  const Scenario& scenario = world_.scenario;
  if (event.kind == EventKind::traffic) return "traffic " + scenario.traffic[event.a].name;
  EndpointId who = kNoEndpoint;
  const std::string_view what = row_of(event.kind).traits.doing;
  if (what == "logins and logouts" || what == "drops") who = EndpointId{event.a};
  if (event.kind == EventKind::link_timer)
    who = world_.clients->numbers().owner(event.a);
  else if (what == "attempts to connect") {
    who = world_.oracle.connection(ConnectionId{event.a}).endpoint;
  }
  if (who == kNoEndpoint) {
    return event.node == kNoNode ? "the cluster" : fmt::format("node n{}", index(event.node) + 1);
  }
  if (world_.plan.individual(who)) return "client " + world_.plan.individual_config(who).name;
  return "people " + scenario.people[world_.plan.population(who)].name;
}

}  // namespace squall
