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
      {"steady-zipf", sets("users=3000 rooms=150 chat=50/s")},
      {"million-zipf",
       sets("users=2000 nodes=12 rooms=100 chat=20/s stay=exp(5m) drop=exp(10m) measure=60s")},
      {"million-deploy",
       sets("desktop=1200 mobile=800 nodes=20 rooms=100 chat=5/s dm=50/s batch=2")},
      {"celebrity-room", sets("users=3000 fans=900 nodes=10 rooms=42 chat=20/s")},
      {"churn-floor", sets("users=1000 rooms=100 chat=5/s dm=50/s drop=exp(1m) measure=120s")},
      {"rolling-deploy-storm", sets("desktop=1200 mobile=800 rooms=100 chat=5/s dm=50/s")},
      {"crash-process", sets("users=1500 rooms=100 chat=5/s dm=50/s")},
      {"wifi-to-lte", sets("users=1000 rooms=100 chat=5/s dm=50/s drop=exp(2m) measure=150s")},
      {"join-then-talk", {}},
      {"queue-while-redis-down", {}},
      {"deaf-phones", sets("users=500 drop=exp(2m) /cluster/nodes/count=3 /traffic/0/rate=50/s")},
      {"broker-failover-12s", sets("users=1000 rooms=100 chat=5/s dm=50/s")},
  };
  return rows;
}

// Reports from the field, and how many people are enough for their books.
inline const std::vector<SmallScenario>& reports_from_the_field() {
  static const std::vector<SmallScenario> rows = {
      {"lb-idle-timeout", {}},
      {"sigterm-endpoint-race", sets("/people/u/count=200 /traffic/0/rate=25/s")},
      {"never-resubscribes", {}},
      {"nodes-close-clients-without-redis", sets("/people/u/count=100")},
      {"connection-limit-1024", sets("/people/u/count=300 limit=256")},
      {"connect-costs-the-database", {}},
      {"room-10k-fanout", sets("/people/u/count=500")},
      {"scale-out-under-load", sets("/people/u/count=200")},
      {"gray-node", sets("/people/u/count=100 /traffic/0/rate=10/s")},
      {"n-servers-n-copies", {}},
      {"server-pushes", sets("/people/u/count=100")},
      {"polling-without-stickiness", sets("users=100 /traffic/0/rate=20/s")},
      {"checks-see-it-late", sets("users=200 /traffic/0/rate=25/s")},
      {"dead-address-in-dns", sets("users=200 /traffic/0/rate=25/s")},
      {"cookies-keep-new-nodes-empty", sets("users=200 /traffic/0/rate=25/s")},
      {"demoted-master", sets("users=100 /traffic/0/rate=25/s")},
      {"redis-cluster-grows", sets("users=100 chat=10/s")},
      {"kafka-shared-group", sets("users=100")},
      {"group-stops-for-a-restart", sets("/people/u/count=30")},
      {"alarm-for-an-absent-node", sets("/people/u/count=40")},
      {"reads-on-at-the-latest", sets("/people/u/count=30")},
  };
  return rows;
}

// What one fault does to the five designs, and what the article claims.
inline const std::vector<SmallScenario>& faults_and_claims() {
  static const std::vector<SmallScenario> rows = {
      {"own-chat",
       sets("desktop=700 phone=300 /rooms/rooms/sizes=[[2,100],[5,40],[20,16],[100,2]]")},
      {"deploy-no-jitter", sets("users=200 handshake=220ms"), true},
      {"host-loss-silent", sets("users=300 dm=30/s")},
      {"registry-outage", sets("users=300 dm=60/s")},
      {"gc-pause-output-limit", sets("/people/users/count=60 rate=50/s")},
      {"slow-consumers", sets("/people/good/count=58")},
      {"stale-prices", sets("/people/good/count=58")},
      {"syn-retries", {}},
      // Few enough to get in again: with three connections each they would kill nodes for good.
      {"killed-by-its-probe", sets("users=800")},
      {"split-room", sets("users=200 /rooms/meeting/count=20")},
      {"partition-ab", sets("users=100 /traffic/0/rate=50/s")},
      {"zone-loss", sets("users=300 dm=60/s")},
      {"zone-apart", sets("users=300 dm=60/s")},
      {"resume-window-exceeded", {}},
      {"paused-node-deletes-routes", sets("users=100 /traffic/0/rate=50/s")},
      {"one-client-blocks-all", {}, true},
      {"overtaken", sets("/script/0/repeat=2000")},
      {"two-regions", {}},
      {"lb-reload", sets("users=200 dm=30/s")},
      {"deploy-by-night", sets("users=200 dm=20/s")},
      {"registry-failover", sets("users=300 dm=60/s")},
      {"broker-failover-lag", sets("users=300 dm=60/s")},
      {"lossy-ocean", {}},
      {"slow-release", {}, true},
      {"one-card", sets("/people/u/count=300 card=3Mbit/s"), true},
      {"two-heartbeats", {}},
      {"slow-consumers-kill-a-node", {}},
      {"hot-room-last-recipient", sets("users=1000")},
      {"ports-run-out", {}},
      {"nat-forgets-quiet-phones", sets("/time/measure=120s")},
      {"deflate-fills-the-memory", sets("/people/u/count=200")},
      {"echo-all-500", sets("/people/u/count=40 /traffic/0/rate=40/s"), true},
      {"sessions-cannot-be-shared", sets("users=200 /traffic/0/rate=50/s")},
      {"a-hash-keeps-groups-together", sets("users=400")},
      {"broadcast-costs-the-network", sets("users=200 /traffic/0/rate=50/s")},
      {"routed-reaches-every-client", sets("users=200 /traffic/0/rate=50/s")},
      {"the-other-servers-go-on", sets("users=200 /traffic/0/rate=50/s")},
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
