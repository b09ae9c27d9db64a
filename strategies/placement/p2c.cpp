// p2c: the power of two choices. Two different usable backends are drawn by weight, and the one
// with fewer open connections per weight is taken; on a tie the first.
//
// nginx: `random two least_conn`. The second draw is derived from the first, so that a pick costs
// one number of the caller's stream whatever the policy.
#include "strategies/core/rng.hpp"
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

std::optional<NodeId> pick_better_of_two(Pool& pool, const PlacementRequest& request,
                                         std::span<BackendView> views) {
  const auto first = pool.draw(request.draw, request, views);
  if (!first) return std::nullopt;
  const std::uint64_t derived = Rng(request.draw, Purpose::placement, 0).at(0);
  const auto second = pool.draw(derived, request, views, first);
  const bool second_is_better =
      second && pool.load(*second, *first, views) < pool.load(*first, *second, views);
  return pool.take(second_is_better ? *second : *first, request, views);
}

}  // namespace

std::unique_ptr<Placement> make_p2c(std::span<const Backend> backends,
                                    const PlacementOptions& options) {
  return std::make_unique<PoolPolicy>(backends, options, pick_better_of_two);
}

}  // namespace squall
