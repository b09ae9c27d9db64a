// The churn floor: with every server healthy, a client that reconnects for g seconds once in 1/nu
// misses g / (g + 1/nu) of what is sent to it, whichever design serves it.
//
// Played from the built-in scenario churn-floor. The gap is not measured but predicted: first
// back-off and round trips.
#include <gtest/gtest.h>

#include "scenarios/model/laws.hpp"
#include "tests/laws/seeds.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

class ChurnFloor : public ::testing::TestWithParam<const char*> {
 protected:
  Scenario scenario() const {
    Scenario made = built_in("churn-floor", {{"/params/users", "4000"},
                                             {"/params/nodes", "4"},
                                             {"/params/rooms", "400"},
                                             {"/params/measure", "200s"},
                                             {"/params/drop", GetParam()}});
    made.traffic.erase(made.traffic.begin());  // room messages lose alike, but in lumps
    return made;
  }
};

TEST_P(ChurnFloor, IsWhatABroadcastLosesMostlyInTheRecipientsGap) {
  const Scenario scenario = this->scenario();
  const double law = *closed_form("loss.intent", scenario, strategy("broadcast"));
  const double floor = laws::churn_floor(
      {.gap_s = static_cast<double>(laws::expected_ready_again(scenario).count()) * 1e-9,
       .up_s = scenario.people.front().drop.mean() * 1e-9});

  std::vector<double> missed;  // by a recipient that was away
  const auto lost = over_seeds(scenario, strategy("broadcast"), kSeeds, [&](const RunRecord& run) {
    const std::uint64_t pairs = lost_by(run, Mechanism::reconnect_gap) +
                                lost_by(run, Mechanism::pushed_to_ghost) +
                                lost_by(run, Mechanism::downlink_in_flight_at_disconnect);
    missed.push_back(static_cast<double>(pairs) / static_cast<double>(totals(run).owed));
    return value("loss.intent", run);
  });

  EXPECT_TRUE(agrees(lost, law, 0.15));
  EXPECT_TRUE(agrees(missed, floor, 0.15));
  EXPECT_GT(floor, 0.9 * law);
}

// Phones lose all their paths at once: a second connection only makes the wait the shorter of two.
TEST_P(ChurnFloor, IsNoLowerForRoutedAndOnlyShorterForTwoConnections) {
  const Scenario scenario = this->scenario();
  const double law = *closed_form("loss.intent", scenario, strategy("broadcast"));

  const auto routed = metric_over_seeds(scenario, strategy("routed"), 3, "loss.intent");
  const auto two = metric_over_seeds(scenario, strategy("multi_active"), 3, "loss.intent");

  EXPECT_GT(student_interval(routed)->mean, 0.9 * law);
  EXPECT_GT(student_interval(two)->mean, 0.3 * law);
  EXPECT_LT(student_interval(two)->mean, 0.9 * law);
}

INSTANTIATE_TEST_SUITE_P(Drops, ChurnFloor, ::testing::Values("exp(10m)", "exp(1m)"));

}  // namespace
}  // namespace squall::testing
