// Warnings before a run: what cannot work, what will not settle, and no false alarm.
//
// Their places and severity are tested in load_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/scenario_text.hpp"

namespace squall::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> warnings(const std::string& more,
                                  const std::vector<Override>& overrides = {}) {
  const LoadResult result = load(scenario_with(more), overrides);
  EXPECT_TRUE(result.scenario) << render(result.problems, more);
  return findings(result);
}

std::string message(const std::string& code, const std::string& more,
                    const std::vector<Override>& overrides = {}) {
  const LoadResult result = load(scenario_with(more), overrides);
  const auto found = std::ranges::find(result.problems, code, &Problem::code);
  return found == result.problems.end() ? "" : found->message;
}

constexpr const char* kEcho = R"json("cluster": {"nodes": {"count": 1,
    "cost_profile": "beast-plain"}},
  "time": {"warmup": "30s", "measure": "60s", "drain": "60s"},
  "people": {"u": {"count": 500, "arrive": "uniform(0s,1s)"}}, "rooms": {"all": {"count": 1}},
  "traffic": [{"as": "chat", "from": "member", "to": "room:all", "rate": "500/s", "size": "30B"}],
  "strategies": ["session_share"])json";

TEST(LintOfLoad, counts_what_the_chosen_cost_profile_pays) {
  EXPECT_THAT(message("S0501", kEcho), HasSubstr("at least 1.25 "));
}

TEST(LintOfLoad, counts_the_bytes_of_messages) {
  const std::vector<Override> large{{"/traffic/0/size", "20KB"}, {"/traffic/0/rate", "200/s"}};

  EXPECT_EQ(message("S0501", kEcho, {{"/traffic/0/rate", "200/s"}}), "");
  EXPECT_THAT(message("S0501", kEcho, large), HasSubstr("at least 1.0"));
}

TEST(LintOfLoad, counts_the_share_that_a_node_without_a_backplane_pushes) {
  EXPECT_EQ(message("S0501", kEcho, {{"/cluster/nodes/count", "2"}}), "");
}

// ---- Limits -------------------------------------------------------------------------------------

TEST(LintOfLimits, knows_that_only_a_ping_keeps_a_quiet_connection) {
  const std::vector<Override> idle{{"/cluster/lb/idle_timeout", "25s"}};
  const std::vector<Override> less{{"/cluster/lb/idle_timeout", "26s"}};

  EXPECT_THAT(message("S0504", kEcho, idle), HasSubstr("quiet connections will be cut"));
  EXPECT_EQ(message("S0504", kEcho, less), "");
  EXPECT_EQ(message("S0504", kEcho), "");
  EXPECT_THAT(message("S0504", kEcho, {{"/client/nat_timeout", "25s"}}),
              HasSubstr("heartbeat 25s is not shorter than nat_timeout 25s"));
  EXPECT_EQ(message("S0504", kEcho, {{"/client/nat_timeout", "26s"}}), "");
}

TEST(LintOfLimits, counts_the_places) {
  EXPECT_THAT(message("S0514", kEcho, {{"/cluster/nodes/max_connections", "499"}}),
              HasSubstr("499 places for 500 clients"));
  EXPECT_EQ(message("S0514", kEcho, {{"/cluster/nodes/max_connections", "500"}}), "");
  EXPECT_THAT(message("S0514", kEcho, {{"/cluster/lb/source_ports", "499"}}),
              HasSubstr("source_ports leaves 499 places for 500 clients"));
  EXPECT_EQ(message("S0514", kEcho, {{"/cluster/lb/source_ports", "500"}}), "");
  EXPECT_THAT(message("S0514", kEcho, {{"/cluster/lb/max_connections", "7"}}),
              HasSubstr("7 places"));
}

// 500 connections of 30 KiB, and the base.
TEST(LintOfLimits, counts_the_memory_of_connections) {
  const auto limit = [](const std::string& text) {
    return std::vector<Override>{{"/cluster/nodes/memory", R"({"limit": ")" + text + "\"}"}};
  };

  EXPECT_THAT(message("S0515", kEcho, limit("78MiB")),
              HasSubstr("500 connections a node of 30KiB are 78.6 MiB, more than the limit of"));
  EXPECT_EQ(message("S0515", kEcho, limit("79MiB")), "");
  EXPECT_EQ(message("S0515", kEcho), "");
}

constexpr const char* kHistogram = R"json("people": {"u": {"count": 100}},
  "rooms": {"r": {"sizes": [[10, 4], [50, 2]]}},
  "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "5/s"}])json";

TEST(LintOfRooms, says_that_a_histogram_has_more_members_than_there_are_users) {
  EXPECT_THAT(message("S0516", kHistogram, {{"/rooms/r/sizes", "[[10, 4], [50, 3]]"}}),
              HasSubstr("have 190 members, and there are 100 users, each in one of them: the last "
                        "are not full, 1 of 7 are empty"));
  EXPECT_THAT(message("S0516", kHistogram), HasSubstr("0 of 6 are empty"));
  EXPECT_EQ(message("S0516", kHistogram, {{"/rooms/r/sizes", "[[10, 5], [50, 1]]"}}), "");
}

TEST(LintOfMailboxes, says_that_what_waits_for_a_client_is_more_than_its_queue_takes) {
  constexpr const char* kAll = R"json("people": {"u": {"count": 50, "arrive": "uniform(0s,10s)"}},
    "strategies": ["routed:hardened"],
    "traffic": [{"as": "news", "to": "all", "rate": "50/s", "size": "8KiB"}])json";

  EXPECT_THAT(message("S0517", kAll), HasSubstr("routed:hardened: mailboxes of nodes keep up to"));
  EXPECT_EQ(message("S0517", kAll, {{"/cluster/nodes/egress_queue/limit", "\"8MiB\""}}), "");
  EXPECT_EQ(message("S0517", kAll, {{"/traffic/0/size", "\"100B\""}}), "");
  EXPECT_EQ(message("S0517", kAll, {{"/strategies/0", "\"routed:nack\""}}), "");
}

// ---- The drain ----------------------------------------------------------------------------------

constexpr const char* kBroker = R"json(
  "time": {"warmup": "60s", "measure": "120s", "drain": "60s", "deadline": "60s"},
  "people": {"u": {"count": 40}},
  "script": [{"at": "30s", "as": "redis", "do": "broker_down", "for": "30s"}],
  "strategies": ["broadcast"])json";

TEST(LintOfTheDrain, is_silent_when_nobody_is_disconnected) {
  EXPECT_THAT(warnings(kBroker), Not(Contains("S0503 /time/drain")));
  for (const std::string step :
       {R"([{"at": "1s", "do": "registry_down", "for": "30s"}])",
        R"([{"at": "1s", "do": "pause", "on": "n1", "for": "5s"}])",
        R"([{"at": "1s", "do": "partition", "between": ["n1", "broker"], "for": "30s"}])"}) {
    EXPECT_THAT(warnings(kBroker, {{"/script", step}}), Not(Contains("S0503 /time/drain"))) << step;
  }
}

TEST(LintOfTheDrain, warns_when_somebody_may_wait_longer_than_it_lasts) {
  for (const std::string step : {R"([{"at": "1s", "do": "crash", "on": "n1", "for": "5s"}])",
                                 R"([{"at": "1s", "do": "disconnect", "on": "u"}])",
                                 R"([{"at": "1s", "do": "pause", "on": "n1", "for": "20s"}])",
                                 R"([{"at": "1s", "do": "rolling_restart", "on": "node[*]"}])"}) {
    EXPECT_THAT(warnings(kBroker, {{"/script", step}}), Contains("S0503 /time/drain")) << step;
  }
}

TEST(LintOfTheDrain, counts_the_wait_that_a_back_off_really_has) {
  const auto with = [&](const std::string& backoff) {
    return warnings(kBroker, {{"/people/u/drop", "exp(60s)"},
                              {"/time/deadline", "30s"},
                              {"/client", "{\"backoff\": " + backoff + "}"}});
  };

  EXPECT_THAT(with(R"({"kind": "fixed", "first": "3s", "cap": "60s"})"),
              Not(Contains("S0503 /time/drain")));
  EXPECT_THAT(with(R"({"kind": "fixed", "first": "40s", "cap": "1s"})"),
              Contains("S0503 /time/drain"));
  EXPECT_THAT(with(R"({"kind": "full_jitter", "first": "3s", "cap": "60s"})"),
              Contains("S0503 /time/drain"));
}

// ---- Nobody gets in -----------------------------------------------------------------------------

constexpr const char* kFar = R"json("time": {"warmup": "60s"},
  "cluster": {"net": {"client_node": "8s"}}, "people": {"u": {"count": 50}})json";

TEST(LintOfConnecting, warns_when_the_way_is_longer_than_the_patience) {
  EXPECT_THAT(message("S0509", kFar), HasSubstr("nobody can connect"));
  EXPECT_THAT(message("S0509", kFar, {{"/cluster/net/client_node", "100ms"}}), "");
}

TEST(LintOfConnecting, warns_when_no_pong_can_come_in_time) {
  const std::vector<Override> patient{{"/client", R"({"connect_timeout": "120s"})"}};

  EXPECT_EQ(message("S0509", kFar, patient), "");
  EXPECT_THAT(message("S0510", kFar, patient), HasSubstr("first ping"));
}

// ---- Counting and hints -------------------------------------------------------------------------

TEST(Problems, are_counted_whole_though_twenty_are_shown) {
  std::string people;
  for (int i = 0; i < 30; ++i) {
    people += (i == 0 ? "" : ", ") + ("\"p" + std::to_string(i)) + R"(": {"wrong": 1, "count": 1})";
  }
  const LoadResult result = load(scenario_with("\"people\": {" + people + "}"));

  ASSERT_EQ(result.problems.size(), 20U);
  EXPECT_EQ(result.problems.back().more, 10U);
  EXPECT_THAT(render(result.problems, ""), HasSubstr("... and 10 more errors"));
}

std::string hint(const std::string& pointer, const std::string& key) {
  const LoadResult result = load(scenario_with(""), {{pointer + "/" + key, "1"}});
  return result.problems.empty() ? "valid" : result.problems.front().suggestion;
}

TEST(Hints, find_slips_of_the_hand) {
  for (const auto& [typed, meant] : std::initializer_list<std::pair<std::string, std::string>>{
           {"fail_timout", "fail_timeout"},
           {"failtimeout", "fail_timeout"},
           {"fial_timeout", "fail_timeout"},
           {"conect_timeout", "connect_timeout"},
           {"max_fail", "max_fails"},
           {"polcy", "policy"},
           {"propogation", "propagation"}}) {
    EXPECT_EQ(hint("/cluster/lb", typed), "did you mean \"" + meant + "\"?") << typed;
  }
}

TEST(Hints, keep_silent_about_words_that_only_look_alike) {
  for (const std::string typed :
       {"read_timeout", "max_conns", "max_age", "send_timeout", "keepalive_timeout", "proxy"}) {
    EXPECT_THAT(hint("/cluster/lb", typed), Not(HasSubstr("did you mean"))) << typed;
  }
  EXPECT_THAT(hint("/cluster/nodes", "memory"), Not(HasSubstr("did you mean")));
  EXPECT_THAT(hint("/cluster/nodes", "cores"), Not(HasSubstr("did you mean")));
  EXPECT_THAT(hint("/cluster/broker", "output_limit"), Not(HasSubstr("did you mean")));
}

// Of all seeds together, of which there are ten unless somebody says otherwise.
TEST(Lint, AnExpectationOfAQuantileNeedsItsSamples) {
  constexpr const char* kFew = R"json("people": {"u": {"count": 2}},
    "rooms": {"hall": {"count": 1}}, "time": {"warmup": "60s", "measure": "30s", "drain": "60s"},
    "traffic": [{"as": "c", "from": "member", "to": "room:hall", "rate": "1/s"}],
    "strategies": ["broadcast"], "expect": [{"that": "latency.delivered.p99 < 200ms"}])json";
  const auto of = [&](const char* that, std::vector<Override> more = {}) {
    more.push_back({"/expect/0/that", std::string("\"") + that + "\""});
    const LoadResult result = load(scenario_with(kFew), more);
    return result.problems.empty() ? ""
                                   : result.problems[0].code + " " + result.problems[0].message;
  };

  EXPECT_EQ(of("latency.delivered.p99 < 200ms"),
            "S0505 \"latency.delivered.p99 < 200ms\": p99 needs 368 pairs; a run has about 30, and "
            "so many are in 13 runs (-n)");
  EXPECT_THAT(of("latency.obliged.p99.9 < 1s"), ::testing::HasSubstr("p99.9 needs 3,688"));
  EXPECT_THAT(of("latency.room_complete.p99 < 1s"), ::testing::HasSubstr("368 messages"));
  EXPECT_THAT(of("loss.endpoint.p99 < 3"), ::testing::HasSubstr("368 clients; a run has about 2"));
  EXPECT_EQ(of("latency.delivered.p50 < 200ms"), "");
  EXPECT_EQ(of("latency.obliged.max < 200ms"), "");
  EXPECT_EQ(of("latency.delivered.p99 < 200ms", {{"/traffic/0/rate", "2/s"}}), "");
  EXPECT_THAT(of("late < 1%"), ::testing::HasSubstr("needs 300 messages"));
}

}  // namespace
}  // namespace squall::testing
