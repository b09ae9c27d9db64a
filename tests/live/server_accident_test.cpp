// A server of a live run that somebody kills: said, billed to the accident and to nobody else, and
// the run is marked. An outage that lasts longer than the script says is said too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "scenarios/model/plan.hpp"
#include "sim/live/run/engine.hpp"
#include "sim/live/servers/child_process.hpp"
#include "tests/live/process_marks.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

Scenario chatter(const std::string& script = "") {
  return loaded(R"json({"squall": 1, "name": "chatter", "why": "People talk all the while.",
    "time": {"warmup": "1s", "measure": "3s", "drain": "1s", "deadline": "2s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"policy": "random"},
                "broker": {"reconnect": "uniform(0s,100ms)"}},
    "people": {"user": {"count": 20, "arrive": "uniform(0s,100ms)"}},
    "rooms": {"room": {"count": 2, "popularity": "uniform"}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "50/s",
                 "size": "100B"}],
    "script": [)json" +
                script + "]}");
}

// SIGKILL to all processes of that name that this test has started.
void kill_all(const ProcessMarks& marks, const std::string& program) {
  for (const std::string& pid : marks.pids()) {
    std::ifstream file("/proc/" + pid + "/comm");
    std::string name;
    std::getline(file, name);
    if (name == program) ::kill(std::stoi(pid), SIGKILL);
  }
}

// Kills the program one second into measure. A machine may stand still until there is nothing left
// to lose: then it is played again.
RunRecord play_with_accident(live::LiveOptions options, const std::string& program) {
  for (int attempts = 5;; --attempts) {
    const ProcessMarks marks;
    bool done = false, late = false;
    options.on_progress = [&](const live::LiveProgress& progress) {
      if (done || progress.now < std::chrono::seconds{1}) return;
      done = true;
      late = progress.now > std::chrono::seconds{2};
      kill_all(marks, program);
    };
    RunRecord run = live::play(chatter(), strategy("broadcast"), 1, options);
    if (!late || attempts == 1) return run;
  }
}

void expect_billed_to_the_accident(const RunRecord& run) {
  const TriggerId accident = accident_trigger(chatter());
  std::uint64_t lost = 0;
  for (const LossRow& loss : run.losses) {
    EXPECT_EQ(loss.trigger, accident) << row(loss.mechanism).name << " " << loss.pairs;
    lost += loss.pairs;
  }
  EXPECT_GT(lost, 100U);
  ASSERT_EQ(run.live.outages.size(), 1U);
  EXPECT_EQ(run.live.outages[0].planned, Duration{0});
  EXPECT_TRUE(run.violations.empty());
}

TEST(ServerAccident, ARedisThatIsKilledIsSaidAndBilledAndMarksTheRun) {
  if (live::find_program("redis-server").empty()) GTEST_SKIP() << "SKIPPED: no redis-server";
  live::LiveOptions options;
  options.broker = "spawn:redis";

  const RunRecord run = play_with_accident(options, "redis-server");

  expect_billed_to_the_accident(run);
  EXPECT_THAT(run.live.invalid, HasSubstr("the broker (private redis at redis://127.0.0.1:"));
  EXPECT_THAT(run.live.invalid, HasSubstr("ended by signal 9"));
}

TEST(ServerAccident, AnNginxThatIsKilledIsSaidAndBilledAndMarksTheRun) {
  if (live::find_program("nginx").empty()) GTEST_SKIP() << "SKIPPED: no nginx";
  live::LiveOptions options;
  options.nginx = true;

  const RunRecord run = play_with_accident(options, "nginx");

  expect_billed_to_the_accident(run);
  EXPECT_THAT(run.live.invalid, HasSubstr("the balancer (private nginx) ended by signal 9"));
}

TEST(ServerAccident, AnOutageIsRecordedAsItWas) {
  if (live::find_program("redis-server").empty()) GTEST_SKIP() << "SKIPPED: no redis-server";
  live::LiveOptions options;
  options.broker = "spawn:redis";
  const Scenario scenario =
      chatter(R"({"at": "1s", "as": "away", "do": "broker_down", "for": "1s"})");

  const RunRecord run = live::play(scenario, strategy("broadcast"), 1, options);

  ASSERT_EQ(run.live.outages.size(), 1U);
  const LiveOutage& outage = run.live.outages[0];
  EXPECT_EQ(outage.what, "broker");
  EXPECT_EQ(outage.trigger, fault_trigger(scenario, 0));
  EXPECT_EQ(outage.planned, std::chrono::seconds{1});
  EXPECT_EQ(outage.begin, Time{std::chrono::seconds{1}});
  EXPECT_GT(outage.end, Time{std::chrono::seconds{2}});  // Redis takes a while to start
}

}  // namespace
}  // namespace squall::testing
