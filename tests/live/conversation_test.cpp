// The client's side of RFC 6455, by hand: what a server must not send, what a client masks, and
// both sides of a goodbye with their farewells. The server's side: websocket_rules_test.cpp.
#include "sim/live/net/conversation.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <string>

#include "sim/live/net/farewells.hpp"
#include "tests/support/by_hand.hpp"

namespace squall::live {
namespace {

using testing::by_hand;
using testing::code_of;
using testing::kClose;
using testing::kFin;
using testing::kPing;
using testing::kText;
using testing::Masked;

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What came, as it came.
struct Raw final : Channel::Owner {
  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    heard += text_of(bytes);
    return bytes.size();
  }
  void on_end(Channel::End end) override { ended = end; }
  std::string heard;
  std::optional<Channel::End> ended;
};

struct Client final : Channel::Owner {
  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    return wire.hear(bytes, *channel, [this](Opcode opcode, std::span<const std::byte> payload) {
      if (opcode == Opcode::text || opcode == Opcode::binary) heard += text_of(payload);
      return true;
    });
  }
  void on_end(Channel::End end) override { ended = end; }
  Conversation wire{Conversation::Side::client};
  Channel* channel = nullptr;
  std::string heard;
  std::optional<Channel::End> ended;
};

// A masked frame of a client in words: its first byte, a space, what it says.
std::string unmasked(std::string_view frame) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(frame[i]); };
  if (frame.size() < 6 || (byte(1) & 0x80) == 0 || (byte(1) & 0x7f) != frame.size() - 6) return "?";
  std::string out = std::to_string(byte(0)) + " ";
  for (std::size_t i = 6; i < frame.size(); ++i) {
    out += static_cast<char>(byte(i) ^ byte(2 + (i - 6) % 4));
  }
  return out;
}

class ConversationTest : public ::testing::Test {
 protected:
  ConversationTest() {
    int pair[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    mine = std::make_shared<Channel>(loop, pair[0], client);
    theirs = std::make_shared<Channel>(loop, pair[1], server);
    client.channel = mine.get();
  }

  bool turn_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 10000; ++i) {
      loop.turn();
      if (condition()) return true;
    }
    return false;
  }
  void server_says(std::string bytes) {
    theirs->send(make_frame(std::move(bytes)));
    for (int i = 0; i < 10; ++i) loop.turn();
  }

  RunClock clock{std::chrono::steady_clock::now()};
  Loop loop{clock};
  Client client;
  Raw server;
  std::shared_ptr<Channel> mine, theirs;
};

TEST_F(ConversationTest, AClientRefusesAMaskedFrame) {
  server_says(by_hand(kFin | kText, "hello", Masked::yes));

  EXPECT_TRUE(client.wire.over());
  EXPECT_EQ(client.heard, "");
  EXPECT_EQ(unmasked(client.wire.goodbye()->bytes), "136 " + code_of(kProtocolError));
}

TEST_F(ConversationTest, AClientPutsFragmentsTogetherAndAnswersAPingBetweenThemMasked) {
  server_says(by_hand(kText, "Hel", Masked::no) + by_hand(kFin | kPing, "between", Masked::no) +
              by_hand(kFin, "lo", Masked::no));

  EXPECT_EQ(client.heard, "Hello");
  EXPECT_EQ(unmasked(server.heard), "138 between");
}

TEST_F(ConversationTest, AClientAnswersAGoodbyeWithItsCodeMasked) {
  server_says(by_hand(kFin | kClose, code_of(4321, "reason"), Masked::no));

  EXPECT_TRUE(client.wire.over());
  EXPECT_EQ(unmasked(client.wire.goodbye()->bytes), "136 " + code_of(4321));
}

TEST_F(ConversationTest, AClientRefusesTextThatIsNone) {
  server_says(by_hand(kFin | kText, "\xff", Masked::no));

  EXPECT_EQ(unmasked(client.wire.goodbye()->bytes), "136 " + code_of(kInvalidData));
}

TEST_F(ConversationTest, EveryFrameOfAClientHasAMaskOfItsOwn) {
  const std::string one = client.wire.frame(Opcode::text, "same")->bytes;
  const std::string other = client.wire.frame(Opcode::text, "same")->bytes;

  EXPECT_EQ(unmasked(one), unmasked(other));
  EXPECT_NE(one.substr(2, 4), other.substr(2, 4));
}

TEST_F(ConversationTest, PongsThatNobodyReadsAreBounded) {
  theirs->read(false);
  const std::string ping = by_hand(kFin | kPing, std::string(100, 'p'), Masked::no);
  std::string many;
  for (int i = 0; i < 100; ++i) many += ping;

  for (int i = 0; i < 200; ++i) server_says(many);

  EXPECT_GT(mine->queued_control(), 0);
  EXPECT_LT(mine->queued_control(), 100'000);
}

TEST_F(ConversationTest, AServerThatSaysGoodbyeReadsUntilTheOtherSideEnds) {
  Farewells farewells(loop);
  mine->send(make_frame("last words"));
  farewells.add(mine, Farewells::First::us);
  ASSERT_TRUE(turn_until([&] { return server.ended.has_value(); }));
  EXPECT_EQ(server.heard, "last words");
  EXPECT_EQ(server.ended, Channel::End::closed);
}

TEST_F(ConversationTest, AClientThatSaysGoodbyeWaitsForTheServerToEnd) {
  Farewells farewells(loop);
  mine->send(client.wire.goodbye(kGoingAway));
  farewells.add(mine, Farewells::First::them);
  ASSERT_TRUE(turn_until([&] { return !server.heard.empty(); }));
  EXPECT_FALSE(server.ended);
  EXPECT_EQ(farewells.count(), 1U);

  theirs->close();

  EXPECT_TRUE(turn_until([&] { return farewells.count() == 0; }));
}

TEST_F(ConversationTest, PatienceWithAnEndThatNeverComesHasALimit) {
  Farewells farewells(loop, Duration{1});
  farewells.add(mine, Farewells::First::them);
  EXPECT_EQ(farewells.count(), 1U);

  EXPECT_TRUE(turn_until([&] { return farewells.count() == 0; }));
  EXPECT_TRUE(turn_until([&] { return server.ended.has_value(); }));
}

// Who still sends 20 MB when he is told that it is too much must not be reset before he reads that.
TEST_F(ConversationTest, PatienceBeginsAnewWhileTheOtherSideSends) {
  const Duration patience = std::chrono::hours{1};
  Farewells farewells(loop, patience);
  farewells.add(mine, Farewells::First::them);
  const auto an_hour_later = [&](const char* what) {
    theirs->send(make_frame(what));
    for (int i = 0; i < 10; ++i) loop.turn();
    clock.start_measure_at(clock.at(-patience));
    bool awake = false;  // the timer was armed for an instant that is past now, and does not know
    loop.at(loop.now() - 2 * patience, [&] { awake = true; });
    EXPECT_TRUE(turn_until([&] { return awake; }));
    return farewells.count();
  };

  for (int i = 1; i < Farewells::kMostWaits; ++i) EXPECT_EQ(an_hour_later("more"), 1U) << i;
  EXPECT_EQ(an_hour_later("and more"), 0U) << "not for ever";
}

TEST_F(ConversationTest, AFarewellThatIsHeldSaysNothingMore) {
  Farewells farewells(loop, Duration{1});
  farewells.hold(true);
  farewells.add(mine, Farewells::First::them);
  for (int i = 0; i < 100; ++i) loop.turn();
  EXPECT_FALSE(server.ended);

  farewells.hold(false);

  EXPECT_TRUE(turn_until([&] { return server.ended.has_value(); }));
}

}  // namespace
}  // namespace squall::live
