// Where a node whose link to the broker's log was away reads on: figures by hand.
//
// n3 is cut off from 63 s to 83 s; 10 words a second; 10 of the 30 in the room sit there.
#include <gtest/gtest.h>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

RunRecord reading(const std::string& how) {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "log", "why": "a log",
    "time": {"warmup": "60s", "measure": "120s", "drain": "60s", "deadline": "5s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "round_robin"},
                "net": {"client_node": "5ms"},
                "broker": {"keep_alive": "2s", "reconnect": "0s"}},
    "client": {"dedupe_window": "0s"},
    "people": {"u": {"count": 30, "arrive": "0s"}}, "rooms": {"hall": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:hall", "rate": "10/s",
                 "arrivals": "fixed"}],
    "script": [{"at": "63s", "as": "away", "do": "partition", "between": ["n3", "broker"],
                "for": "20s"}],
    "strategies": [{"use": "broadcast:streams", "as": "reader")json" +
                                   how + "}]}");
  RunRecord run = play(scenario, scenario.strategies[0], 1);
  EXPECT_TRUE(complete(run)) << (run.violations.empty() ? "" : run.violations.front().detail);
  EXPECT_EQ(value("ledger.unattributed", run), 0);
  return run;
}

TEST(ReaderOfALog, reads_on_where_it_was) {
  const RunRecord run = reading("");

  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_EQ(value("dup.surfaced", run), 0);
}

// 200 words to ten each; but a third of them are of the ten themselves, who are heard when the link
// is back.
TEST(ReaderOfALog, loses_the_gap_at_the_latest) {
  const RunRecord run = reading(R"(, "start_at": "latest")");

  EXPECT_NEAR(double(totals(run).lost), 200 * 10 * 2.0 / 3, 100);
  EXPECT_EQ(lost_by(run, Mechanism::not_subscribed), totals(run).lost);
  EXPECT_EQ(value("dup.surfaced", run), 0);
}

double twice(const RunRecord& run) {
  return value("dup.surfaced", run) * double(totals(run).owed - totals(run).lost);
}

// Saved at 60 s; the 30 words until 63 s come again, to clients that do not look.
TEST(ReaderOfALog, says_again_what_it_has_not_saved) {
  const RunRecord run = reading(R"(, "start_at": "saved", "commit": "5s")");

  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_NEAR(twice(run), 30 * (10 - 1.0 / 3), 12);
}

TEST(ReaderOfALog, says_hardly_anything_again_where_it_saves_often) {
  EXPECT_LE(twice(reading(R"(, "start_at": "saved", "commit": "10ms")")), 20);
}

TEST(ReaderOfALog, is_no_word_for_who_has_none) {
  const auto code = [](const std::string& said) {
    const LoadResult result =
        load(R"({"squall": 1, "name": "x", "strategies": [{"as": "x", )" + said + "}]}");
    return result.problems.empty() ? "" : result.problems.front().code;
  };

  EXPECT_EQ(code(R"("use": "broadcast", "start_at": "latest")"), "S0327");
  EXPECT_EQ(code(R"("use": "broadcast:streams", "commit": "1s")"), "S0327");
  EXPECT_EQ(code(R"("use": "broadcast:streams", "start_at": "saved", "commit": "1s")"), "");
}

}  // namespace
}  // namespace squall::testing
