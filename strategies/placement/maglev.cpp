// maglev: Google's table as Envoy builds it, 65,537 places. See envoy.hpp.
//
// Nearly even whatever the number of hosts; a host that goes moves its own keys and a few more
// (0.2 % of 10 hosts').
#include <algorithm>

#include "strategies/placement/envoy.hpp"
#include "strategies/placement/policies.hpp"
#include "strategies/placement/xxhash64.hpp"

namespace squall {
namespace {

struct Filler {
  std::size_t host;
  double weight;
  std::uint64_t offset, skip;
  std::uint64_t next = 0;  // in its permutation
  double target = 0;
};

}  // namespace

void MaglevTable::build(std::span<const EnvoyHost> hosts) {
  std::vector<Filler> fillers;
  double most = 0;
  for (std::size_t host = 0; host < hosts.size(); ++host) {
    const std::string_view key = hosts[host].key;
    fillers.push_back({.host = host,
                       .weight = hosts[host].weight,
                       .offset = XxHash64::of(key) % size_,
                       .skip = XxHash64::of(key, 1) % (size_ - 1) + 1});
    most = std::max(most, hosts[host].weight);
  }
  std::ranges::stable_sort(fillers, {}, [&](const Filler& each) { return hosts[each.host].key; });

  constexpr std::uint32_t kFree = 0xFFFFFFFFU;
  table_.assign(size_, kFree);
  std::uint64_t filled = 0;
  for (double turn = 1; filled < size_; ++turn) {
    for (std::size_t i = 0; i < fillers.size() && filled < size_; ++i) {
      Filler& each = fillers[i];
      if (turn * each.weight < each.target) continue;  // lighter hosts sit turns out
      each.target += most;
      const auto place = [&] { return (each.offset + each.skip * each.next++) % size_; };
      std::uint64_t at = place();
      while (table_[at] != kFree) at = place();
      table_[at] = static_cast<std::uint32_t>(each.host);
      ++filled;
    }
  }
}

std::size_t MaglevTable::choose(std::uint64_t hash, std::uint32_t attempt) const {
  if (attempt > 0) hash ^= ~std::uint64_t{0} - attempt + 1;
  return table_[hash % size_];
}

std::unique_ptr<Placement> make_maglev(std::span<const Backend> backends,
                                       const PlacementOptions& options) {
  return make_envoy(backends, options, std::make_unique<MaglevTable>());
}

}  // namespace squall
