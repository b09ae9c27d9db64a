// A history that the broker keeps and all nodes share: recovery around topics, and a node that
// reads on where it was cut off.
//
// Played from built-in scenarios, made small. What a node's own history does is in resume_test.cpp.
#include <gtest/gtest.h>

#include "tests/backplanes/late_interest.hpp"
#include "tests/support/recovery.hpp"

namespace squall::testing {
namespace {

Scenario failing_over() {
  return built_in("broker-failover-12s",
                  sets("users=600 nodes=4 rooms=60 measure=60s chat=20/s dm=100/s"));
}

StrategySpec with_outbox() {
  StrategySpec spec = strategy("broadcast:interest+resume");
  spec.outbox = 100;
  return spec;
}

TEST(SharedHistory, with_the_outbox_hardly_anything_is_lost_around_topics) {
  for (std::uint64_t seed = 1; seed <= kRecoverySeeds; ++seed) {
    const RunRecord plain = play(churning(), strategy("broadcast:interest"), seed);
    const RunRecord run = play(churning(), with_outbox(), seed);

    EXPECT_GT(value("loss.intent", plain), 0.01);
    expect_recovered(run);
  }
}

TEST(SharedHistory, without_the_outbox_only_what_was_on_the_senders_line_is_lost) {
  expect_only_the_senders_line_loses(strategy("broadcast:interest+resume"));
}

TEST(SharedHistory, beyond_its_window_it_says_no) {
  StrategySpec forgetful = with_outbox();
  forgetful.resume = std::chrono::seconds{1};
  for (std::uint64_t seed = 1; seed <= kRecoverySeeds; ++seed) {
    const RunRecord run = play(churning(), forgetful, seed);

    expect_balanced_once(run);
    EXPECT_GT(value("resume.no", run), 50);
    EXPECT_GT(lost_by(run, Mechanism::resume_window_exceeded), totals(run).lost * 9 / 10);
  }
}

TEST(SharedHistory, who_asks_before_he_hears_loses_what_is_said_in_between) {
  add_backplane(late_interest_row());
  StrategySpec patient = with_outbox();
  patient.backplane = "late_interest";
  StrategySpec hasty = patient;
  hasty.options["admission_wait"] = 0;

  const RunRecord in_order = play(churning(), patient, 1), too_early = play(churning(), hasty, 1);

  expect_balanced_once(in_order);
  expect_balanced_once(too_early);
  EXPECT_EQ(totals(in_order).lost, 0U);
  EXPECT_GT(totals(too_early).lost, 10U);
}

TEST(SharedHistory, a_stream_and_a_queue_at_each_node_outlive_the_broker) {
  for (std::uint64_t seed = 1; seed <= kRecoverySeeds; ++seed) {
    const RunRecord plain = play(failing_over(), strategy("broadcast"), seed);
    const RunRecord run = play(failing_over(), strategy("broadcast:streams"), seed);

    expect_balanced_once(run);
    EXPECT_GT(value("loss.intent", plain), 0.1);
    EXPECT_LT(totals(run).lost, totals(plain).lost / 100);
  }
}

TEST(SharedHistory, a_node_that_was_cut_off_reads_on_and_says_what_the_log_has_let_go) {
  const Scenario scenario = loaded(R"({"squall": 1, "name": "cut",
    "time": {"warmup": "20s", "measure": "40s", "drain": "40s"},
    "cluster": {"nodes": {"count": 3}, "broker": {"keep_alive": "1s"}},
    "people": {"u": {"count": 300}}, "traffic": [{"as": "dm", "from": "any", "to": "user:online",
    "rate": "100/s", "size": "200B"}], "script": [{"at": "5s", "as": "split", "do": "partition",
    "between": ["n2", "broker"], "for": "10s"}]})");
  StrategySpec enough = strategy("broadcast:streams"), short_one = enough;
  short_one.resume = std::chrono::seconds{3};

  const RunRecord plain = play(scenario, strategy("broadcast"), 1);
  const RunRecord run = play(scenario, enough, 1), late = play(scenario, short_one, 1);

  expect_balanced_once(run);
  expect_balanced_once(late);
  EXPECT_GT(lost_by(plain, Mechanism::not_subscribed), 100U);
  EXPECT_EQ(lost_by(run, Mechanism::not_subscribed), 0U);
  EXPECT_EQ(lost_by(run, Mechanism::retention_expired), 0U);
  EXPECT_GT(lost_by(late, Mechanism::retention_expired), 50U);
}

}  // namespace
}  // namespace squall::testing
