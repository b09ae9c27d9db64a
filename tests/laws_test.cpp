// The closed forms: each law at the numbers it is known by, free of any scenario.
//
// Which scenario a law covers is tested in closed_form_test.cpp.
#include "scenarios/model/laws.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace squall::laws {
namespace {

constexpr double kSecond = 1e9;

TEST(Laws, TenThousandZipfRoomsAreAsConcentratedAs322Or58Or17) {
  EXPECT_NEAR(effective_rooms(Popularity{10'000, 0.8}), 322, 1.0);
  EXPECT_NEAR(effective_rooms(Popularity{10'000, 1.0}), 58, 0.5);
  EXPECT_NEAR(effective_rooms(Popularity{10'000, 1.2}), 17, 0.5);
  EXPECT_NEAR(effective_rooms(Popularity{10'000, 0.0}), 10'000, 1e-6);
}

TEST(Laws, FanOutOf200kUsersIs620Or3434Or12012) {
  const auto recipients = [](double zipf) {
    return fanout({.users = 200'000, .effective_rooms = effective_rooms(Popularity{10'000, zipf})});
  };

  EXPECT_NEAR(recipients(0.8), 620, 1.0);
  EXPECT_NEAR(recipients(1.0), 3434, 1.0);
  EXPECT_NEAR(recipients(1.2), 12'012, 1.0);
}

TEST(Laws, OneBigRoomIsOneEffectiveRoom) {
  const std::vector<double> sizes{1000.0};
  const std::vector<double> two_sizes{3.0, 1.0};

  EXPECT_EQ(effective_rooms(sizes), 1.0);
  EXPECT_EQ(effective_rooms(two_sizes), 1.6);
}

TEST(Laws, ABroadcastIsNoiseForBigRoomsAndTwelvefoldForDirectMessages) {
  EXPECT_EQ(backplane_per_last_mile({.nodes = 12, .fanout = 1}), 12.0);
  EXPECT_NEAR(backplane_per_last_mile({.nodes = 12, .fanout = 3434}), 0.0035, 0.0001);
}

TEST(Laws, MembersOccupyDistinctNodes) {
  EXPECT_NEAR(distinct_nodes({.members = 5, .nodes = 12}), 4.23, 0.005);
  EXPECT_NEAR(distinct_nodes({.members = 50, .nodes = 12}), 11.85, 0.005);
  EXPECT_NEAR(distinct_nodes({.members = 1, .nodes = 12}), 1.0, 1e-12);
  EXPECT_EQ(distinct_nodes({.members = 5, .nodes = 1}), 1.0);
  EXPECT_EQ(distinct_nodes({.members = 0, .nodes = 12}), 0.0);
}

TEST(Laws, MobileChurnCosts56OfTenThousand) {
  EXPECT_NEAR(churn_floor({.gap_s = 3.4, .up_s = 600}), 0.0056, 0.00005);
  EXPECT_EQ(churn_floor({.gap_s = 0, .up_s = 600}), 0.0);
}

TEST(Laws, ARollingDeployBehindARandomBalancerApproachesEMinusOne) {
  EXPECT_NEAR(deploy_disconnects_random({.nodes = 12, .batch = 1}), 1.6875, 0.0001);
  EXPECT_NEAR(deploy_disconnects_random({.nodes = 12, .batch = 2}), 1.655, 0.0005);
  EXPECT_NEAR(deploy_disconnects_random({.nodes = 10'000, .batch = 1}), std::exp(1.0) - 1, 0.0002);
  EXPECT_EQ(deploy_disconnects_random({.nodes = 4, .batch = 4}), 1.0);
}

TEST(Laws, ARollingDeployBehindLeastConnCostsOnePlusABatch) {
  EXPECT_NEAR(deploy_disconnects_least_conn({.nodes = 12, .batch = 1}), 13.0 / 12, 1e-12);
  EXPECT_NEAR(deploy_disconnects_least_conn({.nodes = 12, .batch = 2}), 14.0 / 12, 1e-12);
  EXPECT_EQ(deploy_disconnects_least_conn({.nodes = 1, .batch = 1}), 1.0);
}

TEST(Laws, AStormRecoversAt4000HandshakesAndSticksAt3000And2000) {
  const auto storm = [](double capacity) {
    return Storm{.clients = 33'333, .window_s = 1, .capacity = capacity, .timeout_s = 5};
  };

  EXPECT_FALSE(storm_is_clean(storm(4000)));
  EXPECT_FALSE(storm_sustains_itself(storm(4000)));
  EXPECT_TRUE(storm_sustains_itself(storm(3000)));
  EXPECT_NEAR(storm_first_wave(storm(3000)), 0.494, 0.001);
  EXPECT_TRUE(storm_sustains_itself(storm(2000)));
  EXPECT_NEAR(storm_first_wave(storm(2000)), 0.319, 0.0005);
}

TEST(Laws, AStormBelowTheTimeoutIsClean) {
  const Storm storm{.clients = 33'333, .window_s = 1, .capacity = 6000, .timeout_s = 5};

  EXPECT_TRUE(storm_is_clean(storm));
  EXPECT_EQ(storm_first_wave(storm), 1.0);
  EXPECT_FALSE(storm_sustains_itself(storm));
}

TEST(Laws, ASilentDeathIsSeenAfterTheTimeoutAndHalfAnInterval) {
  const Heartbeat heartbeat{.interval_s = 25, .timeout_s = 20};

  EXPECT_EQ(detection_mean_s(heartbeat), 32.5);
  EXPECT_EQ(ghosts(heartbeat, 2.0), 65.0);
}

TEST(Laws, TheCheapestHeartbeatBalancesPingsAndGhosts) {
  const HeartbeatCost cost{.half_ping_bytes = 80,
                           .silent_deaths_per_s = 1.0 / 600,
                           .messages_per_s = 0.5,
                           .message_bytes = 300};
  // Both directions per interval, and ghost pushes for half an interval on average.
  const auto bytes_per_s = [&](double interval) {
    return 2 * cost.half_ping_bytes / interval +
           cost.silent_deaths_per_s * cost.messages_per_s * cost.message_bytes * interval / 2;
  };
  const double best = cheapest_interval_s(cost);

  EXPECT_LT(bytes_per_s(best), bytes_per_s(best * 1.1));
  EXPECT_LT(bytes_per_s(best), bytes_per_s(best * 0.9));
}

TEST(Laws, QueuesWaitAsTheTextbooksSay) {
  const Queue queue{.utilisation = 0.8, .service_s = 0.01};

  EXPECT_NEAR(wait_mean_deterministic_s(queue), 0.02, 1e-12);
  EXPECT_NEAR(wait_mean_general_s(queue, 1.0), 0.04, 1e-12);  // M/M/1: rho S / (1 - rho)
  EXPECT_NEAR(sojourn_tail_exponential(queue, 0.05), std::exp(-1.0), 1e-12);
  EXPECT_EQ(batch_mean_s({.recipients = 99, .push_s = 0.5}), 25.0);
}

TEST(Laws, RedundantPathsLoseTheirProductAndNeverLessThanTheirCommonFate) {
  EXPECT_NEAR(redundant_loss({.count = 2, .loss = 0.1}), 0.01, 1e-15);
  EXPECT_NEAR(redundant_loss({.count = 2, .loss = 0.1, .shared_fate = 0.05}), 0.0595, 1e-12);
  EXPECT_NEAR(redundant_loss({.count = 50, .loss = 0.1, .shared_fate = 0.05}), 0.05, 1e-12);
}

TEST(Laws, The99thPercentileOfTwoPathsIsThe90thOfOne) {
  EXPECT_NEAR(min_of_k(2, 0.1), 0.01, 1e-15);
  EXPECT_EQ(min_of_k(1, 0.1), 0.1);
}

TEST(Laws, SharingSessionsReachesOneOverN) {
  EXPECT_NEAR(one_over_n({.users = 12'000, .nodes = 12}), (1000.0 - 1) / (12'000 - 1), 1e-15);
  EXPECT_NEAR(one_over_n({.users = 200'000, .nodes = 2}), 0.5, 1e-5);
  EXPECT_EQ(one_over_n({.users = 100, .nodes = 1}), 1.0);
  EXPECT_EQ(one_over_n({.users = 2, .nodes = 2}), 0.0);
  EXPECT_NEAR(one_over_n({.users = 3, .nodes = 2}), 1.0 / 3, 1e-15);  // 2 + 1: one pair of three
}

TEST(Laws, TwoRandomSetsOfConnectionsMeet) {
  EXPECT_NEAR(bare_meeting({.nodes = 12, .connections = 2}), 0.318, 0.0005);
  EXPECT_NEAR(bare_meeting({.nodes = 12, .connections = 4}), 0.859, 0.0005);
  EXPECT_NEAR(bare_meeting({.nodes = 12, .connections = 6}), 0.9989, 0.00005);
  EXPECT_EQ(bare_meeting({.nodes = 12, .connections = 7}), 1.0);
  EXPECT_EQ(bare_meeting({.nodes = 12, .connections = 12}), 1.0);
}

TEST(Laws, DeadNodesCutOffTheClientsThatUsedNoOther) {
  EXPECT_NEAR(cut_off({.nodes = 12, .connections = 2}, 2), 0.015, 0.0005);
  EXPECT_NEAR(cut_off({.nodes = 12, .connections = 2}, 3), 0.045, 0.0005);
  EXPECT_NEAR(cut_off({.nodes = 12, .connections = 2}, 4), 0.091, 0.0005);
  EXPECT_EQ(cut_off({.nodes = 12, .connections = 2}, 1), 0.0);
}

TEST(Laws, StickyHashingIsUnevenBecauseOfRoomsAndHardlyBecauseOfTheRing) {
  const double rooms = effective_rooms(Popularity{10'000, 1.0});
  const double no_rooms = 1e18;

  EXPECT_NEAR(sticky_cv({.nodes = 12, .effective_rooms = rooms, .points_per_node = 0}), 0.435,
              0.001);
  EXPECT_NEAR(sticky_cv({.nodes = 12, .effective_rooms = rooms}), 0.441, 0.001);
  EXPECT_NEAR(sticky_cv({.nodes = 12, .effective_rooms = no_rooms}), 0.076, 0.0005);
  EXPECT_NEAR(sticky_cv({.nodes = 12, .effective_rooms = no_rooms, .points_per_node = 1}), 0.92,
              0.0005);
}

// ---- The gap -----------------------------------------------------------------------------------

TEST(ExpectedGap, TheFirstBackoffFollowsItsFormula) {
  using namespace std::chrono_literals;
  const auto mean = [](BackoffKind kind, Duration cap = 30s) {
    return expected_first_backoff({.kind = kind, .first = 1s, .factor = 2, .cap = cap});
  };

  EXPECT_EQ(mean(BackoffKind::none), 0s);
  EXPECT_EQ(mean(BackoffKind::fixed), 1s);
  EXPECT_EQ(mean(BackoffKind::exponential), 1s);
  EXPECT_EQ(mean(BackoffKind::equal_jitter), 750ms);
  EXPECT_EQ(mean(BackoffKind::full_jitter), 500ms);
  EXPECT_EQ(mean(BackoffKind::decorrelated), 2s);
  EXPECT_EQ(mean(BackoffKind::full_jitter, 200ms), 100ms);
  EXPECT_EQ(mean(BackoffKind::decorrelated, 2s), 1750ms);  // half of U(1, 3) is cut to 2
}

TEST(ExpectedGap, IsTheBackoffAndFourRoundTripsOrThreeWithoutTls) {
  using namespace std::chrono_literals;
  Scenario scenario;
  scenario.cluster.net.client_node = Distribution::fixed(10'000'000);
  scenario.client.backoff = {.kind = BackoffKind::fixed, .first = 1s};

  scenario.cluster.nodes.cost_profile = "beast-tls";
  EXPECT_EQ(expected_ready_again(scenario), 1080ms);

  scenario.cluster.nodes.cost_profile = "beast-plain";
  EXPECT_EQ(expected_ready_again(scenario), 1060ms);
}

}  // namespace
}  // namespace squall::laws
