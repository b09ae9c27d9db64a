// The client's side of a connection: time-outs, heartbeats, and what is left when the user goes.
//
// The laws do not depend on an engine: time is told, and what the link wants done is read back.
#include "strategies/connection/client_link.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <vector>

namespace squall {
namespace {

using namespace std::chrono_literals;
using Kind = LinkAction::Kind;

const LinkOptions kOptions{25s, 10s, 5s, {BackoffKind::fixed, 3s, 2, 30s}};

// A link with its clock: keeps the only live timer and what was done last.
class Bench {
 public:
  explicit Bench(const LinkOptions& options = kOptions) : options_(options) {}

  ClientLink link;
  Time now{0};
  std::vector<Kind> done;  // since the last call

  void start() {
    play([&](LinkActions& actions) { link.start(now, options_, actions); });
  }
  void stop() {
    play([&](LinkActions& actions) { link.stop(actions); });
  }
  void opened() {
    play([&](LinkActions& actions) { link.opened(now, options_, actions); });
  }
  void lost() {
    play([&](LinkActions& actions) { link.lost(now, options_, rng_, actions); });
  }
  void fire(std::uint32_t generation) {
    play([&](LinkActions& actions) { link.timer(now, generation, options_, rng_, actions); });
  }
  // Goes to when the live timer is due, and fires it.
  void wait() {
    now = timer_->at;
    fire(timer_->generation);
  }
  const LinkAction& timer() const { return *timer_; }

 private:
  template <typename Step>
  void play(Step step) {
    LinkActions actions;
    step(actions);
    done.clear();
    for (const LinkAction& action : actions.list()) {
      if (action.kind == Kind::start_timer)
        timer_ = action;
      else
        done.push_back(action.kind);
    }
  }

  LinkOptions options_;
  Rng rng_{1, Purpose::backoff, 0};
  std::optional<LinkAction> timer_;
};

Bench ready_at(Time now) {
  Bench bench;
  bench.start();
  bench.now = now;
  bench.opened();
  return bench;
}

using Done = std::vector<Kind>;

TEST(ClientLink, a_login_connects_at_once) {
  Bench bench;

  bench.start();

  EXPECT_EQ(bench.done, Done{Kind::connect});
  EXPECT_EQ(bench.link.phase, LinkPhase::connecting);
}

TEST(ClientLink, an_attempt_without_an_answer_is_given_up_after_the_connect_time_out) {
  Bench bench;
  bench.start();

  bench.wait();

  EXPECT_EQ(bench.now, 5s);
  EXPECT_EQ(bench.done, Done{Kind::abandon});
  EXPECT_EQ(bench.link.phase, LinkPhase::backoff);
  EXPECT_EQ(bench.timer().at, 8s);
}

TEST(ClientLink, after_the_back_off_it_tries_again) {
  Bench bench;
  bench.start();
  bench.wait();

  bench.wait();

  EXPECT_EQ(bench.now, 8s);
  EXPECT_EQ(bench.done, Done{Kind::connect});
  EXPECT_EQ(bench.link.phase, LinkPhase::connecting);
}

TEST(ClientLink, the_back_off_grows_with_each_failure_and_starts_over_once_connected) {
  LinkOptions options = kOptions;
  options.backoff = {BackoffKind::exponential, 1s, 2, 30s};
  Bench bench(options);
  bench.start();
  std::vector<Duration> waits;
  for (int failure = 0; failure < 4; ++failure) {
    bench.lost();
    waits.push_back(bench.timer().at - bench.now);
    bench.wait();
  }

  bench.opened();
  bench.lost();
  waits.push_back(bench.timer().at - bench.now);

  EXPECT_EQ(waits, (std::vector<Duration>{1s, 2s, 4s, 8s, 1s}));
}

// It grows from the wait before, and a connection that lived is no failure.
TEST(ClientLink, the_decorrelated_back_off_starts_over_once_connected) {
  LinkOptions options = kOptions;
  options.backoff = {BackoffKind::decorrelated, 1s, 2, 30s};
  Bench bench(options);
  bench.start();
  Duration longest{0};
  for (int failure = 0; failure < 40; ++failure) {
    bench.lost();
    longest = std::max(longest, bench.timer().at - bench.now);
    bench.wait();
  }

  bench.opened();
  bench.wait();  // a ping has been sent
  bench.lost();

  EXPECT_GT(longest, 3s);
  EXPECT_LE(bench.timer().at - bench.now, 3s);
}

TEST(ClientLink, a_quiet_connection_is_pinged_once_per_interval) {
  Bench bench = ready_at(1s);

  std::vector<Time> pings;
  for (int round = 0; round < 3; ++round) {
    bench.wait();
    ASSERT_EQ(bench.done, Done{Kind::send_ping});
    pings.push_back(bench.now);
    bench.now += 90ms;
    bench.link.heard();
    bench.wait();
    ASSERT_EQ(bench.done, Done{});
  }

  EXPECT_EQ(pings, (std::vector<Time>{26s, 51s, 76s}));
}

TEST(ClientLink, an_answer_keeps_it_alive_for_as_long_as_answers_come) {
  Bench bench = ready_at(0s);

  for (int round = 0; round < 1000; ++round) {
    bench.wait();
    bench.link.heard();
  }

  EXPECT_EQ(bench.link.phase, LinkPhase::ready);
}

TEST(ClientLink, without_an_answer_it_closes_after_the_heartbeat_time_out) {
  Bench bench = ready_at(1s);
  bench.wait();

  bench.wait();

  EXPECT_EQ(bench.now, 36s);
  EXPECT_EQ(bench.done, Done{Kind::close});
  EXPECT_EQ(bench.link.phase, LinkPhase::backoff);
}

TEST(ClientLink, an_answer_that_came_before_the_ping_does_not_count_for_it) {
  Bench bench = ready_at(0s);
  bench.link.heard();
  bench.wait();

  bench.wait();

  EXPECT_EQ(bench.done, Done{Kind::close});
}

// Detection takes between T and T + I: the law of silent deaths (T time-out, I interval).
RC_GTEST_PROP(ClientLink, silence_is_noticed_between_time_out_and_time_out_plus_interval, ()) {
  const Duration every{*rc::gen::inRange<std::int64_t>(2'000'000, 60'000'000)};
  const Duration timeout{*rc::gen::inRange<std::int64_t>(1'000'000, every.count())};
  const Duration round_trip{*rc::gen::inRange<std::int64_t>(0, 1'000'000)};
  const Time silent_from{*rc::gen::inRange<std::int64_t>(0, 500'000'000)};
  Bench bench({every, timeout, 5s, {}});
  bench.start();
  bench.opened();
  Time last_heard{0};

  while (bench.link.phase == LinkPhase::ready) {
    bench.wait();
    const Time answer = bench.now + round_trip;
    if (bench.done == Done{Kind::send_ping} && answer <= silent_from) {
      bench.link.heard();
      last_heard = answer;
    }
  }

  // A path that breaks while an answer is under way shortens the wait by at most a round trip.
  RC_ASSERT(bench.now - silent_from >= timeout - round_trip);
  RC_ASSERT(bench.now - silent_from <= timeout + every);
  RC_ASSERT(bench.now - last_heard <= timeout + every);
}

RC_GTEST_PROP(ClientLink, a_timer_of_an_older_generation_is_void, ()) {
  Bench bench;
  bench.start();
  const std::uint32_t old = bench.timer().generation;
  const int path = *rc::gen::inRange(0, 3);
  if (path == 0) bench.opened();
  if (path == 1) bench.lost();
  if (path == 2) bench.stop();
  const LinkPhase phase = bench.link.phase;

  bench.now += 5s;
  bench.fire(old);

  RC_ASSERT(bench.done.empty());
  RC_ASSERT(bench.link.phase == phase);
}

TEST(ClientLink, a_user_who_goes_abandons_a_running_attempt) {
  Bench bench;
  bench.start();

  bench.stop();

  EXPECT_EQ(bench.done, Done{Kind::abandon});
  EXPECT_EQ(bench.link.phase, LinkPhase::idle);
}

TEST(ClientLink, a_user_who_goes_closes_the_connection) {
  Bench bench = ready_at(1s);

  bench.stop();

  EXPECT_EQ(bench.done, Done{Kind::close});
  EXPECT_EQ(bench.link.phase, LinkPhase::idle);
}

TEST(ClientLink, a_user_who_goes_during_the_back_off_has_nothing_to_close) {
  Bench bench = ready_at(1s);
  bench.lost();
  const std::uint32_t timer = bench.timer().generation;

  bench.stop();
  const Done at_once = bench.done;
  bench.fire(timer);

  EXPECT_EQ(at_once, Done{});
  EXPECT_EQ(bench.done, Done{});
  EXPECT_EQ(bench.link.phase, LinkPhase::idle);
}

TEST(ClientLink, a_user_who_never_came_has_nothing_to_close) {
  Bench bench;

  bench.stop();

  EXPECT_EQ(bench.done, Done{});
  EXPECT_EQ(bench.link.phase, LinkPhase::idle);
}

TEST(ClientLink, a_user_who_comes_back_starts_over) {
  Bench bench;
  bench.start();
  bench.lost();
  bench.stop();

  bench.start();

  EXPECT_EQ(bench.done, Done{Kind::connect});
  EXPECT_EQ(bench.link.attempt, 0U);
}

TEST(ClientLink, every_back_off_takes_a_fresh_draw) {
  Bench bench;
  bench.start();
  bench.lost();
  bench.wait();
  bench.opened();
  bench.lost();

  bench.stop();

  EXPECT_EQ(bench.link.draws, 2U);
}

}  // namespace
}  // namespace squall
