// What is still queued for a client when its connection ends gets its fate then, however far in the
// future its turn on a slow line would have come. And a run that ends too early says so, first.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// Twenty messages of 1 KB to a client whose line carries one in eight seconds.
std::string slow_line(const std::string& line, const std::string& end, const std::string& more) {
  return scenario_with(R"json("time": {"warmup": "30s", "measure": "30s", "drain": "120s",
      "deadline": "30s"},
    "cluster": {"nodes": {"count": 1)json" +
                       more + R"json(}},
    "clients": {"a": {"rooms": ["r"]}, "b": {"rooms": ["r"], "downlink": ")json" +
                       line + R"json("}},
    "script": [{"at": "28s", "do": "send", "by": "a", "to": "user:b", "size": "1KB",
                "repeat": 20, "every": "50ms"})json" +
                       end + "]");
}

Totals fates_of(const std::string& text) {
  const Scenario scenario = loaded(text);
  const RunRecord run = play(scenario, strategy("broadcast"), 1);
  EXPECT_TRUE(complete(run)) << (run.violations.empty() ? "" : run.violations.front().detail);
  return totals(run);
}

TEST(SlowLine, ends_by_its_heartbeat_and_leaves_no_frame_without_a_fate) {
  const Totals sum = fates_of(slow_line("1kbit/s", "", ""));

  EXPECT_EQ(sum.owed, 20U);
  EXPECT_EQ(sum.lost, 17U);
}

TEST(SlowLine, leaves_no_frame_without_a_fate_however_it_ends) {
  for (const std::string end :
       {R"(, {"at": "29500ms", "do": "crash", "on": "n1", "for": "5s"})",
        R"(, {"at": "29500ms", "do": "host_loss", "on": "n1", "for": "5s"})",
        R"(, {"at": "29500ms", "do": "disconnect", "by": "b", "how": "abort"})",
        R"(, {"at": "29500ms", "do": "disconnect", "by": "b", "how": "silent"})",
        R"(, {"at": "29500ms", "do": "disconnect", "by": "b", "how": "close"})",
        R"(, {"at": "29s", "do": "drain", "on": "n1", "for": "1s"})"}) {
    for (const std::string line : {"1kbit/s", "300bit/s", "20kbit/s"}) {
      const Totals sum = fates_of(slow_line(line, end, ""));

      EXPECT_EQ(sum.owed, 20U) << end << line;
      if (line != "20kbit/s") {
        EXPECT_GT(sum.lost, 10U) << end << line;
      }
    }
  }
}

TEST(SlowLine, leaves_no_frame_without_a_fate_when_the_client_is_cut_for_reading_too_slowly) {
  const Totals sum = fates_of(slow_line("1kbit/s", "", R"(, "egress_queue": {"limit": "2KB"})"));

  EXPECT_EQ(sum.owed, 20U);
  EXPECT_GE(sum.lost, 17U);
}

// ---- A drain that is too short -----------------------------------------------------------------

std::string first_complaint(const Scenario& scenario, const std::string& preset) {
  const RunRecord run = play(scenario, strategy(preset), 1);
  EXPECT_FALSE(complete(run));
  EXPECT_EQ(run.violations.size(), 1U) << preset;  // nothing else was out of balance
  return run.violations.empty() ? "" : run.violations[0].law + ": " + run.violations[0].detail;
}

TEST(ShortDrain, is_named_with_the_queue_that_still_holds_copies) {
  const Scenario cards = loaded(scenario_with(R"json(
    "cluster": {"net": {"node_bandwidth": "1Mbit/s"}},
    "people": {"desktop": {"count": 1}}, "rooms": {"live": {}},
    "traffic": [{"as": "c2", "to": "room:live", "rate": "1/s", "size": "1MiB"}])json"));

  const std::string told = first_complaint(cards, "broadcast");

  EXPECT_TRUE(told.starts_with("drain: still under way when it ends: ")) << told;
  EXPECT_NE(told.find(" on the links to the broker"), told.npos) << told;
}

TEST(ShortDrain, is_named_for_frames_that_a_line_still_carries) {
  const Scenario lines = loaded(slow_line("1kbit/s", "", ""), {{"/time/drain", "5s"}});

  const std::string told = first_complaint(lines, "broadcast");

  EXPECT_NE(told.find("frames on the lines to the clients"), told.npos) << told;
}

TEST(ShortDrain, is_named_for_loops_that_are_still_busy) {
  const Scenario loops = loaded(scenario_with(R"json(
    "time": {"warmup": "5s", "measure": "3s", "drain": "1s", "deadline": "1s"},
    "cluster": {"nodes": {"count": 1}}, "people": {"u": {"count": 400, "arrive": "uniform(0s,1s)"}},
    "rooms": {"all": {}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:all", "rate": "1200/s"}])json"));

  for (const std::string preset : {"session_share", "broadcast"}) {
    const std::string told = first_complaint(loops, preset);

    EXPECT_NE(told.find(" in the loops of the nodes"), told.npos) << preset << " " << told;
  }
  const std::string asking = first_complaint(loops, "routed");  // the loop asks when it gets there
  EXPECT_NE(asking.find(" waiting for the registry"), asking.npos) << asking;
}

}  // namespace
}  // namespace squall::testing
