// The expectations of the library: each holds, and each can fail. A defect is planted in what is
// simulated, one after the other, until every expectation has been broken by one of them.
//
// A seed or two may break an expectation by chance: what does not hold with them is broken with
// all.
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "report/measure/judge.hpp"
#include "scenarios/model/recipients.hpp"
#include "sim/farm/farm.hpp"
#include "tests/long/defects.hpp"
#include "tests/long/sizes.hpp"

namespace squall::testing {
namespace {

// Where what is taught needs more people than the books do. Without changes: as users play it.
struct Larger {
  std::string_view name;
  std::vector<Override> overrides = {};
};

const std::vector<Larger>& larger() {
  static const std::vector<Larger> rows = {
      {"churn-floor", sets("users=2000 rooms=200 chat=10/s dm=100/s")},
      {"wifi-to-lte", sets("users=2000 rooms=200 chat=10/s dm=100/s")},
      // For 50 times as many fans: what drowns a node is their number times the cost of each.
      {"celebrity-room", sets("users=7000 fans=6000 nodes=20 rooms=100 chat=20/s warmup=60s "
                              "drain=120s /cluster/nodes/costs/push=150us")},
      {"connection-limit-1024"},
      {"room-10k-fanout"},
      {"redis-cluster-grows"},
      {"gc-pause-output-limit"},
      {"slow-consumers"},
      {"stale-prices"},
      {"killed-by-its-probe"},
      {"split-room"},
      {"paused-node-deletes-routes"},
      {"hot-room-last-recipient"},
      {"deflate-fills-the-memory"},
      {"echo-all-500"},
      {"broadcast-costs-the-network"},
      {"routed-reaches-every-client"},
      {"the-other-servers-go-on"},
  };
  return rows;
}

Scenario large_enough(const SmallScenario& row) {
  const auto more = std::ranges::find(larger(), row.name, &Larger::name);
  return more == larger().end() ? small(row) : built_in(row.name, more->overrides);
}

constexpr std::uint64_t kFew = 2, kAll = 10;  // seeds; `squall run` plays ten

// Of what `played` makes, by what `said` expects.
std::vector<Verdict> verdicts_of(const Scenario& said, const Scenario& played, std::uint64_t count,
                                 std::optional<Mechanism> mute = {}) {
  std::vector<std::uint64_t> seeds(count);
  std::iota(seeds.begin(), seeds.end(), 1);
  FarmOptions options;
  options.threads = 2;
  options.play = [mute](const Scenario& one, const StrategySpec& spec, std::uint64_t seed,
                        PlayOptions play_options) {
    play_options.mute = mute;
    return play(one, spec, seed, play_options);
  };
  const FarmResult farm = play_all(played, played.strategies, seeds, options);
  std::vector<std::vector<RunRecord>> records;
  for (const auto& row : farm.records) {
    for (auto& made = records.emplace_back(); const auto& record : row) {
      if (record) made.push_back(*record);
    }
  }
  return judge(said, said.strategies, records);
}

// What no scenario and no design can break: tests/record/ledger_test.cpp does. What a backend says
// enters at once, and from then on somebody is always to blame.
bool needs_a_broken_engine(const Scenario& scenario, const Expectation& one) {
  const bool from_backends =
      std::ranges::all_of(scenario.traffic, [](const Traffic& t) { return from_backend(t); });
  return one.metric == "delivered.spurious" ||
         (one.metric == "ledger.unattributed" && from_backends);
}

class Expectations : public ::testing::TestWithParam<SmallScenario> {};

TEST_P(Expectations, hold) {
  const Scenario scenario = large_enough(GetParam());

  for (const Verdict& verdict : verdicts_of(scenario, scenario, kAll)) {
    EXPECT_EQ(verdict.outcome, Outcome::pass)
        << GetParam().name << ":" << verdict.line << " " << verdict.that << ", " << verdict.strategy
        << ": " << verdict.detail;
  }
}

TEST_P(Expectations, fail_with_a_planted_defect) {
  const Scenario sound = large_enough(GetParam());
  const auto holds = [](const Verdict& verdict) { return verdict.outcome == Outcome::pass; };
  const std::uint64_t seeds =
      std::ranges::all_of(verdicts_of(sound, sound, kFew), holds) ? kFew : kAll;
  std::set<std::pair<int, std::string>> untouched;
  for (const Expectation& one : sound.expect) {
    if (!needs_a_broken_engine(sound, one)) untouched.emplace(one.line, one.that);
  }

  for (const Defect& defect : defects()) {
    if (untouched.empty()) break;
    SCOPED_TRACE(defect.name);
    Scenario broken = sound;
    defect.plant(broken);
    for (const Verdict& verdict : verdicts_of(sound, broken, seeds, defect.mute)) {
      if (verdict.outcome != Outcome::fail) continue;
      std::erase_if(untouched, [&](const auto& one) { return one.first == verdict.line; });
    }
  }

  for (const auto& [line, that] : untouched) {
    ADD_FAILURE() << GetParam().name << ":" << line << " " << that
                  << " held whatever was broken (tests/long/defects.hpp)";
  }
}

INSTANTIATE_TEST_SUITE_P(Library, Expectations, ::testing::ValuesIn(small_scenarios()),
                         [](const auto& row) { return test_name(row.param); });

}  // namespace
}  // namespace squall::testing
