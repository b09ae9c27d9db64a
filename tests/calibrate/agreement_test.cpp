// The judgement of `squall agreement`: wrong costs are a miss, and what may not count does not.
//
// Nothing is measured here: the simulation with one profile stands for the measurement. With real
// servers: tests/products/agreement_products_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "scenarios/model/calibration.hpp"
#include "sim/cli/agreement/judgement.hpp"
#include "sim/cli/agreement/way.hpp"
#include "sim/cli/calibrate/loads.hpp"
#include "sim/cli/play/playing.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// Everybody reconnects all the time: handshakes are what the nodes work.
constexpr const char* kStorm = R"json({
  "squall": 1, "name": "storm",
  "time": {"warmup": "2s", "measure": "6s", "drain": "3s", "deadline": "2s"},
  "cluster": {"nodes": {"count": 3, "cost_profile": "beast-plain"},
              "net": {"client_node": "50us", "node_broker": "50us"}},
  "people": {"u": {"count": 100, "drop": "exp(1s)"}},
  "client": {"backoff": {"first": "100ms", "factor": 1, "cap": "100ms"}},
  "rooms": {"r": {"count": 10}},
  "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "60/s", "size": "200B"}]
})json";

void add_profile(const std::string& name, Duration handshake) {
  Calibration profile;
  profile.name = name;
  profile.costs.handshake = handshake;
  profile.scenarios = {"made-of-it"};
  profile.bytes = {64, 4096}, profile.recipients = {1, 200}, profile.pushes = {1, 9000};
  add_calibration(std::move(profile));
}

struct Played {
  Scenario scenario;
  Result result;
  double cpu = 0;
};

Played with_costs(const std::string& profile, std::vector<Override> overrides = {}) {
  Vocabulary known = vocabulary();
  known.cost_profiles.push_back(profile);
  overrides.push_back({"/cluster/nodes/cost_profile", profile});
  LoadResult loaded = load_scenario_text(kStorm, "storm.json", overrides, known);
  EXPECT_TRUE(loaded.scenario) << render(loaded.problems, kStorm);
  loaded.scenario->strategies = {strategy("broadcast")};
  Played played{*loaded.scenario, {}, 0};
  const std::vector<std::uint64_t> seeds = {1};
  std::vector<std::vector<RunRecord>> records(1);
  records[0].push_back(play(played.scenario, played.scenario.strategies[0], 1, {}));
  played.cpu = value("node.cpu.mean", records[0][0]) * 3;
  played.result = result_of(played.scenario, seeds, records, {});
  return played;
}

AgreementPair judged(const Played& simulated, const Played& measured) {
  return judge_agreement({simulated.scenario, simulated.scenario.strategies[0],
                          simulated.result.strategies[0], measured.result.strategies[0],
                          simulated.cpu, measured.cpu});
}

const JudgedQuantity& quantity(const AgreementPair& pair, std::string_view name) {
  for (const JudgedQuantity& one : pair.quantities) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << name;
  return pair.quantities.front();
}

class Agreement : public ::testing::Test {
 protected:
  void SetUp() override {
    add_profile("true.json", 140us);
    add_profile("tripled.json", 420us);
  }
};

TEST_F(Agreement, holds_with_the_costs_that_were_paid) {
  const AgreementPair pair = judged(with_costs("true.json"), with_costs("true.json"));

  EXPECT_FALSE(pair.misses()) << agreement_text({pair}, "");
  EXPECT_EQ(pair.not_counted, "");
  EXPECT_TRUE(tally_of({pair}).agrees());
}

TEST_F(Agreement, fails_with_a_handshake_that_costs_three_times_as_much) {
  const AgreementPair pair = judged(with_costs("tripled.json"), with_costs("true.json"));

  const JudgedQuantity& cpu = quantity(pair, "CPU of the nodes");
  EXPECT_EQ(cpu.verdict, JudgedQuantity::Ruling::misses) << agreement_text({pair}, "");
  EXPECT_THAT(cpu.why, HasSubstr("tripled.json"));
  EXPECT_EQ(quantity(pair, "loss").verdict, JudgedQuantity::Ruling::holds);
  EXPECT_FALSE(tally_of({pair}).agrees());
}

TEST_F(Agreement, does_not_count_what_the_profile_was_made_from_nor_what_cannot_fail) {
  const Played storm = with_costs("true.json");
  Played made = storm;
  made.scenario.name = "made-of-it";
  const Played calm = with_costs("true.json", {{"/people/u/drop", "never"}});

  const std::vector<AgreementPair> pairs = {judged(made, storm), judged(calm, calm)};

  EXPECT_THAT(pairs[0].not_counted, HasSubstr("made from it"));
  EXPECT_THAT(pairs[1].not_counted, HasSubstr("nothing fails"));
  EXPECT_EQ(tally_of(pairs).counted, 0U);
}

TEST_F(Agreement, does_not_judge_a_percentile_that_the_pairs_do_not_tell) {
  Played few = with_costs("true.json");
  for (MetricValues& values : few.result.strategies[0].metrics) {
    if (values.name == "latency.delivered.p99") values.pooled->samples = 100;
  }

  const JudgedQuantity p99 = quantity(judged(few, few), "latency p99");

  EXPECT_EQ(p99.verdict, JudgedQuantity::Ruling::not_judged);
  EXPECT_THAT(p99.why, HasSubstr("100 pairs"));
}

// What a message costs a server of others is no constant, and its door does not show ghosts.
TEST_F(Agreement, judges_servers_of_others_by_what_is_seen_from_outside) {
  const Played low = with_costs("true.json"), high = with_costs("tripled.json");
  StrategyResult ghosts = low.result.strategies[0], gaps = ghosts;
  ghosts.loss = {{"pushed_to_ghost", "drop", "abort", 10, 0}};
  gaps.loss = {{"reconnect_gap", "drop", "abort", 10, 0}};
  const auto judged_as = [&](bool foreign, const StrategyResult& live) {
    return judge_agreement(
        {low.scenario, low.scenario.strategies[0], ghosts, live, high.cpu, low.cpu, foreign});
  };

  const AgreementPair pair = judged_as(true, gaps);

  EXPECT_EQ(quantity(pair, "CPU of the nodes").verdict, JudgedQuantity::Ruling::not_judged);
  EXPECT_EQ(quantity(pair, "top cause").verdict, JudgedQuantity::Ruling::holds);
  EXPECT_EQ(quantity(judged_as(false, gaps), "top cause").verdict, JudgedQuantity::Ruling::misses);
}

TEST_F(Agreement, fails_when_people_take_much_longer_to_be_ready_again) {
  const Played quick = with_costs("true.json");
  const Played slow = with_costs(
      "true.json", {{"/client/backoff/cap", "150ms"}, {"/client/backoff/first", "150ms"}});

  const AgreementPair pair = judged(slow, quick);

  EXPECT_EQ(quantity(pair, "ready again p50").verdict, JudgedQuantity::Ruling::misses);
  EXPECT_EQ(quantity(pair, "ready again p99").verdict, JudgedQuantity::Ruling::misses);
}

TEST_F(Agreement, the_calm_form_of_a_scenario_has_no_fault_and_is_short) {
  const Scenario storm =
      with_costs("true.json",
                 {{"/time/measure", "60s"},
                  {"/script", R"([{"at": "2s", "as": "kill", "do": "crash", "on": "n2"}])"}})
          .scenario;

  const RunRecord calm = play(calm_form_of(storm, strategy("broadcast")), strategy("broadcast"), 1);

  EXPECT_EQ(static_cast<double>(calm.disconnects), 0);
  EXPECT_EQ(calm.measure, 6s);
  EXPECT_GT(totals(calm).owed, 1000U);
}

// A product that serves its own clients at once has two medians, and the spread says which counts.
TEST_F(Agreement, finds_the_ways_and_their_spread_in_what_the_calm_form_shows) {
  const StrategySpec design = strategy("broadcast:shortcut");
  const Scenario calm = calm_form_of(with_costs("true.json").scenario, design);
  Scenario real = calm;
  set_ways(real, 300us, 0.6);
  const RunRecord seen = play(real, design, 7);

  const Ways ways = fitted_ways(calm, design, median_s_of(seen), quantile_s_of(seen, 0.9));

  EXPECT_NEAR(static_cast<double>(ways.median.count()), 300e3, 20e3);
  EXPECT_EQ(ways.sigma, 0.6);
  EXPECT_EQ(fitted_ways(calm, design, 0, 0).median, 0ns);
}

// Nobody outside sees what servers of others write to a path that is dead.
TEST_F(Agreement, of_servers_of_others_counts_no_bytes_that_come_to_nobody) {
  const Played silent = with_costs("true.json", {{"/people/u/silent_drop", "1"}});
  const StrategyResult& played = silent.result.strategies[0];

  const AgreementPair ours = judged(silent, silent);
  const AgreementPair theirs = judge_agreement(
      {silent.scenario, silent.scenario.strategies[0], played, played, {}, {}, true});

  EXPECT_EQ(quantity(ours, "bytes at the clients").error(), 0);
  EXPECT_LT(quantity(theirs, "bytes at the clients").error().value(), -0.1);
}

TEST_F(Agreement, prints_misses_first) {
  const AgreementPair good = judged(with_costs("true.json"), with_costs("true.json"));
  AgreementPair bad = judged(with_costs("tripled.json"), with_costs("true.json"));
  bad.scenario = "worse";

  const std::string text = agreement_text({good, bad}, "costs");

  EXPECT_LT(text.find("worse, broadcast"), text.find("storm, broadcast"));
  EXPECT_THAT(text, HasSubstr("1 of 2 counted pairs hold"));
}

}  // namespace
}  // namespace squall::testing
