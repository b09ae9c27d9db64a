// Keys to nodes, nodes to shares. See key_homes.hpp.
// The keys of many rooms are all the work there is, so the last answer is kept.
#include "scenarios/model/key_homes.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/volume.hpp"

namespace squall {
namespace {

// All that the answer depends on.
struct Hashed {
  std::string policy, rooms;
  std::uint16_t nodes = 0;
  std::size_t zones = 0;
  std::uint32_t count = 0;
  double zipf = 0, users = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sizes;
  bool operator==(const Hashed&) const = default;
};

// Of each room, in the order of their numbers: its share of the users.
std::vector<double> shares_of_rooms(const Hashed& hashed, const RoomSet& set) {
  if (hashed.sizes.empty()) return laws::shares({set.count, set.zipf});
  std::vector<double> shares;
  for (const auto& [members, rooms] : filled_sizes(set, hashed.users)) {
    shares.insert(shares.end(), rooms, members / hashed.users);
  }
  return shares;
}

void scale_to_one(std::vector<double>& list) {
  const double sum = std::accumulate(list.begin(), list.end(), 0.0);
  for (double& value : list) value /= sum;
}

NodeShares shares_on(const Scenario& scenario, const PlacementRow& row, const Hashed& hashed) {
  const std::vector<double> rooms = shares_of_rooms(hashed, scenario.rooms.front());
  std::vector<std::string> keys;
  keys.reserve(rooms.size());
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    keys.push_back(fmt::format("{}-{}", hashed.rooms, i));
  }
  std::vector<BackendView> all_up(hashed.nodes);
  const auto policy = row.make(planned_backends(scenario), {});
  const auto homes = policy->pick_each(keys, Time{0}, all_up);
  NodeShares shares{std::vector<double>(hashed.nodes), std::vector<double>(hashed.nodes)};
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    if (!homes[i]) continue;
    shares.users[index(*homes[i])] += rooms[i];
    shares.pushes[index(*homes[i])] += rooms[i] * rooms[i];
  }
  scale_to_one(shares.users);
  scale_to_one(shares.pushes);
  return shares;
}

}  // namespace

std::vector<Backend> planned_backends(const Scenario& scenario) {
  std::vector<Backend> list;
  const std::size_t zones = std::max<std::size_t>(1, scenario.cluster.nodes.zones.size());
  for (std::size_t i = 1; i <= scenario.cluster.nodes.count; ++i) {
    list.push_back({fmt::format("10.0.{}.{}:8080", i / 256, i % 256)});
    list.back().zone = static_cast<std::uint32_t>((i - 1) % zones);
  }
  return list;
}

std::string_view policy_of(const Scenario& scenario, const StrategySpec& strategy) {
  return strategy.placement.empty() ? scenario.cluster.lb.policy : strategy.placement;
}

bool is_keyed(std::string_view policy) {
  const PlacementRow* const row = placement_named(policy);
  return row != nullptr && row->keyed;
}

std::optional<NodeShares> node_shares(const Scenario& scenario, std::string_view policy) {
  const PlacementRow* const row = placement_named(policy);
  if (row == nullptr || !row->keyed || scenario.rooms.empty()) return std::nullopt;
  if (row->bounded && scenario.cluster.lb.balance_factor > 0) return std::nullopt;
  const RoomSet& set = scenario.rooms.front();
  const double users = users_of(scenario);
  const bool all =
      users > 0 && memberships(scenario, set) >= users && users_in(scenario, set) == users;
  if (!all || (set.sizes.empty() && set.count == 0)) return std::nullopt;
  Hashed hashed{std::string(policy),
                set.name,
                scenario.cluster.nodes.count,
                scenario.cluster.nodes.zones.size(),
                set.count,
                set.zipf,
                users,
                set.sizes};
  thread_local Hashed last;
  thread_local NodeShares shares;
  if (!(hashed == last)) {
    shares = shares_on(scenario, *row, hashed);
    last = std::move(hashed);
  }
  return shares;
}

}  // namespace squall
