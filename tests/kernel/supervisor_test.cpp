// Somebody asks the process of a node whether it lives, and kills it when it does not say so: when,
// by hand; how often; and who is billed.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/kernel/counted_by_hand.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// Asked every 2 s from the start at -10 s on; a second without an answer is none.
RunRecord watched(const std::string& step, const std::string& more = "") {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "probe", "why": "who lives",
    "time": {"warmup": "10s", "measure": "60s", "drain": "150s"},
    "cluster": {"nodes": {"count": 2, "liveness": {"every": "2s", "timeout": "1s", "failed": 3,
                                                   "restart": "1s"})json" +
                                   more + R"json(}, "net": {"client_node": "20ms"}},
    "people": {"u": {"count": 20}},
    "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "talk", "to": "room:r", "rate": "5/s"}],
    "script": [)json" + step + "]}");
  RunRecord run = play(scenario, strategy("broadcast"), 1);
  EXPECT_TRUE(complete(run)) << (run.violations.empty() ? "" : run.violations.front().detail);
  return run;
}

// Questions at 12, 14 and 16 s; a second after the last the process is killed, and so the pause is
// over: the next one answers.
TEST(Liveness, kills_a_process_that_stands_still_after_the_third_question) {
  const RunRecord run = watched(R"({"at": "10500ms", "do": "pause", "on": "n1", "for": "40s"})");

  const std::vector<NodeSpell> down = kills(run);
  ASSERT_EQ(down.size(), 1U);
  EXPECT_EQ(down[0].node, NodeId{0});
  EXPECT_EQ(down[0].begin, 17s);
  EXPECT_EQ(down[0].end, 18s);
  EXPECT_EQ(value("probe.kills", run), 1);
  for (const LossRow& loss : run.losses) EXPECT_NE(loss.trigger, kOverload);
}

TEST(Liveness, forgives_two_questions_in_a_row) {
  const RunRecord run = watched(R"({"at": "10500ms", "do": "pause", "on": "n1", "for": "4s"})");

  EXPECT_EQ(value("probe.kills", run), 0);
}

// A push is 5 us or so: to twenty it takes two seconds then, and one comes every 200 ms.
TEST(Liveness, kills_a_process_that_is_too_slow) {
  const RunRecord run =
      watched(R"({"at": "10500ms", "do": "slow", "on": "n1", "for": "20s", "times": 20000})");

  EXPECT_GE(value("probe.kills", run), 1);
}

TEST(Liveness, is_nobodys_where_nobody_asks) {
  const Scenario scenario = loaded(scenario_with(R"("people": {"u": {"count": 2}})"));

  EXPECT_TRUE(std::isnan(value("probe.kills", play(scenario, strategy("broadcast"), 1))));
}

// One node dies; the others have so many handshakes to do that they do not answer, and are killed,
// one after another, until there is nobody left to come back to.
TEST(Liveness, makes_a_cascade_of_one_crash) {
  const auto with =
      [](const std::string& failed) {  // a tenth of the people, each ten times as dear
        return play(built_in("killed-by-its-probe", {{"/params/users", "800"},
                                                     {"/params/handshake", "80ms"},
                                                     {"/params/failed", failed}}),
                    strategy("broadcast"), 1);
      };
  const RunRecord asked = with("3"), patient = with("1000");

  EXPECT_TRUE(complete(asked));
  EXPECT_GE(value("probe.kills", asked), 10);
  EXPECT_EQ(value("probe.kills", patient), 0);
  EXPECT_GT(value("loss.intent", asked), 0.5);
  EXPECT_LT(value("loss.intent", patient), 0.02);
}

}  // namespace
}  // namespace squall::testing
