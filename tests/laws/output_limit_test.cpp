// A paused node lets the broker's output buffer grow; past the hard limit the broker cuts the
// subscriber off, and everything buffered is gone. A step, so both sides of it are tested.
//
// One sender beside the paused node and one recipient on it, so that every message is known.
#include <gtest/gtest.h>

#include "sim/record/wire.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr std::uint64_t kPerSecond = 200;
constexpr Bytes kBurstSize = 200;  // small enough for Bob's line to take the burst after the pause

struct Limits {
  std::uint64_t hard, soft;  // in messages
  Duration soft_for = 60s;
};

// What a client-output-buffer holds of one message: RESP in user space, no TCP headers.
Bytes buffered(std::uint64_t messages) {
  constexpr Bytes kEnvelope = 24, kTopic = 13;
  const WireCost cost = wire::resp_message({kBurstSize + kEnvelope, kTopic});
  return static_cast<Bytes>(messages) * (cost.payload + cost.framing);
}

// Alice on n1 talks to Bob on n3, 200 messages per second for 20 s; n3 stands still for 3 s of it.
Scenario paused(const Limits& limits) {
  Scenario scenario = loaded(R"json({
    "squall": 1, "name": "pause", "why": "a full collection",
    "time": { "warmup": "5s", "measure": "30s", "drain": "40s", "deadline": "30s" },
    "cluster": { "nodes": { "count": 4 }, "net": { "client_node": "fixed(20ms)" },
                 "broker": { "reconnect": "fixed(400ms)" } },
    "clients": { "alice": { "on": "n1" }, "bob": { "on": "n3" } },
    "script": [
      { "at": "5s", "do": "send", "by": "alice", "to": "user:bob", "size": "200B",
        "repeat": 4000, "every": "5ms" },
      { "at": "10s", "do": "pause", "on": "n3", "for": "3s", "as": "pause" } ]
  })json");
  scenario.cluster.broker.output_hard = buffered(limits.hard);
  scenario.cluster.broker.output_soft = buffered(limits.soft);
  scenario.cluster.broker.output_soft_for = limits.soft_for;
  return scenario;
}

constexpr std::uint64_t kHeld = 3 * kPerSecond;  // when the pause ends

TEST(OutputLimit, SparesASubscriberJustBelowIt) {
  const RunRecord run =
      play(paused({.hard = kHeld + 3, .soft = kHeld + 3}), strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(totals(run).owed, 4000U);
  EXPECT_EQ(totals(run).lost, 0U);
}

TEST(OutputLimit, CutsASubscriberJustAboveItAndAllThatWasBufferedIsGone) {
  const RunRecord run =
      play(paused({.hard = kHeld - 3, .soft = kHeld - 3}), strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(lost_by(run, Mechanism::subscriber_buffer_killed), kHeld - 3 + 1);  // and the last drop
  EXPECT_GT(lost_by(run, Mechanism::not_subscribed), 0U);
  EXPECT_EQ(
      lost_by(run, Mechanism::subscriber_buffer_killed) + lost_by(run, Mechanism::not_subscribed),
      totals(run).lost);
}

// The link is cut after one second of three. Nobody on the node notices before it runs again.
TEST(OutputLimit, KeepsACutSubscriberAwayUntilItsPauseIsOverAndItHasReconnected) {
  const RunRecord run =
      play(paused({.hard = kPerSecond, .soft = kPerSecond}), strategy("broadcast"), 1);

  const double away_s = 3.0 + 0.4;  // the pause, and the wait before the next connection
  EXPECT_EQ(lost_by(run, Mechanism::subscriber_buffer_killed), kPerSecond + 1);
  EXPECT_NEAR(static_cast<double>(totals(run).lost), away_s * kPerSecond, 2.0);
}

TEST(OutputLimit, TheSoftOneCutsWhenItsTimeIsOver) {
  const Limits soft{.hard = 2 * kHeld, .soft = kPerSecond};  // passed after one second of three
  Limits patient = soft, strict = soft;
  patient.soft_for = 2020ms;
  strict.soft_for = 1980ms;

  const RunRecord spared = play(paused(patient), strategy("broadcast"), 1);
  const RunRecord cut = play(paused(strict), strategy("broadcast"), 1);

  EXPECT_EQ(totals(spared).lost, 0U);
  EXPECT_GT(lost_by(cut, Mechanism::subscriber_buffer_killed), 2 * kPerSecond);
}

TEST(OutputLimit, ConcernsNobodyWhoDoesNotSubscribe) {
  const RunRecord run = play(paused({.hard = 10, .soft = 10}), strategy("routed"), 1);

  EXPECT_EQ(totals(run).lost, 0U);
}

}  // namespace
}  // namespace squall::testing
