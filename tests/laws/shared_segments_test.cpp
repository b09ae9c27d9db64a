// What goes out in one turn of a loop shares segments: the words of who was away, what a node does
// about them, and what a broker hears at one instant.
//
// Sums on paper: clients of fixed delays, no heartbeats within the run, no TLS.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Bytes transport(const RunRecord& run, Link link) {
  return bytes_of(run, link, BytePurpose::transport);
}

Scenario few_clients(const std::string& clients, const std::string& script,
                     const std::vector<Override>& overrides = {}) {
  return loaded(R"json({
    "squall": 1, "name": "quiet", "why": "Few clients, fixed delays.",
    "time": {"warmup": "5s", "measure": "20s", "drain": "10s", "deadline": "9s"},
    "cluster": {"nodes": {"count": 2, "cost_profile": "beast-plain"},
                "net": {"client_node": "7ms", "node_broker": "3ms", "node_node": "5ms",
                        "node_registry": "2ms"}},
    "client": {"heartbeat": {"every": "10h", "timeout": "1s"},
               "backoff": {"kind": "fixed", "first": "1s", "cap": "1s"}},
    "clients": {)json" +
                    clients + R"json(}, "script": [)json" + script + "]}",
                overrides);
}

// Alice's connection breaks at 1 s, and she says so many things before she is back.
RunRecord said_while_away(const std::string& strategy_name, int messages) {
  const Scenario scenario =
      few_clients(R"("alice": {"on": "n1"}, "bob": {"on": "n2"})",
                  R"({"at": "1s", "do": "disconnect", "by": "alice", "how": "close"},
               {"at": "1500ms", "do": "send", "by": "alice", "to": "user:bob", "size": "100B",
                "every": "10ms", "repeat": )" +
                      std::to_string(messages) + "}");
  return play(scenario, strategy(strategy_name), 1);
}

TEST(SharedSegments, WhatWaitedForAConnectionIsSaidInOneSegmentAndAnsweredInOne) {
  const RunRecord one = said_while_away("session_share", 1);
  const RunRecord five = said_while_away("session_share", 5);

  for (const Link link : {Link::client_to_lb, Link::lb_to_node, Link::node_to_lb,
                          Link::lb_to_client, Link::node_to_registry, Link::registry_to_node}) {
    EXPECT_EQ(transport(five, link), transport(one, link)) << name(link);
  }
  EXPECT_EQ(bytes_of(five, Link::client_to_lb, BytePurpose::payload_relayed), 500);
  EXPECT_EQ(bytes_of(five, Link::client_to_lb, BytePurpose::acknowledgement),
            bytes_of(one, Link::client_to_lb, BytePurpose::acknowledgement));
}

TEST(SharedSegments, WhatFollowsFromItIsPassedOnTogether) {
  const RunRecord one = said_while_away("broadcast", 1);
  const RunRecord five = said_while_away("broadcast", 5);

  EXPECT_EQ(transport(five, Link::node_to_broker), transport(one, Link::node_to_broker));
  EXPECT_EQ(transport(five, Link::broker_to_node), transport(one, Link::broker_to_node));
  EXPECT_EQ(bytes_of(five, Link::node_to_broker, BytePurpose::payload_relayed), 5 * (100 + 24));
}

// The broker is away from 1 s to 3 s, and alice's node keeps what it cannot publish.
RunRecord held_for_the_broker(int messages) {
  const Scenario scenario = few_clients(
      R"("alice": {"on": "n1"}, "bob": {"on": "n2"})",
      R"({"at": "1s", "do": "broker_down", "for": "2s"},
               {"at": "1500ms", "do": "send", "by": "alice", "to": "user:bob", "size": "100B",
                "every": "10ms", "repeat": )" +
          std::to_string(messages) + "}",
      {{"/cluster/broker/publisher_buffer", "1MB"}, {"/cluster/broker/reconnect", "fixed(500ms)"}});
  return play(scenario, strategy("broadcast"), 1);
}

TEST(SharedSegments, WhatANodeHeldForTheBrokerIsPublishedInOneTurn) {
  const RunRecord one = held_for_the_broker(1);
  const RunRecord five = held_for_the_broker(5);

  EXPECT_EQ(totals(five).owed - totals(five).lost, 5U);
  for (const Link link : {Link::node_to_broker, Link::broker_to_node, Link::lb_to_client}) {
    EXPECT_LT(transport(five, link) - transport(one, link), 5 * 52) << name(link);
  }
  EXPECT_EQ(transport(five, Link::node_to_broker), transport(one, Link::node_to_broker));
}

// So many people on one node, and nobody says a word.
RunRecord read_for(int people) {
  std::string clients;
  for (int i = 0; i < people; ++i) {
    clients += (i == 0 ? "\"p" : ", \"p") + std::to_string(i) + R"(": {"on": "n1"})";
  }
  return play(few_clients(clients, ""), strategy("session_share:mailbox"), 1);
}

TEST(SharedSegments, WhatANodeAsksTheLogForInOneTurnIsAskedAndAnsweredInOne) {
  const RunRecord one = read_for(1);
  const RunRecord five = read_for(5);

  EXPECT_EQ(transport(one, Link::node_to_broker), 20 * 52);  // a reading a second
  for (const Link link : {Link::node_to_broker, Link::broker_to_node}) {
    EXPECT_EQ(transport(five, link), transport(one, link)) << name(link);
  }
}

// What is read for one client is pushed in one turn.
TEST(SharedSegments, WhatAReadingFindsForAClientGoesOutTogether) {
  const auto to_clients = [](int messages) {
    const Scenario scenario =
        few_clients(R"("alice": {"on": "n1"}, "bob": {"on": "n2"})",
                    R"({"at": "1s", "do": "send", "by": "alice", "to": "user:bob", "size": "100B",
            "every": "10ms", "repeat": )" +
                        std::to_string(messages) + "}");
    return play(scenario, strategy("session_share:mailbox"), 1);
  };

  const RunRecord one = to_clients(1), five = to_clients(5);

  EXPECT_EQ(totals(five).owed - totals(five).lost, 5U);
  // Each of the messages is acknowledged by itself; all go to bob in one segment.
  EXPECT_EQ(transport(five, Link::node_to_lb), transport(one, Link::node_to_lb) + 4 * 52);
}

// Alice's connection breaks at 1 s, and she is in so many rooms.
RunRecord comes_back_to(const std::string& strategy_name, int rooms) {
  std::string names;
  for (int i = 0; i < rooms; ++i) names += (i == 0 ? "\"r" : ", \"r") + std::to_string(i) + "\"";
  const Scenario scenario = few_clients(R"("alice": {"on": "n1", "rooms": [)" + names + "]}",
                                        R"({"at": "1s", "do": "disconnect", "by": "alice"})");
  return play(scenario, strategy(strategy_name), 1);
}

TEST(SharedSegments, ASessionThatOpensSubscribesToAllItsTopicsInOneSegment) {
  const RunRecord one = comes_back_to("broadcast:interest", 1);
  const RunRecord five = comes_back_to("broadcast:interest", 5);

  EXPECT_EQ(transport(one, Link::node_to_broker), 2 * 52);  // it ends, and opens
  for (const Link link : {Link::node_to_broker, Link::broker_to_node}) {
    EXPECT_EQ(transport(five, link), transport(one, link)) << name(link);
  }
}

TEST(SharedSegments, ASessionThatOpensIsWrittenDownInOneSegment) {
  const RunRecord one = comes_back_to("routed:hardened", 1);
  const RunRecord five = comes_back_to("routed:hardened", 5);

  for (const Link link : {Link::node_to_registry, Link::registry_to_node}) {
    EXPECT_LE(transport(five, link) - transport(one, link), 2 * 52) << name(link);
  }
}

// People come in one after another while their node has no way to the other side.
RunRecord come_in_behind_a_cut(const std::string& strategy_name, const std::string& other,
                               int people) {
  std::string clients, script = R"({"at": "1s", "do": "partition", "between": ["n1", ")" + other +
                                R"("], "for": "2s"})";
  for (int i = 0; i < people; ++i) {
    const std::string who = "p" + std::to_string(i), at = std::to_string(1200 + 50 * i);
    clients += (i == 0 ? "\"" : ", \"") + who + R"(": {"on": "n1", "rooms": ["r)" + who + R"("]})";
    script += R"(, {"at": ")" + at + R"(ms", "do": "connect", "by": ")" + who + R"("})";
  }
  return play(few_clients(clients, script), strategy(strategy_name), 1);
}

TEST(SharedSegments, WhatIsWrittenIntoACutGoesOutTogetherWhenItHeals) {
  for (const auto& [design, other, there, back] :
       {std::tuple{"session_share", "registry", Link::node_to_registry, Link::registry_to_node},
        std::tuple{"broadcast:interest", "broker", Link::node_to_broker, Link::broker_to_node},
        std::tuple{"session_share:mailbox", "broker", Link::node_to_broker,
                   Link::broker_to_node}}) {
    const RunRecord one = come_in_behind_a_cut(design, other, 1);
    const RunRecord three = come_in_behind_a_cut(design, other, 3);

    EXPECT_EQ(transport(three, there), transport(one, there)) << design;
    EXPECT_EQ(transport(three, back), transport(one, back)) << design;
  }
}

// Many are sought again and again while half of the nodes do not reach the other half. The timers
// of those who were sought for one message are 5 us from each other, as their answers were.
TEST(SharedSegments, WhatTimersAskThatAreDueWhileALoopWakesUpIsAskedTogether) {
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "halves", "why": "Rooms on both sides of a partition.",
    "time": {"warmup": "5s", "measure": "10s", "drain": "10s", "deadline": "9s"},
    "cluster": {"nodes": {"count": 4, "cost_profile": "beast-plain"},
                "net": {"client_node": "1ms", "node_node": "50us", "node_registry": "50us",
                        "peer_timeout": "2s"}},
    "people": {"u": {"count": 80, "arrive": "uniform(0s,2s)"}},
    "rooms": {"r": {"count": 8}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "60/s",
                 "size": "100B"}],
    "script": [{"at": "2s", "do": "partition", "between": [["n1", "n4"], ["n2", "n3"]],
                "for": "4s"}]})json");

  const RunRecord run = play(scenario, strategy("routed:hardened"), 1);

  EXPECT_LT(transport(run, Link::node_to_registry) / 52, 250);  // 371 with a turn for each timer
}

TEST(SharedSegments, WhatABrokerHearsAtOneInstantGoesToANodeInOneSegment) {
  const auto copies = [](const std::string& bob_speaks_at) {
    const auto says = [](const std::string& who, const std::string& at) {
      return R"({"at": ")" + at + R"(", "do": "send", "by": ")" + who +
             R"(", "to": "room:r", "size": "100B", "repeat": 10, "every": "1s"})";
    };
    const Scenario scenario =
        few_clients(R"("alice": {"on": "n1", "rooms": ["r"]}, "bob": {"on": "n2", "rooms": ["r"]})",
                    says("alice", "1s") + ", " + says("bob", bob_speaks_at));
    return transport(play(scenario, strategy("broadcast"), 1), Link::broker_to_node);
  };

  EXPECT_EQ(copies("1500ms"), (2 * 20 + 20) * 52);  // to two nodes, and a reply to each
  EXPECT_EQ(copies("1s"), (20 + 20) * 52);
}

}  // namespace
}  // namespace squall::testing
