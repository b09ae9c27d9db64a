// Bytes and times of transfers, by hand: acknowledgements, TLS, replies, envelopes, frames
// half sent when their path ends, lines of exact rates.
//
// Scenarios of few clients with fixed delays, so that a sum on paper is the other side.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/model/calibration.hpp"
#include "sim/record/acknowledgements.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

std::int64_t longest(const RunRecord& run) {
  const Histogram& latency = run.cells.front().latency;
  return latency.max();
}

// ---- TLS ---------------------------------------------------------------------------------------

TEST(BytesOfTls, APlainClusterPaysForNoRecord) {
  const Scenario plain =
      built_in("two-node-hello", {{"/cluster/nodes/cost_profile", "beast-plain"}});
  const Scenario secure = built_in("two-node-hello");

  const auto transport = [](const Scenario& scenario, Link link) {
    return bytes_of(play(scenario, strategy("broadcast"), 1), link, BytePurpose::transport);
  };

  EXPECT_EQ(transport(plain, Link::client_to_lb), 100 * 52);
  EXPECT_EQ(transport(secure, Link::client_to_lb), 100 * (52 + 22));
}

// ---- another protocol's overhead ---------------------------------------------------------------

TEST(ProtocolOverhead, WeighsAtTheClientsWhatMorePayloadWouldAndNothingElsewhere) {
  const auto run = [](const std::vector<Override>& overrides) {
    return play(built_in("two-node-hello", overrides), strategy("broadcast"), 1);
  };
  const RunRecord bare = run({});
  const RunRecord wrapped = run({{"/client/overhead", R"({"up": "30B", "down": "70B"})"}});

  const auto more = [&](Link link) { return bytes_of(wrapped, link) - bytes_of(bare, link); };
  EXPECT_EQ(more(Link::client_to_lb), 100 * 30);
  EXPECT_EQ(more(Link::lb_to_client), 100 * 70);
  EXPECT_EQ(more(Link::node_to_broker), 0);
  EXPECT_EQ(more(Link::broker_to_node), 0);
}

TEST(ProtocolOverhead, OfAMeasuredProfileIsPlayedUnlessTheScenarioSaysAnother) {
  Calibration profile;
  profile.name = "./overhead.json";
  profile.overhead = {.up = 12, .down = 34};
  add_calibration(profile);
  Scenario scenario = built_in("two-node-hello");

  EXPECT_EQ(overhead_of(scenario), ProtocolOverhead{});
  scenario.cluster.nodes.cost_profile = profile.name;
  EXPECT_EQ(overhead_of(scenario), profile.overhead);
  scenario.client.overhead = {.up = 1, .down = 2};
  EXPECT_EQ(overhead_of(scenario), (ProtocolOverhead{.up = 1, .down = 2}));
}

// ---- acknowledgements --------------------------------------------------------------------------

// 100 messages, 60 ms apart: each is acknowledged by the node's own answer; that answer, and the
// message where it is delivered, by a segment that carries nothing else.
TEST(Acknowledgements, EveryFrameHasItsOwnOrTheAnswerToIt) {
  const Scenario scenario = built_in(
      "two-node-hello", {{"/script/0/every", "60ms"}, {"/cluster/net/client_node", "2ms"}});

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  const auto bare = [&](Link link) { return bytes_of(run, link, BytePurpose::acknowledgement); };
  EXPECT_EQ(bare(Link::client_to_lb), (100 + 100) * 52);
  EXPECT_EQ(bare(Link::lb_to_node), (100 + 100) * 52);
  EXPECT_EQ(bare(Link::lb_to_client), 0);
  // Two copies of each, and replies to PUBLISH. The node that publishes has not spoken for 40 ms
  // when a reply comes, but for the few that jitter brings together.
  EXPECT_NEAR(static_cast<double>(bare(Link::node_to_broker)), (2 * 100 + 100) * 52, 10 * 52);
  EXPECT_EQ(bare(Link::broker_to_node), 0);
}

TEST(Acknowledgements, AreTheNodesOwnWhereItAnswersNothing) {
  const Scenario scenario = built_in(
      "two-node-hello",
      {{"/client/ack", "none"}, {"/script/0/every", "60ms"}, {"/cluster/net/client_node", "2ms"}});

  const RunRecord run = play(scenario, strategy("broadcast"), 1);

  EXPECT_EQ(bytes_of(run, Link::lb_to_client, BytePurpose::acknowledgement), 100 * 52);
  EXPECT_EQ(bytes_of(run, Link::client_to_lb, BytePurpose::acknowledgement), 100 * 52);
}

TEST(Acknowledgements, OfAFanOutAreAsManyAsItsFrames) {
  const Scenario scenario =
      built_in("steady-zipf",
               {{"/params/users", "1000"}, {"/params/rooms", "50"}, {"/params/measure", "5s"}});

  const RunRecord run = play(scenario, strategy("sticky_hash"), 1);

  // One segment in nearly all frames: sizes are a lognormal around 300 B.
  const auto frames = static_cast<double>(totals(run).owed);
  const auto bare =
      static_cast<double>(bytes_of(run, Link::client_to_lb, BytePurpose::acknowledgement));
  EXPECT_NEAR(bare / (52 * frames), 1.0, 0.05);
}

// ---- replies and envelopes ---------------------------------------------------------------------

Scenario fixed_delays() {
  return loaded(R"json({
    "squall": 1, "name": "fixed", "why": "Sums on paper.",
    "time": {"warmup": "5s", "measure": "60s", "drain": "10s", "deadline": "9s"},
    "cluster": {"nodes": {"count": 5, "cost_profile": "beast-tls"}, "lb": {"policy": "round_robin"},
      "net": {"client_node": "7ms", "node_broker": "3ms", "node_node": "5ms",
              "node_registry": "2ms", "node_bandwidth": "1Gbit/s"}},
    "client": {"ack": "ingress", "heartbeat": {"every": "10h", "timeout": "1s"}},
    "clients": {"alice": {"on": "n1", "downlink": "20Mbit/s"},
                "bob": {"on": "n2", "downlink": "20Mbit/s"}},
    "script": [{"at": "1s", "do": "send", "by": "alice", "to": "user:bob", "size": "200B",
                "repeat": 40, "every": "1s"}]})json");
}

// Alice speaks again 30 ms later, 16 ms after she has heard the answer: it is acknowledged by that.
// Only the first answer finds her as who does not speak, and the last one finds no ride. Bob says
// nothing, and acknowledges all.
TEST(FixedDelays, WhoSpeaksSoonAfterHearingLetsTheAcknowledgementRide) {
  const auto bare = [](const char* every) {
    Scenario scenario = fixed_delays();
    scenario.script.front().every = every == std::string("30ms") ? 30ms : 60ms;
    return bytes_of(play(scenario, strategy("broadcast"), 1), Link::client_to_lb,
                    BytePurpose::acknowledgement);
  };

  EXPECT_EQ(bare("60ms"), (40 + 40) * 52);
  EXPECT_EQ(bare("30ms"), (2 + 40) * 52);
}

TEST(FixedDelays, ARegistryCallLeavesWhenTheWorkOnItIsDone) {
  const RunRecord run = play(fixed_delays(), strategy("routed"), 1);

  // The first message asks for the route, the others know it. In nanoseconds: ways, then work.
  const std::int64_t ways = 7'000'000 + 2 * 2'000'000 + 5'000'000 + 7'000'000;
  const std::int64_t read = 4'195, acknowledge = 5'000, ask = 5'000, look_up = 5'200;
  const std::int64_t send = 5'195, card = 284 * 8, receive = 4'195, push = 5'195;
  const std::int64_t line = (200 + 4 + 22 + 52) * 400;
  EXPECT_EQ(longest(run),
            ways + read + acknowledge + ask + look_up + send + card + receive + push + line);
}

TEST(FixedDelays, APeerFrameHasTheEnvelopeOfABrokersCopy) {
  const RunRecord routed = play(fixed_delays(), strategy("routed"), 1);
  const RunRecord broadcast = play(fixed_delays(), strategy("broadcast"), 1);

  const auto relayed = [](const RunRecord& run, Link link) {
    return bytes_of(run, link, BytePurpose::payload_relayed);
  };
  EXPECT_EQ(relayed(routed, Link::node_to_node), 40 * 224);
  EXPECT_EQ(relayed(broadcast, Link::node_to_broker), 40 * 224);
  EXPECT_EQ(relayed(routed, Link::node_to_node) +
                bytes_of(routed, Link::node_to_node, BytePurpose::framing),
            40 * (224 + 8));
}

TEST(FixedDelays, ThePublisherIsToldHowManyHeardIt) {
  const RunRecord run = play(fixed_delays(), strategy("broadcast"), 1);

  const Bytes copies = 40 * 5 * (200 + 24 + 45);  // to five nodes, in RESP
  EXPECT_EQ(bytes_of(run, Link::broker_to_node, BytePurpose::payload_relayed) +
                bytes_of(run, Link::broker_to_node, BytePurpose::framing),
            copies);
  EXPECT_EQ(bytes_of(run, Link::broker_to_node, BytePurpose::control), 40 * 4);  // ":5\r\n"
  EXPECT_EQ(bytes_of(run, Link::broker_to_node, BytePurpose::transport), 40 * (5 + 1) * 52);
}

TEST(FixedDelays, TheRegistryAnswersWritesToo) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "logins", "why": "Sets and deletes.",
    "time": {"warmup": "1s", "measure": "20s", "drain": "5s", "deadline": "1s"},
    "cluster": {"nodes": {"count": 2}},
    "client": {"heartbeat": {"every": "10h", "timeout": "1s"}},
    "clients": {"alice": {"on": "n1"}},
    "script": [{"at": "1s", "do": "connect", "by": "alice"},
               {"at": "5s", "do": "disconnect", "by": "alice", "how": "close"}]})json");

  const RunRecord run = play(scenario, strategy("routed"), 1);

  // Two connections (she comes back at once) and one end: +OK, :1, +OK.
  EXPECT_EQ(bytes_of(run, Link::registry_to_node, BytePurpose::control), 5 + 4 + 5);
  EXPECT_EQ(bytes_of(run, Link::registry_to_node, BytePurpose::transport), 3 * 52);
}

// A pong is an answer: the node that sent it lets the next acknowledgement wait for 40 ms.
TEST(FixedDelays, ForwardsSoonAfterAPongAreAcknowledgedTwoAtATime) {
  const auto bare = [](Duration every) {
    Scenario scenario = fixed_delays();
    scenario.cluster.net.peer_heartbeat = 1s;
    scenario.script.front().repeat = 4;
    scenario.script.front().every = every;
    return bytes_of(play(scenario, strategy("routed"), 1), Link::node_to_node,
                    BytePurpose::acknowledgement);
  };

  EXPECT_EQ(bare(100ms) - bare(20ms), 2 * 52);
}

TEST(FixedDelays, NodesPingEachOtherOnTheLinksOfForwarding) {
  const Scenario scenario = fixed_delays();
  const RunRecord run = play(scenario, strategy("routed"), 1);

  const Bytes links = 5 * 4, beats = scenario.time.measure / scenario.cluster.net.peer_heartbeat;
  EXPECT_EQ(bytes_of(run, Link::node_to_node, BytePurpose::control), links * beats * (6 + 2));
  EXPECT_EQ(bytes_of(run, Link::node_to_node, BytePurpose::transport),
            links * beats * (52 + 52) + 40 * 52);
  EXPECT_EQ(
      bytes_of(play(scenario, strategy("broadcast"), 1), Link::node_to_node, BytePurpose::control),
      0);
}

TEST(FixedDelays, NobodyAnswersThePingsOfALinkThatIsCutOrWhoseEndStandsStill) {
  const auto pings = [](const std::string& script) {
    const Scenario scenario = loaded(R"json({
      "squall": 1, "name": "beats", "why": "Two nodes and nobody else.",
      "time": {"warmup": "1s", "measure": "20s", "drain": "5s", "deadline": "1s"},
      "cluster": {"nodes": {"count": 2}, "net": {"peer_heartbeat": "500ms"}},
      "script": [)json" + script + "]}");
    return bytes_of(play(scenario, strategy("routed"), 1), Link::node_to_node,
                    BytePurpose::control);
  };

  EXPECT_EQ(pings(""), 2 * 40 * (6 + 2));
  EXPECT_EQ(pings(R"({"at": "5s", "do": "pause", "on": "n2", "for": "10s"})"), 2 * 20 * (6 + 2));
  EXPECT_EQ(pings(R"({"at": "5s", "do": "partition", "between": [["n1"], ["n2"]], "for": "10s"})"),
            2 * 20 * (6 + 2));
}

TEST(FixedDelays, NobodyWritesToALostHostOnceTheLinkToItIsGivenUp) {
  const auto forwarded = [](const std::string& script) {
    const Scenario scenario = loaded(R"json({
      "squall": 1, "name": "lost-host", "why": "Nobody notices but the other node.",
      "time": {"warmup": "1s", "measure": "20s", "drain": "5s", "deadline": "1s"},
      "cluster": {"nodes": {"count": 2}, "registry": {"lease": "1h"},
                  "net": {"peer_heartbeat": "500ms", "peer_timeout": "1s"}},
      "client": {"heartbeat": {"every": "60s", "timeout": "30s"}},
      "people": {"u": {"count": 20, "arrive": "uniform(0s,1s)"}},
      "traffic": [{"as": "dm", "from": "any", "to": "user:online", "rate": "100/s",
                   "size": "200B"}],
      "script": [)json" + script + "]}");
    return static_cast<double>(bytes_of(play(scenario, strategy("routed"), 1), Link::node_to_node,
                                        BytePurpose::payload_relayed));
  };

  const double quiet = forwarded("");
  const double lost = forwarded(R"({"at": "4s", "as": "gone", "do": "host_loss", "on": "n2"})");

  // Both ways for 4 s of 20, and one way for 1.5 s more.
  EXPECT_NEAR(lost / quiet, (2 * 4 + 1.5) / 40, 0.06);
}

// ---- lines -------------------------------------------------------------------------------------

Scenario to_a_slow_line(const std::string& size, const std::string& rate, const std::string& more) {
  return loaded(R"json({
    "squall": 1, "name": "line", "why": "A slow line.",
    "time": {"warmup": "10s", "measure": "100s", "drain": "100s", "deadline": "90s"},
    "cluster": {"nodes": {"count": 2, "egress_queue": {"limit": "100MB"}},
                "net": {"client_node": "1ms"}},
    "clients": {"a": {"on": "n1", "rooms": ["f"], "downlink": "1Gbit/s"},
                "b": {"on": "n2", "rooms": ["f"], "downlink": ")json" +
                rate + R"json("}},
    "client": {"ack": "none", "heartbeat": {"every": "24h", "timeout": "23h"}},
    "script": [{"at": "1s", "do": "send", "by": "a", "to": "user:b", "size": ")json" +
                size + R"json("}
               )json" +
                more + "]}");
}

TEST(Lines, AHundredBitsPerSecondAreAHundred) {
  const RunRecord run = play(to_a_slow_line("1000B", "100bit/s", ""), strategy("broadcast"), 1);

  EXPECT_NEAR(static_cast<double>(longest(run)), 86.24e9, 0.01e9);
}

TEST(Lines, SevenHundredGigabitAreNotAThousand) {
  const auto taken = [](const std::string& rate) {
    return longest(play(to_a_slow_line("7MB", rate, ""), strategy("broadcast"), 1));
  };

  // 7 MB and its headers in 82.9 us at 700 Gbit/s, 58.1 at 1,000; once both were 1,024.
  const Bytes frame = wire::websocket(7'000'000, false, wire::Tls::on).total();
  EXPECT_EQ(taken("700Gbit/s") - taken("1000Gbit/s"), frame * 8 / 700 - frame * 8 / 1000);
}

// ---- half sent ---------------------------------------------------------------------------------

// Of frames that came to nothing, with their headers.
Bytes wasted(const RunRecord& run) {
  return bytes_of(run, Link::lb_to_client) -
         bytes_of(run, Link::lb_to_client, BytePurpose::acknowledgement) -
         bytes_of(run, Link::lb_to_client, BytePurpose::handshake);
}

std::string cut_at(const std::string& at, const std::string& step) {
  return R"(, {"at": ")" + at + R"(", "as": "cut", )" + step + "}";
}

TEST(HalfSent, AFrameThatIsCutOffIsBookedByWhatWasOnTheLine) {
  const std::string abort = R"("do": "disconnect", "by": "b", "how": "abort")";

  const RunRecord run =
      play(to_a_slow_line("6MB", "1Mbit/s", cut_at("25s", abort)), strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(totals(run).lost, 1U);
  EXPECT_NEAR(static_cast<double>(wasted(run)), 3.0e6, 0.01e6);
  EXPECT_GT(bytes_of(run, Link::lb_to_client, BytePurpose::payload_wasted), 2'800'000);
  const double measure_s = static_cast<double>(run.measure.count()) / 1e9;
  const Bytes unheard = wasted(run) - bytes_of(run, Link::lb_to_client, BytePurpose::control);
  EXPECT_NEAR(value("bytes.unheard.rate", run) * measure_s, static_cast<double>(unheard), 1);
}

TEST(HalfSent, InACrashOfTheNodeAndOfItsHost) {
  for (const char* how : {"crash", "host_loss"}) {
    const std::string crash = std::string(R"("do": ")") + how + R"(", "on": "n2")";
    const RunRecord run =
        play(to_a_slow_line("6MB", "1Mbit/s", cut_at("25s", crash)), strategy("broadcast"), 1);
    EXPECT_TRUE(complete(run)) << how;
    EXPECT_EQ(totals(run).lost, 1U) << how;
    EXPECT_NEAR(static_cast<double>(wasted(run)), 3.0e6, 0.05e6) << how;  // + the send buffer
  }
}

TEST(HalfSent, NothingOfAFrameThatNeverBeganIsBooked) {
  const std::string abort = R"("do": "disconnect", "by": "b", "how": "abort")";
  const std::string second =
      R"(, {"at": "2s", "do": "send", "by": "a", "to": "user:b", "size": "6MB"})";

  const RunRecord run = play(to_a_slow_line("6MB", "1Mbit/s", second + cut_at("25s", abort)),
                             strategy("broadcast"), 1);

  EXPECT_EQ(totals(run).lost, 2U);
  EXPECT_NEAR(static_cast<double>(wasted(run)), 3.0e6, 0.01e6);
}

}  // namespace
}  // namespace squall::testing
