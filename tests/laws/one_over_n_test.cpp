// Proof that losses are seen: shared sessions reach (n/N - 1)/(n - 1) of the pairs, all other
// designs reach everybody. Played from the built-in scenario one-over-n.
#include <gtest/gtest.h>

#include "scenarios/model/laws.hpp"
#include "tests/laws/seeds.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

class OneOverN : public ::testing::TestWithParam<int> {
 protected:
  Scenario scenario() const {
    return built_in("one-over-n", {{"/params/nodes", std::to_string(GetParam())}});
  }
};

double delivered(const RunRecord& run) { return 1.0 - value("loss.intent", run); }

TEST_P(OneOverN, SharedSessionsReachOnlyThoseOnTheSameNode) {
  const Scenario scenario = this->scenario();
  const std::uint64_t users = scenario.people.front().count;
  const double law =
      laws::one_over_n({.users = users, .nodes = static_cast<std::uint32_t>(GetParam())});

  const auto values = over_seeds(scenario, strategy("session_share"), kSeeds, delivered);

  EXPECT_TRUE(agrees(values, law, 0.15));  // 32 nodes of 2 users: only one message in 63 arrives
}

TEST_P(OneOverN, EveryOtherDesignReachesEverybody) {
  const Scenario scenario = this->scenario();

  for (const char* name : {"sticky_hash", "broadcast", "routed", "multi_active"}) {
    for (const double share : over_seeds(scenario, strategy(name), kSeeds, delivered)) {
      EXPECT_EQ(share, 1.0) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Nodes, OneOverN, ::testing::Values(1, 2, 4, 8, 16, 32));

TEST(OneOverNUnevenly, AnUnevenClusterReachesMoreThanAnEvenOne) {
  const Scenario scenario = built_in("one-over-n", {{"/cluster/lb/policy", "random"}});
  const std::uint64_t users = scenario.people.front().count;

  const auto values = over_seeds(scenario, strategy("session_share"), kSeeds, delivered);

  const double mean = student_interval(values)->mean;
  EXPECT_GT(mean, laws::one_over_n({.users = users, .nodes = 4}));
}

}  // namespace
}  // namespace squall::testing
