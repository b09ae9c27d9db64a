// The closed form of a loop against a server that is simulated one nanosecond at a time.
//
// Finish times, queue integral, busy time and residents must agree exactly, with pauses and with
// deaths of the process in between.
#include "sim/kernel/loop.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <vector>

#include "sim/kernel/flight.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;

std::vector<Pause> pauses_of(const std::vector<std::pair<int, int>>& ranges) {
  std::vector<Pause> pauses;
  for (const auto& [begin, end] : ranges) {
    pauses.push_back({{Time{begin}, Time{end}}, TriggerId{7}});
  }
  return pauses;
}

// Disjoint pauses, ascending; two may touch.
std::vector<Pause> some_pauses() {
  std::vector<std::pair<int, int>> ranges;
  int at = 0;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    const int begin = at + *rc::gen::inRange(0, 40);
    at = begin + *rc::gen::inRange(1, 25);
    ranges.emplace_back(begin, at);
  }
  return pauses_of(ranges);
}

struct Call {
  Time at;
  Duration cost;  // zero: the process dies
};

std::vector<Call> some_calls(int deaths_in_ten) {
  std::vector<Call> calls;
  Time at{0};
  const int count = *rc::gen::inRange(0, 30);
  for (int i = 0; i < count; ++i) {
    at += Duration{*rc::gen::inRange(0, 15)};
    const bool dies = *rc::gen::inRange(0, 10) < deaths_in_ten;
    calls.push_back({at, dies ? Duration{0} : Duration{*rc::gen::inRange(1, 12)}});
  }
  return calls;
}

// What the loop must come to, nanosecond by nanosecond.
struct Naive {
  std::vector<Time> finishes;         // by call; kNever: it died before
  std::vector<std::size_t> resident;  // before each call
  __int128 queue_ns = 0;
  Duration busy{0};  // the server worked and measure was on
};

Naive simulate(const std::vector<Call>& calls, const std::vector<Pause>& pauses, Duration measure,
               Time end) {
  struct Item {
    std::size_t call;
    Duration left;
  };
  Naive naive{std::vector<Time>(calls.size(), kNever), {}, 0, Duration{0}};
  std::deque<Item> queue;
  std::size_t next = 0;
  for (Time now{0}; now < end; now += 1ns) {
    for (; next < calls.size() && calls[next].at == now; ++next) {
      naive.resident.push_back(queue.size());
      if (calls[next].cost == Duration{0})
        queue.clear();
      else
        queue.push_back({next, calls[next].cost});
    }
    if (now < measure) naive.queue_ns += static_cast<__int128>(queue.size());
    if (queue.empty()) continue;
    bool paused = false;
    for (const Pause& pause : pauses) paused |= pause.range.contains(now);
    if (paused) continue;
    if (now < measure) naive.busy += 1ns;
    queue.front().left -= 1ns;
    if (queue.front().left > Duration{0}) continue;
    naive.finishes[queue.front().call] = now + 1ns;
    queue.pop_front();
  }
  return naive;
}

struct Played {
  std::vector<Time> finishes;
  std::vector<std::size_t> resident;
};

Played play(Loop& loop, const std::vector<Call>& calls) {
  Played played;
  for (const Call& call : calls) {
    played.resident.push_back(loop.resident(call.at));
    if (call.cost > Duration{0}) {
      played.finishes.push_back(loop.work(call.at, call.cost));
      continue;
    }
    for (Time& finish : played.finishes) {
      if (finish > call.at) finish = kNever;
    }
    played.finishes.push_back(kNever);
    loop.purge(call.at);
  }
  return played;
}

constexpr Duration kMeasure{150};
constexpr Time kEnd{2000};  // later than anything that can still be going on

void check_against_naive(int deaths_in_ten) {
  const std::vector<Pause> pauses = some_pauses();
  const std::vector<Call> calls = some_calls(deaths_in_ten);
  Loop loop(Time{0}, kMeasure, pauses);

  const Played played = play(loop, calls);

  const Naive naive = simulate(calls, pauses, kMeasure, kEnd);
  RC_ASSERT(played.finishes == naive.finishes);
  RC_ASSERT(played.resident == naive.resident);
  RC_ASSERT(loop.balanced(kEnd));
  RC_ASSERT(loop.queue_ns() == naive.queue_ns);
  RC_ASSERT(loop.busy().count() == naive.busy.count());
}

RC_GTEST_PROP(Loop, the_closed_form_equals_a_simulation_step_by_step, ()) {
  check_against_naive(0);
}

RC_GTEST_PROP(Loop, it_still_does_when_the_process_dies_now_and_then, ()) {
  check_against_naive(2);
}

RC_GTEST_PROP(Loop, the_queue_integral_is_exact_at_any_time_in_between, ()) {
  const std::vector<Pause> pauses = some_pauses();
  const std::vector<Call> calls = some_calls(1);
  const Time end =
      (calls.empty() ? Time{0} : calls.back().at) + 1ns + Duration{*rc::gen::inRange(0, 60)};
  Loop loop(Time{0}, kMeasure, pauses);

  play(loop, calls);

  RC_ASSERT(loop.balanced(end));
  RC_ASSERT(loop.queue_ns() == simulate(calls, pauses, kMeasure, end).queue_ns);
}

TEST(Loop, items_are_served_one_after_the_other_in_order_of_arrival) {
  Loop loop(Time{0}, kMeasure, {});

  const Time first = loop.work(10ns, 5ns);
  const Time second = loop.work(12ns, 5ns);
  const Time third = loop.work(40ns, 5ns);

  EXPECT_EQ(first, 15ns);
  EXPECT_EQ(second, 20ns);
  EXPECT_EQ(third, 45ns);
}

TEST(Loop, a_batch_served_step_by_step_equals_the_same_work_done_at_once) {
  const std::vector<Pause> pauses = pauses_of({{8, 20}});
  Loop by_steps(Time{0}, kMeasure, pauses), at_once(Time{0}, kMeasure, pauses);

  const Time start = by_steps.start(2ns);
  Time at = start;
  for (int i = 0; i < 5; ++i) at = by_steps.next(at, 3ns);
  by_steps.serve(2ns, start, at, 15ns);
  const Time finish = at_once.work(2ns, 15ns);

  EXPECT_EQ(at, finish);
  EXPECT_TRUE(by_steps.balanced(kEnd));
  EXPECT_TRUE(at_once.balanced(kEnd));
  EXPECT_EQ(by_steps.queue_ns(), at_once.queue_ns());
}

TEST(Loop, work_before_measure_is_not_counted_as_busy) {
  Loop loop(-100ns, kMeasure, {});

  loop.work(-10ns, 30ns);

  EXPECT_EQ(loop.busy().count(), 20);
}

TEST(Elapse, work_stands_still_through_every_pause_on_its_way) {
  const std::vector<Pause> pauses = pauses_of({{10, 20}, {25, 30}, {30, 50}, {100, 110}});

  EXPECT_EQ(elapse(pauses, 0ns, 10ns), 10ns);    // done as the pause begins
  EXPECT_EQ(elapse(pauses, 0ns, 11ns), 21ns);    // over one
  EXPECT_EQ(elapse(pauses, 0ns, 16ns), 51ns);    // over three
  EXPECT_EQ(elapse(pauses, 15ns, 1ns), 21ns);    // begun in the middle of one
  EXPECT_EQ(elapse(pauses, 50ns, 50ns), 100ns);  // between them
  EXPECT_EQ(elapse(pauses, 110ns, 7ns), 117ns);  // after all
}

TEST(Bursts, AreTheTurnsInWhichALoopDoesWhatAPauseKeptWaiting) {
  const std::vector<Pause> pauses = pauses_of({{10, 30}});
  Loop loop(Time{0}, 1s, pauses);

  loop.work(Time{5}, Duration{2});
  EXPECT_EQ(loop.burst(Time{6}), kNever);
  loop.work(Time{12}, Duration{3});
  loop.work(Time{15}, Duration{3});
  EXPECT_NE(loop.burst(Time{33}), kNever);
  EXPECT_EQ(loop.burst(Time{33}), loop.burst(Time{36}));
  loop.work(Time{40}, Duration{1});
  EXPECT_EQ(loop.burst(Time{41}), kNever);
}

TEST(Bursts, ShareTheSegmentsOfWhatIsWrittenInThem) {
  const WireCost frame = wire::websocket(100, false, wire::Tls::off);
  Flight flight;

  EXPECT_EQ(flight.join(kNever, frame), 0);
  EXPECT_EQ(flight.join(kNever, frame), 0);
  EXPECT_EQ(flight.join(Time{5}, frame), 0);
  EXPECT_EQ(flight.join(Time{5}, frame), 1);
  EXPECT_EQ(flight.join(Time{6}, frame), 0);
}

}  // namespace
}  // namespace squall
