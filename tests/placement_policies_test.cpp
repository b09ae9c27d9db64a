// Who may be picked and when: failure marking, probing, draining, and the policies without a key.
//
// nginx's hashing has its vectors in placement_test.cpp.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "strategies/core/placement.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;

class Balancer {
 public:
  Balancer(std::string_view policy, std::vector<Backend> backends, FailureRule rule = {})
      : views(backends.size()), placement_(placement_named(policy)->make(backends, {rule})) {}

  std::optional<NodeId> pick(Time now = 0s, const std::vector<NodeId>& avoid = {}) {
    const std::uint64_t draw = Rng(1, Purpose::placement, 0).at(draws_++);
    return placement_->pick({.now = now, .key = "m1", .draw = draw, .avoid = avoid}, views);
  }
  std::string letters(int picks, Time now = 0s) {
    std::string result;
    for (int i = 0; i < picks; ++i) {
      const auto node = pick(now);
      result += node ? static_cast<char>('a' + index(*node)) : '-';
    }
    return result;
  }

  std::vector<BackendView> views;

 private:
  std::unique_ptr<Placement> placement_;
  std::uint64_t draws_ = 0;
};

std::vector<Backend> weighted(const std::vector<std::uint32_t>& weights) {
  std::vector<Backend> backends;
  for (const std::uint32_t weight : weights) {
    backends.push_back({"10.0.0." + std::to_string(backends.size() + 1) + ":8080", weight});
  }
  return backends;
}

const std::vector<Backend> kThree = weighted({1, 1, 1});

// ---- Failure rules -----------------------------------------------------------------------------

TEST(FailureRules, AFailedBackendIsSkippedForTenWholeSeconds) {
  BackendView view;

  report_failure(view, 5900ms);

  EXPECT_FALSE(eligible(view, 5900ms, {}));
  EXPECT_FALSE(eligible(view, 15999ms, {}));  // 15 - 5 = 10: still within
  EXPECT_TRUE(eligible(view, 16000ms, {}));
}

TEST(FailureRules, HoldInWarmUpsNegativeTimeToo) {
  BackendView view;

  report_failure(view, -5500ms);  // second -6

  EXPECT_FALSE(eligible(view, 4999ms, {}));
  EXPECT_TRUE(eligible(view, 5000ms, {}));
}

TEST(FailureRules, MaxFailsCountsAndZeroNeverFails) {
  BackendView view;
  const FailureRule three{.max_fails = 3};
  const FailureRule none{.max_fails = 0};

  report_failure(view, 1s);
  report_failure(view, 1s);
  EXPECT_TRUE(eligible(view, 1s, three));

  report_failure(view, 1s);
  EXPECT_FALSE(eligible(view, 1s, three));
  EXPECT_TRUE(eligible(view, 1s, none));
}

TEST(FailureRules, ASuccessClearsTheFailuresOnlyAfterAProbe) {
  BackendView view;
  report_failure(view, 1s);

  report_success(view);
  EXPECT_EQ(view.fails, 1U);  // an older connection that succeeded says nothing

  view.checked = 12s;
  report_success(view);
  EXPECT_EQ(view.fails, 0U);
}

TEST(FailureRules, OneRequestPerWindowProbesAFailedBackend) {
  for (const PlacementRow& row : placements()) {
    if (row.failover != Failover::others) continue;
    Balancer balancer(row.name, kThree);
    report_failure(balancer.views[0], 100s);
    report_failure(balancer.views[1], 100s);
    const std::vector<NodeId> third{NodeId{2}};

    EXPECT_EQ(balancer.pick(110s, third), std::nullopt) << row.name;
    const auto probe = balancer.pick(111s, third);
    const auto other_probe = balancer.pick(111s, third);
    const auto too_early = balancer.pick(111s, third);

    ASSERT_TRUE(probe && other_probe) << row.name;
    EXPECT_NE(*probe, *other_probe) << row.name;
    EXPECT_EQ(too_early, std::nullopt) << row.name;
    EXPECT_EQ(balancer.views[index(*probe)].checked, Time(111s)) << row.name;
  }
}

// ---- Laws of all policies ----------------------------------------------------------------------

TEST(EveryPolicy, PicksNeitherDrainingNorTriedNorFailedBackends) {
  for (const PlacementRow& row : placements()) {
    if (row.failover == Failover::nobody) continue;
    Balancer balancer(row.name, weighted({1, 1, 1, 1}));
    balancer.views[0].in_rotation = false;
    report_failure(balancer.views[1], 0s);

    for (int i = 0; i < 50; ++i) EXPECT_EQ(balancer.pick(0s, {NodeId{3}}), NodeId{2}) << row.name;
  }
}

TEST(EveryPolicy, PicksNobodyWhenNobodyIsEligible) {
  for (const PlacementRow& row : placements()) {
    if (row.failover == Failover::panic) continue;
    Balancer balancer(row.name, kThree);
    for (BackendView& view : balancer.views) report_failure(view, 0s);

    EXPECT_EQ(balancer.pick(5s), std::nullopt) << row.name;
  }
}

TEST(EveryPolicy, IgnoresFailureMarksOfASingleBackend) {
  for (const PlacementRow& row : placements()) {
    Balancer balancer(row.name, weighted({1}));
    report_failure(balancer.views[0], 0s);

    EXPECT_EQ(balancer.pick(0s), NodeId{0}) << row.name;

    balancer.views[0].in_rotation = false;
    EXPECT_EQ(balancer.pick(0s), std::nullopt) << row.name;
  }
}

TEST(EveryPolicy, OfAClusterWithoutNodesPicksNobody) {
  for (const PlacementRow& row : placements()) {
    Balancer balancer(row.name, {});

    EXPECT_EQ(balancer.pick(), std::nullopt) << row.name;
  }
}

TEST(PlacementRegistry, FindsEachPolicyByItsName) {
  std::vector<std::string_view> names;
  for (const PlacementRow& row : placements()) {
    EXPECT_EQ(placement_named(row.name), &row);
    names.push_back(row.name);
  }

  EXPECT_EQ(names, (std::vector<std::string_view>{
                       "random", "round_robin", "least_conn", "zones_apart", "p2c",
                       "nginx_consistent", "nginx_hash", "haproxy_consistent",
                       "haproxy3_consistent", "envoy_ring_hash", "maglev", "jump", "rendezvous"}));
  EXPECT_EQ(placement_named("ketama"), nullptr);
}

// ---- round_robin -------------------------------------------------------------------------------

TEST(RoundRobin, IsSmooth) {
  Balancer balancer("round_robin", weighted({5, 1, 1}));

  EXPECT_EQ(balancer.letters(14), "aabacaaaabacaa");
}

TEST(RoundRobin, AFailureCostsWeightThatComesBackTurnByTurn) {
  Balancer balancer("round_robin", weighted({4, 4}), {.max_fails = 2});
  report_failure(balancer.views[0], 0s);  // effective weight 4 - 4/2 = 2

  const std::string picks = balancer.letters(12);

  EXPECT_EQ(picks, "babababababa");
  EXPECT_EQ(balancer.letters(2), "ba");
}

TEST(RoundRobin, GoesOnEvenlyWithoutTheBackendThatIsGone) {
  Balancer balancer("round_robin", kThree);
  balancer.views[1].in_rotation = false;

  EXPECT_EQ(balancer.letters(6), "acacac");
}

// ---- least_conn --------------------------------------------------------------------------------

TEST(LeastConn, TakesTheFewestConnectionsPerWeight) {
  Balancer balancer("least_conn", weighted({1, 2, 1}));
  balancer.views[0].connections = 10;
  balancer.views[1].connections = 17;
  balancer.views[2].connections = 9;

  EXPECT_EQ(balancer.pick(), NodeId{1});  // 8.5 per weight
}

TEST(LeastConn, TiesGoRound) {
  Balancer balancer("least_conn", weighted({1, 1, 1, 1}));
  balancer.views[2].connections = 1;

  EXPECT_EQ(balancer.letters(6), "abdabd");
}

TEST(LeastConn, FillsUpEvenly) {
  Balancer balancer("least_conn", kThree);
  for (int i = 0; i < 301; ++i) ++balancer.views[index(*balancer.pick())].connections;

  for (const BackendView& view : balancer.views) EXPECT_NEAR(view.connections, 100, 1);
}

// ---- random, p2c -------------------------------------------------------------------------------

TEST(Random, FollowsTheWeights) {
  Balancer balancer("random", weighted({1, 2, 5}));
  std::array<int, 3> counts{};

  for (int i = 0; i < 80'000; ++i) ++counts.at(index(*balancer.pick()));

  EXPECT_NEAR(counts[0], 10'000, 400);
  EXPECT_NEAR(counts[1], 20'000, 500);
  EXPECT_NEAR(counts[2], 50'000, 600);
}

TEST(PowerOfTwoChoices, NeverTakesTheFullestAndTakesTheEmptiestInTwoThirds) {
  Balancer balancer("p2c", kThree);
  balancer.views[0].connections = 1;
  balancer.views[1].connections = 2;
  balancer.views[2].connections = 3;
  std::array<int, 3> counts{};

  for (int i = 0; i < 30'000; ++i) ++counts.at(index(*balancer.pick()));

  EXPECT_NEAR(counts[0], 20'000, 400);
  EXPECT_NEAR(counts[1], 10'000, 400);
  EXPECT_EQ(counts[2], 0);
}

TEST(PowerOfTwoChoices, IsMoreEvenThanRandom) {
  const auto spread = [](std::string_view policy) {
    Balancer balancer(policy, weighted(std::vector<std::uint32_t>(12, 1)));
    for (int i = 0; i < 12'000; ++i) ++balancer.views[index(*balancer.pick())].connections;
    std::uint32_t low = ~0U;
    std::uint32_t high = 0;
    for (const BackendView& view : balancer.views) {
      low = std::min(low, view.connections);
      high = std::max(high, view.connections);
    }
    return high - low;
  };

  EXPECT_LE(spread("p2c"), 8U);
  EXPECT_GE(spread("random"), 40U);
}

// ---- Zones --------------------------------------------------------------------------------------

std::vector<Backend> in_zones(const std::vector<std::uint32_t>& zones) {
  std::vector<Backend> backends = weighted(std::vector<std::uint32_t>(zones.size(), 1));
  for (std::size_t i = 0; i < zones.size(); ++i) backends[i].zone = zones[i];
  return backends;
}

TEST(ZonesApart, ASisterConnectionGoesToAnotherZoneThoughItsNodesAreFuller) {
  Balancer balancer("zones_apart", in_zones({0, 1, 0, 1}));
  balancer.views[1].connections = balancer.views[3].connections = 9;

  const auto first = balancer.pick(), second = balancer.pick(0s, {NodeId{2}});

  EXPECT_EQ(index(*first) % 2, 0U);
  EXPECT_EQ(index(*second) % 2, 1U);
}

TEST(ZonesApart, WhereNoOtherZoneIsLeftTheSameOneIsBetterThanNone) {
  Balancer balancer("zones_apart", in_zones({0, 1, 0, 1}));
  balancer.views[1].in_rotation = balancer.views[3].in_rotation = false;

  EXPECT_EQ(balancer.pick(0s, {NodeId{0}}), NodeId{2});
  EXPECT_FALSE(balancer.views[1].in_rotation);
  EXPECT_TRUE(balancer.views[0].in_rotation);
  EXPECT_EQ(balancer.pick(0s, {NodeId{0}, NodeId{2}}), std::nullopt);
}

TEST(ZonesApart, InOneZoneItIsLeastConn) {
  Balancer apart("zones_apart", kThree), least("least_conn", kThree);

  EXPECT_EQ(apart.letters(9), least.letters(9));
  EXPECT_EQ(apart.pick(0s, {NodeId{1}}), least.pick(0s, {NodeId{1}}));
}

}  // namespace
}  // namespace squall
