// squall sweep --rank on sweeps made by hand: who is better where, where the order changes, and
// what is not told apart.
#include "sim/cli/sweep/rank.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sweep.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kSeeds = 5;

// loss.intent by value of the axis and strategy, the same for all seeds but for a trend.
SweepResult sweep_of(const std::vector<std::string>& values,
                     const std::vector<std::pair<std::string, std::vector<double>>>& losses,
                     double noise) {
  SweepResult result;
  result.parameters = {{"/cluster/nodes/count", values}};
  for (std::size_t seed = 1; seed <= kSeeds; ++seed) result.seeds.push_back(seed);
  for (const auto& [name, all] : losses) result.strategies.push_back(name);
  for (std::size_t i = 0; i < values.size(); ++i) {
    SweepPointResult& point = result.points.emplace_back();
    point.values = {values[i]};
    for (const auto& [name, all] : losses) {
      SweepStrategy strategy;
      strategy.strategy = name;
      strategy.metrics = {{"loss.intent", "ratio", {}}};
      for (std::size_t seed = 0; seed < kSeeds; ++seed) {
        const double away = noise * (static_cast<double>(seed) - 2) * (name == "a" ? 1 : -1);
        strategy.metrics[0].per_seed.emplace_back(all[i] + away);
      }
      point.strategies.push_back(std::move(strategy));
    }
  }
  return result;
}

const MetricRow& loss() { return *metric_named("loss.intent"); }

std::vector<std::string> asked;

std::optional<PairValues> linear(const std::vector<std::string>&, std::size_t,
                                 const std::string& value, const std::string& first,
                                 const std::string&) {
  asked.push_back(value);
  const double x = std::stod(value), rising = x / 100, flat = 0.105;
  const std::vector<std::optional<double>> a(kSeeds, first == "a" ? rising : flat);
  const std::vector<std::optional<double>> b(kSeeds, first == "a" ? flat : rising);
  return PairValues{a, b};
}

TEST(Rank, finds_where_the_order_changes_and_confirms_it) {
  const SweepResult sweep =
      sweep_of({"5", "10", "20"}, {{"b", {0.105, 0.105, 0.105}}, {"a", {0.05, 0.1, 0.2}}}, 0.001);
  asked.clear();

  const Ranking ranking = rank_of(sweep, loss(), linear);

  ASSERT_EQ(ranking.tippings.size(), 1U);
  const Tipping& change = ranking.tippings[0];
  EXPECT_EQ(change.first, "a");  // below
  EXPECT_EQ(change.second, "b");
  ASSERT_TRUE(change.at);
  EXPECT_NEAR(*change.at, 10.5e6, 1e5);
  EXPECT_LT(*change.low, 10.5e6);
  EXPECT_GT(*change.high, 10.5e6);
  EXPECT_EQ(asked, (std::vector<std::string>{"9", "12"}));  // 10 % beside, whole nodes
  EXPECT_TRUE(change.confirmed());
  EXPECT_THAT(as_text(ranking), HasSubstr("confirmed by runs at 9 and 12"));
  EXPECT_THAT(as_json(ranking), HasSubstr("\"confirmed\": true"));
}

TEST(Rank, of_what_nobody_has_is_not_indistinguishable) {
  SweepResult sweep = sweep_of({"5", "10"}, {{"a", {0.1, 0.1}}, {"b", {0.1, 0.1}}}, 0);
  const auto forget = [&](std::size_t point) {
    for (SweepStrategy& one : sweep.points[point].strategies) {
      std::ranges::fill(one.metrics[0].per_seed, std::nullopt);
    }
  };

  forget(0);
  EXPECT_THAT(as_text(rank_of(sweep, loss(), linear)), HasSubstr("where there is data"));
  forget(1);
  const Ranking ranking = rank_of(sweep, loss(), linear);

  EXPECT_THAT(as_text(ranking), HasSubstr("a and b have no data to compare"));
  EXPECT_THAT(as_json(ranking), HasSubstr("\"no data\""));
}

TEST(Rank, says_indistinguishable_where_the_seeds_do_not_tell) {
  const SweepResult sweep = sweep_of({"5", "10"}, {{"a", {0.1, 0.1}}, {"b", {0.101, 0.1}}}, 0.01);

  const Ranking ranking = rank_of(sweep, loss(), linear);

  ASSERT_EQ(ranking.tippings.size(), 1U);
  EXPECT_FALSE(ranking.tippings[0].at);
  EXPECT_THAT(as_text(ranking), HasSubstr("a and b are indistinguishable everywhere"));
}

TEST(Rank, says_who_is_better_everywhere) {
  const SweepResult sweep = sweep_of({"5", "10"}, {{"a", {0.1, 0.2}}, {"b", {0.2, 0.4}}}, 0.001);

  EXPECT_THAT(as_text(rank_of(sweep, loss(), linear)), HasSubstr("a is better than b everywhere"));
}

TEST(Rank, does_not_call_a_change_confirmed_that_runs_do_not_show) {
  const SweepResult sweep = sweep_of({"5", "10"}, {{"a", {0.1, 0.3}}, {"b", {0.2, 0.2}}}, 0.001);
  const PlayBeside same = [](const auto&, std::size_t, const auto&, const auto&, const auto&) {
    const std::vector<std::optional<double>> equal(kSeeds, 0.1);
    return std::optional(PairValues{equal, equal});
  };

  const Ranking ranking = rank_of(sweep, loss(), same);

  EXPECT_FALSE(ranking.tippings[0].confirmed());
  EXPECT_THAT(as_text(ranking), HasSubstr("not confirmed: indistinguishable at"));
}

TEST(Rank, names_the_knee) {
  const SweepResult sweep =
      sweep_of({"1", "2", "3", "4", "5"},
               {{"a", {0.01, 0.011, 0.012, 0.2, 0.4}}, {"b", {0.1, 0.2, 0.3, 0.4, 0.5}}}, 0.0001);

  const Ranking ranking = rank_of(sweep, loss(), linear);

  ASSERT_EQ(ranking.knees.size(), 1U);
  EXPECT_EQ(ranking.knees[0].strategy, "a");
  EXPECT_EQ(ranking.knees[0].from, "3");
  EXPECT_THAT(as_text(ranking), HasSubstr("a has a knee at 3"));
}

TEST(Rank, of_a_real_sweep_is_a_text_and_a_file) {
  const Squall squall;

  const ProcessResult result = squall(small_sweep("s", {"--rank", "latency.obliged.p50"}));
  const ProcessResult wrong = squall(small_sweep("t", {"--rank", "latency"}));

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("RANK   by latency.obliged.p50"));
  EXPECT_THAT(squall.folder().read("s/rank.json"), HasSubstr("squall.rank/1"));
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("no such metric"));
}

}  // namespace
}  // namespace squall::testing
