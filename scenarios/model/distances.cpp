// Zones get numbers, pairs a table. See distances.hpp.
// Few zones, asked of at every message: so a table of all pairs and no search.
#include "scenarios/model/distances.hpp"

#include <algorithm>

namespace squall {

Distances::Distances(const Scenario& scenario) {
  const NodeConfig& nodes = scenario.cluster.nodes;
  for (std::size_t n = 0; n < nodes.count; ++n) {
    nodes_.push_back(nodes.zones.empty() ? kNowhere : add(nodes.zones[n % nodes.zones.size()]));
  }
  broker_ = add(scenario.cluster.broker.zone);
  registry_ = add(scenario.cluster.registry.zone);
  for (const Population& people : scenario.people) add(people.zone);
  for (const ScriptedClient& client : scenario.clients) add(client.zone);
  if (scenario.cluster.net.zones.empty()) return;
  for (const ZoneDistance& pair : scenario.cluster.net.zones) add(pair.from), add(pair.to);
  delays_.assign(names_.size() * names_.size(), Duration{0});
  for (const ZoneDistance& pair : scenario.cluster.net.zones) {
    const auto from = static_cast<std::size_t>(named(pair.from));
    const auto to = static_cast<std::size_t>(named(pair.to));
    delays_[from * names_.size() + to] = delays_[to * names_.size() + from] = pair.delay;
  }
}

ZoneId Distances::named(const std::string& zone) const {
  const auto found = std::ranges::find(names_, zone);
  if (found == names_.end()) return kNowhere;
  return ZoneId{static_cast<std::uint16_t>(found - names_.begin())};
}

ZoneId Distances::add(const std::string& zone) {
  if (zone.empty()) return kNowhere;
  const ZoneId known = named(zone);
  if (known != kNowhere) return known;
  names_.push_back(zone);
  return ZoneId{static_cast<std::uint16_t>(names_.size() - 1)};
}

Duration farthest_client(const Scenario& scenario) {
  if (scenario.cluster.net.zones.empty()) return Duration{0};
  const Distances distances(scenario);
  Duration farthest{0};
  const auto look = [&](const std::string& zone) {
    for (std::uint16_t n = 0; n < scenario.cluster.nodes.count; ++n) {
      const ZoneId here = distances.of(NodeId{n});
      farthest = std::max(farthest, distances.between(distances.named(zone), here));
    }
  };
  std::vector<std::string> zones;
  for (const Population& people : scenario.people) zones.push_back(people.zone);
  for (const ScriptedClient& client : scenario.clients) zones.push_back(client.zone);
  std::ranges::sort(zones);
  zones.erase(std::unique(zones.begin(), zones.end()), zones.end());
  for (const std::string& zone : zones) look(zone);
  return farthest;
}

}  // namespace squall
