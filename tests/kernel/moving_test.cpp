// Make before break in virtual time: a deploy that loses nothing, and what that costs.
//
// The machine's own conversations are in tests/transcripts/connection/; a node that does not wait
// is planted in tests/planted/.
#include <gtest/gtest.h>

#include "tests/support/deploy.hpp"

namespace squall::testing {
namespace {

TEST(MakeBeforeBreak, LosesNothingInADeployThatCostsTheTextbookFormItsGaps) {
  const Scenario scenario = deploy();

  const RunRecord moved = play(scenario, strategy("multi_active:make_before_break"), 1);
  const RunRecord thrown_out = play(scenario, strategy("broadcast"), 1);

  EXPECT_TRUE(complete(moved));
  EXPECT_EQ(totals(moved).lost, 0U);
  EXPECT_GT(totals(thrown_out).lost, totals(thrown_out).owed / 100);
}

TEST(MakeBeforeBreak, EndsEveryConnectionOfADrainedNodeWithTheReasonDrain) {
  const Scenario scenario = deploy();

  const RunRecord run = play(scenario, strategy("multi_active:make_before_break"), 1);

  // Everybody is asked at least once; the last node's clients end on the first two.
  EXPECT_GE(run.disconnects, kDeployedUsers);
  EXPECT_EQ(run.established, kDeployedUsers + run.disconnects);
}

TEST(MakeBeforeBreak, IsTheSameForEveryHeartbeatPlayedAloneAndForEveryNumberOfThreads) {
  const Scenario scenario = deploy();
  const StrategySpec spec = strategy("multi_active:make_before_break");

  PlayOptions threads, alone;
  threads.threads = 2;
  alone.single_heartbeats = true;

  const RunRecord run = play(scenario, spec, 1);

  EXPECT_EQ(everything(run), everything(play(scenario, spec, 1, threads)));
  EXPECT_EQ(everything(run), everything(play(scenario, spec, 1, alone)));
}

TEST(MakeBeforeBreak, HoldsTwoConnectionsOnlyWhileSomebodyMoves) {
  Scenario scenario = deploy();
  scenario.script.clear();

  const RunRecord run = play(scenario, strategy("multi_active:make_before_break"), 1);

  EXPECT_EQ(run.established, kDeployedUsers);
  EXPECT_EQ(run.disconnects, 0U);
}

}  // namespace
}  // namespace squall::testing
