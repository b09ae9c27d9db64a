// Attach, against the real thing: who hears whom on three nodes of each product, and what a killed
// process costs. What is not installed is skipped, aloud.
#include <gtest/gtest.h>

#include "report/measure/statistics.hpp"
#include "tests/products/product_run.hpp"
#include "tests/products/with_cluster.hpp"
#include "tests/support/place.hpp"
#include "tests/support/play.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {
namespace {

class EveryProduct : public WithCluster, public ::testing::WithParamInterface<ProductRow> {};

TEST_P(EveryProduct, reaches_all_of_a_room_when_its_nodes_are_together_and_one_in_three_else) {
  start(GetParam());
  if (cluster_ == nullptr) return;
  // One room where nobody hears of other nodes: then it is known how many of it sit on each.
  const Scenario scenario =
      product_scenario(GetParam().nodes, {{"/rooms/r/count", GetParam().together ? "4" : "1"}});

  const live::AttachOptions attached = cluster_->attached();
  const RunRecord run = attach_in_time(scenario, foreign_spec(), attached);

  expect_balanced(run);
  const Totals sums = totals(run);
  ASSERT_GT(sums.owed, 500U) << joined(run.live.remarks);
  // Bytes are those that went through the sockets: of each message that came, its payload, at least
  // two bytes of a frame, and at least half a header of TCP.
  const double heard_per_s = static_cast<double>(sums.owed - sums.lost) / 3;
  EXPECT_GT(value("bytes.lb_to_client.rate", run), heard_per_s * (200 + 2 + 26));
  const double reach = 1 - static_cast<double>(sums.lost) / static_cast<double>(sums.owed);
  if (GetParam().together) {
    EXPECT_EQ(sums.lost, 0U) << joined(run.live.remarks);
  } else {
    EXPECT_NEAR(reach, 11.0 / 35, 0.02) << joined(run.live.remarks);  // 12 of 36 sit here
    EXPECT_EQ(lost_by(run, Mechanism::foreign_system), sums.lost);
  }
}

// Clients choose any of three processes that hear nothing of each other: two meet in one of three
// cases, whoever they are. One run has one choice for each, so the law is one of several seeds.
class SeparateProcesses : public WithCluster {};

TEST_F(SeparateProcesses, reach_one_of_three_within_the_interval_of_several_seeds) {
  const ProductRow& product = product_named("ws");
  start(product);
  if (cluster_ == nullptr) return;
  const Scenario scenario = product_scenario(product.nodes, {{"/cluster/lb/policy", "random"},
                                                             {"/traffic/0/rate", "200/s"},
                                                             {"/time/warmup", "1s"},
                                                             {"/time/measure", "1s"},
                                                             {"/time/drain", "1s"}});
  std::vector<double> reach;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const RunRecord run = in_time(
        [&] { return live::attach(scenario, foreign_spec(), seed, {}, cluster_->attached()); },
        [](const RunRecord& one) { return one.live.owed > 0; });
    expect_balanced(run);
    const Totals sums = totals(run);
    reach.push_back(1 - static_cast<double>(sums.lost) / static_cast<double>(sums.owed));
  }

  const std::optional<Interval> interval = student_interval(reach);
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->mean, 1.0 / 3, interval->half_width) << ::testing::PrintToString(reach);
  EXPECT_LT(interval->half_width, 0.1) << "it would hold whatever they do";
}

// A connection costs this process one descriptor: its other end is somebody else's.
class Descriptors : public WithCluster {};

TEST_F(Descriptors, AreNeededForOurEndsAlone) {
  const ProductRow& product = product_named("ws");
  start(product);
  if (cluster_ == nullptr) return;
  ProcessCommand command;
  command.words = {"/bin/sh",
                   "-c",
                   "ulimit -n 300; exec \"$0\" attach \"$1\" --target \"$2\" --dialect \"$3\" "
                   "--set /people/u/count=200 --set /cluster/nodes/count=1 --no-save --quiet",
                   squall_binary(),
                   source_path("tests/products/attach.json"),
                   cluster_->attached().targets.front().url,
                   source_path("tests/products/plain.json")};

  const ProcessResult done = run_process(command);

  // 3: it was played, on a machine that was too busy.
  EXPECT_TRUE(done.exit_code == 0 || done.exit_code == 3) << done.out << done.err;
}

// The multi-active scheme on servers of others: what is said on one node reaches who has a
// connection there, so k of n reach k/n of everybody; behind a broker it reaches all of them twice.
class TwoConnections : public WithCluster, public ::testing::WithParamInterface<const char*> {};

TEST_P(TwoConnections, reach_twice_as_many_and_show_nothing_twice) {
  const ProductRow& product = product_named(GetParam());
  start(product);
  if (cluster_ == nullptr) return;
  StrategySpec twice = foreign_spec();
  twice.connections = 2;

  // Round robin would give every client the same node as one of its two.
  const Scenario scenario = product_scenario(product.nodes, {{"/cluster/lb/policy", "least_conn"}});

  const RunRecord run = attach_in_time(scenario, twice, cluster_->attached());

  expect_balanced(run);
  const Totals sums = totals(run);
  ASSERT_GT(sums.owed, 500U) << joined(run.live.remarks);
  const double reach = 1 - static_cast<double>(sums.lost) / static_cast<double>(sums.owed);
  EXPECT_NEAR(reach, product.together ? 1 : 2.0 / 3, product.together ? 0 : 0.12)
      << joined(run.live.remarks);
  EXPECT_EQ(value("dup.surfaced", run), 0);
  EXPECT_EQ(value("dup.suppressed", run) > 0, product.together);
}

INSTANTIATE_TEST_SUITE_P(Products, TwoConnections, ::testing::Values("ws", "ws_redis"),
                         [](const auto& row) { return std::string(row.param); });

INSTANTIATE_TEST_SUITE_P(Products, EveryProduct, ::testing::ValuesIn(products()),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace squall::testing
