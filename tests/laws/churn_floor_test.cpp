// The churn floor: with every server healthy, a client that reconnects for g seconds once in 1/nu
// misses g / (g + 1/nu) of what is sent to it, whichever design serves it.
//
// Played from the built-in scenario churn-floor. The gap is not measured but predicted: first
// back-off and round trips.
#include <gtest/gtest.h>

#include "scenarios/model/laws.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr std::uint64_t kSeeds = 10;

class ChurnFloor : public ::testing::TestWithParam<const char*> {
 protected:
  Scenario scenario() const {
    Scenario made = built_in("churn-floor", {{"/params/users", "4000"},
                                             {"/params/rooms", "400"},
                                             {"/params/measure", "200s"},
                                             {"/params/drop", GetParam()}});
    made.traffic.erase(made.traffic.begin());  // room messages lose alike, but in lumps
    return made;
  }
};

TEST_P(ChurnFloor, IsWhatABroadcastLoses) {
  const Scenario scenario = this->scenario();
  const double law = *closed_form("loss.intent", scenario, strategy("broadcast"));

  const auto values = metric_over_seeds(scenario, strategy("broadcast"), kSeeds, "loss.intent");

  EXPECT_TRUE(agrees(values, law, 0.12));
}

TEST_P(ChurnFloor, IsMostlyTheRecipientsGap) {
  const Scenario scenario = this->scenario();
  const double gap_s = static_cast<double>(laws::expected_ready_again(scenario).count()) * 1e-9;
  const double up_s = scenario.people.front().drop.mean() * 1e-9;

  const auto values = over_seeds(scenario, strategy("broadcast"), kSeeds, [](const RunRecord& run) {
    const std::uint64_t missed = lost_by(run, Mechanism::reconnect_gap) +
                                 lost_by(run, Mechanism::pushed_to_ghost) +
                                 lost_by(run, Mechanism::downlink_in_flight_at_disconnect);
    return static_cast<double>(missed) / static_cast<double>(totals(run).owed);
  });

  EXPECT_TRUE(agrees(values, laws::churn_floor({.gap_s = gap_s, .up_s = up_s}), 0.12));
}

TEST_P(ChurnFloor, IsNoLowerForRoutedAndVanishesWithASecondConnection) {
  const Scenario scenario = this->scenario();
  const double law = *closed_form("loss.intent", scenario, strategy("broadcast"));

  const auto routed = metric_over_seeds(scenario, strategy("routed"), 3, "loss.intent");
  const auto two = metric_over_seeds(scenario, strategy("multi_active"), 3, "loss.intent");

  for (const double loss : routed) EXPECT_GT(loss, law * 0.8);
  for (const double loss : two) EXPECT_GT(loss, 0.0);  // a drop breaks both paths of a device
}

INSTANTIATE_TEST_SUITE_P(Drops, ChurnFloor, ::testing::Values("exp(10m)", "exp(1m)"));

}  // namespace
}  // namespace squall::testing
