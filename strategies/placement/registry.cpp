// The table of load-balancer policies. To add one: write its file, declare its maker in
// policies.hpp, add one row here.
#include <array>

#include "strategies/placement/policies.hpp"

namespace squall {
namespace {

constexpr std::array<PlacementRow, 13> kRows{{
    {.name = "random", .keyed = false, .meaning = "Any node, by weight.", .make = make_random},
    {.name = "round_robin",
     .keyed = false,
     .meaning = "Each in turn: nginx's smooth weighted round robin.",
     .make = make_round_robin},
    {.name = "least_conn",
     .keyed = false,
     .meaning = "The node with the fewest connections per weight; ties in turn.",
     .make = make_least_conn},
    {.name = "zones_apart",
     .keyed = false,
     .meaning = "As least_conn, in zones where the client has no connection yet, if there are any.",
     .make = make_zones_apart},
    {.name = "p2c",
     .keyed = false,
     .meaning = "The emptier of two random nodes.",
     .make = make_p2c},
    {.name = "nginx_consistent",
     .keyed = true,
     .meaning = "nginx `hash KEY consistent`: a ring of 160 points per weight.",
     .make = make_nginx_consistent,
     .moves_own_keys_only = true,
     .leaves_own_keys_only = true},
    {.name = "nginx_hash",
     .keyed = true,
     .meaning = "nginx plain `hash KEY`: modulo the total weight.",
     .make = make_nginx_hash,
     .moves_own_keys_only = true},
    {.name = "haproxy_consistent",
     .keyed = true,
     .meaning = "HAProxy 2 `hash-type consistent`: the nearest of 16 points per weight.",
     .make = make_haproxy_consistent,
     .bounded = true,
     .moves_own_keys_only = true},
    {.name = "haproxy3_consistent",
     .keyed = true,
     .meaning = "HAProxy 3 `hash-type consistent`: as many points, in other places.",
     .make = make_haproxy3_consistent,
     .bounded = true,
     .moves_own_keys_only = true},
    {.name = "envoy_ring_hash",
     .keyed = true,
     .meaning = "Envoy ring_hash: 1,024 points for all healthy nodes.",
     .make = make_envoy_ring_hash,
     .bounded = true,
     .leaves_as_it_fails = true,
     .failover = Failover::panic},
    {.name = "maglev",
     .keyed = true,
     .meaning = "Envoy maglev: a table of 65,537 places, nearly even.",
     .make = make_maglev,
     .bounded = true,
     .leaves_as_it_fails = true,
     .failover = Failover::panic},
    {.name = "jump",
     .keyed = true,
     .meaning = "Jump hash over numbered nodes, as Centrifugo's shards; nobody stands in.",
     .make = make_jump,
     .moves_own_keys_only = true,
     .failover = Failover::nobody},
    {.name = "rendezvous",
     .keyed = true,
     .meaning = "Highest random weight: each node draws for the key.",
     .make = make_rendezvous,
     .moves_own_keys_only = true,
     .leaves_own_keys_only = true,
     .leaves_as_it_fails = true},
}};

}  // namespace

std::span<const PlacementRow> placements() { return kRows; }

const PlacementRow* placement_named(std::string_view name) {
  for (const PlacementRow& row : kRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace squall
