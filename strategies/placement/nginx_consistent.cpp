// nginx_consistent: `hash KEY consistent`. The key enters the ring and walks from point to point
// until a usable backend stands there.
//
// Steps are counted in points, not servers. After more than 20 the request leaves hashing for
// smooth weighted round robin, as it does for an empty key or a single backend: that is when a
// sticky room is torn apart. A pick walks from the start again; `avoid` stands for what the
// request has tried.
#include "strategies/placement/nginx_ring.hpp"
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

class NginxConsistent final : public Placement {
 public:
  NginxConsistent(std::span<const Backend> backends, const PlacementOptions& options)
      : pool_(backends, options.failures), ring_(backends) {}

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    if (pool_.size() <= 1 || request.key.empty()) return pool_.round_robin(request, views);
    const auto points = ring_.points();
    const std::size_t entry = ring_.entry(request.key);
    for (int tries = 0; tries <= kHashTries; ++tries) {
      const auto& point = points[(entry + static_cast<std::size_t>(tries)) % points.size()];
      const auto found = pool_.smooth_among(ring_.backends_of(point.server), request, views);
      if (found) return found;
    }
    return pool_.round_robin(request, views);
  }

 private:
  Pool pool_;
  NginxRing ring_;
};

}  // namespace

std::unique_ptr<Placement> make_nginx_consistent(std::span<const Backend> backends,
                                                 const PlacementOptions& options) {
  return std::make_unique<NginxConsistent>(backends, options);
}

}  // namespace squall
