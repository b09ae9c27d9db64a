// The dilated work of a node: one piece at a time, in order, and nothing after a crash.
//
// Alarms are called by hand: no time passes.
#include "sim/live/node/work_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace squall::live {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class WorkQueueTest : public ::testing::Test {
 protected:
  WorkQueue::Then note(const char* what) {
    return [this, what] { done_.emplace_back(what); };
  }
  void ring() {
    const WorkQueue::Then alarm = std::move(alarms_.front());
    alarms_.erase(alarms_.begin());
    alarm();
  }

  RunClock clock_{std::chrono::steady_clock::now()};
  Loop loop_{clock_};
  std::vector<WorkQueue::Then> alarms_;
  std::vector<std::string> done_;
  WorkQueue queue_{loop_, 1h, [this](Time, WorkQueue::Then then) { alarms_.push_back(then); }};
};

TEST_F(WorkQueueTest, sleeps_one_piece_at_a_time_in_order_of_arrival) {
  queue_.add(10ms, note("a"));
  queue_.add(10ms, note("b"));
  EXPECT_EQ(alarms_.size(), 1U);

  ring();

  EXPECT_THAT(done_, ElementsAre("a"));
  ASSERT_EQ(alarms_.size(), 1U);
  ring();
  EXPECT_THAT(done_, ElementsAre("a", "b"));
  EXPECT_EQ(queue_.dilated().slept.count(), 2U);
}

TEST_F(WorkQueueTest, does_what_is_too_short_for_a_timer_in_its_turn) {
  queue_.add(1us, note("first"));
  EXPECT_THAT(done_, ElementsAre("first"));
  queue_.add(10ms, note("slept"));
  queue_.add(1us, note("behind"));

  EXPECT_THAT(done_, ElementsAre("first"));
  ring();
  EXPECT_THAT(done_, ElementsAre("first", "slept", "behind"));
  EXPECT_EQ(queue_.dilated().slept.count(), 1U);
}

TEST_F(WorkQueueTest, puts_what_a_piece_adds_behind_what_waits) {
  queue_.add(10ms, [this] { queue_.add(1us, note("added")); });
  queue_.add(1us, note("waited"));

  ring();

  EXPECT_THAT(done_, ElementsAre("waited", "added"));
}

TEST_F(WorkQueueTest, forgets_everything_when_its_process_dies_and_serves_the_next) {
  queue_.add(10ms, note("lost"));
  queue_.add(10ms, note("lost too"));
  queue_.forget_all();
  alarms_.clear();  // they were the process's

  queue_.add(10ms, note("new"));
  ring();

  EXPECT_THAT(done_, ElementsAre("new"));
}

}  // namespace
}  // namespace squall::live
