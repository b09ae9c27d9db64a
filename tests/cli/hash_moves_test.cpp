// What moves when a server goes, asked of those keys alone that can move, is what asking all of
// them says. Every policy that looks at keys, through the functions of the command.
#include "sim/cli/hash/hash_moves.hpp"

#include <gtest/gtest.h>

namespace squall {
namespace {

std::vector<HashServer> some_servers(std::uint32_t count, bool weighted) {
  std::vector<HashServer> servers;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string address = "10.0.0." + std::to_string(i + 1) + ":8080";
    servers.push_back({{address, weighted ? i % 3 + 1 : 1}, false});
  }
  return servers;
}

std::vector<std::string> some_keys() {
  std::vector<std::string> keys;
  for (int i = 0; i < 2000; ++i) keys.push_back("room-" + std::to_string(i * 7919));
  return keys;
}

// How many keys have another server, found by asking anew for all keys.
std::size_t moved_by_asking_all(const HashQuestion& question, std::size_t gone) {
  std::vector<HashServer> rest(question.servers.begin(), question.servers.end());
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(gone));
  const Landing after = land(question.policy, rest, question.keys);
  std::size_t moved = 0;
  for (std::size_t key = 0; key < after.size(); ++key) {
    const std::string& before = question.servers[*question.before[key]].backend.address;
    moved += rest[*after[key]].backend.address != before ? 1 : 0;
  }
  return moved;
}

TEST(HashMoves, WhoLeavesMovesWhatAskingForAllKeysSays) {
  const std::vector<std::string> keys = some_keys();
  for (const PlacementRow& policy : placements()) {
    if (!policy.keyed) continue;
    for (const bool weighted : {false, true}) {
      const std::vector<HashServer> servers = some_servers(7, weighted);
      const Landing before = land(policy, servers, keys);
      const HashQuestion question{policy, servers, keys, before, false};
      for (std::size_t gone = 0; gone < servers.size(); ++gone) {
        const HashChange change = without(question, gone, HashEvent::leave);
        const HashChange after = left(question, without(question, gone, HashEvent::die));

        EXPECT_EQ(after.event, HashEvent::leave);
        EXPECT_EQ(after.moved, change.moved) << policy.name << " " << gone;
        EXPECT_EQ(after.needless, change.needless) << policy.name << " " << gone;
        EXPECT_DOUBLE_EQ(after.fullest_factor, change.fullest_factor) << policy.name;
        EXPECT_EQ(change.moved, moved_by_asking_all(question, gone)) << policy.name << " " << gone;
        if (!policy.leaves_own_keys_only) continue;
        EXPECT_EQ(change.needless, 0U) << policy.name;
      }
    }
  }
}

TEST(HashMoves, AllKeysAtOnceGoWhereEachWouldAlone) {
  const std::vector<std::string> keys = some_keys();
  const std::vector<HashServer> servers = some_servers(7, true);
  std::vector<Backend> backends;
  for (const HashServer& server : servers) backends.push_back(server.backend);
  for (const PlacementRow& policy : placements()) {
    if (!policy.keyed) continue;
    for (const std::uint32_t bound : {0U, 125U}) {
      const PlacementOptions options{.failures = {}, .balance_factor = bound};
      const auto one = policy.make(backends, options), all = policy.make(backends, options);
      std::vector<BackendView> views(servers.size());
      report_failure(views[3], Time{0});
      views[1].connections = 40;

      const auto picks = all->pick_each(keys, Time{0}, views);

      ASSERT_EQ(picks.size(), keys.size());
      for (std::size_t i = 0; i < keys.size(); ++i) {
        const PlacementRequest request{.now = Time{0}, .key = keys[i], .draw = 0, .avoid = {}};
        EXPECT_EQ(picks[i], one->pick(request, views)) << policy.name << " " << keys[i];
      }
    }
  }
}

}  // namespace
}  // namespace squall
