// Asks the policy for every key, before and after, and compares. Who dies moves, with most
// policies, its own keys only: the others are not asked again.
// What the numbers mean: hash_moves.hpp.
#include "sim/cli/hash/hash_moves.hpp"

#include <algorithm>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

// A balancer with its own view of these servers.
class Balancer {
 public:
  Balancer(const PlacementRow& policy, std::span<const HashServer> servers)
      : views_(servers.size()) {
    std::vector<Backend> backends;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      backends.push_back(servers[i].backend);
      views_[i].in_rotation = !servers[i].down;
    }
    placement_ = policy.make(backends, {});
  }

  void dies(std::size_t server) { report_failure(views_[server], Time{0}); }

  std::optional<std::size_t> pick(const std::string& key) {
    const auto node =
        placement_->pick({.now = Time{0}, .key = key, .draw = 0, .avoid = {}}, views_);
    return node ? std::optional(index(*node)) : std::nullopt;
  }

 private:
  std::vector<BackendView> views_;
  std::unique_ptr<Placement> placement_;
};

Landing land_without(const HashQuestion& question, std::size_t dead) {
  Balancer balancer(question.policy, question.servers);
  balancer.dies(dead);
  // Who is down already may have sent keys to where turns decide, and those count along.
  const bool all_up = std::ranges::none_of(question.servers, &HashServer::down);
  const bool own_only = all_up && question.policy.moves_own_keys_only;
  Landing landing = question.before;
  for (std::size_t key = 0; key < landing.size(); ++key) {
    if (!own_only || landing[key] == dead) landing[key] = balancer.pick(question.keys[key]);
  }
  return landing;
}

// Shares of weight count those that are up; a server that has failed is not.
std::vector<HashLoad> loads_without(std::span<const HashServer> servers, const Landing& landing,
                                    std::optional<std::size_t> dead) {
  std::vector<HashLoad> loads(servers.size());
  double weights = 0;
  const auto is_up = [&](std::size_t i) { return !servers[i].down && dead != i; };
  for (std::size_t i = 0; i < servers.size(); ++i) {
    if (is_up(i)) weights += servers[i].backend.weight;
  }
  for (const auto& server : landing) {
    if (server) ++loads[*server].keys;
  }
  for (std::size_t i = 0; i < servers.size(); ++i) {
    loads[i].share = static_cast<double>(loads[i].keys) / static_cast<double>(landing.size());
    if (is_up(i)) loads[i].ideal_share = servers[i].backend.weight / weights;
  }
  return loads;
}

// What `change` does to the keys. `left`: the place in the old list of the line that is gone.
void compare(const HashQuestion& question, std::span<const HashServer> servers,
             const Landing& after, std::optional<std::size_t> left, HashChange& change) {
  const auto place_before = [&](std::optional<std::size_t> place) {
    if (place && left && *place >= *left) ++*place;
    return place;
  };
  const auto address = [](std::span<const HashServer> of, std::optional<std::size_t> place) {
    return place ? of[*place].backend.address : std::string{};
  };
  for (std::size_t key = 0; key < after.size(); ++key) {
    const auto from = question.before[key];
    const auto to = place_before(after[key]);
    if (from == to) continue;
    ++change.moved;
    const bool joins = change.event == HashEvent::join;
    if ((joins ? to : from) != change.place) ++change.needless;
    if (!question.list_moves) continue;
    change.moves.push_back({key, address(question.servers, from), address(servers, after[key])});
  }
}

}  // namespace

Landing land(const PlacementRow& policy, std::span<const HashServer> servers,
             std::span<const std::string> keys) {
  Balancer balancer(policy, servers);
  Landing landing;
  landing.reserve(keys.size());
  for (const std::string& key : keys) landing.push_back(balancer.pick(key));
  return landing;
}

std::vector<HashLoad> loads(std::span<const HashServer> servers, const Landing& landing) {
  return loads_without(servers, landing, std::nullopt);
}

double fullest_factor(std::span<const HashLoad> loads) {
  double factor = 0;
  for (const HashLoad& load : loads) {
    if (load.ideal_share > 0) factor = std::max(factor, load.share / load.ideal_share);
  }
  return factor;
}

HashChange joined_by(const HashQuestion& question, const HashServer& newcomer) {
  std::vector<HashServer> servers(question.servers.begin(), question.servers.end());
  servers.push_back(newcomer);
  const Landing after = land(question.policy, servers, question.keys);
  const std::vector<HashLoad> then = loads(servers, after);
  HashChange change{.event = HashEvent::join,
                    .place = question.servers.size(),
                    .server = newcomer.backend,
                    .ideal_share = then.back().ideal_share,
                    .fullest_factor = fullest_factor(then)};
  compare(question, servers, after, std::nullopt, change);
  return change;
}

HashChange without(const HashQuestion& question, std::size_t server, HashEvent event) {
  SQUALL_CHECK(question.servers.size() > 1 && event != HashEvent::join);
  std::vector<HashServer> servers(question.servers.begin(), question.servers.end());
  const bool leaves = event == HashEvent::leave;
  if (leaves) servers.erase(servers.begin() + static_cast<std::ptrdiff_t>(server));
  const Landing after =
      leaves ? land(question.policy, servers, question.keys) : land_without(question, server);
  const auto dead = leaves ? std::nullopt : std::optional(server);
  HashChange change{.event = event,
                    .place = server,
                    .server = question.servers[server].backend,
                    .ideal_share = loads(question.servers, question.before)[server].ideal_share,
                    .fullest_factor = fullest_factor(loads_without(servers, after, dead))};
  compare(question, servers, after, leaves ? std::optional(server) : std::nullopt, change);
  return change;
}

}  // namespace squall
