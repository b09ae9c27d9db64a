// The clients of real products: what each row waits, read back through the same function that the
// engines call, and who gives up.
#include "strategies/core/client_policies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "strategies/connection/client_link.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

struct Bounds {
  std::string_view policy;
  std::uint32_t attempt;
  Duration low, high;
};

std::string bounds_name(const ::testing::TestParamInfo<Bounds>& info) {
  std::string name = std::string(info.param.policy) + "_" + std::to_string(info.param.attempt);
  for (char& c : name) c = c == '.' || c == '-' ? '_' : c;
  return name;
}

class PolicyWaits : public ::testing::TestWithParam<Bounds> {};

TEST_P(PolicyWaits, from_low_to_high_and_no_further) {
  const Bounds& bounds = GetParam();
  const Backoff& backoff = client_policy_named(bounds.policy)->backoff;
  const Rng rng(1, Purpose::backoff, 0);
  Duration low = Duration::max(), high{0};

  for (std::uint64_t i = 0; i < 4000; ++i) {
    const Duration wait = backoff_delay(backoff, bounds.attempt, 0s, rng.at(i));
    low = std::min(low, wait);
    high = std::max(high, wait);
  }

  const Duration slack = (bounds.high - bounds.low) / 100;
  EXPECT_GE(low, bounds.low);
  EXPECT_LE(low, bounds.low + slack);
  EXPECT_LE(high, bounds.high);
  EXPECT_GE(high, bounds.high - slack);
}

INSTANTIATE_TEST_SUITE_P(
    Documented, PolicyWaits,
    ::testing::Values(Bounds{"socketio", 0, 500ms, 1500ms}, Bounds{"socketio", 1, 1s, 3s},
                      Bounds{"socketio", 2, 2s, 5s}, Bounds{"socketio", 4, 5s, 5s},
                      Bounds{"signalr", 0, 0s, 0s}, Bounds{"signalr", 1, 2s, 2s},
                      Bounds{"signalr", 2, 10s, 10s}, Bounds{"signalr", 3, 30s, 30s},
                      Bounds{"phoenix", 0, 10ms, 10ms}, Bounds{"phoenix", 5, 250ms, 250ms},
                      Bounds{"phoenix", 8, 2s, 2s}, Bounds{"phoenix", 9, 5s, 5s},
                      Bounds{"phoenix", 99, 5s, 5s}, Bounds{"centrifuge-js", 0, 500ms, 1s},
                      Bounds{"centrifuge-js", 2, 500ms, 2500ms}, Bounds{"nats.js", 0, 2s, 2100ms},
                      Bounds{"nats.js", 9, 2s, 2100ms}, Bounds{"actioncable", 0, 6s, 12s},
                      Bounds{"actioncable", 1, 6900ms, 7935ms}, Bounds{"pusher-js", 3, 1s, 1s},
                      Bounds{"stompjs", 3, 5s, 5s}, Bounds{"mattermost", 6, 3s, 5s},
                      Bounds{"mattermost", 7, 192s, 194s}, Bounds{"mattermost", 20, 300s, 302s},
                      Bounds{"meteor", 0, 7500us, 12500us}, Bounds{"meteor", 2, 3630ms, 6050ms},
                      Bounds{"meteor", 30, 225s, 375s}, Bounds{"hocuspocus", 0, 0s, 0s},
                      Bounds{"hocuspocus", 3, 1s, 8s}, Bounds{"hocuspocus", 9, 1s, 30s},
                      Bounds{"ably", 7, 15s, 15s}, Bounds{"ably", 8, 30s, 30s}),
    bounds_name);

TEST(ClientPolicies, centrifuge_js_stays_below_its_cap) {
  const Backoff& backoff = client_policy_named("centrifuge-js")->backoff;

  EXPECT_EQ(backoff_delay(backoff, 20, 0s, ~std::uint64_t{0}), 20s);
  EXPECT_EQ(backoff_delay(backoff, 20, 0s, 0), 500ms);
}

TEST(ClientPolicies, actioncable_grows_to_28_seconds) {
  const Backoff& backoff = client_policy_named("actioncable")->backoff;

  EXPECT_NEAR(static_cast<double>(backoff.delays.back().low.count()) / 1e9, 24.27, 0.01);
  EXPECT_NEAR(static_cast<double>(longest_wait(backoff).count()) / 1e9, 27.91, 0.01);
}

TEST(ClientPolicies, have_different_names_and_say_where_their_figures_stand) {
  std::set<std::string_view> names;

  for (const ClientPolicy& row : client_policies()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.source.empty()) << row.name;
    EXPECT_FALSE(row.meaning.empty()) << row.name;
    EXPECT_EQ(row.backoff.kind == BackoffKind::table, !row.backoff.delays.empty()) << row.name;
    EXPECT_EQ(client_policy_named(row.name), &row);
  }
  EXPECT_EQ(client_policy_named("socket.io"), nullptr);
}

// Loses its connection, and then every attempt; the instants at which it tries, in seconds.
std::vector<int> tries_of(std::string_view policy, std::size_t at_most) {
  const LinkOptions options{25s, 10s, 5s, client_policy_named(policy)->backoff};
  const Rng rng(1, Purpose::backoff, 0);
  ClientLink link;
  Time now{0};
  LinkActions start;
  link.start(now, options, start);
  LinkActions opened;
  link.opened(now, options, opened);
  std::vector<int> tries;
  while (tries.size() < at_most) {
    LinkActions lost;
    link.lost(now, options, rng, lost);
    if (lost.list().empty()) break;  // no timer: it has given up
    now = lost.list().front().at;
    LinkActions fired;
    link.timer(now, lost.list().front().generation, options, rng, fired);
    tries.push_back(static_cast<int>(now / 1s));
  }
  return tries;
}

TEST(WhoGivesUp, signalr_after_its_fourth_attempt_42_seconds_after_the_loss) {
  EXPECT_THAT(tries_of("signalr", 100), ElementsAre(0, 2, 12, 42));
}

TEST(WhoGivesUp, nats_js_after_ten_and_phoenix_never) {
  EXPECT_EQ(tries_of("nats.js", 100).size(), 10U);
  EXPECT_EQ(tries_of("phoenix", 100).size(), 100U);
}

TEST(WhoGivesUp, is_deaf_to_its_old_timers_and_tries_again_when_its_user_comes_again) {
  LinkOptions options{25s, 10s, 5s, client_policy_named("signalr")->backoff};
  options.backoff.give_up_after = 1;
  const Rng rng(1, Purpose::backoff, 0);
  ClientLink link;
  LinkActions start, lost, again, gone, stopped, restarted;
  link.start(0s, options, start);
  link.lost(1s, options, rng, lost);
  const std::uint32_t old = lost.list().front().generation;
  link.timer(1s, old, options, rng, again);
  link.lost(2s, options, rng, gone);

  LinkActions late;
  link.timer(60s, link.generation - 1, options, rng, late);
  link.stop(stopped);
  link.start(90s, options, restarted);

  EXPECT_TRUE(gone.list().empty());
  EXPECT_TRUE(late.list().empty());
  EXPECT_TRUE(stopped.list().empty());
  ASSERT_FALSE(restarted.list().empty());
  EXPECT_EQ(restarted.list().front().kind, LinkAction::Kind::connect);
}

}  // namespace
}  // namespace squall
