// Generated scenarios on real sockets, fewer and tamer than in virtual time: no extremes, few
// people, seconds. The embedded broker, and Redis where it is installed.
//
// What is judged is what no scenario may change: books that balance, every loss with its cause, and
// the messages that the seed says. SQUALL_GENERATED_LIVE is how many (24); the parity table
// compares the figures of both engines.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sim/kernel/engine.hpp"
#include "sim/live/servers/spawned_server.hpp"
#include "tests/support/asked.hpp"
#include "tests/support/generated.hpp"
#include "tests/support/live_witness.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr unsigned kAtOnce = 3;  // a live run waits more than it works
constexpr Bounds kTame{.people = 5,
                       .nodes = 3,
                       .steps = 4,
                       .warmup_ms = 800,
                       .measure_ms = 2500,
                       .drain_ms = 8'000,
                       .extremes = false};

// What is wrong, apart from copies for which the drain of a random scenario was too short.
std::string wrong_with(const RunRecord& simulated, const RunRecord& lived) {
  std::string text;
  for (const Violation& violation : lived.violations) {
    if (violation.law != kDrain) text += violation.law + ": " + violation.detail + "\n";
  }
  if (value("ledger.unattributed", lived) > 0) text += "losses without a cause\n";
  if (lived.arrivals_hash != simulated.arrivals_hash) text += "other messages than the seed's\n";
  return text;
}

struct Counts {
  std::mutex mutex;
  std::uint64_t runs = 0, refused = 0, owed = 0, lost = 0;
};

void play_one(std::uint64_t number, const std::string& broker, Counts& counts) {
  Json json = Generator(number, kTame).scenario();
  const std::optional<Scenario> scenario = mended(json);
  if (!scenario) {
    const std::lock_guard lock(counts.mutex);
    ++counts.refused;
    return;
  }
  for (const StrategySpec& spec : scenario->strategies) {
    live::LiveOptions options;
    options.broker = broker;
    options.loops = 1;
    const RunRecord simulated = play(*scenario, spec, 1);
    const RunRecord lived = live::play(*scenario, spec, 1, options);
    const std::string wrong = wrong_with(simulated, lived);
    const std::lock_guard lock(counts.mutex);
    ++counts.runs;
    counts.owed += totals(lived).owed;
    counts.lost += totals(lived).lost;
    EXPECT_EQ(wrong, "") << "scenario " << number << ", " << spec.name << ", " << broker << "\n"
                         << json.dump();
  }
}

void play_all(std::uint64_t first, std::uint64_t count, const std::string& broker) {
  std::atomic<std::uint64_t> next{first};
  Counts counts;
  std::vector<std::thread> players;
  for (unsigned i = 0; i < kAtOnce; ++i) {
    players.emplace_back([&] {
      for (std::uint64_t n = next++; n < first + count; n = next++) play_one(n, broker, counts);
    });
  }
  for (std::thread& player : players) player.join();
  std::cout << counts.runs << " runs, " << counts.refused << " refused, " << counts.owed
            << " pairs owed, " << counts.lost << " lost\n";
  EXPECT_GT(counts.lost, 0U) << "scenarios in which nothing is lost show nothing";
}

TEST(GeneratedLive, ScenariosHaveExactBooksWithTheEmbeddedBroker) {
  play_all(1, asked("SQUALL_GENERATED_LIVE", 24), "embedded");
}

TEST(GeneratedLive, ScenariosHaveExactBooksWithRedis) {
  std::string missing;
  if (live::spawn_server("redis", missing) == nullptr) GTEST_SKIP() << missing;
  play_all(1'000'001, (asked("SQUALL_GENERATED_LIVE", 24) + 2) / 3, "spawn:redis");
}

}  // namespace
}  // namespace squall::testing
