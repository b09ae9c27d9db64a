// The metric registry: names, filters, quantiles over owed pairs, recovery, load.
//
// The worlds are made by hand (tests/support/sample_result.hpp), so every value is known.
#include "report/measure/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "tests/support/infinity.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

using testing::kInfinity;

std::optional<double> value(std::string_view name, const RunRecord& run,
                            const Filter& filter = {}) {
  const MetricRow* row = metric_named(name);
  EXPECT_NE(row, nullptr) << name;
  return row == nullptr ? std::nullopt : measure(*row, run, filter);
}

Filter during(unsigned span) {
  Filter filter;
  filter.during = span;
  return filter;
}

Filter outside(unsigned span) {
  Filter filter;
  filter.outside = span;
  return filter;
}

TEST(Metrics, HaveUniqueNamesKnownUnitsAndAMeaning) {
  const std::set<std::string_view> units = {"ns", "bytes", "bytes/s", "ratio", "1"};
  std::set<std::string_view> names;

  for (const MetricRow& row : metric_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name << " is there twice";
    EXPECT_TRUE(units.contains(row.unit)) << row.name << ": " << row.unit;
    EXPECT_FALSE(row.meaning.empty()) << row.name;
    EXPECT_EQ(metric_named(row.name), &row);
  }
}

TEST(Metrics, AnUnknownNameIsNotFound) { EXPECT_EQ(metric_named("latency"), nullptr); }

TEST(Metrics, OnARunWithNothingInItAreNeverNaNAndNeverClaimALoss) {
  const RunRecord nothing;

  for (const MetricRow& row : metric_rows()) {
    const auto measured = measure(row, nothing);
    if (measured) {
      EXPECT_EQ(*measured, 0.0) << row.name;
    }
    if (row.unit == "ratio") {
      EXPECT_FALSE(measured.has_value()) << row.name << " is a ratio of nothing";
    }
  }
}

TEST(Metrics, AddUpTheCellsThatTheFilterSelects) {
  const RunRecord run = sample::leaky(2);
  Filter chat;
  chat.traffic = 0;
  Filter chat_in_crash = during(0);
  chat_in_crash.traffic = 0;

  EXPECT_EQ(value("pairs.owed", run), 10000);
  EXPECT_EQ(value("pairs.owed", run, chat), 9000);
  EXPECT_EQ(value("pairs.owed", run, during(0)), 2000);
  EXPECT_EQ(value("pairs.owed", run, outside(0)), 8000);
  EXPECT_EQ(value("pairs.owed", run, chat_in_crash), 2000);
  EXPECT_EQ(value("pairs.owed", run, during(1)), 0);
}

TEST(Metrics, LossIsTheShareOfOwedPairsThatWereLost) {
  const RunRecord run = sample::leaky(2);

  EXPECT_DOUBLE_EQ(*value("loss.intent", run), 0.02);
  EXPECT_DOUBLE_EQ(*value("loss.intent", run, during(0)), 0.1);
  EXPECT_DOUBLE_EQ(*value("loss.intent", run, outside(0)), 0.0);
  EXPECT_DOUBLE_EQ(*value("loss.broken_promises", run), 0.012);
}

TEST(Metrics, ALostPairIsInfinitelyLate) {
  const RunRecord run = sample::leaky(2);  // 2 % are lost

  EXPECT_EQ(value("latency.obliged.p99", run), kInfinity);
  EXPECT_EQ(value("latency.obliged.max", run), kInfinity);
  EXPECT_LT(*value("latency.obliged.p90", run), 1.01e8);
  EXPECT_EQ(value("latency.delivered.max", run), 1e8);
}

// Of 100 owed pairs the first 99 came after 1, 2 ... ns; what became of the last one is counted in
// `end`.
RunRecord all_but_one_of_a_hundred(Count Cell::*end) {
  Cell cell;
  cell.owed = testing::counted(100);
  cell.live = testing::counted(99);
  cell.*end = testing::counted(1);
  for (std::int64_t i = 1; i <= 99; ++i) cell.latency.record(testing::inside(), i);
  RunRecord run;
  run.cells = {cell};
  return run;
}

TEST(Metrics, TheRankOfAQuantileCountsEveryOwedPair) {
  const RunRecord run = all_but_one_of_a_hundred(&Cell::lost);

  EXPECT_EQ(value("latency.obliged.p50", run), 50);
  EXPECT_EQ(value("latency.obliged.p99", run), 99);
  EXPECT_EQ(value("latency.obliged.p99.9", run), kInfinity);
}

TEST(Metrics, ExcusedPairsAreNotWaitedFor) {
  const RunRecord run = all_but_one_of_a_hundred(&Cell::excused);

  EXPECT_EQ(value("latency.obliged.max", run), 99);
}

TEST(Metrics, QuantilesGrowWithTheirRank) {
  const RunRecord run = sample::steady(1);
  double before = 0;

  for (const char* name : {"latency.obliged.p50", "latency.obliged.p90", "latency.obliged.p99",
                           "latency.obliged.p99.9", "latency.obliged.max"}) {
    EXPECT_GE(*value(name, run), before) << name;
    before = *value(name, run);
  }
}

TEST(Metrics, TheLossPerEndpointCountsThoseThatLostNothing) {
  RunRecord run = sample::leaky(1);  // five of 200 endpoints lost something

  EXPECT_EQ(value("loss.endpoint.max", run), 80);
  EXPECT_EQ(value("loss.endpoint.p99", run), 40);  // the 198th of 200
  EXPECT_DOUBLE_EQ(*value("loss.worst_1pct_share", run), 140.0 / 200.0);

  run.worst_endpoints = {testing::few(80)};

  EXPECT_EQ(value("loss.endpoint.p99", run), 0);
}

TEST(Metrics, DisconnectionsAreBilledToTheFaultThatCausedThem) {
  const RunRecord run = sample::leaky(1);

  EXPECT_DOUBLE_EQ(*value("reconnects.per_client", run), 0.5);
  EXPECT_DOUBLE_EQ(*value("reconnects.per_client", run, during(0)), 0.45);
  EXPECT_DOUBLE_EQ(*value("reconnects.per_client", run, outside(0)), 0.05);
  EXPECT_DOUBLE_EQ(*value("ready_again.p50", run, during(0)), 2e9);
  EXPECT_NEAR(*value("ready_again.p50", run, outside(0)), 5e8, 5e6);
  EXPECT_FALSE(value("ready_again.p50", run, during(7)).has_value());
}

TEST(Metrics, WhoeverNeverComesBackIsInfinitelyLate) {
  RunRecord run = sample::leaky(1);
  run.never_again = testing::counted(2);

  EXPECT_EQ(value("ready_again.p99", run), kInfinity);
  EXPECT_LE(*value("ready_again.p50", run), 2e9);
  EXPECT_EQ(value("ready_again.never", run), 2);
}

TEST(Metrics, WhoeverNeverGotInIsInfinitelyLate) {
  RunRecord run = sample::steady(1);
  run.first_login.record(testing::inside(), 4'960'000'000, 46);
  EXPECT_EQ(value("first_login.p99", run), 4'960'000'000);
  EXPECT_EQ(value("first_login.never", run), 0);

  run.never_logged_in = testing::counted(99'954);

  EXPECT_EQ(value("first_login.p99", run), kInfinity);
  EXPECT_EQ(value("first_login.never", run), 99'954);
}

TEST(Metrics, RecoveryEndsWithTheFirstOfFiveCalmSeconds) {
  RunRecord run = sample::steady(1);  // the fault ends at 8 s
  EXPECT_EQ(value("recover.max", run), 0);

  run.seconds[8].lost = testing::counted(50);
  EXPECT_EQ(value("recover.max", run), 1e9);

  run.seconds[12].lost = testing::counted(50);  // only three calm seconds between
  EXPECT_EQ(value("recover.max", run), 5e9);

  for (SecondRow& second : run.seconds) second.lost = testing::counted(50);
  run.faults[0].begin = Time{0};  // no calm before the fault either
  EXPECT_EQ(value("recover.max", run), kInfinity);
}

TEST(Metrics, RecoveryIsMeasuredAgainstTheLossBeforeTheFault) {
  RunRecord run = sample::steady(1);
  for (SecondRow& second : run.seconds) second.lost = testing::counted(50);

  EXPECT_EQ(value("recover.max", run), 0);
}

// 65 of 100 pairs are lost in every second, give or take 5, whatever happens.
TEST(Metrics, RecoveryDoesNotWaitForChanceToBeKind) {
  RunRecord run = sample::steady(1);
  run.seconds.clear();
  for (std::uint64_t second = 0; second < 600; ++second) {
    const std::uint64_t lost = 60 + second * 7919 % 11;
    run.seconds.push_back(testing::second_row(100, lost, 100 - lost, 200));
  }
  for (const Time fault : {Time{1s}, Time{300s}}) {
    run.faults[0].begin = fault;
    run.faults[0].end = fault;
    EXPECT_LE(*value("recover.max", run), 2e9);
  }

  for (std::size_t second = 300; second < 320; ++second) {
    run.seconds[second].lost = testing::counted(95);
  }
  EXPECT_GE(*value("recover.max", run), 18e9);  // a loss above that of calm times is still seen
}

TEST(Metrics, RecoveryIsUnknownWhenMeasureEndsTooSoon) {
  RunRecord run = sample::steady(1);
  run.faults[0].end = 16s;

  EXPECT_FALSE(value("recover.max", run).has_value());
}

// 200 endpoints, one crash from 5 s to 8 s of 60 s; so many of them are out from 8 s on.
RunRecord storm(std::function<std::uint64_t(std::uint64_t)> out_at) {
  RunRecord run = sample::leaky(1);
  run.seconds.clear();
  for (std::uint64_t second = 0; second < 60; ++second) {
    const std::uint64_t out = second <= 5 ? 0 : out_at(second);
    run.seconds.push_back(testing::second_row(500, 0, 500, 200 - out));
  }
  return run;
}

TEST(Metrics, AStormFeedsItselfWhenThoseOutDoNotBecomeFewer) {
  EXPECT_EQ(value("storm.self_sustaining", storm([](auto) { return 100U; })), 1);
  EXPECT_EQ(value("storm.self_sustaining", storm([](auto) { return 0U; })), 0);
  EXPECT_EQ(value("storm.self_sustaining", storm([](auto second) { return 120 - 2 * second; })), 0)
      << "fewer and fewer";
  EXPECT_EQ(value("storm.self_sustaining", storm([](auto) { return 2U; })), 0)
      << "two of 200 are out for reasons of their own";
}

TEST(Metrics, AStormIsNotJudgedBeforeItsFaultIsOver) {
  RunRecord run = storm([](auto) { return 100U; });
  run.faults[0].end = 51s;
  EXPECT_FALSE(value("storm.self_sustaining", run).has_value());
  run.faults[0].end = 8s;
  run.faults[0].disconnects = testing::counted(0);
  EXPECT_FALSE(value("storm.self_sustaining", run).has_value()) << "nobody was thrown out";
}

TEST(Metrics, SayWhomAFaultThrewOutAndWhoStayedOut) {
  RunRecord run = sample::leaky(1);  // 90 of 200 endpoints were disconnected by the crash
  run.faults[0].endpoints_touched = testing::counted(80);
  run.faults[0].never_again = testing::counted(45);

  EXPECT_DOUBLE_EQ(*value("blast.endpoints", run), 0.4);
  EXPECT_DOUBLE_EQ(*value("storm.stuck", run), 0.5);
  EXPECT_DOUBLE_EQ(*value("storm.stuck", run, during(0)), 0.5);
  EXPECT_FALSE(value("storm.stuck", run, outside(0)).has_value());
}

TEST(Metrics, LoadIsComparedBetweenNodes) {
  RunRecord run = sample::steady(1);  // 150 and 50 connections, busy 4 s and 2 s of 20 s
  run.node_rows[0].connections_max = testing::counted(180);
  run.node_rows[0].connections_end = testing::counted(120);
  run.node_rows[1].connections_end = testing::counted(80);

  EXPECT_DOUBLE_EQ(*value("imbalance.connections.cv", run), 0.5);
  EXPECT_DOUBLE_EQ(*value("imbalance.connections.max_over_mean", run), 1.5);
  EXPECT_DOUBLE_EQ(*value("imbalance.connections.peak", run), 1.8);
  EXPECT_DOUBLE_EQ(*value("imbalance.connections.final", run), 1.2);
  EXPECT_DOUBLE_EQ(*value("node.cpu.max", run), 0.2);
  EXPECT_DOUBLE_EQ(*value("node.cpu.mean", run), 0.15);
}

TEST(Metrics, UtilisationIsPerLoop) {
  RunRecord run = sample::steady(1);
  run.loops = 4;

  EXPECT_DOUBLE_EQ(*value("node.cpu.max", run), 0.05);
}

TEST(Metrics, BytesAreRatesOfMeasureByLink) {
  const RunRecord run = sample::steady(1);

  EXPECT_DOUBLE_EQ(*value("bytes.client.rate", run), 150'000);
  EXPECT_DOUBLE_EQ(*value("bytes.cluster.rate", run), 20'000'000);
  EXPECT_DOUBLE_EQ(*value("bytes.lb_to_client.rate", run), 100'000);
  EXPECT_DOUBLE_EQ(*value("bytes.amplification", run), 201.5);
}

TEST(Metrics, NobodyDeafIsAMeasurementOfZero) {
  EXPECT_EQ(value("deaf.max", sample::steady(1)), 0);
  EXPECT_FALSE(value("deaf.max", RunRecord{}).has_value());
}

}  // namespace
}  // namespace squall
