// What all policies share: who may be picked now, the probing rule, smooth weighted round robin;
// and the policy that is one rule by which one of them is picked.
//
// The failure rules are those of nginx (placement.hpp); its "effective
// weight" lives here, because only round robin among equals looks at it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "strategies/core/placement.hpp"

namespace squall {

// nginx: after more tries a request leaves hashing for round robin.
inline constexpr int kHashTries = 20;

class Pool {
 public:
  Pool(std::span<const Backend> backends, const FailureRule& rule);

  std::size_t size() const { return peers_.size(); }
  bool single() const { return peers_.size() == 1; }
  std::uint32_t weight(std::size_t peer) const { return peers_[peer].weight; }
  std::uint64_t total_weight() const { return total_weight_; }  // of all, eligible or not

  // connections / weight of `peer`, times both weights: comparable with load(other, peer).
  std::uint64_t load(std::size_t peer, std::size_t other,
                     std::span<const BackendView> views) const {
    return std::uint64_t{views[peer].connections} * weight(other);
  }

  // In rotation and not failed. A single backend is never failed (nginx).
  bool healthy(std::size_t peer, Time now, std::span<const BackendView> views) const {
    return single() ? views[peer].in_rotation : eligible(views[peer], now, rule_);
  }

  // Healthy, and not tried.
  bool usable(std::size_t peer, const PlacementRequest& request,
              std::span<const BackendView> views) const;

  // The end of every pick: a backend picked after its fail_timeout is probed by this one attempt.
  NodeId take(std::size_t peer, const PlacementRequest& request,
              std::span<BackendView> views) const;

  // nginx's smooth weighted round robin among usable backends for which `admits(peer)` holds.
  template <typename Admits>
  std::optional<NodeId> smooth(const PlacementRequest& request, std::span<BackendView> views,
                               Admits admits) {
    return smooth_among(all_, request, views, admits);
  }

  std::optional<NodeId> round_robin(const PlacementRequest& request, std::span<BackendView> views) {
    return smooth_among(all_, request, views);
  }

  // The same among some backends only, in ascending order.
  std::optional<NodeId> smooth_among(std::span<const std::size_t> backends,
                                     const PlacementRequest& request,
                                     std::span<BackendView> views) {
    return smooth_among(backends, request, views, [](std::size_t) { return true; });
  }

  // A usable backend, by weight, from 64 uniform bits; `except` is left out.
  std::optional<std::size_t> draw(std::uint64_t bits, const PlacementRequest& request,
                                  std::span<const BackendView> views,
                                  std::optional<std::size_t> except = std::nullopt) const;

 private:
  template <typename Admits>
  std::optional<NodeId> smooth_among(std::span<const std::size_t> backends,
                                     const PlacementRequest& request, std::span<BackendView> views,
                                     Admits admits) {
    std::int64_t total = 0;
    std::optional<std::size_t> best;
    for (const std::size_t peer : backends) {
      if (!admits(peer) || !usable(peer, request, views)) continue;
      total += advance(peer, views[peer]);
      if (!best || peers_[peer].current > peers_[*best].current) best = peer;
    }
    if (!best) return std::nullopt;
    peers_[*best].current -= total;
    return take(*best, request, views);
  }

  struct Peer {
    std::uint32_t weight;
    std::int64_t effective;    // weight, less what recent failures took from it
    std::int64_t current = 0;  // nginx's current_weight
    std::uint32_t seen_fails = 0;
  };

  // Adds the effective weight to the current one, lets it recover by 1, returns what was added.
  std::int64_t advance(std::size_t peer, const BackendView& view);

  std::vector<Peer> peers_;
  std::vector<std::size_t> all_;  // 0, 1, ...
  FailureRule rule_;
  std::uint64_t total_weight_ = 0;
};

// A policy that is nothing but a rule by which one of the pool is picked.
class PoolPolicy final : public Placement {
 public:
  using Rule = std::optional<NodeId> (*)(Pool& pool, const PlacementRequest& request,
                                         std::span<BackendView> views);

  PoolPolicy(std::span<const Backend> backends, const PlacementOptions& options, Rule rule)
      : pool_(backends, options.failures), rule_(rule) {}

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    return rule_(pool_, request, views);
  }

 private:
  Pool pool_;
  Rule rule_;
};

}  // namespace squall
