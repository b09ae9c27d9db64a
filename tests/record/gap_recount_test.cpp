// The reconnect gap, counted twice: by the ledger's attribution, and again from two logs that know
// nothing of it. With visible drops only and no other fault the two must be equal, pair by pair.
//
// A copy that reaches a node finds its recipient there or not: the arrival log has the first half
// of that sentence, the lives of the connections the second.
#include <gtest/gtest.h>

#include <map>

#include "scenarios/model/plan.hpp"
#include "sim/record/journey_log.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario churn() {
  return built_in("churn-floor", {{"/params/users", "600"},
                                  {"/params/nodes", "5"},
                                  {"/params/rooms", "40"},
                                  {"/params/chat", "20/s"},
                                  {"/params/dm", "100/s"},
                                  {"/params/drop", "exp(30s)"},
                                  {"/params/measure", "60s"}});
}

struct Logged {
  RunRecord run;
  JourneyLog log;
};

Logged logged(const Scenario& scenario, std::uint64_t seed) {
  Logged made;
  PlayOptions options;
  options.witness = &made.log;
  made.run = play(scenario, strategy("broadcast"), seed, options);
  return made;
}

using Sessions = std::map<EndpointId, std::vector<ConnectionRecord>>;

Sessions sessions_of(const JourneyLog& log) {
  Sessions sessions;
  for (const ConnectionRecord& connection : log.connections) {
    if (connection.opened != kNever) sessions[connection.endpoint].push_back(connection);
  }
  return sessions;
}

bool met(const std::vector<ConnectionRecord>& sessions, const std::vector<Egress>& copies) {
  for (const Egress& copy : copies) {
    for (const ConnectionRecord& session : sessions) {
      if (session.node == copy.node && session.opened <= copy.at && copy.at < session.closed) {
        return true;
      }
    }
  }
  return false;
}

std::vector<EndpointId> recipients(const Plan& plan, const Egress& copy) {
  if (copy.to.kind == Address::Kind::user) return {copy.to.endpoint()};
  std::vector<EndpointId> others;
  for (const EndpointId member : plan.members(copy.to.room())) {
    if (member != copy.sender) others.push_back(member);
  }
  return others;
}

// Owed pairs that no copy found at home. Everybody was ready before measure and stays logged in.
std::uint64_t recount(const Scenario& scenario, const Logged& logged) {
  const Plan plan(scenario, logged.run.seed);
  const Sessions sessions = sessions_of(logged.log);
  std::map<std::uint64_t, std::vector<Egress>> journeys;
  for (const Egress& copy : logged.log.egress) journeys[copy.number].push_back(copy);
  std::uint64_t missed = 0;
  for (const auto& [number, copies] : journeys) {
    EXPECT_EQ(copies.size(), scenario.cluster.nodes.count) << "a broadcast reaches every node";
    for (const EndpointId recipient : recipients(plan, copies.front())) {
      missed += !met(sessions.at(recipient), copies);
    }
  }
  return missed;
}

TEST(ReconnectGap, IsExactlyThePairsWhoseCopiesFoundNobodyAtHome) {
  const Scenario scenario = churn();

  for (const std::uint64_t seed : {1, 2, 3}) {
    const Logged made = logged(scenario, seed);
    EXPECT_TRUE(complete(made.run));
    EXPECT_GT(lost_by(made.run, Mechanism::reconnect_gap), 1000U);
    EXPECT_EQ(lost_by(made.run, Mechanism::reconnect_gap), recount(scenario, made)) << seed;
  }
}

TEST(ReconnectGap, IsRateTimesGapInExpectation) {
  Scenario scenario = churn();
  scenario.traffic.erase(scenario.traffic.begin());  // direct messages only: independent pairs
  const double rate_per_user = 100.0 / 600;

  const Logged made = logged(scenario, 1);

  double gaps_s = 0;
  for (const auto& [endpoint, sessions] : sessions_of(made.log)) {
    for (std::size_t i = 1; i < sessions.size(); ++i) {
      const Time begin = std::clamp(sessions[i - 1].closed, Time{0}, scenario.time.measure);
      const Time end = std::clamp(sessions[i].opened, Time{0}, scenario.time.measure);
      gaps_s += std::max(0.0, static_cast<double>((end - begin).count()) * 1e-9);
    }
  }
  const double expected = rate_per_user * gaps_s;
  EXPECT_GT(expected, 100.0);
  EXPECT_NEAR(static_cast<double>(lost_by(made.run, Mechanism::reconnect_gap)), expected,
              4 * std::sqrt(expected));
}

TEST(JourneyLogs, ChangeNothingInTheRunTheyWatch) {
  const Scenario scenario = churn();

  const Logged watched = logged(scenario, 1);

  EXPECT_EQ(watched.run.fingerprint, play(scenario, strategy("broadcast"), 1).fingerprint);
}

}  // namespace
}  // namespace squall::testing
