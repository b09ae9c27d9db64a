// Where work is dilated, everything that a client says or does waits for its turn: not only its
// messages, but its ping, its coming and its going. So a node that is behind behaves as a process
// does whose loop has not looked at those sockets yet.
//
// The same in virtual time, beside it: both engines must lose something in the same way.
#include <gtest/gtest.h>

#include "tests/support/balanced.hpp"
#include "tests/support/billed.hpp"
#include "tests/support/live_witness.hpp"

namespace squall::testing {
namespace {

Scenario slow_readers(const std::vector<Override>& overrides) {
  return loaded(R"({
    "squall": 1, "name": "turns", "why": "A node is behind with its work.",
    "time": {"warmup": "1s", "measure": "4s", "drain": "8s", "deadline": "4s"},
    "cluster": {"nodes": {"count": 2, "cost_profile": "beast-plain",
                          "costs": {"frame_read": "20ms"}}},
    "client": {"backoff": {"kind": "fixed", "first": "100ms"},
               "heartbeat": {"every": "300ms", "timeout": "200ms"}},
    "people": {"here": {"count": 10, "arrive": "0s", "node": "n1"},
               "there": {"count": 10, "arrive": "0s", "node": "n2"}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "30/s"}]
  })",
                overrides);
}

RunRecord lived_dilated(const Scenario& scenario) {
  live::LiveOptions options;
  options.dilate = true;
  return lived(scenario, strategy("broadcast"), options);
}

TEST(DilatedTurns, WhoWakesPushesToThoseWhoseGoingHeHasNotReadYet) {
  const Scenario scenario = slow_readers(
      {{"/script",
        R"([{"at": "1s", "as": "sleep", "do": "pause", "on": "n2", "for": "1500ms"}])"}});
  const RunRecord simulated = play(scenario, strategy("broadcast"), 1);
  const RunRecord run = lived_dilated(scenario);

  expect_balanced(run);
  EXPECT_GT(lost_by(simulated, Mechanism::pushed_to_ghost), 0U);
  EXPECT_GT(lost_by(run, Mechanism::pushed_to_ghost), 0U);
}

TEST(DilatedTurns, APingWaitsBehindTheMessagesBeforeIt) {
  const Scenario scenario = slow_readers({{"/traffic/0/rate", "200/s"}, {"/time/measure", "2s"}});
  const RunRecord simulated = play(scenario, strategy("broadcast"), 1);
  const RunRecord run = lived_dilated(scenario);

  expect_balanced(run);
  EXPECT_GT(double(simulated.disconnects), 10);
  EXPECT_GT(double(run.disconnects), 10);
}

}  // namespace
}  // namespace squall::testing
