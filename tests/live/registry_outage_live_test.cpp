// A registry that was away has what it had, as in virtual time: who is where is no news after an
// outage. What a replica lacks is said by registry_failover.
#include <gtest/gtest.h>

#include "sim/live/run/engine.hpp"
#include "sim/live/servers/child_process.hpp"
#include "tests/support/balanced.hpp"

namespace squall::testing {
namespace {

Scenario away_between_two_words() {
  return loaded(R"({
    "squall": 1, "name": "away", "why": "A word before the registry is away, and one after it.",
    "time": {"warmup": "500ms", "measure": "2s", "drain": "500ms"},
    "cluster": {"nodes": {"count": 2}},
    "clients": {"ann": {"on": "n1"}, "ben": {"on": "n2"}},
    "script": [{"at": "200ms", "do": "send", "by": "ann", "to": "user:ben"},
               {"at": "400ms", "do": "registry_down", "for": "300ms"},
               {"at": "1900ms", "do": "send", "by": "ann", "to": "user:ben"}]})");
}

void expect_that_it_still_knows(const std::string& broker) {
  live::LiveOptions options;
  options.broker = broker;

  const RunRecord lived =
      live::play(away_between_two_words(), strategy("session_share"), 1, options);

  expect_balanced(lived);
  EXPECT_EQ(totals(lived).owed, 2U);
  EXPECT_EQ(lost_by(lived, Mechanism::route_missing), 0U);
}

TEST(RegistryOutageLive, TheEmbeddedRegistryKeepsItsEntries) {
  expect_that_it_still_knows("embedded");
}

TEST(RegistryOutageLive, APrivateRedisKeepsItsEntries) {
  if (live::find_program("redis-server").empty()) GTEST_SKIP() << "SKIPPED: no redis-server";
  expect_that_it_still_knows("spawn:redis");
}

}  // namespace
}  // namespace squall::testing
