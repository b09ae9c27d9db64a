// Envoy's hashing balancers: what ring_hash and maglev share, and their two tables.
//
// Read in Envoy's source (thread_aware_lb_impl, ring_hash_lb, maglev_lb): a table is built of the
// healthy hosts and built anew whenever that set changes, so a host that dies moves keys of others
// too. The balancer around the tables is envoy.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "strategies/core/placement.hpp"

namespace squall {

struct EnvoyHost {
  std::size_t peer;      // index into the backends
  std::string_view key;  // what is hashed for it: its address
  double weight;         // of all hosts in the table, 0 to 1
};

class EnvoyTable {
 public:
  virtual ~EnvoyTable() = default;
  virtual void build(std::span<const EnvoyHost> hosts) = 0;  // at least one
  // The place of a host in what build() was given. `attempt`: hosts that were turned down before.
  virtual std::size_t choose(std::uint64_t hash, std::uint32_t attempt) const = 0;
};

// ring_hash: points per host by weight, so that the lightest has a whole number of them.
class EnvoyRing final : public EnvoyTable {
 public:
  explicit EnvoyRing(std::uint64_t least_size = 1024) : least_size_(least_size) {}
  void build(std::span<const EnvoyHost> hosts) override;
  std::size_t choose(std::uint64_t hash, std::uint32_t attempt) const override;

  struct Point {
    std::uint64_t hash;
    std::size_t host;
  };
  std::span<const Point> points() const { return points_; }  // ascending by hash

 private:
  std::uint64_t least_size_;
  std::vector<Point> points_;
};

// maglev: a table of prime size, which hosts fill in turn, each along its own permutation.
class MaglevTable final : public EnvoyTable {
 public:
  explicit MaglevTable(std::uint64_t size = 65537) : size_(size) {}
  void build(std::span<const EnvoyHost> hosts) override;
  std::size_t choose(std::uint64_t hash, std::uint32_t attempt) const override;

 private:
  std::uint64_t size_;
  std::vector<std::uint32_t> table_;  // hosts
};

std::unique_ptr<Placement> make_envoy(std::span<const Backend> backends,
                                      const PlacementOptions& options,
                                      std::unique_ptr<EnvoyTable> table);

}  // namespace squall
