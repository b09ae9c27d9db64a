// Partitions: nothing is connected through one of any age, TCP holds what was written, and a link
// ends by its own time-out, if it has one. Figures are counted by hand beside each test.
//
// Pauses are in pauses_test.cpp; the same on real sockets in tests/live/live_partitions_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/model/plan.hpp"
#include "tests/support/play.hpp"
#include "tests/support/played.hpp"

namespace squall::testing {
namespace {

// 20 users in one room, ten on each of two nodes, ten messages a second at even distances.
Scenario room_of_20(
    const std::string& script, const std::string& cluster = "",
    const std::string& time =
        R"("warmup": "30s", "measure": "120s", "drain": "60s", "deadline": "30s")") {
  return loaded(R"json({"squall": 1, "name": "cut", "why": "A path of the cluster is cut.",
    "time": {)json" +
                time + R"json(},
    "cluster": {"nodes": {"count": 2}, "lb": {"policy": "round_robin"})json" +
                cluster + R"json(},
    "people": {"u": {"count": 20}},
    "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "10/s", "size": "200B",
                 "arrivals": "fixed"}],
    "script": [)json" +
                script + "]}");
}

const std::string kCutAndRestart = R"json(
  {"at": "10s", "as": "cut", "do": "partition", "between": ["n2", "broker"], "for": "60s"},
  {"at": "15s", "as": "restart", "do": "broker_down", "for": "1s"})json";

std::string label_of(const Scenario& scenario, TriggerId trigger) {
  for (const FaultSpan& span : fault_spans(scenario)) {
    if (span.trigger == trigger) return span.label;
  }
  return "structural, or a client's doing";
}

double seconds(std::string_view metric, const RunRecord& run) { return value(metric, run) / 1e9; }

TEST(Partition, ABrokerLinkWithAKeepAliveIsMadeAnewWhenItHasHealed) {
  const Scenario scenario = room_of_20(kCutAndRestart, R"(, "broker": {"keep_alive": "3s"})");

  const RunRecord run = played(scenario, "broadcast");

  // Ten of ten messages a second reach 4.5 of 9.5 others; 60 s of that, and the restart.
  EXPECT_NEAR(seconds("deaf.max", run), 56.5, 0.7);
  EXPECT_NEAR(static_cast<double>(totals(run).lost), 8'812, 90);
}

TEST(Partition, AKeepAliveThatIsLongerThanItChangesNothingOfThat) {
  for (const char* keep_alive : {"20s", "50s", "120s"}) {
    const Scenario scenario = room_of_20(
        kCutAndRestart, std::string(R"(, "broker": {"keep_alive": ")") + keep_alive + "\"}");

    const RunRecord run = played(scenario, "broadcast");

    EXPECT_GE(seconds("deaf.max", run), 55.0) << keep_alive;  // from the restart to its end
    EXPECT_GE(totals(run).lost, 8'700U) << keep_alive;
  }
}

TEST(Partition, WithoutAKeepAliveAnIdleSubscriberNeverLearnsThatItIsForgotten) {
  const RunRecord run = played(room_of_20(kCutAndRestart), "broadcast");

  // Deaf from the restart to the end of the run. Lost: what n2 says until the cut has healed, to
  // 19 others; what n1 says from 10 s on, to the ten of n2; what n2 says later, to its own nine.
  EXPECT_GT(seconds("deaf.max", run), 104.9);
  EXPECT_NEAR(static_cast<double>(totals(run).lost), 60 * 5 * 19 + 110 * 5 * 10 + 50 * 5 * 9 + 70,
              150);
}

TEST(Partition, HoldsWhatIsWrittenWhenNothingElseHappens) {
  const Scenario scenario =
      room_of_20(R"({"at": "5s", "do": "partition", "between": ["n2", "broker"], "for": "15s"})",
                 "", R"("warmup": "6s", "measure": "25s", "drain": "35s", "deadline": "5s")");

  const RunRecord run = played(scenario, "broadcast");

  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_NEAR(seconds("latency.delivered.max", run), 15.1, 0.3);
}

// 25 messages of n2 wait in the cut when its process dies. Its kernel sends them at 20 s.
TEST(Partition, WhatAProcessPublishedIntoItComesThroughAfterItsCrashAndOfALostHostNothing) {
  const auto lost_with = [](const std::string& how, CloseReason reason) {
    const Scenario scenario = room_of_20(
        R"({"at": "5s", "do": "partition", "between": ["n2", "broker"], "for": "15s"}, )" + how, "",
        R"("warmup": "30s", "measure": "25s", "drain": "35s", "deadline": "20s")");
    std::uint64_t pairs = 0;
    for (const LossRow& loss : played(scenario, "broadcast").losses) {
      if (loss.mechanism != Mechanism::publish_failed || loss.reason != reason) continue;
      pairs += loss.pairs;
    }
    return pairs;
  };

  EXPECT_EQ(
      lost_with(R"({"at": "10s", "do": "crash", "on": "n2", "for": "2s"})", CloseReason::crash),
      0U);
  EXPECT_GT(lost_with(R"({"at": "10s", "do": "host_loss", "on": "n2"})", CloseReason::host_loss),
            20U * 19);
}

TEST(Partition, OfARegistryLosesNothingEitherAndARestartBehindItOnlyWhatWasAsked) {
  const std::string cut =
      R"({"at": "5s", "do": "partition", "between": ["n2", "registry"], "for": "15s"})";
  const std::string restart =
      R"(, {"at": "8s", "as": "restart", "do": "registry_down", "for": "1s"})";
  const std::string time = R"("warmup": "40s", "measure": "25s", "drain": "35s", "deadline": "5s")";

  StrategySpec spec = strategy("routed");
  spec.options["route_cache"] = 0;
  const RunRecord held = play(room_of_20(cut, "", time), spec, 1);
  const RunRecord forgotten = play(room_of_20(cut + restart, "", time), spec, 1);

  EXPECT_TRUE(complete(held) && complete(forgotten));
  EXPECT_EQ(totals(held).lost, 0U);
  EXPECT_GT(totals(forgotten).lost, 15U * 5 * 9);
}

// Both ends give their links up after two seconds of silence; but n2 sleeps for one of them, has
// asked nobody meanwhile, and when its patience would end the path is open again.
TEST(Partition, WhoSleptInItBeginsToWatchWhenItWakes) {
  const auto lost = [](const std::string& more) {
    const Scenario scenario = room_of_20(
        R"({"at": "5s", "do": "partition", "between": ["n1", "n2"], "for": "3500ms"})" + more,
        R"(, "net": {"peer_timeout": "2s", "peer_heartbeat": "500ms"})",
        R"("warmup": "30s", "measure": "25s", "drain": "35s", "deadline": "20s")");
    return lost_by(played(scenario, "routed"), Mechanism::peer_link_lost);
  };

  const std::uint64_t awake = lost("");
  const std::uint64_t slept = lost(R"(, {"at": "6s", "do": "pause", "on": "n2", "for": "1s"})");

  EXPECT_NEAR(static_cast<double>(awake), 35 * 10, 60);
  EXPECT_NEAR(static_cast<double>(slept), 35 * 10 / 2.0, 60);
}

TEST(Partition, ANodeThatStartsBehindItIsNotReachedBeforeItHeals) {
  const std::string cut =
      R"({"at": "5s", "as": "cut", "do": "partition", "between": ["n1", "n2"], "for": "30s"},
         {"at": "8s", "as": "crash", "do": "crash", "on": "n2", "for": "1s"})";
  const Scenario scenario = room_of_20(cut, R"(, "net": {"peer_timeout": "120s"})");

  const RunRecord run = played(scenario, "routed");

  // What was written to the process that died is lost when the path opens, and nothing is dialled.
  EXPECT_GT(lost_by(run, Mechanism::peer_link_lost), 100U);
}

// A process that starts behind the cut has no connection to ask on: that is the cut's doing, and
// neither nobody's nor that of an outage which the rest of the cluster had before.
TEST(Partition, IsBilledForWhatANodeThatStartsBehindItCannotAsk) {
  const std::string cut =
      R"({"at": "10s", "as": "cut", "do": "partition", "between": ["n2", "registry"], "for": "50s"},
         {"at": "15s", "as": "restart", "do": "crash", "on": "n2", "for": "1s"},
         {"at": "30s", "as": "shuffle", "do": "disconnect", "on": "u"})";
  const std::string outage =
      R"(, {"at": "5s", "as": "outage", "do": "registry_down", "for": "1s"})";
  for (const std::string& script : {cut, cut + outage}) {
    const Scenario scenario = room_of_20(script);
    const RunRecord run = played(scenario, "routed");

    std::uint64_t unavailable = 0;
    for (const LossRow& row : run.losses) {
      if (row.mechanism != Mechanism::registry_unavailable) continue;
      unavailable += row.pairs;
      EXPECT_THAT(label_of(scenario, row.trigger), ::testing::AnyOf("cut", "outage")) << row.pairs;
    }
    EXPECT_GT(unavailable, 0U);
  }
}

TEST(Partition, ThatOutlivesTheRunLeavesNothingUnresolved) {
  for (const char* between : {R"(["broker", "registry"], ["n1", "n2"])", R"("n2", "broker")",
                              R"("n1", "n2")", R"("n1", "registry")"}) {
    const Scenario scenario = room_of_20(
        std::string(R"({"at": "20s", "do": "partition", "between": [)") + between + "]}");
    for (const char* name : {"broadcast", "routed", "session_share", "multi_active"}) {
      EXPECT_TRUE(complete(play(scenario, strategy(name), 1))) << between << ' ' << name;
    }
  }
}

TEST(Partition, OfEveryAgeAndShapeBalances) {
  const std::string cuts[] = {R"(["n1", "broker"], ["n2", "registry"])", R"("n1", "n2")",
                              R"("n2", ["n1", "broker", "registry"])", R"("n2", "registry")"};
  const std::string inside[] = {
      R"({"at": "9s", "do": "crash", "on": "n2", "for": "2s"})",
      R"({"at": "9s", "do": "host_loss", "on": "n2", "for": "2s"})",
      R"({"at": "9s", "do": "broker_down", "for": "2s"},
                                   {"at": "9s", "do": "registry_down", "for": "2s"})",
      R"({"at": "6s", "do": "pause", "on": "n2", "for": "9s"})",
      R"({"at": "9s", "do": "partition", "between": ["n2", ["n1", "broker"]],
                                    "for": "20s"})"};
  const std::string time = R"("warmup": "20s", "measure": "50s", "drain": "40s", "deadline": "5s")";
  for (const std::string& cut : cuts) {
    for (const std::string& other : inside) {
      for (const char* age : {"4s", "31s"}) {
        for (const char* keep : {"none", "3s"}) {
          const std::string both = R"("keep_alive": ")" + std::string(keep) + "\"";
          const Scenario scenario =
              room_of_20(R"({"at": "8s", "do": "partition", "between": [)" + cut +
                             R"(], "for": ")" + age + "\"}, " + other,
                         R"(, "broker": {)" + both + R"(}, "registry": {)" + both + "}", time);
          for (const char* name : {"broadcast", "routed"}) {
            EXPECT_TRUE(complete(play(scenario, strategy(name), 1)))
                << cut << other << age << keep << name;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace squall::testing
