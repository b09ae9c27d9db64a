// Nodes with several loops: a batch that a crew shares is that of one thread.
//
// That connections come to the loops in turn is tests/laws/odd_points_test.cpp's.
#include <gtest/gtest.h>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// Some 130 recipients a loop, on loops that come and go with their connections.
Scenario hundreds_on_a_loop() {
  return loaded(R"j({
    "squall": 1, "name": "loops", "why": "test",
    "time": {"warmup": "10s", "measure": "20s", "drain": "10s"},
    "cluster": {"nodes": {"count": 2, "loops": 3}, "lb": {"policy": "random"}},
    "people": {"u": {"count": 800, "arrive": "uniform(0s,5s)", "drop": "exp(20s)"}},
    "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "5/s", "size": "200B"}]
  })j");
}

TEST(SeveralLoops, HaveTheirBatchesFromACrewAsFromOneThread) {
  PlayOptions crew;
  crew.threads = 3;

  const RunRecord alone = play(hundreds_on_a_loop(), strategy("broadcast"), 1);

  EXPECT_GT(totals(alone).owed, 50'000U);
  EXPECT_EQ(everything(alone),
            everything(play(hundreds_on_a_loop(), strategy("broadcast"), 1, crew)));
}

}  // namespace
}  // namespace squall::testing
