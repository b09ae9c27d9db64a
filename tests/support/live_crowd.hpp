// A crowd of live clients: connect, chat a little, leave. For tests that count connections.
//
// The scenario is made here because the size is the subject; its times are short.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "sim/live/run/engine.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {

inline Scenario crowd(unsigned clients, unsigned nodes) {
  const std::string count = std::to_string(clients);
  return loaded(R"json({"squall": 1, "name": "crowd", "why": "Many connections at once.",
    "time": {"warmup": "4s", "measure": "3s", "drain": "2s", "deadline": "2s"},
    "cluster": {"nodes": {"count": )json" +
                std::to_string(nodes) + R"json(},
                "lb": {"policy": "round_robin"}},
    "people": {"user": {"count": )json" +
                count + R"json(, "arrive": "uniform(0s,2s)"}},
    "client": {"connect_timeout": "10s"},
    "rooms": {"room": {"count": )json" +
                std::to_string(clients / 10) + R"json(, "popularity": "uniform"}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "100/s",
                 "size": "128B"}]})json");
}

// All of them at once, none refused, none lost before the end.
inline void expect_everybody_connected(const RunRecord& run, unsigned clients) {
  for (const Violation& violation : run.violations) {
    ADD_FAILURE() << violation.law << ": " << violation.detail;
  }
  std::uint64_t most = 0;
  for (const NodeRow& node : run.node_rows) most += node.connections_end;
  EXPECT_EQ(most, clients);
  EXPECT_EQ(run.established, clients);
  EXPECT_EQ(run.refused + run.timed_out + run.abandoned, 0U);
  EXPECT_EQ(run.disconnects, 0U);
  EXPECT_GT(totals(run).owed, 1000U);
}

}  // namespace squall::testing
