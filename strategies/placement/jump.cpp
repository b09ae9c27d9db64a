// jump: jump consistent hash (Lamping, Veach), as Centrifugo spreads channels over its shards.
//
// No memory and a perfect balance, but servers are numbers: only the last can be taken away
// without moving the keys of others, and nobody stands in for one that is down. Its keys wait for
// it, as the channels of a dead Redis shard do. A server of weight w has w numbers.
#include "strategies/placement/jump.hpp"

#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

class Jump final : public Placement {
 public:
  Jump(std::span<const Backend> backends, const PlacementOptions& options)
      : pool_(backends, options.failures) {
    for (std::size_t peer = 0; peer < backends.size(); ++peer) {
      buckets_.insert(buckets_.end(), backends[peer].weight, peer);
    }
  }

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    if (buckets_.empty() || request.key.empty()) return pool_.round_robin(request, views);
    const std::size_t peer = buckets_[jump_bucket(fnv1a(request.key), buckets_.size())];
    if (!pool_.usable(peer, request, views)) return std::nullopt;
    return pool_.take(peer, request, views);
  }

 private:
  Pool pool_;
  std::vector<std::size_t> buckets_;  // to peers
};

}  // namespace

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

std::size_t jump_bucket(std::uint64_t key, std::size_t buckets) {
  std::int64_t bucket = 0;
  for (std::int64_t next = 0; next < static_cast<std::int64_t>(buckets);) {
    bucket = next;
    key = key * 2862933555777941757ULL + 1;
    next = static_cast<std::int64_t>(static_cast<double>(bucket + 1) *
                                     (0x1p31 / static_cast<double>((key >> 33) + 1)));
  }
  return static_cast<std::size_t>(bucket);
}

std::unique_ptr<Placement> make_jump(std::span<const Backend> backends,
                                     const PlacementOptions& options) {
  return std::make_unique<Jump>(backends, options);
}

}  // namespace squall
