// The built-in scenarios at sizes that a test can play many times: one visible table.
//
// A scenario that is added to the library needs a row here; every_scenario_test says so.
#pragma once

#include <algorithm>
#include <cctype>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/play.hpp"

namespace squall::testing {

struct SmallScenario {
  std::string_view name;
  std::vector<Override> overrides;
};

inline std::ostream& operator<<(std::ostream& out, const SmallScenario& row) {
  return out << row.name;
}

inline const std::vector<SmallScenario>& scenarios_to_shrink() {
  static const std::vector<SmallScenario> rows = {
      {"two-node-hello", {}},
      {"one-over-n", {}},
      {"steady-zipf",
       {{"/params/users", "3000"}, {"/params/rooms", "150"}, {"/params/chat", "50/s"}}},
      {"million-zipf",
       {{"/params/users", "2000"},
        {"/params/nodes", "12"},
        {"/params/rooms", "100"},
        {"/params/chat", "20/s"},
        {"/params/stay", "exp(5m)"},
        {"/params/drop", "exp(10m)"},
        {"/params/measure", "60s"}}},
      {"million-deploy",
       {{"/params/desktop", "1200"},
        {"/params/mobile", "800"},
        {"/params/nodes", "20"},
        {"/params/rooms", "100"},
        {"/params/chat", "5/s"},
        {"/params/dm", "50/s"},
        {"/params/batch", "2"}}},
      {"celebrity-room",
       {{"/params/users", "3000"},
        {"/params/fans", "900"},
        {"/params/nodes", "10"},
        {"/params/rooms", "42"},
        {"/params/chat", "20/s"}}},
      {"churn-floor",
       {{"/params/users", "1000"},
        {"/params/rooms", "100"},
        {"/params/chat", "5/s"},
        {"/params/dm", "50/s"},
        {"/params/drop", "exp(1m)"},
        {"/params/measure", "120s"}}},
      {"rolling-deploy-storm",
       {{"/params/desktop", "1200"},
        {"/params/mobile", "800"},
        {"/params/rooms", "100"},
        {"/params/chat", "5/s"},
        {"/params/dm", "50/s"}}},
      {"crash-process",
       {{"/params/users", "1500"},
        {"/params/rooms", "100"},
        {"/params/chat", "5/s"},
        {"/params/dm", "50/s"}}},
      {"wifi-to-lte",
       {{"/params/users", "1000"},
        {"/params/rooms", "100"},
        {"/params/chat", "5/s"},
        {"/params/dm", "50/s"},
        {"/params/drop", "exp(2m)"},
        {"/params/measure", "150s"}}},
      {"join-then-talk", {}},
      {"queue-while-redis-down", {}},
      {"deaf-phones",
       {{"/params/users", "500"},
        {"/params/drop", "exp(2m)"},
        {"/cluster/nodes/count", "3"},
        {"/traffic/0/rate", "50/s"}}},
      {"broker-failover-12s",
       {{"/params/users", "1000"},
        {"/params/rooms", "100"},
        {"/params/chat", "5/s"},
        {"/params/dm", "50/s"}}},
  };
  return rows;
}

// Reports from the field, and how many people are enough for their books.
inline const std::vector<SmallScenario>& reports_from_the_field() {
  static const std::vector<SmallScenario> rows = {
      {"lb-idle-timeout", {}},
      {"sigterm-endpoint-race", {{"/people/u/count", "200"}, {"/traffic/0/rate", "25/s"}}},
      {"never-resubscribes", {}},
      {"nodes-close-clients-without-redis", {{"/people/u/count", "100"}}},
      {"connection-limit-1024", {{"/people/u/count", "300"}, {"/params/limit", "256"}}},
      {"connect-costs-the-database", {}},
      {"room-10k-fanout", {{"/people/u/count", "500"}}},
      {"scale-out-under-load", {{"/people/u/count", "200"}}},
      {"gray-node", {{"/people/u/count", "100"}, {"/traffic/0/rate", "10/s"}}},
      {"n-servers-n-copies", {}},
      {"server-pushes", {{"/people/u/count", "100"}}},
  };
  return rows;
}

inline const std::vector<SmallScenario>& small_scenarios() {
  static const std::vector<SmallScenario> rows = [] {
    std::vector<SmallScenario> all = scenarios_to_shrink();
    const std::vector<SmallScenario>& more = reports_from_the_field();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return rows;
}

inline Scenario small(const SmallScenario& row) { return built_in(row.name, row.overrides); }

// Letters and digits only, for googletest.
inline std::string test_name(const SmallScenario& row) {
  std::string name(row.name);
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

}  // namespace squall::testing
