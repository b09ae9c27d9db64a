// Attach, against the real thing: who hears whom on three nodes of each product, and what a killed
// process costs. What is not installed is skipped, aloud.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/products/product_cluster.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario small(const ProductRow& row) {
  std::ifstream file(SQUALL_SOURCE_DIR "/tests/products/attach.json");
  return loaded({std::istreambuf_iterator<char>(file), {}},
                {{"/cluster/nodes/count", std::to_string(row.nodes)}});
}

const StrategySpec& foreign_spec() {
  static const StrategySpec kSpec = [] {
    add_backplane(live::foreign_row());
    StrategySpec spec;
    spec.name = "foreign";
    spec.backplane = "foreign";
    return spec;
  }();
  return kSpec;
}

void expect_accounted(const RunRecord& run) {
  for (const Violation& violation : run.violations) {
    ADD_FAILURE() << violation.law << ": " << violation.detail;
  }
  EXPECT_EQ(value("ledger.unattributed", run), 0);
  EXPECT_EQ(value("ledger.unresolved", run), 0);
}

std::string all(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

class EveryProduct : public ::testing::TestWithParam<ProductRow> {};

TEST_P(EveryProduct, reaches_all_of_a_room_when_its_nodes_are_together_and_one_in_three_else) {
  const std::string missing = ProductCluster::missing(GetParam());
  if (!missing.empty()) GTEST_SKIP() << "SKIPPED: " << missing;
  std::string error;
  const auto cluster = ProductCluster::start(GetParam(), error);
  ASSERT_NE(cluster, nullptr) << error;
  const Scenario scenario = small(GetParam());

  const live::AttachOptions attached = cluster->attached();
  const RunRecord run = live::attach(scenario, foreign_spec(), 1, {}, attached);

  expect_accounted(run);
  const Totals sums = totals(run);
  ASSERT_GT(sums.owed, 500U) << all(run.live.remarks);
  const double reach = 1 - static_cast<double>(sums.lost) / static_cast<double>(sums.owed);
  if (GetParam().together) {
    EXPECT_EQ(sums.lost, 0U) << all(run.live.remarks);
  } else {
    EXPECT_NEAR(reach, 1.0 / 3, 0.12) << all(run.live.remarks);  // three or so of nine sit here
    EXPECT_EQ(lost_by(run, Mechanism::foreign_system), sums.lost);
  }
}

INSTANTIATE_TEST_SUITE_P(Products, EveryProduct, ::testing::ValuesIn(products()),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace squall::testing
