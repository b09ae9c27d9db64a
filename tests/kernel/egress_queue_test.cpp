// Queues that let go of older frames when they are full: by hand, to the nanosecond.
// A byte takes a microsecond; the kernel's buffer holds 16,384 of them.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/model/cost_profile.hpp"
#include "sim/kernel/egress_queue.hpp"
#include "tests/kernel/counted_by_hand.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using Frame = EgressQueue::Frame;

// ---- the queue alone ----------------------------------------------------------------------------

class Queue {
 public:
  Queue(Bytes limit, OnFull on_full) : limits_{limit, on_full} {}
  EgressQueue::Change add(std::uint32_t message, RoomId room, Bytes bytes = 1000,
                          Time turn = Time{0}) {
    Frame frame;
    frame.message = MessageId{message}, frame.room = room, frame.bytes = bytes, frame.turn = turn;
    const EgressQueue::Change change = queue_.add(line_, limits_, frame, before_);
    if (change.taken) before_ = {change.busy, change.last_read};
    return change;
  }
  EgressQueue::Change fill(std::uint32_t count) {  // each for a room of its own
    EgressQueue::Change last;
    for (std::uint32_t n = 1; n <= count; ++n) last = add(n, RoomId{n});
    return last;
  }

 private:
  Line line_{8'000'000};
  EgressQueue::Limits limits_;
  EgressQueue::Before before_{kBeforeAll, kBeforeAll};
  EgressQueue queue_;
};

// 16 are with the kernel, which has begun with the 17th; the 18th waits, and so would a 19th, but
// for 1,000 - 2,000 + 16,384 bytes before it.
TEST(EgressQueue, drops_the_oldest_that_waits_and_what_follows_leaves_in_its_turn) {
  Queue queue(2000, OnFull::drop_oldest);
  EXPECT_TRUE(queue.fill(18).gone.empty());

  const EgressQueue::Change change = queue.add(19, RoomId{19});

  ASSERT_TRUE(change.taken);
  ASSERT_EQ(change.gone.size(), 1U);
  EXPECT_EQ(change.gone[0].message, MessageId{18});
  EXPECT_EQ(change.frame.out, 18ms);
  EXPECT_EQ(change.frame.socket, 18ms - 16'384us);
  EXPECT_EQ(change.busy, 18ms);
}

TEST(EgressQueue, says_anew_when_those_leave_that_were_behind) {
  Queue queue(3000, OnFull::drop_oldest);
  queue.fill(19);

  const EgressQueue::Change change = queue.add(20, RoomId{20});

  ASSERT_EQ(change.gone.size(), 1U);
  EXPECT_EQ(change.gone[0].message, MessageId{18});
  ASSERT_EQ(change.moved.size(), 1U);
  EXPECT_EQ(change.moved[0].read_before, 19ms);
  EXPECT_EQ(change.moved[0].frame.message, MessageId{19});
  EXPECT_EQ(change.moved[0].frame.read, 18ms);
  EXPECT_EQ(change.frame.read, 19ms);
}

TEST(EgressQueue, drops_nothing_for_a_frame_that_would_not_fit_all_the_same) {
  Queue queue(2000, OnFull::drop_oldest);
  queue.fill(18);

  const EgressQueue::Change change = queue.add(19, RoomId{19}, 20'000);

  EXPECT_FALSE(change.taken);
  EXPECT_TRUE(change.gone.empty());
}

TEST(EgressQueue, lets_a_message_take_the_place_of_the_one_of_its_room_that_waits) {
  Queue queue(10'000, OnFull::coalesce);
  queue.fill(20);

  const EgressQueue::Change change = queue.add(21, RoomId{18}, 500);

  ASSERT_TRUE(change.taken);
  ASSERT_EQ(change.gone.size(), 1U);
  EXPECT_EQ(change.gone[0].message, MessageId{18});
  EXPECT_EQ(change.frame.out, 17ms + 500us);
  ASSERT_EQ(change.moved.size(), 2U);
  EXPECT_EQ(change.moved[0].frame.out, 18ms + 500us);
  EXPECT_EQ(change.moved[1].frame.out, 19ms + 500us);
}

TEST(EgressQueue, replaces_neither_what_the_kernel_has_begun_with_nor_what_is_for_one_person) {
  Queue queue(10'000, OnFull::coalesce);
  queue.fill(17);
  queue.add(18, kNoRoom);

  EXPECT_TRUE(queue.add(19, RoomId{17}).gone.empty());
  EXPECT_TRUE(queue.add(20, kNoRoom).gone.empty());
}

TEST(EgressQueue, that_coalesces_drops_the_newest_where_no_place_is_its_own) {
  Queue queue(2000, OnFull::coalesce);
  queue.fill(18);

  EXPECT_FALSE(queue.add(19, RoomId{19}).taken);
  EXPECT_TRUE(queue.add(20, RoomId{18}).taken);
}

// ---- in a run -----------------------------------------------------------------------------------

constexpr std::uint64_t kSends = 30;

// Ann says something thirty times, a microsecond apart; Bob reads a byte a millisecond.
RunRecord burst(const std::string& on_full, const std::string& to, const std::string& more = "") {
  const Scenario scenario =
      loaded(R"json({"squall": 1, "name": "queue", "why": "one slow reader",
    "time": {"warmup": "10s", "measure": "10s", "drain": "60s"},
    "client": {"heartbeat": {"every": "60s", "timeout": "59s"}},
    "cluster": {"nodes": {"count": 1, "egress_queue": {"limit": "4KiB", "on_full": ")json" +
             on_full + R"json("}}, "net": {"client_node": "20ms"}},
    "clients": {"ann": {"on": "n1", "rooms": ["r", "s"]},
                "bob": {"on": "n1", "rooms": ["r", "s"], "downlink": "8kbit/s"}},
    "script": [{"at": "1s", "do": "send", "by": "ann", "to": ")json" +
             to + R"json(", "size": "1000B", "repeat": 30, "every": "1us"})json" + more + "]}");
  return play(scenario, strategy("session_share"), 1);
}

std::uint64_t that_fit() {
  return static_cast<std::uint64_t>((4096 + kSendBuffer) / frame_bytes());
}
// Those that the kernel has, the last one in part.
std::uint64_t that_stay() {
  return static_cast<std::uint64_t>((kSendBuffer + frame_bytes() - 1) / frame_bytes());
}

TEST(DropOldest, loses_as_many_as_the_newest_would_be_and_what_comes_is_younger) {
  const RunRecord newest = burst("drop_newest", "user:bob");
  const RunRecord oldest = burst("drop_oldest", "user:bob");

  EXPECT_TRUE(complete(oldest));
  EXPECT_EQ(lost_by(oldest, Mechanism::egress_queue_dropped), kSends - that_fit());
  EXPECT_EQ(totals(oldest).lost, totals(newest).lost);
  const auto younger = (that_fit() - that_stay()) * (kSends - that_fit()) * 1000;
  EXPECT_EQ(newest.cells.at(0).latency.sum() - oldest.cells.at(0).latency.sum(), younger);
}

// Of those that wait only the last remains.
TEST(Coalesce, keeps_one_message_of_a_room_and_says_what_it_took_the_place_of) {
  const RunRecord run = burst("coalesce", "room:r");

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(lost_by(run, Mechanism::egress_coalesced), kSends - that_stay() - 1);
  EXPECT_EQ(totals(run).lost, kSends - that_stay() - 1);
}

TEST(Coalesce, leaves_what_is_said_to_one_person_alone) {
  const RunRecord run = burst("coalesce", "user:bob");

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(lost_by(run, Mechanism::egress_coalesced), 0U);
  EXPECT_EQ(lost_by(run, Mechanism::egress_queue_dropped), kSends - that_fit());
}

// Where nothing has to wait, a queue is a queue.
TEST(EgressQueue, that_never_fills_plays_the_same_whatever_it_would_do) {
  const auto all = [](const std::string& on_full) {
    return everything(play(built_in("slow-consumers", {{"/params/on_full", on_full},
                                                       {"/params/line", "20Mbit/s"},
                                                       {"/people/good/count", "58"}}),
                           strategy("broadcast"), 1));
  };

  EXPECT_EQ(all("drop_oldest"), all("drop_newest"));
  EXPECT_EQ(all("coalesce"), all("drop_newest"));
}

// A crash takes what waits along; what was taken back before stays what it is.
TEST(DropOldest, balances_when_a_node_dies_with_what_waits) {
  const RunRecord run =
      burst("drop_oldest", "user:bob", R"(, {"at": "2s", "do": "crash", "on": "n1", "for": "1s"})");

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(lost_by(run, Mechanism::egress_queue_dropped), kSends - that_fit());
  EXPECT_GT(lost_by(run, Mechanism::egress_lost_at_crash), 0U);
}

}  // namespace
}  // namespace squall::testing
