// Which node a hashing balancer gives each room to: asked of the policy itself, as engines do, so
// that no rule of hashing is written twice.
//
// What follows is of this naming of rooms and nodes; over all of them it is laws::sticky_cv().
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "strategies/core/placement.hpp"

namespace squall {

// The nodes as a balancer knows them: made-up addresses, because hashing policies look at them.
std::vector<Backend> planned_backends(const Scenario& scenario);

// The balancer's policy for this strategy, which may bring one of its own.
std::string_view policy_of(const Scenario& scenario, const StrategySpec& strategy);
bool is_keyed(std::string_view policy);  // it hashes a key

// Shares of the nodes, each list with a sum of 1.
struct NodeShares {
  std::vector<double> users;   // expected over their choice of rooms
  std::vector<double> pushes;  // of what is said in rooms, which speak as often as they are large
};
// By the first set of rooms, whose rooms are the keys. Nothing where that does not decide: there is
// none, not all users are in it, or the policy bounds what one node may have.
std::optional<NodeShares> node_shares(const Scenario& scenario, std::string_view policy);

}  // namespace squall
