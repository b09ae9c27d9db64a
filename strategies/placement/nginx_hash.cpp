// nginx_hash: plain `hash KEY`. The sum of 15-bit hashes, modulo the total weight, walks the
// backends in config order; a backend added or removed moves nearly every key.
//
// A backend that cannot be used rehashes with "1", "2", ... in front of the key. After more than
// 20 tries, for an empty key or a single backend, it is smooth weighted round robin.
#include <charconv>

#include "strategies/placement/crc32.hpp"
#include "strategies/placement/policies.hpp"
#include "strategies/placement/pool.hpp"

namespace squall {
namespace {

// (CRC32(rehash . KEY) >> 16) & 0x7fff, compatible with Cache::Memcached; no rehash text at first.
std::uint32_t hash_of(std::string_view key, int rehash) {
  Crc32 crc;
  if (rehash > 0) {
    char text[12];
    const auto end = std::to_chars(text, text + sizeof text, rehash).ptr;
    crc.update(std::string_view(text, static_cast<std::size_t>(end - text)));
  }
  crc.update(key);
  return (crc.value() >> 16) & 0x7FFF;
}

class NginxHash final : public Placement {
 public:
  NginxHash(std::span<const Backend> backends, const PlacementOptions& options)
      : pool_(backends, options.failures) {
    for (std::size_t peer = 0; peer < backends.size(); ++peer) {
      places_.insert(places_.end(), backends[peer].weight, static_cast<std::uint32_t>(peer));
    }
  }

  std::optional<NodeId> pick(const PlacementRequest& request,
                             std::span<BackendView> views) override {
    if (pool_.size() <= 1 || request.key.empty()) return pool_.round_robin(request, views);
    std::uint64_t sum = 0;
    for (int tries = 0; tries <= kHashTries; ++tries) {
      sum += hash_of(request.key, tries);
      const std::size_t peer = places_[sum % places_.size()];
      if (pool_.usable(peer, request, views)) return pool_.take(peer, request, views);
    }
    return pool_.round_robin(request, views);
  }

 private:
  Pool pool_;
  std::vector<std::uint32_t> places_;  // each as often as it weighs
};

}  // namespace

std::unique_ptr<Placement> make_nginx_hash(std::span<const Backend> backends,
                                           const PlacementOptions& options) {
  return std::make_unique<NginxHash>(backends, options);
}

}  // namespace squall
