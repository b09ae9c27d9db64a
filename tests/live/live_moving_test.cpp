// Make before break on real sockets: the node asks, the client connects elsewhere and says so, and
// only then the node closes with 1012.
//
// The same deploy as in tests/kernel/moving_test.cpp.
#include <gtest/gtest.h>

#include "sim/live/run/engine.hpp"
#include "tests/support/deploy.hpp"

namespace squall::testing {
namespace {

TEST(LiveMakeBeforeBreak, LosesNothingInADeploy) {
  const Scenario scenario = deploy();

  const RunRecord run = live::play(scenario, strategy("multi_active:make_before_break"), 1, {});

  for (const Violation& violation : run.violations) {
    ADD_FAILURE() << violation.law << ": " << violation.detail;
  }
  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_GT(totals(run).owed, 1000U);
  EXPECT_GE(run.disconnects, kDeployedUsers);
}

}  // namespace
}  // namespace squall::testing
