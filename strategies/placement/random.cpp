// random: any usable backend, with probability proportional to its weight.
//
// One draw over the usable ones; nginx draws over all and repeats, which has the same distribution.
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

class Random final : public Placement {
 public:
  Random(std::span<const Backend> backends, const PlacementOptions& options)
      : pool_(backends, options.failures) {}

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    const auto peer = pool_.draw(request.draw, request, views);
    if (!peer) return std::nullopt;
    return pool_.take(*peer, request, views);
  }

 private:
  Pool pool_;
};

}  // namespace

std::unique_ptr<Placement> make_random(std::span<const Backend> backends,
                                       const PlacementOptions& options) {
  return std::make_unique<Random>(backends, options);
}

}  // namespace squall
