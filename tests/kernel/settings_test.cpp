// The verb `set`: one knob has another value from one moment on, or for a time, and nothing else
// changes.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/model/laws.hpp"
#include "scenarios/model/plan.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// One message at each of these seconds; its latency.
std::int64_t latency(int second, const std::string& script) {
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

constexpr std::int64_t kMs = 1'000'000;
constexpr const char* kSlow =
    R"json({"at": "20s", "for": "10s", "do": "set", "path": "/cluster/net/client_node",
            "to": "200ms"},)json";

TEST(Set, holds_from_its_beginning_to_its_end) {
  const std::int64_t usual = latency(10, "");

  EXPECT_EQ(latency(10, kSlow), usual);
  EXPECT_EQ(latency(25, kSlow), usual + 2 * 180 * kMs);
  EXPECT_EQ(latency(35, kSlow), usual);
}

TEST(Set, without_an_end_holds_for_good) {
  const std::string slow =
      R"json({"at": "20s", "do": "set", "path": "/cluster/net/node_broker", "to": "50300us"},)json";

  EXPECT_EQ(latency(55, slow), latency(55, "") + 2 * 50 * kMs);
}

TEST(Set, of_two_that_overlap_the_later_holds_and_leaves_what_the_other_says) {
  const std::string both =
      kSlow + std::string(
                  R"json({"at": "22s", "for": "4s", "do": "set", "path": "/cluster/net/client_node",
              "to": "120ms"},)json");
  const std::int64_t usual = latency(10, "");

  EXPECT_EQ(latency(24, both), usual + 2 * 100 * kMs);
  EXPECT_EQ(latency(28, both), usual + 2 * 180 * kMs);
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
