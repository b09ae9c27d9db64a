// Asks the policy for every key, before and after, and compares.
// What the numbers mean: hash_moves.hpp.
#include "sim/cli/hash/hash_moves.hpp"

#include <algorithm>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

Landing land_on(const PlacementRow& policy, std::span<const HashServer> servers,
                std::span<const std::string> keys, std::optional<std::size_t> dead) {
  std::vector<Backend> backends;
  std::vector<BackendView> views(servers.size());
  for (std::size_t i = 0; i < servers.size(); ++i) {
    backends.push_back(servers[i].backend);
    views[i].in_rotation = !servers[i].down;
  }
  if (dead) report_failure(views[*dead], Time{0});
  const auto placement = policy.make(backends, {});
  Landing landing;
  landing.reserve(keys.size());
  for (const std::string& key : keys) {
    const auto node = placement->pick({.now = Time{0}, .key = key, .draw = 0, .avoid = {}}, views);
    landing.push_back(node ? std::optional(index(*node)) : std::nullopt);
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

std::string address_of(std::span<const HashServer> servers, std::optional<std::size_t> server) {
  return server ? servers[*server].backend.address : std::string{};
}

std::vector<HashMove> moves_between(std::span<const HashServer> before, const Landing& from,
                                    std::span<const HashServer> after, const Landing& to) {
  std::vector<HashMove> moves;
  for (std::size_t key = 0; key < from.size(); ++key) {
    HashMove move{key, address_of(before, from[key]), address_of(after, to[key])};
    if (move.from != move.to) moves.push_back(std::move(move));
  }
  return moves;
}

std::size_t count_needless(const HashChange& change) {
  return static_cast<std::size_t>(std::ranges::count_if(change.moves, [&](const HashMove& move) {
    const std::string& end = change.event == HashEvent::join ? move.to : move.from;
    return end != change.server.address;
  }));
}

}  // namespace

Landing land(const PlacementRow& policy, std::span<const HashServer> servers,
             std::span<const std::string> keys) {
  return land_on(policy, servers, keys, std::nullopt);
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
                    .server = newcomer.backend,
                    .moves = moves_between(question.servers, question.before, servers, after),
                    .needless = 0,
                    .ideal_share = then.back().ideal_share,
                    .fullest_factor = fullest_factor(then)};
  change.needless = count_needless(change);
  return change;
}

HashChange without(const HashQuestion& question, std::size_t server, HashEvent event) {
  SQUALL_CHECK(question.servers.size() > 1 && event != HashEvent::join);
  std::vector<HashServer> servers(question.servers.begin(), question.servers.end());
  const bool leaves = event == HashEvent::leave;
  if (leaves) servers.erase(servers.begin() + static_cast<std::ptrdiff_t>(server));
  const auto dead = leaves ? std::nullopt : std::optional(server);
  const Landing after = land_on(question.policy, servers, question.keys, dead);
  HashChange change{.event = event,
                    .server = question.servers[server].backend,
                    .moves = moves_between(question.servers, question.before, servers, after),
                    .needless = 0,
                    .ideal_share = loads(question.servers, question.before)[server].ideal_share,
                    .fullest_factor = fullest_factor(loads_without(servers, after, dead))};
  change.needless = count_needless(change);
  return change;
}

}  // namespace squall
