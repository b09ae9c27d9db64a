// random: any usable backend, with probability proportional to its weight.
//
// One draw over the usable ones; nginx draws over all and repeats, which has the same distribution.
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

std::optional<NodeId> pick_random(Pool& pool, const PlacementRequest& request,
                                  std::span<BackendView> views) {
  const auto peer = pool.draw(request.draw, request, views);
  if (!peer) return std::nullopt;
  return pool.take(*peer, request, views);
}

}  // namespace

std::unique_ptr<Placement> make_random(std::span<const Backend> backends,
                                       const PlacementOptions& options) {
  return std::make_unique<PoolPolicy>(backends, options, pick_random);
}

}  // namespace squall
