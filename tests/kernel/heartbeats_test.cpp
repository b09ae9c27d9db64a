// A round of heartbeats in closed form, against the same round event by event: no result
// may differ, whatever happens to whom.
//
// Storms of random faults, over lines so slow that pings and pongs come late or too late; and all
// built-in scenarios.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/long/sizes.hpp"
#include "tests/planted/storms.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr std::uint64_t kStorms = 40;

struct Both {
  RunRecord closed, single;
};

Both played_both_ways(const Scenario& scenario, const StrategySpec& spec) {
  PlayOptions every_event;
  every_event.single_heartbeats = true;
  return {play(scenario, spec, 1), play(scenario, spec, 1, every_event)};
}

Json storm_over_slow_lines(std::uint64_t number) {
  const std::vector<std::string> lines = {"fixed(45ms)", "lognormal(45ms,0.4)",
                                          "uniform(1ms,1500ms)", "lognormal(600ms,1.0)"};
  Json storm = random_storm(number);
  storm["cluster"]["net"]["client_node"] = lines[number % lines.size()];
  storm["client"]["heartbeat"]["every"] = "3s";
  return storm;
}

TEST(Heartbeats, ClosedFormIsThatOfEveryEventInAnyStorm) {
  std::uint64_t saved = 0;
  for (std::uint64_t number = 1; number <= kStorms; ++number) {
    const Json storm = storm_over_slow_lines(number);
    const auto scenario = loaded_storm(storm);
    ASSERT_TRUE(scenario) << storm.dump(2);
    for (const PresetRow& preset : presets()) {
      const Both runs = played_both_ways(*scenario, preset.spec);
      ASSERT_EQ(everything(runs.closed), everything(runs.single))
          << preset.spec.name << " in storm " << number << "\n"
          << storm.dump(2);
      ASSERT_EQ(runs.closed.violations.size(), runs.single.violations.size()) << number;
      saved += runs.single.events - runs.closed.events;
    }
  }
  EXPECT_GT(saved, 0U);
}

class HeartbeatsOf : public ::testing::TestWithParam<SmallScenario> {};

TEST_P(HeartbeatsOf, ClosedFormIsThatOfEveryEvent) {
  const Scenario scenario = small(GetParam());
  for (const StrategySpec& spec : presets_for(scenario)) {
    const Both runs = played_both_ways(scenario, spec);
    EXPECT_EQ(everything(runs.closed), everything(runs.single)) << spec.name;
  }
}

INSTANTIATE_TEST_SUITE_P(BuiltIn, HeartbeatsOf, ::testing::ValuesIn(small_scenarios()),
                         [](const auto& row) { return test_name(row.param); });

}  // namespace
}  // namespace squall::testing
