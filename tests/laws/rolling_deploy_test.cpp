// How often one rolling deploy throws each user out: the e - 1 law behind a random balancer, one
// plus a batch behind least_conn.
//
// Played from the built-in scenario rolling-deploy-storm with 6000 users and few messages.
#include <gtest/gtest.h>

#include "scenarios/model/laws.hpp"
#include "tests/laws/seeds.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr std::uint32_t kDeployed = 12;

class RollingDeploy : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  // Batches of one take twelve rounds of 35 s.
  Scenario scenario(const char* policy) const {
    return built_in("rolling-deploy-storm", {{"/params/desktop", "4000"},
                                             {"/params/mobile", "2000"},
                                             {"/params/rooms", "500"},
                                             {"/params/chat", "1/s"},
                                             {"/params/dm", "5/s"},
                                             {"/params/batch", std::to_string(GetParam())},
                                             {"/time/measure", "520s"},
                                             {"/cluster/lb/policy", policy}});
  }
};

TEST_P(RollingDeploy, BehindARandomBalancerApproachesEMinusOne) {
  const Scenario scenario = this->scenario("random");
  const double law = laws::deploy_disconnects_random({.nodes = kDeployed, .batch = GetParam()});

  const auto values =
      metric_over_seeds(scenario, strategy("broadcast"), kSeeds, "reconnects.per_client");

  EXPECT_TRUE(agrees(values, law, 0.01));
  EXPECT_EQ(closed_form("reconnects.per_client", scenario, strategy("broadcast")), law);
}

TEST_P(RollingDeploy, BehindLeastConnCostsOnePlusABatch) {
  const Scenario scenario = this->scenario("least_conn");
  const double law = laws::deploy_disconnects_least_conn({.nodes = kDeployed, .batch = GetParam()});

  const auto values =
      metric_over_seeds(scenario, strategy("broadcast"), 3, "reconnects.per_client");

  for (const double value : values) EXPECT_NEAR(value, law, 0.002 * law);
  EXPECT_EQ(closed_form("reconnects.per_client", scenario, strategy("broadcast")), law);
}

// nginx: each drain and each return is a reload, after which every count is zero.
TEST_P(RollingDeploy, BehindLeastConnThatForgetsOnReloadCostsAsMuchAsChance) {
  Scenario scenario = this->scenario("least_conn");
  scenario.cluster.lb.reload = OnReload::lose_counts;
  const double law = laws::deploy_disconnects_random({.nodes = kDeployed, .batch = GetParam()});

  const auto values =
      metric_over_seeds(scenario, strategy("broadcast"), 3, "reconnects.per_client");

  for (const double value : values) EXPECT_NEAR(value, law, 0.01 * law);
  EXPECT_EQ(closed_form("reconnects.per_client", scenario, strategy("broadcast")), law);
}

TEST_P(RollingDeploy, BringsEverybodyBack) {
  const Scenario scenario = this->scenario("random");

  const RunRecord run = play(scenario, strategy("routed"), 1);

  EXPECT_EQ(run.never_again, 0U);
  ASSERT_EQ(run.faults.size(), 1U);
  EXPECT_EQ(run.faults.front().disconnects, run.disconnects);  // all are billed to the deploy
  EXPECT_EQ(run.faults.front().endpoints_touched, 6000U);
}

INSTANTIATE_TEST_SUITE_P(Batch, RollingDeploy, ::testing::Values(1U, 2U));

}  // namespace
}  // namespace squall::testing
