// The makers of all load-balancer policies, one file each. The table that names them is in
// registry.cpp; what a policy must do is in strategies/core/placement.hpp.
#pragma once

#include <memory>
#include <span>

#include "strategies/core/placement.hpp"

namespace squall {

using PlacementMaker = std::unique_ptr<Placement>(std::span<const Backend> backends,
                                                  const PlacementOptions& options);

PlacementMaker make_random, make_round_robin, make_least_conn, make_zones_apart, make_p2c,
    make_nginx_consistent, make_nginx_hash, make_haproxy_consistent, make_haproxy3_consistent,
    make_envoy_ring_hash, make_maglev, make_jump, make_rendezvous;

}  // namespace squall
