// least_conn: the usable backend with the fewest open connections per weight, as this balancer
// counts them. Ties go round by smooth weighted round robin among the tied (nginx least_conn).
//
// A tie is the normal case after a restart, so a fixed tie-break would send a whole storm to one
// node. With a single best backend the round robin state does not move, as in nginx.
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

std::optional<NodeId> pick_least_connected(Pool& pool, const PlacementRequest& request,
                                           std::span<BackendView> views) {
  std::optional<std::size_t> best;
  bool many = false;
  for (std::size_t peer = 0; peer < pool.size(); ++peer) {
    if (!pool.usable(peer, request, views)) continue;
    if (!best || pool.load(peer, *best, views) < pool.load(*best, peer, views)) {
      best = peer;
      many = false;
    } else if (pool.load(peer, *best, views) == pool.load(*best, peer, views)) {
      many = true;
    }
  }
  if (!best) return std::nullopt;
  if (!many) return pool.take(*best, request, views);
  return pool.smooth(request, views, [&](std::size_t peer) {
    return pool.load(peer, *best, views) == pool.load(*best, peer, views);
  });
}

}  // namespace

std::unique_ptr<Placement> make_least_conn(std::span<const Backend> backends,
                                           const PlacementOptions& options) {
  return std::make_unique<PoolPolicy>(backends, options, pick_least_connected);
}

}  // namespace squall
