// round_robin: nginx's smooth weighted round robin (weights 5, 1, 1 give a a b a c a a).
//
// The algorithm itself is Pool::smooth, because the other policies fall back on it.
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

class RoundRobin final : public Placement {
 public:
  RoundRobin(std::span<const Backend> backends, const PlacementOptions& options)
      : pool_(backends, options.failures) {}

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    return pool_.round_robin(request, views);
  }

 private:
  Pool pool_;
};

}  // namespace

std::unique_ptr<Placement> make_round_robin(std::span<const Backend> backends,
                                            const PlacementOptions& options) {
  return std::make_unique<RoundRobin>(backends, options);
}

}  // namespace squall
