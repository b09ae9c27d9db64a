// Without a backplane most direct messages are lost at any time. No reset, no crash and no drop
// that happens to come before them is to blame for that; a room that a crash has torn is its own.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "tests/support/billed.hpp"
#include "tests/support/play.hpp"
#include "tests/support/played.hpp"

namespace squall::testing {
namespace {

constexpr std::string_view kThreeNodes = R"json(
  "time": {"warmup": "20s", "measure": "60s", "drain": "40s", "deadline": "30s"},
  "cluster": {"nodes": {"count": 3}, "lb": {"fail_timeout": "1s"}},
  "people": {"u": {"count": 90, "drop": DROP}},
  "rooms": {"r": {"count": 30}},
  "traffic": [{"as": "dm", "from": "any", "to": "user:online", "rate": "100/s",
               "arrivals": "fixed"}],
  "script": [SCRIPT])json";

Scenario three_nodes(const std::string& script, const std::string& drop = "\"never\"") {
  std::string text(kThreeNodes);
  text.replace(text.find("DROP"), 4, drop);
  text.replace(text.find("SCRIPT"), 6, script);
  return loaded(scenario_with(text));
}

RunRecord lossy_run(const Scenario& scenario, std::string_view preset) {
  RunRecord run = played(scenario, preset);
  EXPECT_GT(totals(run).lost, totals(run).owed / 5) << preset;
  return run;
}

// Two of eight nodes each, of three they would always meet.
constexpr std::array kLonely{"session_share", "sticky_hash", "sticky_hash:plain",
                             "multi_active:bare"};

Scenario for_preset(Scenario scenario, std::string_view preset) {
  if (preset == "multi_active:bare") scenario.cluster.nodes.count = 8;
  return scenario;
}

TEST(StructuralBlame, does_not_depend_on_when_everybody_was_reset) {
  for (const std::string_view preset : kLonely) {
    for (const std::string at : {"1s", "30s", "59s"}) {
      const std::string blip = R"({"at": ")" + at + R"(", "as": "blip", "do": "disconnect",
          "on": "u", "how": "abort"})";
      const Scenario scenario = for_preset(three_nodes(blip), preset);

      const RunRecord run = lossy_run(scenario, preset);

      EXPECT_LT(billed_to("fault:", scenario, run), 0.03) << preset << " at " << at;
      EXPECT_GT(billed_to("structural", scenario, run), 0.97) << preset << " at " << at;
    }
  }
}

TEST(StructuralBlame, does_not_go_to_drops_that_came_before) {
  for (const std::string_view preset : kLonely) {
    const Scenario scenario = for_preset(three_nodes("", "\"exp(30s)\""), preset);

    const RunRecord run = lossy_run(scenario, preset);

    EXPECT_LT(billed_to("churn:", scenario, run), 0.12) << preset;  // their gaps: 4 s of 34
    EXPECT_GT(billed_to("churn:", scenario, run), 0.005) << preset;
  }
}

TEST(StructuralBlame, takes_nothing_from_a_crash_that_tears_rooms) {
  const Scenario scenario = loaded(scenario_with(R"json(
    "time": {"warmup": "20s", "measure": "60s", "drain": "40s", "deadline": "30s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"fail_timeout": "1s"}},
    "client": {"backoff": {"kind": "full_jitter", "first": "10s"}},
    "people": {"u": {"count": 60}}, "rooms": {"r": {"count": 6}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "20/s"}],
    "script": [{"at": "1s", "as": "crash", "do": "crash", "on": "n1", "for": "4s"}])json"));

  const RunRecord run = play(scenario, strategy("sticky_hash"), 1);

  ASSERT_TRUE(complete(run));
  EXPECT_GT(lost_by(run, Mechanism::split_room), 0U);
  EXPECT_EQ(lost_by(run, Mechanism::keys_apart), 0U);
  EXPECT_EQ(billed_to("fault:crash", scenario, run), 1.0);
}

TEST(StructuralBlame, calls_users_of_two_rooms_apart_and_no_room_split) {
  const Scenario scenario = three_nodes("");

  const RunRecord run = lossy_run(scenario, "sticky_hash");

  EXPECT_EQ(lost_by(run, Mechanism::split_room), 0U);
  EXPECT_EQ(lost_by(run, Mechanism::keys_apart), totals(run).lost);
}

}  // namespace
}  // namespace squall::testing
