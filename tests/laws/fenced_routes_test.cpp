// What fencing saves: the planted scenario in which an old node's late delete erases the entry of a
// newer session, played with the plain writes and with the fenced ones.
//
// The conversation with the registry is in tests/transcripts/, the links' part in tests/contract/.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/planted/storms.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario planted(const std::string& name) {
  std::ifstream file(SQUALL_SOURCE_DIR "/tests/planted/" + name + ".json");
  return loaded({std::istreambuf_iterator<char>(file), {}});
}

TEST(FencedRoutes, ALateDeleteLeavesTheEntryOfTheNewerSessionAlone) {
  for (const char* name : {"route_missing", "route_missing-room"}) {
    const RunRecord plain = play(planted(name), strategy("routed"), 1);
    const RunRecord fenced = play(planted(name), strategy("routed:fenced"), 1);

    EXPECT_TRUE(complete(fenced)) << name;
    EXPECT_GT(lost_by(plain, Mechanism::route_missing), 0U) << name;
    EXPECT_EQ(lost_by(fenced, Mechanism::route_missing), 0U) << name;
    EXPECT_EQ(totals(fenced).owed, totals(plain).owed) << name;
  }
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
