// envoy_ring_hash: ketama with xxHash64, 1,024 points for the whole cluster. See envoy.hpp.
//
// Few points: 100 hosts have 11 each, and the fullest then gets about twice its share. Envoy's
// maximum of 8 M points is not reached by the default minimum, and left out.
#include <fmt/core.h>
#include <algorithm>

#include "strategies/placement/envoy.hpp"
#include "strategies/placement/policies.hpp"
#include "strategies/placement/xxhash64.hpp"

namespace squall {

void EnvoyRing::build(std::span<const EnvoyHost> hosts) {
  double least = 1;
  for (const EnvoyHost& host : hosts) least = std::min(least, host.weight);
  const double wanted = least * static_cast<double>(least_size_);
  double whole = static_cast<double>(static_cast<std::uint64_t>(wanted));
  if (whole < wanted) whole += 1;
  const double scale = whole / least;

  points_.clear();
  double made = 0, target = 0;  // running sums: points need not divide evenly
  for (std::size_t host = 0; host < hosts.size(); ++host) {
    target += scale * hosts[host].weight;
    for (std::uint64_t i = 0; made < target; ++i, ++made) {
      const std::string text = fmt::format("{}_{}", hosts[host].key, i);
      points_.push_back({XxHash64::of(text), host});
    }
  }
  std::ranges::stable_sort(points_, {}, &Point::hash);
}

std::size_t EnvoyRing::choose(std::uint64_t hash, std::uint32_t attempt) const {
  const auto found = std::ranges::lower_bound(points_, hash, {}, &Point::hash);
  const std::size_t entry = static_cast<std::size_t>(found - points_.begin());
  const std::size_t wrapped = entry == points_.size() ? 0 : entry;
  return points_[(wrapped + attempt) % points_.size()].host;
}

std::unique_ptr<Placement> make_envoy_ring_hash(std::span<const Backend> backends,
                                                const PlacementOptions& options) {
  return make_envoy(backends, options, std::make_unique<EnvoyRing>());
}

}  // namespace squall
