// The table of load-balancer policies. To add one: write its file, declare its maker in
// policies.hpp, add one row here.
#include <array>

#include "strategies/placement/policies.hpp"

namespace squall {
namespace {

constexpr std::array<PlacementRow, 6> kRows{{
    {"random", false, "Any node, by weight.", make_random},
    {"round_robin", false, "Each in turn: nginx's smooth weighted round robin.", make_round_robin},
    {"least_conn", false, "The node with the fewest connections per weight; ties in turn.",
     make_least_conn},
    {"p2c", false, "The emptier of two random nodes.", make_p2c},
    {"nginx_consistent", true, "nginx `hash KEY consistent`: a ring of 160 points per weight.",
     make_nginx_consistent},
    {"nginx_hash", true, "nginx plain `hash KEY`: modulo the total weight.", make_nginx_hash},
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
