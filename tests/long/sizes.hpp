// The built-in scenarios at sizes that a test can play many times: one visible table.
//
// A scenario that is added to the library needs a row here; every_scenario_test.cpp says so.
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
  bool unstable = false;  // that a backlog grows is what it teaches
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
      {"polling-without-stickiness", {{"/params/users", "100"}, {"/traffic/0/rate", "20/s"}}},
      {"checks-see-it-late", {{"/params/users", "200"}, {"/traffic/0/rate", "25/s"}}},
      {"dead-address-in-dns", {{"/params/users", "200"}, {"/traffic/0/rate", "25/s"}}},
      {"cookies-keep-new-nodes-empty", {{"/params/users", "200"}, {"/traffic/0/rate", "25/s"}}},
      {"demoted-master", {{"/params/users", "100"}, {"/traffic/0/rate", "25/s"}}},
      {"redis-cluster-grows", {{"/params/users", "100"}, {"/params/chat", "10/s"}}},
      {"kafka-shared-group", {{"/params/users", "100"}}},
      {"group-stops-for-a-restart", {{"/people/u/count", "30"}}},
      {"alarm-for-an-absent-node", {{"/people/u/count", "40"}}},
      {"reads-on-at-the-latest", {{"/people/u/count", "30"}}},
  };
  return rows;
}

// What one fault does to the five designs, and what the article claims.
inline const std::vector<SmallScenario>& faults_and_claims() {
  static const std::vector<SmallScenario> rows = {
      {"own-chat",
       {{"/params/desktop", "700"},
        {"/params/phone", "300"},
        {"/rooms/rooms/sizes", "[[2,100],[5,40],[20,16],[100,2]]"}}},
      {"deploy-no-jitter", {{"/params/users", "200"}, {"/params/handshake", "220ms"}}, true},
      {"host-loss-silent", {{"/params/users", "300"}, {"/params/dm", "30/s"}}},
      {"registry-outage", {{"/params/users", "300"}, {"/params/dm", "60/s"}}},
      {"gc-pause-output-limit", {{"/people/users/count", "60"}, {"/params/rate", "50/s"}}},
      {"slow-consumers", {{"/people/good/count", "58"}}},
      {"stale-prices", {{"/people/good/count", "58"}}},
      {"syn-retries", {}},
      // Few enough to get in again: with three connections each they would kill nodes for good.
      {"killed-by-its-probe", {{"/params/users", "800"}}},
      {"split-room", {{"/params/users", "200"}, {"/rooms/meeting/count", "20"}}},
      {"partition-ab", {{"/params/users", "100"}, {"/traffic/0/rate", "50/s"}}},
      {"zone-loss", {{"/params/users", "300"}, {"/params/dm", "60/s"}}},
      {"zone-apart", {{"/params/users", "300"}, {"/params/dm", "60/s"}}},
      {"resume-window-exceeded", {}},
      {"paused-node-deletes-routes", {{"/params/users", "100"}, {"/traffic/0/rate", "50/s"}}},
      {"one-client-blocks-all", {}, true},
      {"overtaken", {{"/script/0/repeat", "2000"}}},
      {"two-regions", {}},
      {"lb-reload", {{"/params/users", "200"}, {"/params/dm", "30/s"}}},
      {"deploy-by-night", {{"/params/users", "200"}, {"/params/dm", "20/s"}}},
      {"registry-failover", {{"/params/users", "300"}, {"/params/dm", "60/s"}}},
      {"broker-failover-lag", {{"/params/users", "300"}, {"/params/dm", "60/s"}}},
      {"lossy-ocean", {}},
      {"slow-release", {}, true},
      {"one-card", {{"/people/u/count", "300"}, {"/params/card", "3Mbit/s"}}, true},
      {"two-heartbeats", {}},
      {"slow-consumers-kill-a-node", {}},
      {"hot-room-last-recipient", {{"/params/users", "1000"}}},
      {"ports-run-out", {}},
      {"nat-forgets-quiet-phones", {{"/time/measure", "120s"}}},
      {"deflate-fills-the-memory", {{"/people/u/count", "200"}}},
      {"echo-all-500", {{"/people/u/count", "40"}, {"/traffic/0/rate", "40/s"}}, true},
      {"sessions-cannot-be-shared", {{"/params/users", "200"}, {"/traffic/0/rate", "50/s"}}},
      {"a-hash-keeps-groups-together", {{"/params/users", "400"}}},
      {"broadcast-costs-the-network", {{"/params/users", "200"}, {"/traffic/0/rate", "50/s"}}},
      {"routed-reaches-every-client", {{"/params/users", "200"}, {"/traffic/0/rate", "50/s"}}},
      {"the-other-servers-go-on", {{"/params/users", "200"}, {"/traffic/0/rate", "50/s"}}},
  };
  return rows;
}

inline const std::vector<SmallScenario>& small_scenarios() {
  static const std::vector<SmallScenario> rows = [] {
    std::vector<SmallScenario> all;
    for (const auto* part :
         {&scenarios_to_shrink(), &reports_from_the_field(), &faults_and_claims()}) {
      all.insert(all.end(), part->begin(), part->end());
    }
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
