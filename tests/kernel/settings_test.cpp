// The verb `set`: one knob has another value from one moment on, or for a time, and nothing else
// changes.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/model/laws.hpp"
#include "scenarios/model/plan.hpp"
#include "tests/kernel/counted_by_hand.hpp"
#include "tests/support/play.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

// One message at each of these seconds; its latency.
std::int64_t latency_at(int second, const std::string& script) {
  const Scenario scenario = loaded(
      R"json({"squall": 1, "name": "set", "why": "one knob",
        "time": {"warmup": "10s", "measure": "60s", "drain": "40s"},
        "cluster": {"nodes": {"count": 2}, "net": {"client_node": "20ms"}},
        "clients": {"ann": {"on": "n1"}, "bob": {"on": "n2"}},
        "script": [)json" +
      script + R"json({"at": ")json" + std::to_string(second) +
      R"json(s", "do": "send", "by": "ann", "to": "user:bob"}]})json");
  const RunRecord run = play(scenario, strategy("broadcast"), 1);
  EXPECT_TRUE(complete(run));
  std::int64_t sum = 0;
  for (const Cell& cell : run.cells) sum += static_cast<std::int64_t>(cell.latency.sum());
  return sum;
}

constexpr const char* kSlowNet =
    R"json({"at": "20s", "for": "10s", "do": "set", "path": "/cluster/net/client_node",
            "to": "200ms"},)json";

TEST(Set, holds_from_its_beginning_to_its_end) {
  const std::int64_t usual = latency_at(10, "");

  EXPECT_EQ(latency_at(10, kSlowNet), usual);
  EXPECT_EQ(latency_at(25, kSlowNet), usual + 2 * 180 * kMs);
  EXPECT_EQ(latency_at(35, kSlowNet), usual);
}

TEST(Set, without_an_end_holds_for_good) {
  const std::string slow =
      R"json({"at": "20s", "do": "set", "path": "/cluster/net/node_broker", "to": "50300us"},)json";

  EXPECT_EQ(latency_at(55, slow), latency_at(55, "") + 2 * 50 * kMs);
}

TEST(Set, of_two_that_overlap_the_later_holds_and_leaves_what_the_other_says) {
  const std::string both =
      kSlowNet +
      std::string(
          R"json({"at": "22s", "for": "4s", "do": "set", "path": "/cluster/net/client_node",
              "to": "120ms"},)json");
  const std::int64_t usual = latency_at(10, "");

  EXPECT_EQ(latency_at(24, both), usual + 2 * 100 * kMs);
  EXPECT_EQ(latency_at(28, both), usual + 2 * 180 * kMs);
}

// A push takes 1 ms, where it took 5 us; and so does the acknowledgement, which goes first.
TEST(Set, of_a_cost_is_paid_by_the_next_piece_of_work) {
  const std::string dear =
      R"json({"at": "20s", "for": "10s", "do": "set", "path": "/cluster/nodes/costs/push",
              "to": "1ms"},)json";

  EXPECT_EQ(latency_at(10, dear), latency_at(10, ""));
  EXPECT_EQ(latency_at(25, dear), latency_at(25, "") + 2 * 995'000);
  EXPECT_EQ(latency_at(35, dear), latency_at(35, ""));
}

constexpr const char* kEvenTraffic = R"json({"squall": 1, "name": "set", "why": "one rate",
  "time": {"warmup": "10s", "measure": "60s", "drain": "20s"}, "people": {"u": {"count": 50}},
  "traffic": [{"as": "other", "to": "user:any", "rate": "1/m", "arrivals": "fixed"},
              {"as": "dm", "to": "user:any", "rate": "10/s", "arrivals": "fixed"}],
  "script": )json";

double said(const std::string& script) {
  const Scenario scenario = loaded(kEvenTraffic + script + "}");
  const RunRecord run = play(scenario, strategy("broadcast"), 1);
  EXPECT_TRUE(complete(run));
  double messages = 0;
  for (const Cell& cell : run.cells) {
    if (cell.traffic == 1) messages += static_cast<double>(cell.messages);
  }
  return messages;
}

// 10 s at 40 and 50 s at 10; the last 20 s of them at 20; and twice that in 5 s of the former.
TEST(Set, of_a_rate_counts_from_its_beginning_to_its_end) {
  const std::string more = R"json([{"at": "20s", "for": "10s", "do": "set",
    "path": "/traffic/1/rate", "to": "40/s"})json";
  const std::string later =
      R"json(, {"at": "40s", "do": "set", "path": "/traffic/1/rate", "to": "20/s"})json";
  const std::string flash =
      R"json(, {"at": "22s", "for": "5s", "do": "flash", "on": "dm", "times": 2})json";

  EXPECT_NEAR(said("[]"), 600, 1);
  EXPECT_NEAR(said(more + "]"), 900, 1);
  EXPECT_NEAR(said(more + later + "]"), 1100, 1);
  EXPECT_NEAR(said(more + flash + "]"), 1100, 1);
}

TEST(Set, of_a_rate_is_what_limits_count) {
  const LoadResult result =
      load(kEvenTraffic +
           std::string(R"json([{"at": "1s", "for": "1ms", "do": "set", "path": "/traffic/1/rate",
        "to": "100000000/s"}]})json"));

  EXPECT_FALSE(result.scenario);
  EXPECT_EQ(findings(result).front(), "S0411 /traffic/1/rate");
}

// Everybody comes back at once, and one after the other to the next node.
TEST(Set, of_a_policy_is_obeyed_by_those_that_come) {
  const auto connections = [](const std::string& policy) {
    const Scenario scenario = loaded(
        R"json({"squall": 1, "name": "set", "why": "a policy", "people": {"u": {"count": 90}},
          "cluster": {"nodes": {"count": 3}, "lb": {"policy": "random"}},
          "script": [{"at": "10s", "do": "set", "path": "/cluster/lb/policy", "to": ")json" +
        policy + R"json("}, {"at": "20s", "do": "disconnect", "on": "u"}]})json");
    const RunRecord run = play(scenario, strategy("broadcast"), 1);
    std::vector<std::uint64_t> ends;
    for (const NodeRow& row : run.node_rows) ends.push_back(row.connections_end);
    return ends;
  };

  EXPECT_EQ(connections("round_robin"), (std::vector<std::uint64_t>{30, 30, 30}));
  EXPECT_NE(connections("random"), (std::vector<std::uint64_t>{30, 30, 30}));
}

TEST(Set, is_a_span_of_the_script_and_no_cause_of_calm) {
  const Scenario scenario = loaded(
      R"json({"squall": 1, "name": "set", "why": "one knob", "people": {"u": {"count": 50}},
        "traffic": [{"as": "dm", "to": "user:online", "rate": "20/s"}],
        "script": [{"at": "20s", "for": "10s", "do": "set", "as": "slow",
                    "path": "/cluster/net/client_node", "to": "200ms"}],
        "expect": [{"that": "latency.obliged.p50 > 400ms", "during": "slow"},
                   {"that": "latency.obliged.p50 < 120ms", "outside": "slow"}]})json");

  ASSERT_EQ(fault_spans(scenario).size(), 1U);
  EXPECT_EQ(fault_spans(scenario)[0].end, Time{30s});
  EXPECT_EQ(closed_form("loss.intent", scenario, strategy("broadcast")), std::nullopt);
  const RunRecord run = play(scenario, strategy("broadcast"), 1);
  Filter slow, usual;
  slow.during = usual.outside = 0U;
  EXPECT_GT(value("latency.obliged.p50", run, slow), 400e6);
  EXPECT_LT(value("latency.obliged.p50", run, usual), 120e6);
}

}  // namespace
}  // namespace squall::testing
