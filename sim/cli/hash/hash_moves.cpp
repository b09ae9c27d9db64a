// Asks the policy for every key, before and after, and compares. Who dies moves, with most
// policies, its own keys only, and so does, with some, who leaves: the others are not asked again.
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

  Landing pick(std::span<const std::string> keys) {
    Landing landing;
    landing.reserve(keys.size());
    for (const auto& node : placement_->pick_each(keys, Time{0}, views_)) {
      landing.push_back(node ? std::optional<std::size_t>(index(*node)) : std::nullopt);
    }
    return landing;
  }

 private:
  std::vector<BackendView> views_;
  std::unique_ptr<Placement> placement_;
};

bool all_up(const HashQuestion& question) {
  return std::ranges::none_of(question.servers, &HashServer::down);
}

// Who is down already may have sent keys to where turns decide, and those count along.
bool own_keys_only(const HashQuestion& question, HashEvent event) {
  const PlacementRow& policy = question.policy;
  return all_up(question) &&
         (event == HashEvent::leave ? policy.leaves_own_keys_only : policy.moves_own_keys_only);
}

// Where keys land when `server` is gone, as places in the list that it was in.
Landing land_without(const HashQuestion& question, std::size_t server, HashEvent event) {
  const bool leaves = event == HashEvent::leave;
  std::vector<HashServer> servers(question.servers.begin(), question.servers.end());
  if (leaves) servers.erase(servers.begin() + static_cast<std::ptrdiff_t>(server));
  Balancer balancer(question.policy, servers);
  if (!leaves) balancer.dies(server);
  const auto in_the_old_list = [&](Landing landing) {
    for (auto& place : landing) {
      if (leaves && place && *place >= server) ++*place;
    }
    return landing;
  };
  if (!own_keys_only(question, event)) return in_the_old_list(balancer.pick(question.keys));
  std::vector<std::string> moving;
  for (std::size_t key = 0; key < question.keys.size(); ++key) {
    if (question.before[key] == server) moving.push_back(question.keys[key]);
  }
  const Landing moved = in_the_old_list(balancer.pick(moving));
  Landing landing = question.before;
  auto next = moved.begin();
  for (auto& place : landing) {
    if (place == server) place = *next++;
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

// What `change` does to the keys; `servers` are those that places are in, before and after.
void compare(const HashQuestion& question, std::span<const HashServer> servers,
             const Landing& after, HashChange& change) {
  const auto address = [&](std::optional<std::size_t> place) {
    return place ? servers[*place].backend.address : std::string{};
  };
  for (std::size_t key = 0; key < after.size(); ++key) {
    const auto from = question.before[key];
    const auto to = after[key];
    if (from == to) continue;
    ++change.moved;
    const bool joins = change.event == HashEvent::join;
    if ((joins ? to : from) != change.place) ++change.needless;
    if (!question.list_moves) continue;
    change.moves.push_back({key, address(from), address(to)});
  }
}

}  // namespace

Landing land(const PlacementRow& policy, std::span<const HashServer> servers,
             std::span<const std::string> keys) {
  return Balancer(policy, servers).pick(keys);
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
  compare(question, servers, after, change);
  return change;
}

HashChange without(const HashQuestion& question, std::size_t server, HashEvent event) {
  SQUALL_CHECK(question.servers.size() > 1 && event != HashEvent::join);
  const Landing after = land_without(question, server, event);
  HashChange change{
      .event = event,
      .place = server,
      .server = question.servers[server].backend,
      .ideal_share = loads(question.servers, question.before)[server].ideal_share,
      .fullest_factor = fullest_factor(loads_without(question.servers, after, server))};
  compare(question, question.servers, after, change);
  return change;
}

HashChange left(const HashQuestion& question, const HashChange& died) {
  if (!question.policy.leaves_as_it_fails || !all_up(question)) {
    return without(question, died.place, HashEvent::leave);
  }
  HashChange change = died;
  change.event = HashEvent::leave;
  return change;
}

}  // namespace squall
