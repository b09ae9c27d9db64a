// Zones get numbers, pairs a table. See distances.hpp.
// Few zones, asked of at every message: so a table of all pairs and no search.
#include "scenarios/model/distances.hpp"

#include <algorithm>

#include "strategies/core/rng.hpp"

namespace squall {
namespace {

// Linux: RTO is the round trip and 200 ms at least (TCP_RTO_MIN), 120 s at most (TCP_RTO_MAX), and
// a segment is sent again 15 times (tcp_retries2).
constexpr Duration kRtoMin = 200ms, kRtoMax = 120s;
constexpr std::uint64_t kRetries = 15;

}  // namespace

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
  if (!has_weather(scenario)) return;
  weathers_.assign(delays_.size(), {});
  for (const ZoneDistance& pair_of : scenario.cluster.net.zones) {
    const Weather weather{Sampler(pair_of.jitter),
                          static_cast<std::uint64_t>(pair_of.loss * 0x1p64),
                          kRtoMin + 2 * pair_of.delay};
    const ZoneId from = named(pair_of.from), to = named(pair_of.to);
    weathers_[pair(from, to)] = weathers_[pair(to, from)] = weather;
  }
}

Duration Distances::weather(ZoneId a, ZoneId b, const FrameDraw& draw) const {
  if (weathers_.empty() || a == kNowhere || b == kNowhere) return Duration{0};
  const Weather& of = weathers_[pair(a, b)];
  const Rng jitters(draw.seed, Purpose::zone_jitter, draw.stream);
  Duration late{of.jitter.sample(jitters.at(draw.number))};
  const Rng losses(draw.seed, Purpose::zone_loss, draw.stream);
  Duration timeout = of.first_timeout;
  for (std::uint64_t n = 0; n < kRetries; ++n) {
    if (losses.at(draw.number * kRetries + n) >= of.loss) break;
    late += std::min(timeout, kRtoMax);
    timeout *= 2;
  }
  return late;
}

bool has_weather(const Scenario& scenario) {
  return std::ranges::any_of(scenario.cluster.net.zones, [](const ZoneDistance& pair) {
    return pair.loss > 0 || pair.jitter != Distribution::fixed(0);
  });
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
