// round_robin: nginx's smooth weighted round robin (weights 5, 1, 1 give a a b a c a a).
//
// The algorithm itself is Pool::smooth, because the other policies fall back on it.
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

std::optional<NodeId> pick_round_robin(Pool& pool, const PlacementRequest& request,
                                       std::span<BackendView> views) {
  return pool.round_robin(request, views);
}

}  // namespace

std::unique_ptr<Placement> make_round_robin(std::span<const Backend> backends,
                                            const PlacementOptions& options) {
  return std::make_unique<PoolPolicy>(backends, options, pick_round_robin);
}

}  // namespace squall
