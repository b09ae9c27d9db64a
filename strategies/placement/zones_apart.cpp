// zones_apart: as least_conn, but not in a zone where this client has a connection already, or
// where this attempt has just failed. So what strikes one zone leaves each client its other
// connection.
//
// When no other zone has a usable backend, any backend will do: a connection beside its sister is
// better than none. Where nobody says which zones there are, all backends are in one.
#include <algorithm>
#include <utility>
#include <vector>

#include "strategies/placement/policies.hpp"

namespace squall {
namespace {

class ZonesApart final : public Placement {
 public:
  ZonesApart(std::span<const Backend> backends, const PlacementOptions& options)
      : least_conn_(make_least_conn(backends, options)) {
    for (const Backend& backend : backends) zones_.push_back(backend.zone);
  }

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    if (request.avoid.empty()) return least_conn_->pick(request, views);
    std::vector<bool> hidden(views.size());
    for (std::size_t peer = 0; peer < views.size(); ++peer) {
      hidden[peer] = views[peer].in_rotation && is_taken(zones_[peer], request.avoid);
      if (hidden[peer]) views[peer].in_rotation = false;
    }
    const std::optional<NodeId> apart = least_conn_->pick(request, views);
    for (std::size_t peer = 0; peer < views.size(); ++peer) {
      if (hidden[peer]) views[peer].in_rotation = true;
    }
    return apart ? apart : least_conn_->pick(request, views);
  }

 private:
  bool is_taken(std::uint32_t zone, std::span<const NodeId> avoid) const {
    return std::ranges::any_of(avoid, [&](NodeId node) { return zones_[index(node)] == zone; });
  }

  std::unique_ptr<Placement> least_conn_;
  std::vector<std::uint32_t> zones_;
};

}  // namespace

std::unique_ptr<Placement> make_zones_apart(std::span<const Backend> backends,
                                            const PlacementOptions& options) {
  return std::make_unique<ZonesApart>(backends, options);
}

}  // namespace squall
