// Law 3 at the broker: with a topic per room and per user a message is copied to the nodes that
// hold somebody it is for, D of them, and no further.
//
// Two sides: what the closed form says from the scenario, and the payload that went into the broker
// and out of it. And what the wait for the subscription is worth: join-then-talk with and without.
#include <gtest/gtest.h>

#include "scenarios/model/laws.hpp"
#include "sim/record/wire.hpp"
#include "tests/laws/seeds.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

static_assert(laws::kRelayEnvelope == double(wire::kEnvelope));

Scenario talkative() {
  return built_in("steady-zipf", {{"/params/users", "6000"},
                                  {"/params/rooms", "300"},
                                  {"/params/chat", "300/s"},
                                  {"/params/measure", "15s"}});
}

double copies(const RunRecord& run) {
  const auto relayed = [&](Link link) {
    return static_cast<double>(bytes_of(run, link, BytePurpose::payload_relayed));
  };
  return relayed(Link::broker_to_node) / relayed(Link::node_to_broker);
}

TEST(Interest, the_broker_copies_a_message_to_the_nodes_that_hold_a_member) {
  const Scenario scenario = talkative();
  const StrategySpec spec = strategy("broadcast:interest");
  const auto law = closed_form("bytes.broker_copies", scenario, spec);
  ASSERT_TRUE(law.has_value());

  const std::vector<double> measured = over_seeds(scenario, spec, kSeeds, copies);

  EXPECT_TRUE(agrees(measured, *law, 0.05));
}

TEST(Interest, a_global_topic_is_copied_to_every_node) {
  const Scenario scenario = talkative();
  const StrategySpec spec = strategy("broadcast");

  const RunRecord run = play(scenario, spec, 1);

  EXPECT_EQ(closed_form("bytes.broker_copies", scenario, spec), 12.0);
  EXPECT_NEAR(copies(run), 12.0, 1e-2);  // some were on their way when measure began or ended
}

TEST(Interest, who_is_welcomed_when_he_is_heard_loses_nothing_and_who_is_welcomed_at_once_does) {
  const Scenario scenario = built_in("join-then-talk");
  const StrategySpec waits = strategy("broadcast:interest");
  StrategySpec hurries = waits;
  hurries.options["admission_wait"] = 0;

  std::uint64_t owed = 0, lost = 0, missed = 0, otherwise = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunRecord patient = play(scenario, waits, seed), hasty = play(scenario, hurries, seed);
    ASSERT_TRUE(complete(patient) && complete(hasty));
    owed += totals(patient).owed;
    lost += totals(patient).lost;
    missed += lost_by(hasty, Mechanism::not_subscribed);
    otherwise += totals(hasty).lost - lost_by(hasty, Mechanism::not_subscribed);
  }

  EXPECT_GT(owed, 500U);
  EXPECT_EQ(lost, 0U);
  EXPECT_GT(missed, 20U);
  EXPECT_EQ(otherwise, 0U);
}

// Found by `squall explore`: the node still believed in the old session when the new one came, let
// go of the topic and asked for it again only after the answer.
TEST(Interest, who_comes_back_before_his_old_session_has_ended_misses_nothing_in_silence) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "comes-back-too-soon",
    "cluster": {"net": {"node_broker": "50ms"}, "nodes": {"count": 1}},
    "people": {"user": {"count": 2}}, "rooms": {"live": {"count": 1}},
    "traffic": [{"as": "dm", "rate": "2/s", "to": "user:online"},
                {"as": "chat", "rate": "0.1/s", "to": "room:live"}],
    "script": [{"at": "0s", "do": "disconnect", "on": "user"},
               {"at": "23200ms", "do": "disconnect", "on": "user", "how": "silent"}]
  })json");

  const RunRecord run = play(scenario, strategy("broadcast:interest"), 3);

  EXPECT_TRUE(complete(run));
  EXPECT_GT(totals(run).owed, 100U);
  EXPECT_EQ(lost_by(run, Mechanism::not_subscribed), 0U);
}

// Who waits for the welcome has nothing to say: no node takes that for silence.
TEST(Interest, who_waits_for_the_welcome_is_not_taken_for_silent) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "waits-for-the-welcome",
    "time": {"warmup": "40s", "measure": "60s", "drain": "60s", "deadline": "60s"},
    "cluster": {"nodes": {"count": 2}, "net": {"client_node": "10ms"},
                "broker": {"reconnect": "500ms"}},
    "client": {"backoff": {"kind": "fixed", "first": "1s"}, "connect_timeout": "30s",
               "heartbeat": {"every": "8s", "timeout": "3s"}},
    "people": {"u": {"count": 10}}, "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "c", "from": "member", "to": "room:r", "rate": "10/s", "arrivals": "fixed"}],
    "script": [{"at": "10s", "do": "broker_down", "for": "10s"},
               {"at": "12s", "do": "disconnect", "on": "u", "share": 0.5, "how": "abort"}]
  })json");

  const RunRecord run = play(scenario, strategy("broadcast:interest"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(lost_by(run, Mechanism::reconnect_gap), 0U);
  EXPECT_GT(lost_by(run, Mechanism::publish_failed), 0U);
}

// A node that does not hear the broker welcomes nobody: they know that they are not back yet.
TEST(Interest, who_waits_for_his_welcome_behind_a_partition_notices_what_he_misses) {
  const Scenario scenario = loaded(scenario_with(R"(
    "time": {"warmup": "20s", "measure": "60s", "drain": "60s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"policy": "random"}},
    "people": {"user": {"count": 30}}, "rooms": {"room": {"count": 15}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "20/s"}],
    "script": [{"at": "10s", "do": "partition", "between": ["n1", "broker"], "for": "10s"},
               {"at": "12s", "do": "disconnect", "on": "user", "how": "close"}])"));

  const RunRecord run = play(scenario, strategy("broadcast:interest"), 3);

  EXPECT_TRUE(complete(run));
  EXPECT_GT(lost_by(run, Mechanism::not_subscribed), 0U);
  EXPECT_EQ(value("loss.unnoticed", run), 0.0);
}

}  // namespace
}  // namespace squall::testing
