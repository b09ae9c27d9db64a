// What the textbook presets did in every built-in scenario when this was last looked at: events,
// pairs, losses and bytes of one seed each, in tests/golden/runs/.
//
// Not what is right: what has not changed. A change that moves a line says so in CHANGELOG.
// SQUALL_REWRITE=1 records anew. Sizes are in tests/long/sizes.hpp.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/long/sizes.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Bytes all_bytes(const RunRecord& run) {
  Bytes sum = 0;
  for (const auto& link : run.bytes) {
    for (const auto& sent : link.sent) sum += sent;
  }
  return sum;
}

// The fingerprint is over the order of events and all that the record holds; the figures beside it
// show of what kind a difference is.
std::string line_of(const RunRecord& run) {
  const Totals sum = totals(run);
  std::ostringstream line;
  line << run.strategy << ' ' << std::hex << run.fingerprint << std::dec << " messages "
       << sum.messages << " owed " << sum.owed << " lost " << sum.lost << " bytes "
       << all_bytes(run) << '\n';
  return line.str();
}

class RecordedRuns : public ::testing::TestWithParam<SmallScenario> {};

TEST_P(RecordedRuns, AreTheRunsOfToday) {
  const Scenario scenario = small(GetParam());
  std::string text;
  for (const StrategySpec& spec : presets_for(scenario)) {
    if (!preset_named(spec.name)->hardened) text += line_of(play(scenario, spec, 1));
  }
  EXPECT_TRUE(equals_golden_file(text, "runs/" + std::string(GetParam().name) + ".txt"));
}

INSTANTIATE_TEST_SUITE_P(Library, RecordedRuns, ::testing::ValuesIn(small_scenarios()),
                         [](const auto& row) { return test_name(row.param); });

}  // namespace
}  // namespace squall::testing
