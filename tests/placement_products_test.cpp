// The hashing of HAProxy, Envoy and Centrifugo: recorded vectors, and what becomes of the keys of
// dead, tried and full servers.
//
// HAProxy's were recorded from a running 2.6.12, or compared with a running 3.0.11; Envoy's stand
// in the tests of its own source; those of jump hash come from the paper's algorithm. nginx's are
// in placement_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "strategies/core/placement.hpp"
#include "strategies/placement/envoy.hpp"
#include "strategies/placement/jump.hpp"
#include "strategies/placement/mersenne_twister.hpp"
#include "strategies/placement/xxhash64.hpp"
#include "tests/support/picker.hpp"

namespace squall {
namespace {

using testing::backends_of;
using ::testing::ElementsAre;
using testing::Picker;

std::vector<EnvoyHost> envoy_hosts(const std::vector<std::string>& addresses) {
  std::vector<EnvoyHost> hosts;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    hosts.push_back({i, addresses[i], 1.0 / static_cast<double>(addresses.size())});
  }
  return hosts;
}

const std::vector<std::string> kEnvoyAddresses{"127.0.0.1:90", "127.0.0.1:91", "127.0.0.1:92",
                                               "127.0.0.1:93", "127.0.0.1:94", "127.0.0.1:95"};

std::string key_of(int i) { return "meeting-" + std::to_string(i * 7919); }

std::vector<std::size_t> picks(Picker& picker, int keys) {
  std::vector<std::size_t> all;
  for (int i = 0; i < keys; ++i) all.push_back(picker.pick(key_of(i)));
  return all;
}

double fullest(const std::vector<std::size_t>& picked, std::size_t count) {
  std::vector<double> load(count + 1);
  for (const std::size_t server : picked) ++load[server];
  return *std::ranges::max_element(load) * static_cast<double>(count) /
         static_cast<double>(picked.size());
}

// ---- HAProxy -----------------------------------------------------------------------------------

std::vector<std::size_t> picks_of_six(std::string_view policy) {
  Picker picker(policy, backends_of(3));
  std::vector<std::size_t> picked;
  for (const char* const key : {"m1", "m2", "m3", "room-42", "meeting-123", "alpha"}) {
    picked.push_back(picker.pick(key));
  }
  return picked;
}

TEST(HaproxyConsistent, PicksTheRecordedServers) {
  EXPECT_THAT(picks_of_six("haproxy_consistent"), ElementsAre(3, 1, 2, 1, 1, 2));
  EXPECT_THAT(picks_of_six("haproxy3_consistent"), ElementsAre(3, 1, 1, 1, 1, 2));
}

// Two rooms of three are on another of three nodes, as if by chance.
TEST(HaproxyConsistent, AnUpgradeToVersion3MovesRooms) {
  Picker old("haproxy_consistent", backends_of(3)), now("haproxy3_consistent", backends_of(3));

  const auto before = picks(old, 20'000), after = picks(now, 20'000);

  int moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) moved += before[i] != after[i] ? 1 : 0;
  EXPECT_NEAR(moved / 20'000.0, 2.0 / 3, 0.1);
}

TEST(HaproxyConsistent, ADeadServersKeysGoToTheNearestOther) {
  Picker all("haproxy_consistent", backends_of(5)), rest("haproxy_consistent", backends_of(5));
  rest.kill(2);

  const auto before = picks(all, 2000), after = picks(rest, 2000);

  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != 2) {
      ASSERT_EQ(before[i], after[i]) << key_of(static_cast<int>(i));
    }
    ASSERT_NE(after[i], 2U);
  }
}

TEST(HaproxyConsistent, WhoWasTriedIsWalkedPast) {
  Picker picker("haproxy_consistent", backends_of(3));
  const NodeId third{2}, first{0}, second{1};

  const std::size_t other = picker.pick("m1", {third});

  EXPECT_THAT(other, ::testing::AnyOf(1U, 2U));
  EXPECT_EQ(picker.pick("m1", {first, second, third}), 0U);
}

TEST(HaproxyConsistent, ALineThatIsTakenOutMovesTheKeysBehindIt) {
  Picker five("haproxy_consistent", backends_of(5));
  auto lines = backends_of(5);
  lines.erase(lines.begin());
  Picker four("haproxy_consistent", lines);

  const auto before = picks(five, 2000), after = picks(four, 2000);

  int moved = 0;  // although they were not on the line that went
  for (std::size_t i = 0; i < before.size(); ++i) {
    moved += before[i] != 1 && after[i] + 1 != before[i] ? 1 : 0;
  }
  EXPECT_GT(moved, 1000);
}

TEST(HaproxyConsistent, BalanceIsAsMeasured) {
  for (const auto& [count, weight, factor] :
       {std::tuple{5U, 1U, 1.18}, {10U, 1U, 1.35}, {20U, 1U, 1.27}, {10U, 10U, 1.10}}) {
    Picker picker("haproxy_consistent", backends_of(count, weight));

    EXPECT_NEAR(fullest(picks(picker, 100'000), count), factor, 0.05) << count << " " << weight;
  }
}

// ---- Envoy -------------------------------------------------------------------------------------

TEST(XxHash64, IsTheHashOfItsSpecification) {
  EXPECT_EQ(XxHash64::of(""), 0xEF46DB3751D8E999ULL);
  EXPECT_EQ(XxHash64::of("", 1), 0xD5AFBA1336A3BE4BULL);
  EXPECT_EQ(XxHash64::of("abc"), 0x44BC2CF5AD770999ULL);
  EXPECT_EQ(XxHash64::of("foo"), 3728699739546630719ULL);
  EXPECT_EQ(XxHash64::of("Nobody inspects the spammish repetition"), 0xFBCEA83C8A378BF1ULL);
}

// The ten-thousandth number of the default seed, as the C++ standard gives it.
TEST(MersenneTwister, IsMt19937) {
  MersenneTwister random(5489);

  for (int i = 1; i < 10'000; ++i) random.next();

  EXPECT_EQ(random.next(), 4123659995U);
}

TEST(EnvoyRing, HasThePointsOfEnvoysOwnTest) {
  EnvoyRing ring(12);
  ring.build(envoy_hosts(kEnvoyAddresses));
  std::vector<std::size_t> hosts;
  std::vector<std::uint64_t> hashes;

  for (const EnvoyRing::Point& point : ring.points()) {
    hosts.push_back(90 + point.host);
    hashes.push_back(point.hash);
  }

  EXPECT_THAT(hosts, ElementsAre(94, 92, 90, 95, 93, 91, 91, 93, 95, 92, 94, 90));
  EXPECT_EQ(hashes.front(), 833437586790550860ULL);
  EXPECT_EQ(hashes.back(), 16117243373044804889ULL);
  EXPECT_EQ(ring.choose(0, 0), 4U);
  EXPECT_EQ(ring.choose(~std::uint64_t{0}, 0), 4U);
  EXPECT_EQ(ring.choose(3551244743356806947ULL, 0), 5U);
  EXPECT_EQ(ring.choose(3551244743356806948ULL, 0), 3U);
  EXPECT_EQ(ring.choose(0, 1), 2U);  // a retry takes the next point
}

TEST(MaglevTable, IsTheTableOfEnvoysOwnTest) {
  MaglevTable table(7);
  table.build(envoy_hosts(kEnvoyAddresses));
  std::vector<std::size_t> hosts;

  for (std::uint64_t hash = 0; hash < 7; ++hash) hosts.push_back(table.choose(hash, 0));

  EXPECT_THAT(hosts, ElementsAre(2, 4, 0, 1, 5, 0, 3));
}

TEST(MaglevTable, OfBareNamesToo) {
  MaglevTable table(7);
  table.build(envoy_hosts({"90", "91", "92", "93", "94", "95"}));
  std::vector<std::size_t> hosts;

  for (std::uint64_t hash = 0; hash < 7; ++hash) hosts.push_back(table.choose(hash, 0));

  EXPECT_THAT(hosts, ElementsAre(2, 5, 0, 3, 4, 1, 0));
}

TEST(Envoy, TablesAreBuiltOfTheHealthyOnly) {
  for (const std::string_view policy : {"envoy_ring_hash", "maglev"}) {
    auto lines = backends_of(5);
    Picker dead(policy, lines);
    dead.kill(5);
    lines.pop_back();
    Picker four(policy, lines);

    EXPECT_EQ(picks(dead, 1000), picks(four, 1000)) << policy;
  }
}

TEST(Envoy, PanicsWhenFewerThanHalfAreHealthy) {
  for (const std::string_view policy : {"envoy_ring_hash", "maglev"}) {
    Picker all(policy, backends_of(4)), two(policy, backends_of(4)), one(policy, backends_of(4));
    for (const std::size_t server : {1, 2}) two.kill(server);
    for (const std::size_t server : {1, 2, 3}) one.kill(server);

    EXPECT_THAT(picks(two, 500), ::testing::Each(::testing::Ge(3U))) << policy;
    EXPECT_EQ(picks(one, 500), picks(all, 500)) << policy;
  }
}

TEST(Envoy, WhoLeftTheClusterIsNotCountedInAPanic) {
  Picker picker("maglev", backends_of(4));
  for (const std::size_t server : {0, 1, 2}) picker.views[server].in_rotation = false;

  EXPECT_THAT(picks(picker, 100), ::testing::Each(4U));
}

TEST(Envoy, TriesEveryHostOnce) {
  for (const std::string_view policy : {"envoy_ring_hash", "maglev"}) {
    Picker picker(policy, backends_of(5));
    std::vector<NodeId> tried;

    for (int i = 0; i < 5; ++i) {
      const std::size_t picked = picker.pick("m1", tried);
      ASSERT_NE(picked, 0U) << policy;
      const NodeId node{static_cast<std::uint16_t>(picked - 1)};
      EXPECT_EQ(std::ranges::count(tried, node), 0) << policy;
      tried.push_back(node);
    }

    EXPECT_EQ(picker.pick("m1", tried), 0U) << policy;
  }
}

TEST(Envoy, BalanceIsAsMeasured) {
  Picker ten("envoy_ring_hash", backends_of(10)), hundred("envoy_ring_hash", backends_of(100));
  Picker even("maglev", backends_of(10));

  EXPECT_NEAR(fullest(picks(ten, 100'000), 10), 1.09, 0.10);
  EXPECT_NEAR(fullest(picks(hundred, 100'000), 100), 1.95, 0.35);
  EXPECT_LT(fullest(picks(even, 100'000), 10), 1.03);
}

TEST(Maglev, WeightsGiveSharesAndALossMovesLittleElse) {
  Picker weighted("maglev", {{"a:1", 1}, {"b:1", 3}});
  Picker ten("maglev", backends_of(10)), nine("maglev", backends_of(9));

  const auto shares = picks(weighted, 20'000);
  const auto before = picks(ten, 20'000), after = picks(nine, 20'000);

  EXPECT_NEAR(static_cast<double>(std::ranges::count(shares, 2U)) / 20'000, 0.75, 0.02);
  int needless = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    needless += before[i] != 10 && before[i] != after[i] ? 1 : 0;
  }
  EXPECT_LT(needless, 20'000 * 0.01);
  EXPECT_GT(needless, 0);
}

// ---- Bounded loads -----------------------------------------------------------------------------

TEST(BoundedLoads, NobodyHoldsMoreThanTheFactorOfTheMean) {
  for (const std::string_view policy :
       {"haproxy_consistent", "haproxy3_consistent", "envoy_ring_hash", "maglev"}) {
    ASSERT_TRUE(placement_named(policy)->bounded);
    Picker picker(policy, backends_of(8), {.failures = {}, .balance_factor = 125});
    std::uint32_t most = 0;

    for (int i = 0; i < 4000; ++i) {
      const std::string key = i % 2 == 0 ? "hot" : key_of(i);  // half of all in one room
      ++picker.views[picker.pick(key) - 1].connections;
    }
    for (const BackendView& view : picker.views) most = std::max(most, view.connections);

    EXPECT_GE(most, 620U) << policy;  // the hot room's node is at its limit
    EXPECT_LE(most, 627U) << policy;
  }
}

TEST(BoundedLoads, HaproxyDealsSlotsOutByWeight) {
  Picker picker("haproxy_consistent", {{"a", 1}, {"b", 3}},
                {.failures = {}, .balance_factor = 110});

  for (int i = 0; i < 4000; ++i) ++picker.views[picker.pick(key_of(i)) - 1].connections;

  EXPECT_LE(picker.views[0].connections, 1101U);
  EXPECT_LE(picker.views[1].connections, 3301U);
}

// ---- Jump, rendezvous --------------------------------------------------------------------------

TEST(JumpHash, FindsTheRecordedBuckets) {
  EXPECT_EQ(jump_bucket(0, 10), 0U);
  EXPECT_EQ(jump_bucket(1, 10), 6U);
  EXPECT_EQ(jump_bucket(42, 10), 2U);
  EXPECT_EQ(jump_bucket(0xdeadbeef, 100), 87U);
  EXPECT_EQ(jump_bucket(256, 1024), 520U);
  EXPECT_EQ(fnv1a(""), 0xCBF29CE484222325ULL);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171F73967E8ULL);
}

TEST(Jump, TheLastBucketsKeysMoveAndNoOthers) {
  Picker ten("jump", backends_of(10)), nine("jump", backends_of(9));

  const auto before = picks(ten, 20'000), after = picks(nine, 20'000);

  int moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != 10) {
      ASSERT_EQ(before[i], after[i]);
    }
    moved += before[i] == 10 ? 1 : 0;
  }
  EXPECT_NEAR(moved / 20'000.0, 0.1, 0.01);
}

TEST(Jump, NobodyStandsInForADeadShard) {
  Picker picker("jump", backends_of(3));
  const std::size_t home = picker.pick("m1");

  picker.kill(home);

  EXPECT_EQ(picker.pick("m1"), 0U);
}

TEST(Rendezvous, AnyServerThatGoesSpreadsItsKeysOverAllOthers) {
  Picker all("rendezvous", backends_of(5)), rest("rendezvous", backends_of(5));
  rest.kill(3);

  const auto before = picks(all, 20'000), after = picks(rest, 20'000);

  std::vector<int> heirs(6);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != 3) {
      ASSERT_EQ(before[i], after[i]);
    }
    if (before[i] == 3) ++heirs[after[i]];
  }
  for (const std::size_t heir : {1, 2, 4, 5}) EXPECT_NEAR(heirs[heir], 1000, 120) << heir;
}

TEST(Rendezvous, SharesFollowWeights) {
  Picker picker("rendezvous", {{"a:1", 1}, {"b:1", 3}});

  const auto picked = picks(picker, 20'000);

  EXPECT_NEAR(static_cast<double>(std::ranges::count(picked, 2U)) / 20'000, 0.75, 0.02);
}

// ---- All that hash -----------------------------------------------------------------------------

TEST(KeyedPolicies, MoveOnlyTheKeysOfADeadNodeWhereTheirRowSaysSo) {
  for (const PlacementRow& row : placements()) {
    if (!row.keyed) continue;
    Picker all(row.name, backends_of(6)), rest(row.name, backends_of(6));
    rest.kill(4);

    const auto before = picks(all, 5000), after = picks(rest, 5000);

    int others = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      others += before[i] != 4 && before[i] != after[i] ? 1 : 0;
    }
    EXPECT_EQ(others == 0, row.moves_own_keys_only) << row.name;
  }
}

TEST(KeyedPolicies, ServeARequestWithoutAKey) {
  for (const PlacementRow& row : placements()) {
    Picker picker(row.name, backends_of(4));
    std::vector<int> seen(5);

    for (int i = 0; i < 200; ++i) ++seen[picker.pick("")];

    EXPECT_EQ(seen[0], 0) << row.name;
    for (const std::size_t server : {1, 2, 3, 4}) EXPECT_GT(seen[server], 0) << row.name;
  }
}

}  // namespace
}  // namespace squall
