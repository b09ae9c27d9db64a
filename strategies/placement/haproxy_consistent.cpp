// haproxy_consistent, haproxy3_consistent: `hash-type consistent`, and `hash-balance-factor` where
// the scenario asks for one. Checked against HAProxy 2.6.12, and 3.0.11 with its default
// `hash-key id`: their points are not the same, so who upgrades moves nearly all rooms once.
//
// 16 points per weight, made of a server's place in the list (HAProxy's id) and not of its
// address, so a line that is taken out moves the keys of all lines behind it. The point nearest
// to the key wins, on either side. A server that is down leaves the tree; one that was tried, or is
// full, is walked past, upwards. A request without a key goes round the tree (`balance url_param`
// without the parameter).
#include <algorithm>

#include "strategies/placement/bounded.hpp"
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

constexpr std::uint32_t kWeightScale = 16;  // BE_WEIGHT_SCALE
constexpr std::uint32_t kIdsApart = 4096;   // SRV_EWGHT_RANGE

constexpr int kSliceBits = 20;  // of a hash, within a slice of the ring

// Bob Jenkins' integer mix, times a last factor that spreads its low bits.
std::uint32_t avalanche(std::uint32_t a) {
  a = (a + 0x7ED55D16U) + (a << 12);
  a = (a ^ 0xC761C23CU) ^ (a >> 19);
  a = (a + 0x165667B1U) + (a << 5);
  a = (a + 0xD3A2646CU) ^ (a << 9);
  a = (a + 0xFD7046C5U) + (a << 3);
  a = (a ^ 0xB55A4F09U) ^ (a >> 16);
  return a * 3221225473U;
}

std::uint32_t sdbm(std::string_view key) {
  std::uint32_t hash = 0;
  for (const char c : key) hash = static_cast<unsigned char>(c) + 65599U * hash;
  return hash;
}

using PointOf = std::uint32_t(std::uint32_t id, std::uint32_t i);

std::uint32_t point_of_2(std::uint32_t id, std::uint32_t i) {
  return avalanche(id * kIdsApart + i);
}

std::uint32_t point_of_3(std::uint32_t id, std::uint32_t i) { return avalanche(avalanche(id) + i); }

class HaproxyConsistent final : public Placement {
 public:
  HaproxyConsistent(std::span<const Backend> backends, const PlacementOptions& options,
                    PointOf* point_of)
      : pool_(backends, options.failures), bound_(options.balance_factor) {
    for (std::uint32_t peer = 0; peer < backends.size(); ++peer) {
      const std::uint32_t id = peer + 1;
      for (std::uint32_t i = 0; i < kWeightScale * backends[peer].weight; ++i) {
        points_.push_back({point_of(id, i), peer});
      }
    }
    std::ranges::stable_sort(points_, {}, &Point::hash);
  }

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    if (points_.empty()) return std::nullopt;
    if (request.key.empty()) return next(request, views);
    const auto start = nearest(avalanche(sdbm(request.key)), request, views);
    if (!start) return std::nullopt;
    const bool bounded = bound_ > 0;
    for (const bool in_bounds : {bounded, false}) {
      for (std::size_t step = 0; step < points_.size(); ++step) {
        const std::size_t peer = points_[(*start + step) % points_.size()].peer;
        if (!pool_.usable(peer, request, views)) continue;
        if (!in_bounds || has_room(peer, request, views)) return pool_.take(peer, request, views);
      }
      if (!in_bounds) break;
    }
    return std::nullopt;
  }

  std::vector<std::optional<NodeId>> pick_each(std::span<const std::string> keys, Time now,
                                               std::span<BackendView> views) override {
    std::vector<Point> up;
    for (const Point& point : points_) {
      if (pool_.healthy(point.peer, now, views)) up.push_back(point);
    }
    const auto plain = [](const std::string& key) { return !key.empty(); };
    if (bound_ > 0 || up.empty() || !std::ranges::all_of(keys, plain)) {
      return Placement::pick_each(keys, now, views);
    }
    const std::vector<std::size_t> slices = slices_of(up);
    std::vector<std::optional<NodeId>> picks;
    picks.reserve(keys.size());
    for (const std::string& key : keys) {
      const PlacementRequest request{.now = now, .key = key, .draw = 0, .avoid = {}};
      const std::uint32_t hash = avalanche(sdbm(key));
      std::size_t entry = slices[hash >> kSliceBits];
      while (entry < up.size() && up[entry].hash < hash) ++entry;
      const std::size_t above = entry % up.size();
      const std::size_t below = (above + up.size() - 1) % up.size();
      picks.emplace_back(pool_.take(up[nearer(up, {above, below}, hash)].peer, request, views));
    }
    return picks;
  }

 private:
  struct Point {
    std::uint32_t hash;
    std::uint32_t peer;
  };
  struct Neighbors {
    std::size_t above, below;  // of a hash, as places in a list of points
  };

  static std::size_t entry_of(std::span<const Point> points, std::uint32_t hash) {
    const auto found = std::ranges::lower_bound(points, hash, {}, &Point::hash);
    return static_cast<std::size_t>(found - points.begin());
  }

  // Of each slice of the ring, where its points begin: hashes fall into all slices alike, so no
  // search is as fast as to begin there.
  static std::vector<std::size_t> slices_of(std::span<const Point> points) {
    std::vector<std::size_t> slices((std::size_t{1} << (32 - kSliceBits)));
    for (std::size_t i = 0; i < slices.size(); ++i) {
      slices[i] = entry_of(points, static_cast<std::uint32_t>(i << kSliceBits));
    }
    return slices;
  }

  // On a tie the lower one.
  static std::size_t nearer(std::span<const Point> points, Neighbors of, std::uint32_t hash) {
    const std::uint32_t up = points[of.above].hash - hash, down = hash - points[of.below].hash;
    return down <= up ? of.below : of.above;
  }

  // Of the points of servers that are up, tried or not.
  std::optional<std::size_t> nearest(std::uint32_t hash, const PlacementRequest& request,
                                     std::span<const BackendView> views) const {
    const std::size_t count = points_.size();
    const std::size_t entry = entry_of(points_, hash);
    std::size_t above = 0, below = 1;
    while (above < count && !is_up((entry + above) % count, request, views)) ++above;
    if (above == count) return std::nullopt;
    while (!is_up((entry + count - below) % count, request, views)) ++below;
    return nearer(points_, {(entry + above) % count, (entry + count - below) % count}, hash);
  }

  // The next point of the tree after the last such request's.
  std::optional<NodeId> next(const PlacementRequest& request, std::span<BackendView> views) {
    for (std::size_t step = 0; step < points_.size(); ++step) {
      const std::size_t peer = points_[turn_].peer;
      turn_ = (turn_ + 1) % points_.size();
      if (pool_.usable(peer, request, views)) return pool_.take(peer, request, views);
    }
    return std::nullopt;
  }

  bool is_up(std::size_t point, const PlacementRequest& request,
             std::span<const BackendView> views) const {
    return pool_.healthy(points_[point].peer, request.now, views);
  }

  // Bounded loads (Mirrokni, Thorup, Zadimoghaddam): the slots of all servers that are up, this
  // connection counted in, dealt out by weight; what does not divide goes round in their order.
  bool has_room(std::size_t peer, const PlacementRequest& request,
                std::span<const BackendView> views) const {
    std::uint64_t total = 0, before = 0;
    for (std::size_t i = 0; i < pool_.size(); ++i) {
      if (!pool_.healthy(i, request.now, views)) continue;
      if (i < peer) before += weight(i);
      total += weight(i);
    }
    const std::uint64_t slots = slots_of_all(views, bound_);
    const std::uint64_t rest = slots % total, own = weight(peer);
    const std::uint64_t share =
        own * (slots / total) + (before + own) * rest / total - before * rest / total;
    return views[peer].connections < std::max<std::uint64_t>(share, 1);
  }

  std::uint64_t weight(std::size_t peer) const {
    return std::uint64_t{pool_.weight(peer)} * kWeightScale;
  }

  Pool pool_;
  std::uint32_t bound_;
  std::vector<Point> points_;
  std::size_t turn_ = 0;
};

}  // namespace

std::unique_ptr<Placement> make_haproxy_consistent(std::span<const Backend> backends,
                                                   const PlacementOptions& options) {
  return std::make_unique<HaproxyConsistent>(backends, options, point_of_2);
}

std::unique_ptr<Placement> make_haproxy3_consistent(std::span<const Backend> backends,
                                                    const PlacementOptions& options) {
  return std::make_unique<HaproxyConsistent>(backends, options, point_of_3);
}

}  // namespace squall
