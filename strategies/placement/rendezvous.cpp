// rendezvous: highest random weight (Thaler, Ravishankar). Every server draws a number for the key,
// and the highest that is usable takes it; who goes leaves its keys spread over all others.
//
// The number is xxHash64 of the key, seeded by the address's; there is no one program to be equal
// to. A server of weight w scores w / -ln(u), which makes its share w (Schindelhauer, Schomaker).
#include <algorithm>

#include "strategies/core/exact_math.hpp"
#include "strategies/core/rng.hpp"
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"
#include "strategies/placement/xxhash64.hpp"

namespace squall {
namespace {

class Rendezvous final : public Placement {
 public:
  Rendezvous(std::span<const Backend> backends, const PlacementOptions& options)
      : pool_(backends, options.failures) {
    for (const Backend& backend : backends) {
      seeds_.push_back(XxHash64::of(backend.address));
      weighted_ = weighted_ || backend.weight != backends.front().weight;
    }
  }

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    if (request.key.empty()) return pool_.round_robin(request, views);
    std::optional<std::size_t> best;
    double highest = 0;
    for (std::size_t peer = 0; peer < pool_.size(); ++peer) {
      if (!pool_.usable(peer, request, views)) continue;
      const double score = score_of(peer, request.key);
      if (best && score <= highest) continue;
      best = peer;
      highest = score;
    }
    if (!best) return std::nullopt;
    return pool_.take(*best, request, views);
  }

 private:
  // Equal weights need no logarithm: it does not change who is highest.
  double score_of(std::size_t peer, std::string_view key) const {
    const double drawn = unit(XxHash64::of(key, seeds_[peer]));
    if (!weighted_) return drawn;
    constexpr double kSmallest = 0x1p-54;  // a draw of 0 has no logarithm
    return pool_.weight(peer) / -exact::log(std::max(drawn, kSmallest));
  }

  Pool pool_;
  std::vector<std::uint64_t> seeds_;
  bool weighted_ = false;
};

}  // namespace

std::unique_ptr<Placement> make_rendezvous(std::span<const Backend> backends,
                                           const PlacementOptions& options) {
  return std::make_unique<Rendezvous>(backends, options);
}

}  // namespace squall
