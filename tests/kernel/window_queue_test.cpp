// Time-window buckets against the plainest model there is: a list, stably sorted by time.
//
// The laws are the total order (time, then order of scheduling), that nothing is lost, and that
// what comes too late for its window is refused.
#include "sim/kernel/window_queue.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace squall {
namespace {

using namespace std::chrono_literals;

using Entry = std::pair<Time, int>;  // when, and the how-many-th it was to be scheduled

// Few distinct values, so that ties are common; within a turn of the ring; or far beyond it.
rc::Gen<std::int64_t> distance() {
  return rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 4),
                        rc::gen::inRange<std::int64_t>(0, 100'000),
                        rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 40));
}

std::vector<Entry> opened(WindowQueue<int>& queue) {
  const Time begin = queue.upcoming();
  std::vector<Entry> events;
  for (const auto& entry : queue.open(begin)) {
    events.emplace_back(begin + Time{entry.offset}, entry.event);
  }
  return events;
}

std::vector<Entry> all_of(WindowQueue<int>& queue) {
  std::vector<Entry> events;
  while (!queue.empty()) {
    for (const Entry& entry : opened(queue)) events.push_back(entry);
  }
  return events;
}

std::vector<Entry> stably_sorted(std::vector<Entry> entries) {
  std::ranges::stable_sort(entries, {}, &Entry::first);
  return entries;
}

RC_GTEST_PROP(WindowQueue, events_leave_by_time_and_those_of_equal_time_as_they_were_scheduled,
              ()) {
  const Time start{*rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000)};
  WindowQueue<int> queue(start, Duration{*rc::gen::inRange<std::int64_t>(1, 1 << 20)});
  std::vector<Entry> model;
  for (const std::int64_t after : *rc::gen::container<std::vector<std::int64_t>>(distance())) {
    model.emplace_back(start + Time{after}, static_cast<int>(model.size()));
    queue.schedule(model.back().first, model.back().second);
  }

  const std::vector<Entry> left = all_of(queue);

  RC_ASSERT(left == stably_sorted(model));
}

RC_GTEST_PROP(WindowQueue, the_order_holds_when_events_schedule_others_a_window_later, ()) {
  const Duration lookahead{*rc::gen::inRange<std::int64_t>(1, 1 << 16)};
  const auto delays = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(distance()));
  WindowQueue<int> queue(Time{0}, lookahead);
  std::vector<Entry> model, left;
  const auto schedule = [&](Time at) {
    model.emplace_back(at, static_cast<int>(model.size()));
    queue.schedule(at, model.back().second);
  };
  for (const std::int64_t delay : delays) schedule(Time{delay});

  while (!queue.empty()) {
    for (const Entry& entry : opened(queue)) {
      left.push_back(entry);
      if (model.size() < 4 * delays.size()) {
        schedule(entry.first + lookahead + Time{delays[left.size() % delays.size()]});
      }
    }
  }

  RC_ASSERT(left == stably_sorted(model));
}

TEST(WindowQueue, a_crowded_window_is_sorted_whether_its_times_are_equal_spread_or_clustered) {
  for (const std::int64_t spread : {std::int64_t{1}, std::int64_t{70}, std::int64_t{1} << 30}) {
    WindowQueue<int> queue(Time{0}, Duration{std::int64_t{1} << 30});
    std::vector<Entry> model;
    for (int i = 0; i < 20'000; ++i) {
      const std::int64_t at = std::int64_t{i} * 7'919'000'017 % spread;
      model.emplace_back(Time{at}, i);
      queue.schedule(Time{at}, i);
    }

    const std::vector<Entry> left = all_of(queue);

    EXPECT_TRUE(left == stably_sorted(model)) << "times below " << spread;
  }
}

TEST(WindowQueue, what_was_scheduled_far_ahead_comes_before_what_was_scheduled_later_for_then) {
  WindowQueue<int> queue(Time{0}, 1ns);
  queue.schedule(10'000ns, 1);  // beyond the first turn of the ring
  queue.schedule(9'000ns, 2);
  ASSERT_EQ(opened(queue), (std::vector<Entry>{{9'000ns, 2}}));

  queue.schedule(10'000ns, 3);

  EXPECT_EQ(opened(queue), (std::vector<Entry>{{10'000ns, 1}, {10'000ns, 3}}));
  EXPECT_TRUE(queue.empty());
}

TEST(WindowQueue, an_empty_window_may_be_opened_and_closes_what_is_before_its_end) {
  WindowQueue<int> queue(Time{0}, 16ns);
  queue.schedule(40ns, 1);

  EXPECT_TRUE(queue.open(16ns).empty());
  queue.schedule(32ns, 2);

  EXPECT_EQ(all_of(queue), (std::vector<Entry>{{32ns, 2}, {40ns, 1}}));
  EXPECT_EQ(queue.upcoming(), kNever);
}

TEST(WindowQueue, a_window_is_the_largest_power_of_two_that_is_not_too_long) {
  EXPECT_EQ(WindowQueue<int>(Time{0}, 100'000ns).width(), 65'536ns);
  EXPECT_EQ(WindowQueue<int>(Time{0}, 64ns).width(), 64ns);
  EXPECT_EQ(WindowQueue<int>(Time{0}, 1ns).width(), 1ns);
}

TEST(WindowQueueDeathTest, scheduling_into_the_open_window_dies) {
  WindowQueue<int> queue(Time{0}, 16ns);
  queue.schedule(5ns, 1);
  opened(queue);

  EXPECT_DEATH(queue.schedule(15ns, 2), "broken invariant");
}

TEST(WindowQueueDeathTest, scheduling_before_the_start_dies) {
  WindowQueue<int> queue(1s, 16ns);

  EXPECT_DEATH(queue.schedule(999ms, 1), "broken invariant");
}

TEST(WindowQueueDeathTest, opening_a_window_while_an_earlier_one_has_events_dies) {
  WindowQueue<int> queue(Time{0}, 16ns);
  queue.schedule(5ns, 1);

  EXPECT_DEATH(queue.open(16ns), "broken invariant");
}

TEST(WindowQueueDeathTest, opening_a_window_twice_or_at_a_time_inside_it_dies) {
  WindowQueue<int> queue(Time{0}, 16ns);
  queue.open(Time{0});

  EXPECT_DEATH(queue.open(Time{0}), "broken invariant");
  EXPECT_DEATH(queue.open(17ns), "broken invariant");
}

}  // namespace
}  // namespace squall
