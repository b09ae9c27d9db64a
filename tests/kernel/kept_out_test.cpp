// Who logs in and is not let in: what he cannot say meanwhile is billed to whoever took the nodes
// away, also when he had never been cut off, or had left by himself before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "scenarios/model/plan.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// Thirty are there, and thirty come at 12 s; their clients keep nothing for later.
std::string newcomers(const std::string& step, const std::string& more = "") {
  return R"json({"squall": 1, "name": "door", "why": "who is kept out",
    "time": {"warmup": "30s", "measure": "60s", "drain": "120s", "deadline": "30s"},
    "cluster": {"nodes": {"count": 3}, "net": {"client_node": "45ms"}},
    "client": {"offline_send": "refuse"},
    "people": {"old": {"count": 30, "arrive": "uniform(0s,5s)"},
               "new": {"count": 30, "arrive": "uniform(41s,43s)")json" +
         more + R"json(}},
    "rooms": {"r": {"count": 6}},
    "traffic": [{"as": "d", "from": "new", "to": "user:online", "rate": "60/s",
                 "arrivals": "fixed"}],
    "script": [)json" +
         step + "]}";
}

std::map<std::string, std::uint64_t> refused(const Scenario& scenario, const char* design) {
  std::map<std::string, std::uint64_t> by;
  const std::vector<std::string> names = trigger_names(scenario);
  for (const LossRow& loss : play(scenario, strategy(design), 1).losses) {
    if (loss.mechanism != Mechanism::sender_offline_refused) continue;
    by[names[index(loss.trigger)]] += loss.pairs;
  }
  return by;
}

TEST(KeptOut, what_is_not_said_is_billed_to_the_fault_that_took_all_nodes) {
  for (const char* design : {"broadcast", "multi_active", "routed:hardened"}) {
    const Scenario calm = loaded(newcomers(""));
    const std::uint64_t handshakes = refused(calm, design)["structural"];

    for (const std::string verb : {"crash", "host_loss"}) {
      const Scenario scenario = loaded(newcomers(R"({"at": "10s", "as": "x", "do": ")" + verb +
                                                 R"(", "on": "node[*]", "for": "20s"})"));
      auto by = refused(scenario, design);
      EXPECT_GT(by["fault:x"], 200U) << design << " " << verb;
      EXPECT_LE(by["structural"], 2 * handshakes + 100) << design << " " << verb;
    }
  }
}

TEST(KeptOut, who_had_left_before_is_kept_out_by_the_fault_and_not_by_his_leaving) {
  const std::string more = R"(, "stay": "5s", "away": "5s")";
  const Scenario scenario = loaded(
      newcomers(R"({"at": "20s", "as": "x", "do": "crash", "on": "node[*]", "for": "20s"})", more));

  auto by = refused(scenario, "broadcast");

  EXPECT_GT(by["fault:x"], 2 * by["churn:new"]);
}

TEST(KeptOut, a_pause_keeps_out_whoever_it_lets_wait) {
  const Scenario scenario = loaded(
      newcomers(R"({"at": "10s", "as": "x", "do": "pause", "on": "node[*]", "for": "25s"})"));

  EXPECT_GT(refused(scenario, "broadcast")["fault:x"], 300U);
}

// Its neighbours take everybody in.
TEST(KeptOut, one_node_of_three_that_is_away_keeps_nobody_out) {
  const Scenario scenario =
      loaded(newcomers(R"({"at": "10s", "as": "x", "do": "crash", "on": "n1", "for": "20s"})"));

  for (const auto& [name, pairs] : refused(scenario, "broadcast")) {
    EXPECT_NE(name, "fault:x") << pairs;
  }
}

}  // namespace
}  // namespace squall::testing
