// What fencing saves: the planted scenario in which an old node's late delete erases the entry of a
// newer session, played with the plain writes and with the fenced ones.
//
// The conversation with the registry is in tests/transcripts/, the links' part in tests/contract/.
#include <gtest/gtest.h>

#include "tests/planted/planted.hpp"
#include "tests/planted/storms.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

TEST(FencedRoutes, ALateDeleteLeavesTheEntryOfTheNewerSessionAlone) {
  for (const char* name : {"route_missing", "route_missing-room"}) {
    const RunRecord plain = play(planted::load(name), strategy("routed"), 1);
    const RunRecord fenced = play(planted::load(name), strategy("routed:fenced"), 1);

    EXPECT_TRUE(complete(fenced)) << name;
    EXPECT_GT(lost_by(plain, Mechanism::route_missing), 0U) << name;
    EXPECT_EQ(lost_by(fenced, Mechanism::route_missing), 0U) << name;
    EXPECT_EQ(totals(fenced).owed, totals(plain).owed) << name;
  }
}

// Of a room's message, one member's route is missing and another's is stale.
TEST(FencedRoutes, WhoHadAStaleRouteIsNotCountedWithWhoHadNone) {
  const Scenario scenario = loaded(moves_twice());
  std::uint64_t missing_plain = 0, missing_fenced = 0, lost_plain = 0, lost_fenced = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RunRecord plain = play(scenario, strategy("routed"), seed);
    const RunRecord fenced = play(scenario, strategy("routed:fenced"), seed);

    EXPECT_TRUE(complete(fenced)) << seed;
    missing_plain += lost_by(plain, Mechanism::route_missing);
    missing_fenced += lost_by(fenced, Mechanism::route_missing);
    lost_plain += lost_by(plain, Mechanism::route_missing) + lost_by(plain, Mechanism::route_stale);
    lost_fenced +=
        lost_by(fenced, Mechanism::route_missing) + lost_by(fenced, Mechanism::route_stale);
  }
  EXPECT_GT(missing_plain, 0U);
  EXPECT_LT(missing_fenced, missing_plain);
  EXPECT_EQ(lost_fenced, lost_plain);
}

// The old node believes in the session until it misses the pings, and renews its route meanwhile.
TEST(FencedRoutes, NobodyIsDeafBecauseOfALateWrite) {
  for (std::uint64_t number = 1; number <= 20; ++number) {
    const Scenario storm = *loaded_storm(random_storm(number));

    const RunRecord plain = play(storm, strategy("routed"), 1);
    const RunRecord fenced = play(storm, strategy("routed:fenced"), 1);

    EXPECT_TRUE(complete(fenced)) << number;
    EXPECT_LE(fenced.deaf.count(), plain.deaf.count()) << number;
  }
}

}  // namespace
}  // namespace squall::testing
