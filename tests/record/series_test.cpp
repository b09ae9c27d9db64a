// What happened when: the series of a run add up to its cells, seconds and losses, at any width,
// and change nothing else; the coarse histogram is as near as it says.
#include "sim/record/series.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "sim/record/run_record.hpp"
#include "tests/support/inside.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario troubled(const std::vector<Override>& overrides = {}) {
  return loaded(R"json({"squall": 1, "name": "troubled",
    "time": {"warmup": "3s", "measure": "20500ms", "drain": "1m"},
    "cluster": {"nodes": {"count": 4}},
    "people": {"user": {"count": 80, "drop": "exp(15s)", "arrive": "uniform(0s,1s)"}},
    "rooms": {"room": {"count": 12}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "20/s"},
                {"as": "dm", "to": "user:online", "rate": "20/s"}],
    "script": [{"at": "4s", "do": "crash", "on": "n2", "for": "3s"},
               {"at": "9s", "do": "pause", "on": "n1", "for": "2s"},
               {"at": "12s", "do": "rolling_restart", "on": ["n3", "n4"], "drain": "500ms",
                "down": "1s"}]})json",
                overrides);
}

void expect_sums(const RunRecord& run) {
  std::map<std::uint16_t, std::uint64_t> owed, delivered, lost, in_cells, came, gone;
  std::map<Mechanism, std::uint64_t> causes, losses;
  for (const TrafficSeries& series : run.series) {
    ASSERT_EQ(series.slices.size(), slices_in(run.measure, run.slice));
    for (const SliceRow& slice : series.slices) {
      owed[series.traffic] += slice.owed;
      delivered[series.traffic] += slice.delivered;
      lost[series.traffic] += slice.lost;
      EXPECT_EQ(slice.latency.count(), slice.delivered);
      for (const CauseCount& cause : slice.causes) causes[cause.mechanism] += cause.pairs;
    }
  }
  for (const Cell& cell : run.cells) {
    in_cells[cell.traffic] += cell.owed;
    came[cell.traffic] += cell.live + cell.live_after_reconnect + cell.recovered;
    gone[cell.traffic] += cell.lost;
  }
  for (const LossRow& loss : run.losses) losses[loss.mechanism] += loss.pairs;
  EXPECT_EQ(owed, in_cells);
  EXPECT_EQ(delivered, came);
  EXPECT_EQ(lost, gone);
  EXPECT_EQ(causes, losses);
  EXPECT_FALSE(losses.empty());
}

TEST(Series, add_up_to_the_cells_and_the_losses_under_every_preset) {
  const Scenario scenario = troubled();
  for (const StrategySpec& spec : presets_for(scenario)) {
    SCOPED_TRACE(spec.name);
    expect_sums(play(scenario, spec, 1));
  }
}

TEST(Series, are_those_of_the_seconds_when_a_slice_is_one) {
  const RunRecord run = play(troubled(), strategy("routed"), 1);

  for (std::size_t second = 0; second < run.seconds.size(); ++second) {
    std::uint64_t owed = 0, lost = 0;
    for (const TrafficSeries& series : run.series) {
      owed += series.slices[second].owed;
      lost += series.slices[second].lost;
    }
    EXPECT_EQ(owed, run.seconds[second].owed);
    EXPECT_EQ(lost, run.seconds[second].lost);
  }
}

TEST(Series, of_100_ms_add_up_to_the_same_and_move_no_fingerprint) {
  const Scenario plain = troubled(), fine = troubled({{"/time/series", "\"100ms\""}});

  const RunRecord run = play(fine, strategy("broadcast"), 1);

  EXPECT_EQ(run.series.front().slices.size(), 205U);
  expect_sums(run);
  EXPECT_EQ(run.fingerprint, play(plain, strategy("broadcast"), 1).fingerprint);
}

TEST(Series, leave_the_resolved_scenario_alone_unless_they_are_asked_for) {
  EXPECT_EQ(troubled().resolved_json.find("\"series\""), std::string::npos);
  EXPECT_NE(troubled({{"/time/series", "\"100ms\""}}).resolved_json.find("\"series\""),
            std::string::npos);
}

TEST(Spells, are_what_the_script_asks_of_each_node) {
  const RunRecord run = play(troubled(), strategy("broadcast"), 1);

  std::string told;
  for (const NodeSpell& spell : run.spells) {
    told += "n" + std::to_string(index(spell.node) + 1) + " " + std::string(name(spell.what)) +
            " " + std::to_string(spell.begin / Duration{1'000'000}) + "-" +
            std::to_string(spell.end / Duration{1'000'000}) + "; ";
  }
  EXPECT_EQ(told,
            "n1 paused 9000-11000; n2 down 4000-7000; n3 draining 12000-12500; "
            "n3 down 12500-13500; n4 draining 18500-19000; n4 down 19000-20000; ");
}

TEST(CoarseSamples, are_within_a_thirtieth_of_the_exact_quantile) {
  CoarseSamples coarse, other;
  Histogram exact;
  for (std::int64_t i = 1; i <= 4000; ++i) {
    const std::int64_t value = i * i * 977 % 3'000'000'007;
    (i % 2 == 0 ? coarse : other).record(inside(), CoarseSamples::bucket_of(value));
    exact.record(value);
  }
  coarse.merge(other);

  EXPECT_EQ(coarse.count(), 4000U);
  for (const std::uint32_t of_million : {1U, 10'000U, 500'000U, 990'000U, 1'000'000U}) {
    const auto truth = static_cast<double>(exact.quantile(of_million / 1e6));
    EXPECT_NEAR(static_cast<double>(coarse.quantile(of_million)), truth, 0.04 * truth);
  }
  EXPECT_EQ(CoarseSamples().quantile(500'000), 0);
}

}  // namespace
}  // namespace squall::testing
