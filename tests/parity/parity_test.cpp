// The two engines side by side: the same scenario, in virtual time and on real sockets, has the
// same owed pairs, and its losses have the same main cause; and no live pair is without an account.
//
// Live size: 8 nodes and 2,000 clients, in half a minute of real time each, on the embedded broker;
// the table of small storms (parity_table_test.cpp) has Redis and every kind of fault. Delays of
// virtual time are those of loopback, so that both have as much in flight when something breaks.
#include <gtest/gtest.h>

#include <map>

#include "tests/support/live_witness.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

struct LiveScenario {
  std::string_view name;
  std::vector<Override> overrides;
};

const std::vector<LiveScenario>& live_scenarios() {
  static const std::vector<LiveScenario> rows = {
      {"broker-failover-12s",
       {{"/params/users", "2000"},
        {"/params/measure", "20s"},
        {"/script/0/at", "4s"},
        {"/params/outage", "6s"},
        {"/time/drain", "6s"}}},
      {"wifi-to-lte",
       {{"/params/users", "2000"},
        {"/params/measure", "30s"},
        {"/params/drop", "exp(60s)"},
        {"/client/heartbeat", R"({"every": "4s", "timeout": "2s"})"},
        {"/time/drain", "8s"}}},
      {"rolling-deploy-storm",
       {{"/params/desktop", "1200"},
        {"/params/mobile", "800"},
        {"/time/measure", "32s"},
        {"/script/0/at", "4s"},
        {"/params/drain", "2s"},
        {"/script/0/down", "3s"},
        {"/script/0/pause", "1s"},
        {"/params/first_retry", "1s"},
        {"/time/drain", "8s"}}},
  };
  return rows;
}

Scenario live_size(const LiveScenario& row) {
  std::vector<Override> overrides = {
      {"/params/nodes", "8"},  {"/params/rooms", "200"}, {"/params/chat", "20/s"},
      {"/params/dm", "100/s"}, {"/time/warmup", "4s"},   {"/cluster/net/client_node", "100us"}};
  overrides.insert(overrides.end(), row.overrides.begin(), row.overrides.end());
  return built_in(row.name, overrides);
}

struct Case {
  const LiveScenario* scenario;
  std::string strategy;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const LiveScenario& row : live_scenarios()) {
    for (const PresetRow& preset : presets()) {
      cases.push_back({&row, preset.spec.name});
    }
  }
  return cases;
}

std::ostream& operator<<(std::ostream& out, const Case& one) {
  return out << one.scenario->name << " " << one.strategy;
}

std::uint64_t lost(const RunRecord& run) {
  std::uint64_t pairs = 0;
  for (const LossRow& loss : run.losses) pairs += loss.pairs;
  return pairs;
}

// The mechanism that most pairs were lost by.
std::string main_cause(const RunRecord& run) {
  std::map<std::string, std::uint64_t> causes;
  std::uint64_t most = 0;
  std::string found;
  for (const LossRow& loss : run.losses) {
    const std::string mechanism(row(loss.mechanism).name);
    causes[mechanism] += loss.pairs;
    if (causes[mechanism] > most) most = causes[mechanism], found = mechanism;
  }
  return found;
}

// Where both lose more than a handful, they lose it by the same mechanism; where one of them loses
// next to nothing, the other does not lose much.
void expect_the_same_losses(const RunRecord& simulated, const RunRecord& lived) {
  const std::uint64_t owed = totals(simulated).owed;
  const std::uint64_t less = std::min(lost(simulated), lost(lived));
  const std::uint64_t more = std::max(lost(simulated), lost(lived));
  if (less * 1000 >= owed) {
    EXPECT_EQ(main_cause(lived), main_cause(simulated));
  } else {
    EXPECT_LE(more * 200, owed) << main_cause(lived) << " / " << main_cause(simulated);
  }
}

class Parity : public ::testing::TestWithParam<Case> {};

TEST_P(Parity, BothEnginesOweTheSamePairsAndLoseThemForTheSameReason) {
  const Scenario scenario = live_size(*GetParam().scenario);
  const StrategySpec spec = strategy(GetParam().strategy);

  OwedLog owed;
  const RunRecord simulated = play(scenario, spec, 1, {.mute = {}, .owed_log = &owed});
  live::LiveOptions options;
  options.owed_elsewhere = &owed;
  const RunRecord lived = play_in_time(scenario, spec, options);

  for (const Violation& violation : lived.violations) {
    ADD_FAILURE() << violation.law << ": " << violation.detail;
  }
  EXPECT_EQ(value("ledger.unattributed", lived), 0);
  EXPECT_EQ(value("ledger.unresolved", lived), 0);
  EXPECT_EQ(lived.arrivals_hash, simulated.arrivals_hash);
  EXPECT_LE(totals(lived).owed, totals(simulated).owed);
  EXPECT_GE(totals(lived).owed + lived.live.grey, totals(simulated).owed);
  EXPECT_LE(lived.live.grey * 1000, lived.live.owed);
  EXPECT_EQ(lived.live.sent, lived.live.planned);
  expect_the_same_losses(simulated, lived);
  if (!lived.live.invalid.empty()) {
    std::cout << "the run was INVALID as a measurement of time: " << lived.live.invalid << "\n";
  }
}

std::string case_name(const ::testing::TestParamInfo<Case>& row) {
  const Case& one = row.param;
  std::string text = std::string(one.scenario->name) + "_" + one.strategy;
  std::ranges::replace_if(
      text, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return text;
}

INSTANTIATE_TEST_SUITE_P(LiveSize, Parity, ::testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace squall::testing
