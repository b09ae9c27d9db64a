// The event queue against the plainest model there is: a list, stably sorted by time.
//
// The laws are its total order (time, then order of scheduling) and that nothing is lost.
#include "sim/kernel/event_queue.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace squall {
namespace {

using namespace std::chrono_literals;

using Entry = std::pair<Time, int>;  // when, and the how-many-th it was to be scheduled

// Few distinct values, so that ties are common; or any distance up to 2^40 ns.
rc::Gen<std::int64_t> distance() {
  return rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 4),
                        rc::gen::inRange<std::int64_t>(0, 1000),
                        rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 40));
}

Entry popped(EventQueue<int>& queue) {
  Time at;
  const int event = queue.pop(at);
  return {at, event};
}

RC_GTEST_PROP(EventQueue, events_leave_by_time_and_those_of_equal_time_as_they_were_scheduled, ()) {
  const Time origin{*rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000)};
  std::vector<Entry> model;
  EventQueue<int> queue(origin);
  for (const std::int64_t after : *rc::gen::container<std::vector<std::int64_t>>(distance())) {
    model.emplace_back(origin + Time{after}, static_cast<int>(model.size()));
    queue.schedule(model.back().first, model.back().second);
  }

  std::vector<Entry> left;
  while (!queue.empty()) left.push_back(popped(queue));

  std::stable_sort(model.begin(), model.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  RC_ASSERT(left == model);
}

RC_GTEST_PROP(EventQueue, the_order_holds_when_pops_and_pushes_interleave, ()) {
  std::vector<Entry> model;
  EventQueue<int> queue(Time{0});
  Time now{0};
  int scheduled = 0;
  const auto pops = *rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>());

  for (const bool pop : pops) {
    if (!pop) {
      model.emplace_back(now + Time{*distance()}, scheduled++);
      queue.schedule(model.back().first, model.back().second);
    } else if (!model.empty()) {
      std::stable_sort(model.begin(), model.end(),
                       [](const Entry& a, const Entry& b) { return a.first < b.first; });
      const Entry expected = model.front();
      model.erase(model.begin());
      RC_ASSERT(popped(queue) == expected);
      now = expected.first;
    }
    RC_ASSERT(queue.size() == model.size());
    RC_ASSERT(queue.empty() == model.empty());
  }
}

RC_GTEST_PROP(EventQueue, a_visit_sees_exactly_what_is_left, ()) {
  EventQueue<int> queue(Time{0});
  const auto times = *rc::gen::container<std::vector<std::int64_t>>(distance());
  for (std::size_t i = 0; i < times.size(); ++i) {
    queue.schedule(Time{times[i]}, static_cast<int>(i));
  }
  const auto gone = *rc::gen::inRange<std::size_t>(0, times.size() + 1);
  std::vector<bool> expected(times.size(), true);
  for (std::size_t i = 0; i < gone; ++i) {
    expected[static_cast<std::size_t>(popped(queue).second)] = false;
  }

  std::vector<bool> seen(times.size(), false);
  queue.for_each([&](int event) {
    RC_ASSERT(!seen[static_cast<std::size_t>(event)]);
    seen[static_cast<std::size_t>(event)] = true;
  });

  RC_ASSERT(seen == expected);
}

TEST(EventQueue, what_is_scheduled_for_now_comes_after_what_is_already_there_for_now) {
  EventQueue<int> queue(Time{0});
  queue.schedule(5ns, 1);
  queue.schedule(5ns, 2);

  const Entry first = popped(queue);
  queue.schedule(5ns, 3);

  EXPECT_EQ(first, Entry(5ns, 1));
  EXPECT_EQ(popped(queue), Entry(5ns, 2));
  EXPECT_EQ(popped(queue), Entry(5ns, 3));
}

// More than a window takes: it is split, and what is scheduled while it is played lies before, in
// and behind the part that is played.
TEST(EventQueue, a_crowded_window_keeps_the_order) {
  constexpr int kCrowd = 20'000;
  EventQueue<int> queue(Time{0});
  std::vector<Entry> model;
  const auto put = [&](Time at) {
    model.emplace_back(at, static_cast<int>(model.size()));
    queue.schedule(at, model.back().second);
  };
  for (std::int64_t i = 0; i < kCrowd; ++i) put(Time{1'000'000 + i * 7919 % 300'000});

  std::vector<Entry> left;
  while (!queue.empty()) {
    left.push_back(popped(queue));
    const std::int64_t k = left.back().second;
    if (k < kCrowd) put(left.back().first + Time{k * 31 % 400});
  }

  std::stable_sort(model.begin(), model.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  EXPECT_EQ(left, model);
}

TEST(EventQueue, times_before_measure_are_as_good_as_any) {
  EventQueue<int> queue(-30s);

  queue.schedule(0ns, 2);
  queue.schedule(-30s, 1);

  EXPECT_EQ(popped(queue), Entry(-30s, 1));
  EXPECT_EQ(popped(queue), Entry(0ns, 2));
}

TEST(EventQueueDeathTest, scheduling_into_the_past_dies) {
  EventQueue<int> queue(Time{0});
  queue.schedule(10ns, 1);
  popped(queue);

  EXPECT_DEATH(queue.schedule(9ns, 2), "broken invariant");
}

TEST(EventQueueDeathTest, scheduling_before_the_run_began_dies) {
  EventQueue<int> queue(Time{0});

  EXPECT_DEATH(queue.schedule(-1ns, 1), "broken invariant");
}

TEST(EventQueueDeathTest, taking_from_an_empty_queue_dies) {
  EventQueue<int> queue(Time{0});

  EXPECT_DEATH(popped(queue), "broken invariant");
}

}  // namespace
}  // namespace squall
