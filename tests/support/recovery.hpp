// What the tests of histories share, a node's own and the broker's: clients that drop all the time,
// in virtual time and on sockets, and what must hold of every such run.
#pragma once

#include <fstream>
#include <iterator>

#include "sim/live/run/engine.hpp"
#include "tests/support/balanced.hpp"
#include "tests/support/live_witness.hpp"
#include "tests/support/place.hpp"

namespace squall::testing {

inline constexpr std::uint64_t kRecoverySeeds = 2;

inline Scenario churning() {
  return built_in("churn-floor", {{"/params/users", "600"},
                                  {"/params/nodes", "4"},
                                  {"/params/rooms", "60"},
                                  {"/params/measure", "60s"},
                                  {"/params/chat", "20/s"},
                                  {"/params/dm", "100/s"},
                                  {"/params/drop", "exp(30s)"}});
}

inline void expect_balanced_once(const RunRecord& run) {
  expect_balanced(run);
  EXPECT_EQ(value("dup.surfaced", run), 0);
}

// With the outbox: hardly anything is lost, and everybody is told "recovered".
inline void expect_recovered(const RunRecord& run) {
  expect_balanced_once(run);
  EXPECT_LT(value("loss.intent", run), 1e-5);
  EXPECT_GT(value("resume.yes", run), 500);
  EXPECT_EQ(value("resume.no", run), 0);
}

// Without it: what was on a sender's broken line, and nothing else.
inline void expect_only_the_senders_line_loses(const StrategySpec& spec) {
  std::uint64_t lost = 0, on_the_line = 0;
  for (std::uint64_t seed = 1; seed <= kRecoverySeeds; ++seed) {
    const RunRecord run = play(churning(), spec, seed);
    expect_balanced_once(run);
    lost += totals(run).lost;
    on_the_line += lost_by(run, Mechanism::uplink_in_flight_at_disconnect);
  }
  EXPECT_GT(on_the_line, 0U);
  EXPECT_EQ(lost, on_the_line);
}

inline Scenario dropping() {
  std::ifstream file(source_path("tests/parity/base.json"));
  return loaded({std::istreambuf_iterator<char>(file), {}},
                {{"/people/u/drop", "exp(3s)"}, {"/time/measure", "6s"}, {"/time/drain", "4s"}});
}

inline void expect_balanced_among_us(const RunRecord& run) {
  expect_balanced(run);
  EXPECT_EQ(run.live.strangers.all(), 0U);
}

}  // namespace squall::testing
