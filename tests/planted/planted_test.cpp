// Every mechanism of loss, planted on purpose: the ledger must name it, and whom to blame for it.
//
// The table of files is in planted.hpp. The opposite, a report that is swallowed, is tested in
// mutation_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/planted/planted.hpp"

namespace squall::planted {
namespace {

using ::testing::IsEmpty;

class PlantedCause : public ::testing::TestWithParam<Row> {};

TEST_P(PlantedCause, is_found_and_blamed_for_all_that_is_lost) {
  const Scenario scenario = load(GetParam().file);
  ASSERT_EQ(scenario.strategies.size(), 1U);
  ASSERT_EQ(scenario.strategies[0].name, GetParam().strategy);

  for (const std::uint64_t seed : kSeeds) {
    const RunRecord record = play(scenario, scenario.strategies[0], seed);

    EXPECT_THAT(complaints(GetParam(), scenario, record), IsEmpty()) << reproduce(GetParam(), seed);
  }
}

TEST_P(PlantedCause, is_billed_to_its_fault_in_the_row_of_that_fault) {
  const Scenario scenario = load(GetParam().file);
  const std::vector<std::string> triggers = trigger_names(scenario);

  const RunRecord record = play(scenario, scenario.strategies[0], kSeeds[0]);

  std::uint64_t lost = 0, billed = 0;
  for (const LossRow& loss : record.losses) lost += loss.pairs;
  for (const FaultRow& fault : record.faults) billed += fault.pairs_lost;
  const bool has_fault = GetParam().trigger.starts_with("fault:");
  EXPECT_EQ(billed, has_fault ? lost : 0) << reproduce(GetParam(), kSeeds[0]);
}

INSTANTIATE_TEST_SUITE_P(Table, PlantedCause, ::testing::ValuesIn(kRows), test_name);

TEST(PlantedTable, lists_every_file_of_its_folder_once) {
  std::vector<std::string> listed, present;
  for (const Row& row : kRows) listed.emplace_back(row.file);
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    if (entry.path().extension() == ".json") present.push_back(entry.path().stem().string());
  }

  EXPECT_THAT(listed, ::testing::UnorderedElementsAreArray(present));
}

TEST(PlantedTable, plants_every_mechanism_that_squall_knows) {
  std::set<Mechanism> planted;
  for (const Row& row : kRows) planted.insert(row.mechanism());

  for (const MechanismRow& row : mechanisms()) {
    const bool ours = row.mechanism != Mechanism::foreign_system;  // needs servers of others
    const bool possible = ours && row.mechanism != Mechanism::unattributed;
    EXPECT_EQ(planted.contains(row.mechanism), possible) << row.name;
  }
}

TEST(PlantedTable, names_each_scenario_after_its_file) {
  for (const Row& row : kRows) EXPECT_EQ(load(row.file).name, row.file);
}

// A planted row that accepts anything would prove nothing: swap the cause or the blame of each.
TEST(PlantedTable, turns_red_for_another_mechanism_and_for_another_trigger) {
  for (const Row& row : kRows) {
    const Scenario scenario = load(row.file);
    const RunRecord record = play(scenario, scenario.strategies[0], kSeeds[0]);
    Row other_cause = row, other_blame = row;
    other_cause.file = row.mechanism() == Mechanism::reconnect_gap ? "wrong_node" : "reconnect_gap";
    other_blame.trigger = "churn:individual";

    EXPECT_FALSE(complaints(other_cause, scenario, record).empty()) << row.file;
    EXPECT_FALSE(complaints(other_blame, scenario, record).empty()) << row.file;
  }
}

}  // namespace
}  // namespace squall::planted
