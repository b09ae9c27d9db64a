// Two engines that play one plan owe the same pairs, however long a welcome takes in either.
//
// The second engine is virtual time again, on a network that is faster or slower than the first
// one's: it welcomes its clients at other moments, as sockets do, and needs none.
#include <gtest/gtest.h>

#include "tests/support/place.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// People who come and go all the while, and so many messages that some are born in a welcome.
Scenario busy_door(const std::string& client_node) {
  return loaded(R"json({
    "squall": 1, "name": "busy-door", "why": "Logins among messages.",
    "time": {"warmup": "2s", "measure": "5s", "drain": "4s", "deadline": "2s"},
    "cluster": {"nodes": {"count": 2, "cost_profile": "beast-plain"}},
    "people": {"u": {"count": 200, "arrive": "uniform(0s,1s)", "stay": "exp(2s)",
                     "away": "exp(1s)"}},
    "clients": {"ann": {"on": "n1"}},
    "rooms": {"r": {"count": 4}},
    "script": [{"at": "1s", "do": "join", "by": "ann", "room": "r-1"},
               {"at": "3s", "do": "leave", "by": "ann", "room": "r-1"},
               {"at": "4s", "do": "join", "by": "ann", "room": "r-1"}],
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "800/s", "size": "50B"},
                {"as": "dm", "from": "any", "to": "user:online", "rate": "800/s", "size": "50B"}]
  })json",
                {{"/cluster/net/client_node", client_node}});
}

struct Engines {
  RunRecord first, second, alone;  // alone: the second, had it not known of the first
};

Engines play_both(const std::string& first, const std::string& second) {
  const StrategySpec spec = strategy("broadcast");
  OwedLog log;
  Engines both;
  both.first = play(busy_door(first), spec, 1, {.mute = {}, .owed_log = &log});
  both.second = play(busy_door(second), spec, 1, {.mute = {}, .owed_elsewhere = &log});
  both.alone = play(busy_door(second), spec, 1);
  EXPECT_EQ(both.first.arrivals_hash, both.second.arrivals_hash);
  return both;
}

std::uint64_t owed(const RunRecord& run) { return totals(run).owed; }
std::uint64_t grey(const RunRecord& run) {
  std::uint64_t pairs = 0;
  for (const Cell& cell : run.cells) pairs += cell.grey;
  return pairs;
}

TEST(OwedInBoth, an_engine_that_welcomes_sooner_owes_no_pair_that_the_other_does_not) {
  const Engines engines = play_both("5ms", "50us");

  EXPECT_GT(owed(engines.alone), owed(engines.first)) << "nothing is born in a welcome";
  EXPECT_EQ(owed(engines.second), owed(engines.first));
  EXPECT_EQ(owed(engines.second) + grey(engines.second), owed(engines.alone));
}

TEST(OwedInBoth, what_an_engine_that_welcomes_later_owes_not_yet_is_counted) {
  const Engines engines = play_both("50us", "5ms");

  EXPECT_LT(owed(engines.alone), owed(engines.first)) << "nothing is born in a welcome";
  EXPECT_EQ(owed(engines.second), owed(engines.alone));
  EXPECT_EQ(owed(engines.second) + grey(engines.second), owed(engines.first));
}

TEST(OwedInBoth, the_pairs_that_both_owe_are_the_same_whichever_plays_first) {
  const Engines slow_first = play_both("5ms", "50us");
  const Engines fast_first = play_both("50us", "5ms");

  EXPECT_EQ(owed(slow_first.second), owed(fast_first.second));
  EXPECT_EQ(grey(slow_first.second), grey(fast_first.second));
  EXPECT_GT(grey(slow_first.second), 0U);
}

// Not every difference is a welcome: who is owed for good in one engine only is a disagreement.
TEST(OwedInBoth, a_pair_that_no_welcome_explains_is_not_left_out) {
  OwedLog log;
  const StrategySpec spec = strategy("broadcast");
  const RunRecord alone = play(busy_door("50us"), spec, 1);
  OwedLog mine;
  play(busy_door("50us"), spec, 1, {.mute = {}, .owed_log = &mine});
  for (std::uint64_t number = 1; number < 40'000; ++number) {
    const OwedSets sets = mine.of(number);
    if (sets.owed.empty()) continue;
    // The other engine owes nobody and welcomes nobody.
    const std::vector<std::uint64_t> none(sets.owed.size(), 0);
    log.add(number, {none, none});
  }

  const RunRecord run = play(busy_door("50us"), spec, 1, {.mute = {}, .owed_elsewhere = &log});

  EXPECT_EQ(owed(run), owed(alone));
  EXPECT_EQ(grey(run), 0U);
}

}  // namespace
}  // namespace squall::testing
