// The makers of all load-balancer policies, one file each. The table that names them is in
// registry.cpp; what a policy must do is in strategies/core/placement.hpp.
#pragma once

#include <memory>
#include <span>

#include "strategies/core/placement.hpp"

namespace squall {

std::unique_ptr<Placement> make_random(std::span<const Backend> backends,
                                       const PlacementOptions& options);
std::unique_ptr<Placement> make_round_robin(std::span<const Backend> backends,
                                            const PlacementOptions& options);
std::unique_ptr<Placement> make_least_conn(std::span<const Backend> backends,
                                           const PlacementOptions& options);
std::unique_ptr<Placement> make_zones_apart(std::span<const Backend> backends,
                                            const PlacementOptions& options);
std::unique_ptr<Placement> make_p2c(std::span<const Backend> backends,
                                    const PlacementOptions& options);
std::unique_ptr<Placement> make_nginx_consistent(std::span<const Backend> backends,
                                                 const PlacementOptions& options);
std::unique_ptr<Placement> make_nginx_hash(std::span<const Backend> backends,
                                           const PlacementOptions& options);
std::unique_ptr<Placement> make_haproxy_consistent(std::span<const Backend> backends,
                                                   const PlacementOptions& options);
std::unique_ptr<Placement> make_envoy_ring_hash(std::span<const Backend> backends,
                                                const PlacementOptions& options);
std::unique_ptr<Placement> make_maglev(std::span<const Backend> backends,
                                       const PlacementOptions& options);
std::unique_ptr<Placement> make_jump(std::span<const Backend> backends,
                                     const PlacementOptions& options);
std::unique_ptr<Placement> make_rendezvous(std::span<const Backend> backends,
                                           const PlacementOptions& options);

}  // namespace squall
