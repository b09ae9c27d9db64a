// How often the gate is wrong: false alarms and misses over 200 repetitions, printed, and held
// against their nominal rates.
//
// The paired noise is squall's own: two strategies play the same seeds, and the log ratios of their
// values, centered, are what a repetition draws from. So the true change is known exactly. Every
// seed is fixed; a failure means that the gate changed, not that chance did.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <random>

#include "report/compare/gate.hpp"
#include "tests/compare/two_results.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr int kRepetitions = 200;
constexpr std::uint64_t kPool = 120;
constexpr double kMargin = 0.02;
// 2.5 % of 200 is 5; more than 13 happens less than once in a thousand such tests.
constexpr int kMostErrors = 13;

// One read from a histogram, with steps, and one exact.
const std::vector<std::string> kMetrics = {"latency.delivered.p50", "latency.stage.backplane.mean"};

struct Pool {
  std::vector<double> base;   // values
  std::vector<double> noise;  // log ratios around zero
};

Pool pool_of(const std::string& name) {
  const Scenario scenario = built_in("crash-process", {{"/params/users", "200"},
                                                       {"/params/rooms", "20"},
                                                       {"/params/chat", "4/s"},
                                                       {"/params/dm", "10/s"},
                                                       {"/params/nodes", "4"}});
  Pool all;
  all.base = metric_over_seeds(scenario, strategy("broadcast"), kPool, name);
  const auto other = metric_over_seeds(scenario, strategy("routed"), kPool, name);
  double mean = 0;
  for (std::uint64_t i = 0; i < kPool; ++i) {
    all.noise.push_back(std::log(other[i] / all.base[i]));
    mean += all.noise.back() / static_cast<double>(kPool);
  }
  for (double& one : all.noise) one -= mean;
  return all;
}

const Pool& pool(const std::string& name) {
  static std::map<std::string, Pool> pools;
  const auto found = pools.find(name);
  return found != pools.end() ? found->second : pools.emplace(name, pool_of(name)).first->second;
}

struct Drawn {
  Values base, fresh;
};

Drawn draw(std::mt19937_64& rng, const Pool& from, std::size_t pairs, double change) {
  Drawn drawn;
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::size_t at = rng() % kPool;
    drawn.base.push_back(from.base[at]);
    drawn.fresh.push_back(from.base[at] * (1 + change) * std::exp(from.noise[at]));
  }
  return drawn;
}

GateOutcome judge(const std::string& name, const Drawn& drawn, std::size_t pairs,
                  double alpha_share) {
  const auto first = [pairs](const Values& values) {
    return Values(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(pairs));
  };
  GateOptions options;
  options.alpha_share = alpha_share;
  return judge_gates(result({metric(name, "ns", first(drawn.base))}),
                     result({metric(name, "ns", first(drawn.fresh))}), {gate(name, kMargin)},
                     options)
      .at(0)
      .outcome;
}

struct Rates {
  int regressed = 0, pass = 0, inconclusive = 0;

  void count(GateOutcome outcome) {
    ++(outcome == GateOutcome::regressed ? regressed
       : outcome == GateOutcome::pass    ? pass
                                         : inconclusive);
  }
  void print(const std::string& what, double change) const {
    std::printf(
        "%-42s true change %4.1f %%, margin 2 %%: regressed %5.1f %%  pass %5.1f %%  "
        "inconclusive %5.1f %%\n",
        what.c_str(), 100 * change, 100.0 * regressed / kRepetitions, 100.0 * pass / kRepetitions,
        100.0 * inconclusive / kRepetitions);
  }
};

Rates with_ten_seeds(const std::string& name, double change) {
  std::mt19937_64 rng(20261122);
  Rates rates;
  for (int i = 0; i < kRepetitions; ++i)
    rates.count(judge(name, draw(rng, pool(name), 10, change), 10, 1));
  rates.print(name + ", 10 seeds", change);
  return rates;
}

Rates with_looks(const std::string& name, double change) {
  std::mt19937_64 rng(19700101);
  Rates rates;
  for (int i = 0; i < kRepetitions; ++i) {
    const Drawn drawn = draw(rng, pool(name), kInterimLooks.back().reps, change);
    GateOutcome outcome = GateOutcome::inconclusive;
    for (const InterimLook& look : looks_for(kInterimLooks.back().reps)) {
      outcome = judge(name, drawn, look.reps, look.alpha_share);
      if (outcome != GateOutcome::inconclusive) break;
    }
    rates.count(outcome);
  }
  rates.print(name + ", --reps auto", change);
  return rates;
}

class GateErrorRates : public ::testing::TestWithParam<std::string> {};

TEST_P(GateErrorRates, without_a_change_false_alarms_are_within_their_rate) {
  EXPECT_LE(with_ten_seeds(GetParam(), 0).regressed, kMostErrors);
  EXPECT_LE(with_looks(GetParam(), 0).regressed, kMostErrors);
}

TEST_P(GateErrorRates, at_the_margin_itself_neither_answer_is_given_too_often) {
  for (const Rates& rates :
       {with_ten_seeds(GetParam(), kMargin), with_looks(GetParam(), kMargin)}) {
    EXPECT_LE(rates.regressed, kMostErrors);
    EXPECT_LE(rates.pass, kMostErrors);
  }
}

TEST_P(GateErrorRates, a_change_of_three_percent_is_rarely_passed) {
  EXPECT_LE(with_ten_seeds(GetParam(), 0.03).pass, kMostErrors);
  EXPECT_LE(with_looks(GetParam(), 0.03).pass, kMostErrors);
}

TEST_P(GateErrorRates, a_change_of_ten_percent_is_found) {
  for (const Rates& rates : {with_ten_seeds(GetParam(), 0.1), with_looks(GetParam(), 0.1)}) {
    EXPECT_EQ(rates.pass, 0);
    EXPECT_GE(rates.regressed, kRepetitions * 9 / 10);
  }
}

INSTANTIATE_TEST_SUITE_P(Metrics, GateErrorRates, ::testing::ValuesIn(kMetrics),
                         [](const auto& one) { return one.index == 0 ? "quantile" : "exact"; });

TEST(GateErrorRatesOfMany, among_five_gates_at_their_margins_hardly_any_build_fails) {
  std::mt19937_64 rng(42);
  const std::vector<std::string> names = {
      "latency.stage.uplink.mean", "latency.stage.ingress_cpu.mean", "latency.stage.backplane.mean",
      "latency.stage.fan_out.mean", "latency.stage.downlink.mean"};
  int failed_builds = 0;
  for (int i = 0; i < kRepetitions; ++i) {
    std::vector<MetricValues> base;
    std::vector<MetricValues> fresh;
    std::vector<Gate> gates;
    for (const std::string& name : names) {
      const Drawn drawn = draw(rng, pool(kMetrics[1]), 10, kMargin);
      base.push_back(metric(name, "ns", drawn.base));
      fresh.push_back(metric(name, "ns", drawn.fresh));
      gates.push_back(gate(name, kMargin));
    }
    bool failed = false;
    for (const GateVerdict& verdict : judge_gates(result(base), result(fresh), gates, {})) {
      failed = failed || verdict.outcome == GateOutcome::regressed;
    }
    failed_builds += failed ? 1 : 0;
  }
  std::printf("five gates at their margins: %.1f %% of builds fail (nominal 2.5 %%)\n",
              100.0 * failed_builds / kRepetitions);

  EXPECT_LE(failed_builds, kMostErrors);
}

}  // namespace
}  // namespace squall::testing
