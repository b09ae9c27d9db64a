// What one fault costs, in time of all traffic; what a day of them costs; and money.
//
// The cost of a deploy must not depend on how long measure is: that is what it is for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/export/json.hpp"
#include "report/measure/comparison.hpp"
#include "report/measure/measure.hpp"
#include "report/measure/money.hpp"
#include "report/words/text.hpp"
#include "tests/laws/seeds.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

Scenario deploy(const std::string& measure, const std::string& more = "") {
  return loaded(scenario_with(R"("time": {"warmup": "20s", "measure": ")" + measure +
                              R"(", "drain": "60s"},
    "cluster": {"nodes": {"count": 3, "zones": ["a", "b"]}},
    "people": {"user": {"count": 60}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "40/s"}],
    "script": [{"at": "20s", "do": "rolling_restart", "on": "node[*]", "as": "deploy",
                "drain": "2s", "down": "5s", "pause": "3s", "per": "5/day"}],
    "strategies": ["broadcast"])" +
                              more));
}

std::vector<RunRecord> runs_of(const Scenario& scenario) {
  std::vector<RunRecord> runs;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    runs.push_back(play(scenario, scenario.strategies.front(), seed));
  }
  return runs;
}

Result result_of(const Scenario& scenario) {
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) seeds.push_back(seed);
  return make_result(scenario, scenario.strategies, seeds, {runs_of(scenario)});
}

Interval cost_of_deploy(const std::string& measure) {
  std::vector<double> values;
  for (const RunRecord& run : runs_of(deploy(measure))) {
    values.push_back(value("loss.per_event", run) / 1e9);
  }
  return *student_interval(values);
}

TEST(FaultCosts, a_deploy_costs_the_same_however_long_measure_is) {
  const Interval shorter = cost_of_deploy("150s"), longer = cost_of_deploy("600s");

  EXPECT_GT(shorter.mean, 0.1);
  EXPECT_LT(std::abs(shorter.mean - longer.mean), shorter.half_width + longer.half_width);
  EXPECT_LT(shorter.half_width, shorter.mean / 3);
}

struct OneFault {
  const char* name;
  const char* step;  // of the script
};
void PrintTo(const OneFault& fault, std::ostream* out) { *out << fault.name; }

class FaultCostsOf : public ::testing::TestWithParam<OneFault> {};

Scenario with_fault(const OneFault& fault, const std::string& measure, const std::string& preset) {
  return loaded(scenario_with(R"("time": {"warmup": "20s", "measure": ")" + measure +
                              R"(", "drain": "60s"},
    "cluster": {"nodes": {"count": 3, "zones": ["a", "b"]}},
    "people": {"user": {"count": 60}}, "rooms": {"r": {"count": 6}},
    "traffic": [{"as": "dm", "to": "user:online", "rate": "40/s"},
                {"as": "chat", "from": "member", "to": "room:r", "rate": "5/s"}],
    "script": [{"at": "20s", "as": "f", )" +
                              fault.step + R"(}], "strategies": [")" + preset + R"("])"));
}

// Of seeds of their own: what is the same in both by the same draws says nothing.
Interval cost_of(const Scenario& scenario, std::uint64_t first_seed) {
  std::vector<double> values;
  for (std::uint64_t seed = first_seed; seed < first_seed + kSeeds; ++seed) {
    const RunRecord run = play(scenario, scenario.strategies.front(), seed);
    values.push_back(value("loss.per_event", run) / 1e9);
  }
  return *student_interval(values);
}

// Designs that hash rooms are below: what a deploy has moved stays where it is.
TEST_P(FaultCostsOf, every_design_are_the_same_however_long_measure_is) {
  for (const char* const preset : {"session_share", "broadcast", "routed", "multi_active",
                                   "routed:nack", "session_share:mailbox"}) {
    const Interval shorter = cost_of(with_fault(GetParam(), "150s", preset), 1);
    const Interval longer = cost_of(with_fault(GetParam(), "600s", preset), 101);

    EXPECT_LE(std::abs(shorter.mean - longer.mean), shorter.half_width + longer.half_width)
        << preset << ": " << shorter.mean << " +- " << shorter.half_width << " and " << longer.mean
        << " +- " << longer.half_width;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultCostsOf,
    ::testing::Values(OneFault{"deploy", R"("do": "rolling_restart", "on": "node[*]", "drain": "2s",
                              "down": "5s", "pause": "3s")"},
                      OneFault{"crash", R"("do": "crash", "on": "n2", "for": "15s")"},
                      OneFault{"broker", R"("do": "broker_down", "for": "12s")"},
                      OneFault{"registry", R"("do": "registry_down", "for": "12s")"},
                      OneFault{"host", R"("do": "host_loss", "on": "n2", "for": "40s")"}),
    [](const auto& one) { return std::string(one.param.name); });

// A room that a deploy has split stays split: its cost is a rate, and no number of seconds.
TEST(FaultCosts, say_so_where_they_are_not_over_when_measure_ends) {
  const OneFault fault{"deploy", R"("do": "rolling_restart", "on": "node[*]", "drain": "2s",
                                    "down": "5s", "pause": "3s")"};
  const Scenario split = with_fault(fault, "150s", "sticky_hash");
  const Scenario over = with_fault(fault, "150s", "broadcast");

  const Interval shorter = cost_of(split, 1),
                 longer = cost_of(with_fault(fault, "600s", "sticky_hash"), 1);

  EXPECT_GT(longer.mean, 2 * shorter.mean);
  EXPECT_THAT(to_text(result_of(split), {}), HasSubstr("pairs are still lost to f (split_room)"));
  EXPECT_THAT(to_text(result_of(over), {}), ::testing::Not(HasSubstr("still lost")));
}

TEST(FaultCosts, are_the_pairs_billed_to_a_fault_over_the_pairs_owed_in_a_second) {
  const Scenario scenario = deploy("60s");
  const RunRecord run = play(scenario, scenario.strategies.front(), 1);
  const auto [messages, owed, lost] = totals(run);

  const double seconds = 60.0 * static_cast<double>(std::uint64_t{run.faults[0].pairs_lost}) /
                         static_cast<double>(owed);

  EXPECT_GT(lost, 0U);
  EXPECT_NEAR(value("loss.per_event", run), seconds * 1e9, 1);
  EXPECT_NEAR(value("loss.per_day", run), 5 * seconds * 1e9, 5);
}

TEST(FaultCosts, stand_in_text_and_json_and_come_back) {
  const Result result = result_of(deploy("60s"));

  const std::string text = to_text(result, {});
  const auto again = from_json(to_json(result));

  EXPECT_THAT(text, HasSubstr("what one fault costs"));
  EXPECT_THAT(text, HasSubstr("a day"));
  ASSERT_TRUE(std::holds_alternative<Result>(again));
  EXPECT_EQ(to_json(std::get<Result>(again)), to_json(result));
  ASSERT_EQ(result.strategies[0].events.size(), 1U);
  EXPECT_EQ(result.strategies[0].events[0].per_day, 5);
}

TEST(FaultCosts, a_frequency_is_read_and_a_bad_one_is_refused) {
  const auto with = [](const std::string& per) {
    return load(scenario_with(R"("script": [{"at": "1s", "do": "broker_down", "for": "1s",
                                            "per": ")" +
                              per + R"("}])"));
  };

  EXPECT_EQ(with("2/week").scenario->script[0].per_day_micro, 285'714U);
  EXPECT_EQ(findings(with("often")), std::vector<std::string>{"S0217 /script/0/per"});
  EXPECT_EQ(findings(load(scenario_with(
                R"("clients": {"a": {}}, "script": [{"at": "1s", "do": "connect", "by": "a",
                   "per": "1/day"}])"))),
            std::vector<std::string>{"S0103 /script/0/per"});
}

TEST(Money, is_nodes_by_the_hour_and_bytes_by_the_link) {
  const Scenario nodes = deploy("60s", R"(, "prices": {"currency": "EUR", "node_hour": 0.1})");
  const Scenario bytes = deploy("60s", R"(, "prices": {"gb": {"lb_to_client": 0.09}})");
  const Result by_nodes = result_of(nodes), by_bytes = result_of(bytes);

  const double month = *mean_of(by_nodes.strategies[0], "cost.month");
  const double rate = *mean_of(by_bytes.strategies[0], "bytes.lb_to_client.rate");

  EXPECT_NEAR(month, 3 * 0.1 * 730, 1e-6);
  EXPECT_NEAR(*mean_of(by_bytes.strategies[0], "cost.month"), rate * 730 * 3600 / 1e9 * 0.09,
              rate * 1e-9);
  EXPECT_THAT(to_text(by_nodes, {}), HasSubstr("cost in EUR"));
}

TEST(Money, of_a_million_deliveries_is_the_month_over_what_it_delivers) {
  const Result result = result_of(deploy("60s", R"(, "prices": {"node_hour": 1})"));
  const StrategyResult& broadcast = result.strategies[0];

  double delivered = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunRecord run = play(deploy("60s"), strategy("broadcast"), seed);
    const auto [messages, owed, lost] = totals(run);
    delivered += static_cast<double>(owed - lost) / kSeeds;
  }

  EXPECT_NEAR(*mean_of(broadcast, "cost.per_million"), 3.0 * 60 / 3600 / delivered * 1e6, 1);
}

TEST(Money, crosses_zones_with_the_share_of_links_that_do) {
  const Scenario zones = deploy("60s", R"(, "prices": {"zone_gb": 1})");
  Scenario routed = zones;
  routed.strategies = {strategy("routed")};

  const std::vector<RunRecord> runs = {play(routed, routed.strategies[0], 1)};
  double bytes = 0;
  for (std::size_t purpose = 0; purpose < kBytePurposes; ++purpose) {
    bytes += static_cast<double>(
        bytes_of(runs[0], Link::node_to_node, static_cast<BytePurpose>(purpose)));
  }

  // n1 and n3 are in zone a, n2 in zone b: four of six ordered pairs.
  EXPECT_NEAR(*money_of(routed, runs)[0].per_seed[0], bytes * 4 / 6 / 1e9 * 60 * 730, bytes * 1e-6);
}

TEST(Money, is_not_spoken_of_without_prices) {
  const Result result = result_of(deploy("60s"));

  EXPECT_EQ(find_metric(result.strategies[0], "cost.month"), nullptr);
  EXPECT_THAT(to_text(result, {}), ::testing::Not(HasSubstr("cost in")));
}

}  // namespace
}  // namespace squall::testing
