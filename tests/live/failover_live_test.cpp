// A replica takes the place of the embedded broker: its logs are those of the old one, but for the
// last of them.
//
// The same in virtual time: tests/kernel/failovers_test.cpp.
#include <gtest/gtest.h>

#include <future>

#include "sim/live/resp/embedded_broker_logs.hpp"
#include "tests/support/recovery.hpp"

namespace squall::testing {
namespace {

RunRecord failing_over(const std::string& lag) {
  Scenario scenario = dropping();
  ScriptStep step;
  step.at = std::chrono::seconds{3};
  step.verb = Verb::broker_failover;
  step.label = "failover";
  step.lasts = std::chrono::milliseconds{300};
  step.lag = lag == "0s" ? Duration{0} : std::chrono::seconds{1};
  scenario.script = {step};
  StrategySpec spec = strategy("broadcast:interest+resume");
  spec.outbox = 100;
  live::LiveOptions options;
  options.loops = 1;
  return play_in_time(scenario, spec, options);
}

TEST(FailoverLive, loses_what_the_replica_lacks_and_bills_the_failover) {
  auto behind_run = std::async(std::launch::async, [] { return failing_over("1s"); });
  const RunRecord level = failing_over("0s"), behind = behind_run.get();

  for (const RunRecord* run : {&level, &behind}) expect_balanced_among_us(*run);
  EXPECT_GT(value("resume.yes", level), 10) << "nobody is told that anything is missing";
  EXPECT_GT(lost_by(behind, Mechanism::broker_lost),
            lost_by(level, Mechanism::broker_lost) + 10);
}

TEST(ReplicaOfTheEmbeddedBroker, lacks_the_last_of_each_log_and_keeps_the_places) {
  using std::chrono::seconds;
  live::BrokerLogs logs;
  for (const int at : {1, 2, 3}) logs.keep("run", "topic", "said", seconds{at}, 10, seconds{60});
  const LogPlace newest = logs.newest("run");
  const LogPlace before{newest.epoch, 0};

  logs.fall_behind(seconds{4}, seconds{2});

  const auto found = logs.since("run", "topic", before, seconds{4}, seconds{60});
  EXPECT_TRUE(found.reached);
  EXPECT_EQ(found.records.size(), 2U);
  EXPECT_EQ(logs.newest("run").offset, newest.offset);
}

}  // namespace
}  // namespace squall::testing
