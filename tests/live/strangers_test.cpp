// Whoever is not of the run, on every socket of it: refused, counted, and in no book.
//
// A node is first played with by hand, as its own clients would, with one field made wild; then
// whole runs have strangers at their doors, and two runs share one server.
#include <gtest/gtest.h>

#include <future>
#include <limits>

#include "sim/books/setup.hpp"
#include "sim/live/cluster.hpp"
#include "sim/live/node/node.hpp"
#include "sim/live/resp/embedded_broker.hpp"
#include "sim/live/run/engine.hpp"
#include "tests/live/hello.hpp"
#include "tests/support/play.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/resp_asker.hpp"

namespace squall::testing {
namespace {

using live::encode_frame;
using live::FrameKind;
using live::Opcode;

constexpr std::uint32_t kWild = std::numeric_limits<std::uint32_t>::max();

// A message, a note: what a client says after its upgrade, masked as a client must.
std::string said(const std::string& payload) { return encode_frame(Opcode::binary, payload, 7); }
std::string note(FrameKind kind, std::vector<std::uint32_t> numbers) {
  return said(live::encode_note(kind, numbers));
}
std::string ping() { return encode_frame(Opcode::ping, "are you there", 7); }

// Whether a close frame with code 1008 is part of it: 88 02 03 f0.
bool refused(const std::string& heard) {
  return heard.find(std::string("\x88\x02\x03\xf0", 4)) != heard.npos;
}

// ---- one node ----------------------------------------------------------------------------------

// The first node of a cluster that runs nothing else. Endpoint 0 is alice, of room 0.
class OneNode : public ::testing::Test {
 protected:
  OneNode()
      : plan_(scenario_, 1),
        cluster_(plan_, with_placement(strategy("session_share"), plan_.scenario()), options_) {
    cluster_.loops.push_back(std::make_unique<live::RunLoop>(cluster_.clock));
    for (std::uint16_t n = 0; n < 2; ++n) {
      cluster_.nodes.push_back(std::make_unique<live::Node>(cluster_, NodeId{n}));
    }
    loop().start(false);
    loop().call([&] {
      std::string error;
      EXPECT_TRUE(node().listen(error)) << error;
      node().start();
    });
    cluster_.connections = 3;
  }
  ~OneNode() override {
    loop().call([&] { node().finish(); });
    loop().stop();
    loop().join();
  }

  live::Loop& loop() { return *cluster_.loops[0]; }
  live::Node& node() { return *cluster_.nodes[0]; }
  std::uint16_t port() const { return cluster_.node_addresses[0].port; }
  std::string target(std::uint32_t endpoint, std::uint32_t connection) const {
    return "/ws?endpoint=" + std::to_string(endpoint) +
           "&connection=" + std::to_string(connection) + "&run=" + cluster_.run.pass;
  }
  const Message& planned(std::size_t number) const {
    return cluster_.timeline.messages[number].message;
  }

  const Scenario scenario_ = hello();
  const Plan plan_;
  const live::LiveOptions options_;
  live::Cluster cluster_;
};

TEST_F(OneNode, AClientOfOursIsWelcomedAndItsMessagesAreTaken) {
  RawSocket client(port());
  ASSERT_TRUE(client.upgrade(target(0, 0)));

  client.say(note(FrameKind::subscribe, {0}) + said(live::encode_message(planned(0))) + ping());

  EXPECT_NE(client.hear_until("\x8a").find('\x8a'), std::string::npos);  // the answer to the ping
  EXPECT_EQ(cluster_.strangers.row().all(), 0U);
}

TEST_F(OneNode, AClientThatSaysWhatIsNotInThePlanIsToldPolicyViolation) {
  const auto with = [&](auto change) {
    Message message = planned(0);
    change(message);
    return said(live::encode_message(message));
  };
  const std::string wild[] = {
      with([](Message& m) { m.id = MessageId{kWild}; }),
      with([](Message& m) { m.sender = EndpointId{kWild}; }),
      with([](Message& m) { m.sender = EndpointId{1}; }),
      with([](Message& m) { m.address = Address::room(RoomId{kWild}); }),
      with([](Message& m) {
        m.address = {static_cast<Address::Kind>(200), kWild};
      }),
      with([](Message& m) { m.sequence = kWild; }),
      note(FrameKind::join, {kWild}),
      note(FrameKind::leave, {kWild}),
      note(FrameKind::join, {}),
      note(FrameKind::joined, {0}),
      note(FrameKind::welcome, {0}),
      said("\x03"),
      said("hello"),
      encode_frame(Opcode::text, "hello", 7),
      said(live::encode_message(planned(0))) + said(live::encode_message(planned(0))),
  };
  std::uint32_t tried = 0;
  for (const std::string& bytes : wild) {
    SCOPED_TRACE(tried);
    RawSocket client(port());
    ASSERT_TRUE(client.upgrade(target(0, tried++ % 3)));

    client.say(note(FrameKind::subscribe, {0}) + bytes);

    EXPECT_TRUE(refused(client.hear_all()));
  }
  EXPECT_EQ(cluster_.strangers.row().frames, std::size(wild));
}

// A size of 2^62 in a message of 26 bytes: nothing may be allocated for it.
TEST_F(OneNode, ASizeThatNobodyPlannedIsRefusedBeforeItIsBelieved) {
  std::string payload = live::encode_message(planned(0));
  for (std::size_t i = 18; i < 26; ++i) payload[i] = i == 25 ? '\x40' : '\0';
  RawSocket client(port());
  ASSERT_TRUE(client.upgrade(target(0, 0)));

  client.say(note(FrameKind::subscribe, {0}) + said(payload));

  EXPECT_TRUE(refused(client.hear_all()));
}

TEST_F(OneNode, AGuestMayPingAndCloseAndNothingElse) {
  const std::string targets[] = {"/",
                                 "/ws",
                                 "/ws?endpoint=0&connection=0",
                                 "/peer?from=1",
                                 "/ws?endpoint=4000000000&connection=0&run=" + cluster_.run.pass,
                                 target(0, 3),
                                 target(2, 0)};
  for (const std::string& target : targets) {
    SCOPED_TRACE(target);
    RawSocket guest(port());
    ASSERT_TRUE(guest.upgrade(target));

    guest.say(ping());
    EXPECT_NE(guest.hear_until("\x8a").find('\x8a'), std::string::npos);
    guest.say(note(FrameKind::subscribe, {0}));

    EXPECT_TRUE(refused(guest.hear_all()));
  }
  EXPECT_EQ(cluster_.strangers.row().connections, std::size(targets));
  EXPECT_EQ(cluster_.strangers.row().frames, std::size(targets));
}

TEST_F(OneNode, ASubscribeInsideAPongIsAPong) {
  RawSocket client(port());
  ASSERT_TRUE(client.upgrade(target(0, 0)));
  const std::uint32_t room[] = {kWild};

  client.say(encode_frame(Opcode::pong, live::encode_note(FrameKind::subscribe, room), 7) + ping());

  EXPECT_NE(client.hear_until("\x8a").find('\x8a'), std::string::npos);
  EXPECT_EQ(cluster_.strangers.row().all(), 0U);
}

TEST_F(OneNode, AStrangerWhoForwardsIsForbiddenTo) {
  RawSocket stranger(port());

  stranger.say("POST /forward?from=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");

  EXPECT_TRUE(stranger.hear_all().starts_with("HTTP/1.1 403"));
  EXPECT_EQ(cluster_.strangers.row().connections, 1U);
}

TEST_F(OneNode, TheOldestGuestsGoWhenThereAreTooMany) {
  std::vector<std::unique_ptr<RawSocket>> crowd;
  for (int i = 0; i < 400; ++i) {
    crowd.push_back(std::make_unique<RawSocket>(port()));
    ASSERT_TRUE(crowd.back()->upgrade("/"));
  }

  crowd.front()->hear_all();

  EXPECT_TRUE(crowd.front()->ended());
  crowd.back()->say(ping());
  EXPECT_FALSE(crowd.back()->hear_until("\x8a").empty());
}

TEST_F(OneNode, AGuestThatBeginsALargeFrameIsCut) {
  RawSocket guest(port());
  ASSERT_TRUE(guest.upgrade("/"));

  guest.say(encode_frame(Opcode::binary, std::string(1 << 20, 'x'), 7).substr(0, 1 << 19));

  guest.hear_all();
  EXPECT_TRUE(guest.ended());
}

// ---- whole runs --------------------------------------------------------------------------------

void expect_untouched(const RunRecord& run) {
  for (const Violation& violation : run.violations) {
    ADD_FAILURE() << violation.law << ": " << violation.detail;
  }
  EXPECT_EQ(totals(run).owed, 40U);
  EXPECT_EQ(totals(run).lost, 0U);
  EXPECT_EQ(value("ledger.unattributed", run), 0);
}

TEST(Strangers, AtTheDoorsOfARunChangeNothingAndAreCounted) {
  const live::EmbeddedBrokerOptions open_to_all;
  live::EmbeddedBroker broker(open_to_all);
  std::string error;
  ASSERT_TRUE(broker.start(error)) << error;
  std::future<void> stranger;
  live::LiveOptions options;
  options.broker = "redis://127.0.0.1:" + std::to_string(broker.port());
  options.on_progress = [&](const live::LiveProgress& progress) {
    if (stranger.valid()) return;
    stranger = std::async(std::launch::async, [ports = progress.node_ports, topic = progress.topic,
                                               port = broker.port()] {
      LiveLoop loop;
      RespAsker asker(loop, "127.0.0.1", port);
      asker.ask({"PUBLISH", topic, "hello"});
      asker.ask({"PUBLISH", topic, ""});
      Message wild{MessageId{kWild}, EndpointId{0}, Address::room(RoomId{kWild}), 100, 1};
      asker.ask({"PUBLISH", topic, live::encode_peer_message(wild, NodeId{9}, std::string(16, 0))});
      for (const std::uint16_t node : ports) {
        RawSocket guest(node);
        guest.upgrade("/ws?endpoint=0&connection=0");
        guest.say(note(FrameKind::subscribe, {kWild}));
        guest.hear_all();
        RawSocket noise(node);
        noise.say("\xff\xfe\r\n\r\n");
        noise.hear_all();
      }
    });
  };

  const RunRecord run = live::play(hello(), strategy("broadcast"), 1, options);
  stranger.get();

  expect_untouched(run);
  EXPECT_EQ(run.live.strangers.messages, 3U * 2U);  // both nodes hear each
  EXPECT_EQ(run.live.strangers.frames, 2U);
  EXPECT_GE(run.live.strangers.connections, 2U);
}

TEST(Strangers, TheEmbeddedBrokerOfARunListensToNobodyElse) {
  std::future<std::string> stranger;
  live::LiveOptions options;
  options.on_progress = [&](const live::LiveProgress& progress) {
    if (stranger.valid()) return;
    stranger = std::async(std::launch::async, [address = progress.broker] {
      const auto port = std::stoul(address.substr(address.rfind(':') + 1));
      LiveLoop loop;
      RespAsker asker(loop, "127.0.0.1", static_cast<std::uint16_t>(port));
      return asker.ask({"FLUSHALL"});
    });
  };

  const RunRecord run = live::play(hello(), strategy("broadcast"), 1, options);

  EXPECT_EQ(stranger.get(), "-NOAUTH Authentication required.\r\n");
  expect_untouched(run);
  EXPECT_EQ(run.live.strangers.connections, 1U);
}

class TwoRuns : public ::testing::TestWithParam<std::string> {};

TEST_P(TwoRuns, OnOneServerDoNotHearEachOther) {
  live::EmbeddedBroker broker({});
  std::string error;
  ASSERT_TRUE(broker.start(error)) << error;
  live::LiveOptions options;
  options.broker = "redis://127.0.0.1:" + std::to_string(broker.port()) + GetParam();
  std::vector<std::future<RunRecord>> runs;
  for (const char* const name : {"broadcast", "broadcast", "routed", "routed"}) {
    runs.push_back(std::async(std::launch::async, [&options, spec = strategy(name)] {
      return live::play(hello(), spec, 1, options);
    }));
  }

  for (auto& run : runs) {
    const RunRecord record = run.get();
    expect_untouched(record);
    EXPECT_EQ(record.live.strangers.all(), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, TwoRuns, ::testing::Values("", "?mode=sharded", "?mode=streams"),
                         [](const auto& row) {
                           return row.param.empty() ? "pubsub" : row.param.substr(6);
                         });

}  // namespace
}  // namespace squall::testing
