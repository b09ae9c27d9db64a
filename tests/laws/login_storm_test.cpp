// A storm on one loop: all come back within a second, and handshakes take seven. The law of the
// first wave against the engine, whose loop takes one new connection a turn.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/model/laws.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// One node, one loop; a crash of a millisecond sends everybody back at once.
Scenario storm(int users, const std::string& measure) {
  return loaded(scenario_with(R"json(
    "time": {"warmup": "120s", "measure": ")json" +
                              measure + R"json(", "drain": "1s",
             "deadline": "1s"},
    "cluster": {"nodes": {"count": 1, "loops": 1}, "lb": {"policy": "random"},
                "net": {"client_node": "1ms"}},
    "client": {"heartbeat": {"every": "10h", "timeout": "1s"}, "connect_timeout": "5s",
               "backoff": {"kind": "full_jitter", "first": "1s", "factor": 1, "cap": "1s"}},
    "people": {"u": {"count": )json" +
                              std::to_string(users) + R"json(,
               "arrive": "uniform(0s,100s)"}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "1/s"}],
    "script": [{"at": "5s", "do": "crash", "on": "n1", "for": "1ms", "as": "x"}],
    "strategies": ["sticky_hash"])json"));
}

laws::Storm law(int users) {
  return {.clients = double(users), .window_s = 1, .capacity = 1 / 0.52e-3, .timeout_s = 5};
}

// Who is connected at the end of a second of measure.
double back_after(const RunRecord& run, std::size_t second, int users) {
  return static_cast<double>(run.seconds.at(second).connected) / users;
}

TEST(LoginStorm, lets_in_as_many_with_the_first_wave_as_the_law_says) {
  constexpr int kUsers = 14'000;
  const double expected = laws::storm_first_wave(law(kUsers));
  ASSERT_LT(expected, 0.85);

  const RunRecord run = play(storm(kUsers, "14s"), strategy("sticky_hash"), 1);

  // At 12 s the first wave's work of 7.3 s is done, and the second wave's has just begun.
  EXPECT_NEAR(back_after(run, 12, kUsers), expected, 0.03);
}

TEST(LoginStorm, recovers_when_the_law_says_so) {
  constexpr int kUsers = 14'000;
  ASSERT_FALSE(laws::storm_sustains_itself(law(kUsers)));

  const RunRecord run = play(storm(kUsers, "60s"), strategy("sticky_hash"), 1);

  EXPECT_EQ(back_after(run, 55, kUsers), 1.0);
}

TEST(LoginStorm, is_clean_when_the_law_says_so) {
  constexpr int kUsers = 11'000;
  ASSERT_TRUE(laws::storm_is_clean(law(kUsers)));

  const RunRecord run = play(storm(kUsers, "14s"), strategy("sticky_hash"), 1);

  EXPECT_EQ(back_after(run, 12, kUsers), 1.0);
  EXPECT_EQ(run.timed_out, 0U);
}

}  // namespace
}  // namespace squall::testing
