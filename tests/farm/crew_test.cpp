// The threads of one run: every part of a piece of work is done once, and no result of a run
// depends on how many threads there were.
#include "sim/machine/crew.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// Rooms of some hundred on three nodes: large enough that fan-outs and settlements are shared.
const char* const kLargeRooms = R"json({
  "squall": 1, "name": "large-rooms",
  "time": { "warmup": "20s", "measure": "8s", "drain": "40s", "deadline": "10s" },
  "cluster": { "nodes": { "count": 3, "loops": 2 } },
  "people": { "users": { "count": 1500, "drop": "exp(40s)", "silent_drop": 0.5 } },
  "rooms": { "hall": { "count": 3, "popularity": "uniform", "joined_per_user": 1 } },
  "traffic": [
    { "as": "chat", "from": "member", "to": "room:hall", "rate": "15/s", "size": "2KiB" }
  ],
  "script": [
    { "at": "3s", "as": "pause", "do": "pause", "on": "n2", "for": "2s" },
    { "at": "6s", "as": "crash", "do": "crash", "on": "n1", "for": "3s" }
  ]
})json";

TEST(Crew, EveryPartIsDoneOnce) {
  Crew crew(4);
  std::vector<int> done(crew.size());

  for (int round = 0; round < 1000; ++round) {
    crew.each(crew.size(), [&](unsigned part) { ++done[part]; });
  }

  EXPECT_EQ(done, std::vector<int>(4, 1000));
}

TEST(Crew, FewerPartsThanThreadsLeaveTheOthersAlone) {
  Crew crew(4);
  std::vector<int> done(crew.size());

  for (int round = 0; round < 100; ++round) {
    crew.each(2, [&](unsigned part) { ++done[part]; });
  }

  EXPECT_EQ(done, (std::vector<int>{100, 100, 0, 0}));
}

TEST(Crew, PartsCoverAllItemsWithoutOverlap) {
  for (const std::size_t items : {0U, 1U, 7U, 64U, 1000U}) {
    for (const unsigned parts : {1U, 2U, 3U, 8U}) {
      EXPECT_EQ(part_begin(items, parts, 0), 0U);
      EXPECT_EQ(part_begin(items, parts, parts), items);
      for (unsigned part = 0; part < parts; ++part) {
        EXPECT_LE(part_begin(items, parts, part), part_begin(items, parts, part + 1));
      }
    }
  }
}

class ThreadsOfARun : public ::testing::TestWithParam<std::string_view> {};

TEST_P(ThreadsOfARun, ChangeNoResult) {
  const Scenario scenario = loaded(kLargeRooms);
  const StrategySpec spec = strategy(GetParam());

  std::vector<std::vector<std::uint64_t>> results;
  for (const unsigned threads : {1U, 2U, 8U}) {
    PlayOptions options;
    options.threads = threads;
    const RunRecord run = play(scenario, spec, 1, options);
    results.push_back(everything(run));
    results.back().push_back(run.events);
  }

  EXPECT_EQ(results[1], results[0]) << "two threads";
  EXPECT_EQ(results[2], results[0]) << "eight threads";
}

INSTANTIATE_TEST_SUITE_P(Strategies, ThreadsOfARun,
                         ::testing::Values("session_share", "sticky_hash", "broadcast", "routed",
                                           "multi_active"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace squall::testing
