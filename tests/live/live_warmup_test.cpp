// What holds for clients of the live engine before measure begins, where times are negative.
// Time zero is no beginning for anything that is remembered. Runs are in live_engine_test.cpp.
#include <gtest/gtest.h>

#include "sim/live/run/engine.hpp"
#include "strategies/presets.hpp"

namespace squall::live {
namespace {

TEST(LiveWarmup, AClientReadsFromTheMomentItIsConnected) {
  Scenario scenario;
  scenario.name = "warmup";
  scenario.time = {.warmup = 3s, .measure = 100ms, .drain = 100ms, .deadline = 1s};
  scenario.cluster.nodes.count = 1;
  scenario.client.heartbeat_every = 500ms;  // a client that does not read hears no pong, ...
  scenario.client.heartbeat_timeout = 1s;   // ... gives the connection up, and comes again
  Population people;
  people.name = "users";
  people.count = 2;
  people.arrive = Distribution::fixed(0);
  scenario.people.push_back(people);

  const RunRecord record = live::play(scenario, preset_named("sticky_hash")->spec, 1, {});

  EXPECT_EQ(record.attempts, 2U);
}

}  // namespace
}  // namespace squall::live
