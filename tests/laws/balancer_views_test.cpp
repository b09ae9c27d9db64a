// Balancers that disagree, that look for themselves, that remember, and none at all: replicas,
// health checks, cookies, requests that have to meet one node, addresses out of a name server.
//
// Scenarios of scenarios/field/, as they stand or with one knob turned; figures by hand.
#include <gtest/gtest.h>

#include <numeric>

#include "tests/support/play.hpp"
#include "tests/support/played.hpp"

namespace squall::testing {
namespace {

double sample_mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double attempts_for_one(const RunRecord& run) {
  return double(run.attempts) / double(run.established);
}

// ---- Requests of one connect ------------------------------------------------------------------

// Each of three requests meets the first one's node with a half: one connect in eight succeeds.
TEST(Requests, that_are_placed_one_by_one_seldom_meet_one_node) {
  const auto attempts = over_seeds(built_in("polling-without-stickiness"), strategy("broadcast"),
                                   10, attempts_for_one);

  EXPECT_TRUE(agrees(attempts, 8, 0.1));
}

TEST(Requests, meet_where_a_cookie_says_so_or_there_is_one_or_one_node) {
  for (const Override& knob : std::vector<Override>{
           {"/params/sticky", "true"}, {"/params/requests", "1"}, {"/cluster/nodes/count", "1"}}) {
    EXPECT_EQ(attempts_for_one(played_built_in("polling-without-stickiness", {knob})), 1)
        << knob.pointer;
  }
}

// As hash policies do, which are the usual remedy.
TEST(Requests, meet_where_the_policy_looks_at_a_key) {
  const RunRecord run = played_built_in("polling-without-stickiness",
                                        {{"/cluster/lb/policy", R"("nginx_consistent")"}});

  EXPECT_EQ(attempts_for_one(run), 1);
}

// The three more take a round trip each, and an HTTP request and answer on the wire.
TEST(Requests, take_their_round_trips) {
  const auto median = [](const char* requests) {
    const RunRecord run =
        played_built_in("polling-without-stickiness", {{"/params/sticky", "true"},
                                                       {"/params/requests", requests},
                                                       {"/cluster/net/client_node", "50ms"},
                                                       {"/client/backoff", R"({"kind": "none"})"}});
    return value("ready_again.p50", run) / 1e6;
  };

  EXPECT_NEAR(median("4") - median("1"), 3 * 2 * 50, 10);
}

// ---- A cookie ---------------------------------------------------------------------------------

TEST(Sticky, brings_everybody_back_to_his_node_once_it_is_there_again) {
  Scenario scenario = built_in("checks-see-it-late", {{"/people/u/stay", "never"}});
  scenario.cluster.lb.health.reset();
  scenario.cluster.lb.next_upstream = true;
  scenario.script.front().lasts = 100ms;  // sooner than anybody tries again
  scenario.client.backoff.kind = BackoffKind::fixed;
  const auto final_share = [&](bool sticky) {
    scenario.cluster.lb.sticky = sticky;
    return double(played(scenario).node_rows.front().connections_end);
  };

  EXPECT_NEAR(final_share(false), 50, 25) << "a quarter of its two hundred";
  EXPECT_NEAR(final_share(true), 200, 40) << "all of them";
}

TEST(Sticky, keeps_new_nodes_empty_and_without_it_they_fill) {
  const auto on_new = [](const char* sticky) {
    const RunRecord run = played_built_in("cookies-keep-new-nodes-empty",
                                          {{"/params/sticky", sticky}, {"/expect", "[]"}});
    double count = 0;
    for (std::size_t n = 4; n < 8; ++n) count += double(run.node_rows[n].connections_end);
    return count;
  };

  EXPECT_EQ(on_new("true"), 0);
  EXPECT_NEAR(on_new("false"), 400, 40);
}

// ---- Checks -----------------------------------------------------------------------------------

// Without checks, as max_fails is 0, a quarter of the attempts fails as long as the node is away:
// 13.1 a second and those who try again, for 60 s. With them for 5 s. The two hundred of the node
// itself come at once.
TEST(HealthChecks, take_a_dead_node_out_after_the_third_failure) {
  const auto refused = [](const Scenario& scenario) {
    return over_seeds(scenario, strategy("broadcast"), 10,
                      [](const RunRecord& run) { return double(run.refused); });
  };
  Scenario scenario = built_in("checks-see-it-late");
  const auto checked = refused(scenario);
  scenario.cluster.lb.health.reset();
  const auto unchecked = refused(scenario);

  EXPECT_TRUE(agrees(checked, 200.0 / 3 + 13.1 / 3 * 5, 0.25));
  EXPECT_TRUE(agrees(unchecked, 200.0 / 3 + 13.1 / 3 * 60, 0.25));
}

TEST(HealthChecks, of_a_node_that_is_well_change_nothing) {
  Scenario scenario = built_in("checks-see-it-late", {{"/script", "[]"}, {"/expect", "[]"}});
  const RunRecord checked = played(scenario);
  scenario.cluster.lb.health.reset();

  EXPECT_EQ(played(scenario).fingerprint, checked.fingerprint);
}

// ---- Replicas ---------------------------------------------------------------------------------

// One failed attempt tells a balancer for an hour; four have to find out for themselves.
TEST(Replicas, do_not_tell_each_other_what_has_failed) {
  Scenario scenario = built_in("checks-see-it-late");
  scenario.cluster.lb.health.reset();
  scenario.cluster.lb.max_fails = 1;
  scenario.cluster.lb.fail_timeout = 1h;
  scenario.cluster.net.client_node = Distribution::fixed(1'000'000);  // nobody is under way
  for (const std::uint16_t replicas : {1, 4}) {
    scenario.cluster.lb.replicas = replicas;

    EXPECT_EQ(played(scenario).refused, replicas);
  }
}

TEST(Replicas, count_their_own_connections_only) {
  const auto spread = [](const char* replicas) {
    return value("imbalance.connections.final",
                 played_built_in("checks-see-it-late", {{"/params/replicas", replicas},
                                                        {"/cluster/lb/policy", R"("least_conn")"},
                                                        {"/people/u/stay", "never"},
                                                        {"/expect", "[]"},
                                                        {"/script", "[]"}}));
  };

  EXPECT_EQ(spread("1"), 1);
  EXPECT_GT(spread("20"), 1);
}

TEST(Replicas, hear_of_a_drain_one_after_the_other) {
  const auto refused = [](const char* replicas) {
    const Scenario scenario = built_in(
        "sigterm-endpoint-race",
        {{"/params/propagation", "\"uniform(0s,10s)\""}, {"/cluster/lb/replicas", replicas}});
    return over_seeds(scenario, strategy("broadcast"), 30,
                      [](const RunRecord& run) { return double(run.refused); });
  };

  EXPECT_TRUE(agrees(refused("4"), sample_mean(refused("1")), 0.3)) << "5 s on average";
}

// ---- Addresses --------------------------------------------------------------------------------

// A quarter of two hundred is told the dead address, within the 4 to 6 s of the checks.
TEST(Addresses, are_kept_until_they_run_out) {
  const auto away = over_seeds(built_in("dead-address-in-dns"), strategy("broadcast"), 10,
                               [](const RunRecord& run) { return value("ready_again.p99", run); });
  const auto refused = over_seeds(built_in("dead-address-in-dns"), strategy("broadcast"), 10,
                                  [](const RunRecord& run) { return double(run.refused); });
  const double attempts = 50 * 60 / 1.1;

  for (const double p99 : away) EXPECT_NEAR(p99 / 1e9, 62, 3);
  // An attempt every second on average (1 s and 2 s at most, drawn from zero) for a minute.
  EXPECT_TRUE(agrees(refused, attempts, 0.2));
}

TEST(Addresses, that_run_out_soon_are_asked_for_again) {
  const RunRecord run = played_built_in("dead-address-in-dns", {{"/params/ttl", "5s"}});

  EXPECT_LT(value("ready_again.p99", run), 14e9) << "twice five seconds, and a wait";
}

TEST(Addresses, go_with_nothing_that_a_balancer_does) {
  for (const char* key :
       {"idle_timeout", "max_connections", "sticky", "balance_factor", "source_ports"}) {
    const std::string value = std::string(key) == "idle_timeout" ? "\"60s\""
                              : std::string(key) == "sticky"     ? "true"
                                                                 : "200";
    const LoadResult result =
        load(R"({"squall": 1, "name": "x", "cluster": {"lb": {"dns_ttl": "60s", ")" +
             std::string(key) + "\": " + value + "}}}");

    ASSERT_EQ(result.problems.size(), 1U) << key;
    EXPECT_EQ(result.problems.front().code, "S0335");
  }
}

}  // namespace
}  // namespace squall::testing
