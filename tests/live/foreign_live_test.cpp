// Backplanes that squall does not know, on real sockets: nobody is taken for deaf, every pair has
// its account, and the two engines agree.
//
// What they do is in tests/backplanes/.
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <iterator>

#include "report/measure/measure.hpp"
#include "sim/cli/compare/parity.hpp"
#include "tests/backplanes/bodies.hpp"
#include "tests/backplanes/insistent.hpp"
#include "tests/backplanes/roster.hpp"
#include "tests/support/live_witness.hpp"
#include "tests/support/place.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// The storms of the parity table without any fault of their own: drops of single clients only.
Scenario base(const std::vector<Override>& overrides) {
  std::ifstream file(source_path("tests/parity/base.json"));
  return loaded({std::istreambuf_iterator<char>(file), {}}, overrides);
}

const std::vector<Override> kQuiet = {
    {"/people/u/drop", "never"}, {"/time/measure", "3s"}, {"/time/drain", "1s"}};
const std::vector<Override> kCrash = {
    {"/time/measure", "5s"},
    {"/time/drain", "3s"},
    {"/script", R"([{"at": "2s", "as": "crash", "do": "crash", "on": "n2", "for": "1s"}])"}};

void expect_accounted(const RunRecord& run, const std::string& name) {
  for (const Violation& violation : run.violations) {
    ADD_FAILURE() << name << ": " << violation.law << ": " << violation.detail;
  }
  EXPECT_EQ(value("ledger.unattributed", run), 0) << name;
  EXPECT_EQ(value("ledger.unresolved", run), 0) << name;
}

TEST(ForeignBackplaneLive, a_mesh_is_not_deaf_and_both_engines_agree_about_it) {
  const Scenario scenario = base(kQuiet);
  const StrategySpec mesh = foreign(mesh_row());

  const RunRecord simulated = play(scenario, mesh, 1);
  const RunRecord run = lived(scenario, mesh);

  expect_accounted(run, "mesh");
  EXPECT_EQ(run.deaf.count(), 0);
  EXPECT_EQ(totals(run).lost, 0U);
  const auto result = [&](const RunRecord& record) {
    return make_result(scenario, {mesh}, {1}, {{record}});
  };
  const ParityRow row = compare_engines(result(simulated), result(run)).rows.front();
  EXPECT_TRUE(row.owed_agrees && row.loss_agrees && row.cause_agrees) << row.misses();
  // A busy machine reads several frames at once, and TCP acknowledges them together.
  EXPECT_NEAR(row.client_bytes.error(), 0, 0.1);
  EXPECT_NEAR(row.cluster_bytes.error(), 0, 0.1);
}

TEST(ForeignBackplaneLive, a_crash_leaves_every_pair_accounted_with_each_of_them) {
  const Scenario scenario = base(kCrash);
  const std::vector<StrategySpec> specs = {foreign(mesh_row()), foreign(batched_row()),
                                           foreign(echo_row()), foreign(fallback_row()),
                                           foreign(roster_row())};

  std::vector<std::future<RunRecord>> runs;
  for (const StrategySpec& spec : specs) {
    runs.push_back(std::async(std::launch::async, [&] { return lived(scenario, spec); }));
  }

  for (std::size_t i = 0; i < specs.size(); ++i) {
    const RunRecord run = runs[i].get();
    expect_accounted(run, specs[i].name);
    EXPECT_GT(totals(run).owed, 100U);
  }
}

TEST(ForeignBackplaneLive, what_nobody_was_there_to_take_comes_back_and_is_said_later) {
  const Scenario scenario =
      base({{"/people/u/drop", "never"},
            {"/time/measure", "4s"},
            {"/time/drain", "3s"},
            {"/script", R"([{"at": "1s", "as": "away", "do": "broker_down", "for": "1s"}])"}});
  const StrategySpec insistent = foreign(insistent_row());
  auto textbook =
      std::async(std::launch::async, [&] { return lived(scenario, strategy("broadcast")); });

  const RunRecord run = lived(scenario, insistent);

  EXPECT_GT(lost_by(textbook.get(), Mechanism::publish_failed), 0U);
  expect_accounted(run, "insistent");
  EXPECT_EQ(lost_by(run, Mechanism::publish_failed), 0U);
}

}  // namespace
}  // namespace squall::testing
