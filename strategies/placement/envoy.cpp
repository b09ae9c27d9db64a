// The balancer around Envoy's tables: who is in them, what is hashed, and bounded loads.
// See envoy.hpp.
//
// Who is not in the rotation has left the cluster; who has failed is unhealthy. When fewer than
// half of the hosts are healthy Envoy panics: all are in the table, the dead ones too. A request
// without a key goes to a random place. Who was tried is turned down by Envoy's retry predicate
// `previous_hosts`.
#include "strategies/placement/envoy.hpp"

#include <algorithm>
#include <numeric>

#include "strategies/core/check.hpp"
#include "strategies/placement/bounded.hpp"
#include "strategies/placement/mersenne_twister.hpp"
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"
#include "strategies/placement/xxhash64.hpp"

namespace squall {
namespace {

constexpr std::size_t kPanicPercent = 50;    // healthy_panic_threshold
constexpr std::uint32_t kMostAttempts = 64;  // then the first host that was not tried

class Envoy final : public Placement {
 public:
  Envoy(std::span<const Backend> backends, const PlacementOptions& options,
        std::unique_ptr<EnvoyTable> table)
      : pool_(backends, options.failures),
        bound_(options.balance_factor),
        table_(std::move(table)) {
    for (const Backend& backend : backends) addresses_.push_back(backend.address);
  }

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    refresh(request.now, views);
    if (hosts_.empty()) return std::nullopt;
    const std::uint64_t hash = request.key.empty() ? request.draw : XxHash64::of(request.key);
    for (std::uint32_t attempt = 0; attempt < kMostAttempts; ++attempt) {
      const std::size_t peer = hosts_[within_bounds(hash, attempt, views)].peer;
      if (!tried(peer, request)) return pool_.take(peer, request, views);
      if (tried_all(request)) return std::nullopt;
    }
    for (const EnvoyHost& host : hosts_) {
      if (!tried(host.peer, request)) return pool_.take(host.peer, request, views);
    }
    return std::nullopt;
  }

  std::vector<std::optional<NodeId>> pick_each(std::span<const std::string> keys, Time now,
                                               std::span<BackendView> views) override {
    refresh(now, views);
    if (hosts_.empty() || bound_ > 0) return Placement::pick_each(keys, now, views);
    std::vector<std::optional<NodeId>> picks;
    picks.reserve(keys.size());
    for (const std::string& key : keys) {
      const PlacementRequest request{.now = now, .key = key, .draw = 0, .avoid = {}};
      const std::uint64_t hash = key.empty() ? request.draw : XxHash64::of(key);
      picks.emplace_back(pool_.take(hosts_[table_->choose(hash, 0)].peer, request, views));
    }
    return picks;
  }

 private:
  static bool tried(std::size_t peer, const PlacementRequest& request) {
    return std::ranges::any_of(request.avoid, [&](NodeId node) { return index(node) == peer; });
  }

  bool tried_all(const PlacementRequest& request) const {
    return std::ranges::all_of(hosts_,
                               [&](const EnvoyHost& host) { return tried(host.peer, request); });
  }

  // Builds the table anew when somebody fell ill, recovered, came or went.
  void refresh(Time now, std::span<const BackendView> views) {
    members_.clear();
    std::size_t healthy = 0, present = 0;
    for (std::size_t peer = 0; peer < pool_.size(); ++peer) {
      const bool well = pool_.healthy(peer, now, views);
      present += views[peer].in_rotation ? 1 : 0;
      healthy += well ? 1 : 0;
      if (well) members_.push_back(peer);
    }
    if (healthy * 100 < present * kPanicPercent) {
      members_.clear();
      for (std::size_t peer = 0; peer < pool_.size(); ++peer) {
        if (views[peer].in_rotation) members_.push_back(peer);
      }
    }
    if (members_ != built_of_) build();
  }

  void build() {
    built_of_ = members_;
    hosts_.clear();
    double total = 0;
    for (const std::size_t peer : members_) total += pool_.weight(peer);
    for (const std::size_t peer : members_) {
      hosts_.push_back({peer, addresses_[peer], pool_.weight(peer) / total});
    }
    if (!hosts_.empty()) table_->build(hosts_);
  }

  // The host of the table, or, when that is full, the first that is not in an order which the hash
  // draws: a neighbor would inherit all of a hot host's load. All full: the least full.
  std::size_t within_bounds(std::uint64_t hash, std::uint32_t attempt,
                            std::span<const BackendView> views) const {
    const std::size_t chosen = table_->choose(hash, attempt);
    if (bound_ == 0) return chosen;
    const std::uint64_t slots = slots_of_all(views, bound_);
    double least_full = fullness(chosen, slots, views);
    if (least_full <= 1) return chosen;
    std::size_t best = chosen;
    MersenneTwister random(static_cast<std::uint32_t>(hash));
    std::vector<std::size_t> order(hosts_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = 0; i < order.size(); ++i) {
      std::swap(order[i], order[i + uniform(random, order.size() - i)]);
      if (order[i] == chosen) continue;
      const double full = fullness(order[i], slots, views);
      if (full <= 1) return order[i];
      if (full < least_full) best = order[i];
      least_full = std::min(full, least_full);
    }
    return best;
  }

  double fullness(std::size_t host, std::uint64_t slots, std::span<const BackendView> views) const {
    const double share = static_cast<double>(slots) * hosts_[host].weight;
    auto own = static_cast<std::uint64_t>(share);
    if (static_cast<double>(own) < share) ++own;
    return static_cast<double>(views[hosts_[host].peer].connections) /
           static_cast<double>(std::max<std::uint64_t>(own, 1));
  }

  // Below `bound`.
  static std::size_t uniform(MersenneTwister& random, std::uint64_t bound) {
    const std::uint64_t step = (std::uint64_t{1} << 32) / bound;
    std::uint64_t drawn = bound;
    while (drawn >= bound) drawn = random.next() / step;
    return static_cast<std::size_t>(drawn);
  }

  Pool pool_;
  std::uint32_t bound_;
  std::unique_ptr<EnvoyTable> table_;
  std::vector<std::string> addresses_;
  std::vector<std::size_t> members_, built_of_;  // peers
  std::vector<EnvoyHost> hosts_;                 // of the table
};

}  // namespace

std::unique_ptr<Placement> make_envoy(std::span<const Backend> backends,
                                      const PlacementOptions& options,
                                      std::unique_ptr<EnvoyTable> table) {
  return std::make_unique<Envoy>(backends, options, std::move(table));
}

}  // namespace squall
