// The write queue of a channel: its four policies, its limits, and the order of what is written.
// Two channels over a socket pair on one loop; the test is the loop's only task.
#include "sim/live/net/channel.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <string>
#include <vector>

namespace squall::live {
namespace {

struct Owner final : Channel::Owner {
  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    offered = bytes.size();
    if (bytes.size() < wanted) return 0;
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return bytes.size();
  }
  void on_end(Channel::End end) override { ended = end; }
  void on_flushed(std::uint32_t messages, Time) override { flushed += messages; }
  std::string text;
  std::size_t offered = 0, wanted = 0;  // takes nothing until this much is there
  std::optional<Channel::End> ended;
  std::uint32_t flushed = 0;
};

class ChannelTest : public ::testing::Test {
 protected:
  ChannelTest() {
    int pair[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    // One loop, never started: the test turns it by hand.
    near = std::make_unique<Channel>(loop, pair[0], here);
    far = std::make_unique<Channel>(loop, pair[1], there);
  }

  // Turns the loop until the condition holds; gives up after a bounded number of turns.
  bool turn_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 10000; ++i) {
      loop.turn();
      if (condition()) return true;
    }
    return false;
  }

  // The other side does not read: what the kernel does not take waits in the queue.
  void block() {
    far->read(false);
    near->send(make_frame(std::string(1 << 20, '.')));
    loop.turn();
    EXPECT_GT(near->queued(), 0);
  }

  static FramePtr frame(char name) { return make_frame(std::string(10, name)); }

  RunClock clock{std::chrono::steady_clock::now()};
  Loop loop{clock};
  Owner here, there;
  std::unique_ptr<Channel> near, far;
};

TEST_F(ChannelTest, WhatIsSentArrivesInOrderAndIsToldWhenTheKernelHasIt) {
  near->send(make_frame("one "), 1);
  near->send(make_frame("two "), 2);
  near->send(make_frame("three"), 3);

  ASSERT_TRUE(turn_until([&] { return there.text.size() == 13; }));

  EXPECT_EQ(there.text, "one two three");
  EXPECT_EQ(here.flushed, 3U);
  EXPECT_EQ(near->queued(), 0);
}

TEST_F(ChannelTest, DisconnectAndDropNewestRefuseTheFrameThatDoesNotFit) {
  for (const OnFullQueue policy : {OnFullQueue::disconnect, OnFullQueue::drop_newest}) {
    block();
    near->limit({near->queued() + 15, policy});

    EXPECT_EQ(near->send(frame('a'), 1), Channel::Sent::queued);
    EXPECT_EQ(near->send(frame('b'), 2), Channel::Sent::full);
    EXPECT_TRUE(near->dropped().empty());
  }
}

TEST_F(ChannelTest, DropOldestMakesRoomFromTheFrontAndSaysWhatItDropped) {
  block();
  near->limit({near->queued() + 25, OnFullQueue::drop_oldest});
  near->send(frame('a'), 1);
  near->send(frame('b'), 2);

  EXPECT_EQ(near->send(frame('c'), 3), Channel::Sent::queued);

  EXPECT_EQ(std::vector<std::uint64_t>(near->dropped().begin(), near->dropped().end()),
            std::vector<std::uint64_t>{1});
  far->read(true);
  ASSERT_TRUE(turn_until([&] { return there.text.ends_with(std::string(10, 'c')); }));
  EXPECT_EQ(there.text.find('a'), std::string::npos);
  EXPECT_NE(there.text.find('b'), std::string::npos);
}

TEST_F(ChannelTest, CoalesceReplacesTheOlderMessageOfTheSameStreamOnly) {
  block();
  near->limit({near->queued() + 25, OnFullQueue::coalesce});
  near->send(frame('a'), 1, 7);
  near->send(frame('b'), 2, 8);

  EXPECT_EQ(near->send(frame('c'), 3, 8), Channel::Sent::replaced);
  EXPECT_EQ(near->dropped().front(), 2U);
  EXPECT_EQ(near->send(frame('d'), 4, 9), Channel::Sent::full);
}

TEST_F(ChannelTest, CoalesceTakesThePlaceOfTheOlderMessage) {
  block();
  near->limit({near->queued() + 100, OnFullQueue::coalesce});
  near->send(frame('a'), 1, 7);
  near->send(frame('b'), 2, 8);
  near->send(frame('c'), 3, 7);

  far->read(true);

  ASSERT_TRUE(turn_until([&] { return there.text.ends_with(std::string(10, 'b')); }));
  EXPECT_TRUE(there.text.ends_with(std::string(10, 'c') + std::string(10, 'b')));
  EXPECT_EQ(there.text.find('a'), std::string::npos);
}

TEST_F(ChannelTest, CoalesceLeavesWhatOnlyWaitsForTheEndOfTheTurn) {
  near->limit({1000, OnFullQueue::coalesce});
  near->send(frame('a'), 1, 7);
  near->send(frame('b'), 2, 7);

  ASSERT_TRUE(turn_until([&] { return there.text.size() == 20; }));
  EXPECT_EQ(there.text, std::string(10, 'a') + std::string(10, 'b'));
}

TEST_F(ChannelTest, DropOldestDropsNothingForAFrameThatWouldNotFitAllTheSame) {
  block();
  near->limit({near->queued() + 25, OnFullQueue::drop_oldest});
  near->send(frame('a'), 1);

  EXPECT_EQ(near->send(make_frame(std::string(30, 'l')), 2), Channel::Sent::full);
  EXPECT_TRUE(near->dropped().empty());
}

TEST_F(ChannelTest, AControlFrameIsNeverRefused) {
  block();
  near->limit({near->queued(), OnFullQueue::disconnect});

  EXPECT_EQ(near->send(frame('p')), Channel::Sent::queued);
}

TEST_F(ChannelTest, AHeldChannelReadsAndWritesNothingUntilItIsLetGo) {
  far->hold(true);
  near->send(make_frame("late"));
  for (int i = 0; i < 10; ++i) loop.turn();
  EXPECT_EQ(there.text, "");

  far->hold(false);

  ASSERT_TRUE(turn_until([&] { return there.text == "late"; }));
}

TEST_F(ChannelTest, WhoWritesHearsThatTheOtherSideIsGoneAlsoWhenItDoesNotRead) {
  block();
  near->read(false);
  far->reset();

  EXPECT_TRUE(turn_until([&] { return here.ended.has_value(); }));
}

TEST_F(ChannelTest, ATimerKeepsItsInstantWhenTheClockIsMoved) {
  bool early = false, late = false;
  loop.at(loop.now(), [&] { early = true; });
  loop.at(loop.now() + std::chrono::hours{1}, [&] { late = true; });

  loop.moved(clock.start_measure_at(std::chrono::steady_clock::now() + std::chrono::hours{2}));

  ASSERT_TRUE(turn_until([&] { return early; }));
  EXPECT_FALSE(late);
  EXPECT_LT(loop.now(), -std::chrono::minutes{119});
}

TEST_F(ChannelTest, WhatIsNotUnderstoodIsKeptInTimeThatIsLinearInItsLength) {
  constexpr std::size_t kAll = 12 << 20;
  there.wanted = kAll;
  near->send(make_frame(std::string(kAll, 'x')));

  ASSERT_TRUE(turn_until([&] { return there.text.size() == kAll; }));

  EXPECT_LT(far->moved(), 4 * kAll);
}

TEST_F(ChannelTest, WhatWasNotTakenIsOfferedAgainWhenTheOwnerAsks) {
  there.wanted = 100;
  near->send(make_frame("not yet"));
  ASSERT_TRUE(turn_until([&] { return there.offered == 7; }));

  there.wanted = 0;
  far->offer_again();

  EXPECT_EQ(there.text, "not yet");
}

TEST_F(ChannelTest, AChannelThatFinishedWritingStillReads) {
  near->read(false);
  far->send(make_frame("you too"));
  for (int i = 0; i < 10; ++i) loop.turn();
  near->send(make_frame("bye"));

  EXPECT_TRUE(near->finish_writing());

  EXPECT_EQ(near->send(make_frame("more")), Channel::Sent::closed);
  near->read(true);
  ASSERT_TRUE(turn_until([&] { return here.ended && there.ended; }));
  EXPECT_EQ(there.text, "bye");
  EXPECT_EQ(here.text, "you too");
}

TEST_F(ChannelTest, TheEndIsSeenByTheOtherSideAfterTheLastBytes) {
  near->send(make_frame("bye"));
  near->close();

  ASSERT_TRUE(turn_until([&] { return there.ended.has_value(); }));

  EXPECT_EQ(there.text, "bye");
  EXPECT_EQ(there.ended, Channel::End::closed);
  EXPECT_FALSE(near->open());
  EXPECT_EQ(near->send(make_frame("more")), Channel::Sent::closed);
}

}  // namespace
}  // namespace squall::live
