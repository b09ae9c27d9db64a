// A replica takes the place of a server, and a balancer has new workers: what is lost, and whose
// fault it is, by hand.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// ---- lb_reload ----------------------------------------------------------------------------------

Scenario under_reload(const std::string& script,
                      const std::string& people = R"({"u": {"count": 40}})") {
  return loaded(R"json({"squall": 1, "name": "reload", "why": "old workers end",
    "time": {"warmup": "30s", "measure": "60s", "drain": "30s"},
    "cluster": {"nodes": {"count": 2}},
    "people": )json" +
                people + R"json(, "traffic": [{"as": "dm", "to": "user:any", "rate": "40/s"}],
    "script": [)json" +
                script + "]}");
}

double cut(const RunRecord& run) { return static_cast<double>(run.disconnects); }

TEST(Reload, of_workers_that_may_take_their_time_cuts_nobody) {
  const RunRecord run =
      play(under_reload(R"({"at": "20s", "do": "lb_reload"})"), strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(cut(run), 0);
  EXPECT_EQ(totals(run).lost, 0U);
}

TEST(Reload, cuts_everybody_at_once_when_the_time_of_the_old_workers_is_over) {
  const RunRecord run = play(under_reload(R"({"at": "20s", "do": "lb_reload", "for": "10s"})"),
                             strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(cut(run), 40);
  ASSERT_EQ(run.faults.size(), 1U);
  EXPECT_EQ(static_cast<double>(run.faults[0].disconnects), 40);
  EXPECT_GT(totals(run).lost, 0U);
  EXPECT_EQ(lost_by(run, Mechanism::reconnect_gap) +
                lost_by(run, Mechanism::uplink_in_flight_at_disconnect),
            totals(run).lost);
}

TEST(Reload, leaves_who_has_come_since_and_who_does_not_come_through_the_balancer) {
  const RunRecord run = play(under_reload(R"({"at": "20s", "do": "lb_reload", "for": "10s"})",
                                          R"({"old": {"count": 10, "arrive": "0s"},
                                       "new": {"count": 20, "arrive": "52s"},
                                       "past": {"count": 30, "arrive": "0s", "node": "n2"}})"),
                             strategy("broadcast"), 1);

  EXPECT_TRUE(complete(run));
  EXPECT_EQ(cut(run), 10);
}

// The balancer has two places. Carl comes third, tries again and again, and is in when the balancer
// has forgotten who is there.
double first_login_of_the_third(const std::string& script) {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "places", "why": "two places",
    "time": {"warmup": "10s", "measure": "60s", "drain": "30s"},
    "cluster": {"nodes": {"count": 2}, "lb": {"max_connections": 2},
                "net": {"client_node": "20ms"}},
    "client": {"backoff": {"kind": "fixed", "first": "1s"}},
    "clients": {"ann": {}, "bob": {}, "carl": {}},
    "script": [{"at": "5s", "do": "connect", "by": "carl"})json" +
                                   script + "]}");
  const RunRecord run = play(scenario, strategy("broadcast"), 1);
  EXPECT_TRUE(complete(run));
  return static_cast<double>(run.first_login.count());
}

TEST(Reload, counts_anew) {
  EXPECT_EQ(first_login_of_the_third(""), 0);
  EXPECT_EQ(first_login_of_the_third(R"(, {"at": "20s", "do": "lb_reload"})"), 1);
}

// ---- broker_failover ----------------------------------------------------------------------------

// Bob is away from 9.9 s on; what Ann says at 9.95 s is published some 20 ms later.
RunRecord while_bob_is_away(const std::string& fault, const std::string& preset) {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "failover", "why": "a lag",
    "time": {"warmup": "10s", "measure": "30s", "drain": "30s"},
    "cluster": {"nodes": {"count": 2}, "net": {"client_node": "20ms"}},
    "clients": {"ann": {"on": "n1"}, "bob": {"on": "n2"}},
    "script": [
      {"at": "9900ms", "do": "disconnect", "by": "bob", "how": "abort"},
      {"at": "9950ms", "do": "send", "by": "ann", "to": "user:bob"},
      {"at": "10s", "as": "fault", "for": "2s", )json" +
                                   fault + "}]}");
  const RunRecord run = play(scenario, strategy(preset), 1);
  EXPECT_TRUE(complete(run)) << preset;
  EXPECT_EQ(totals(run).owed, 1U);
  return run;
}

class ReplicaOfTheLog : public ::testing::TestWithParam<const char*> {};

TEST_P(ReplicaOfTheLog, that_is_not_behind_has_what_was_missed) {
  const RunRecord run = while_bob_is_away(R"("do": "broker_failover")", GetParam());

  EXPECT_EQ(totals(run).lost, 0U);
}

TEST_P(ReplicaOfTheLog, that_is_behind_lacks_the_last_of_it) {
  const RunRecord run = while_bob_is_away(R"("do": "broker_failover", "lag": "200ms")", GetParam());

  EXPECT_EQ(totals(run).lost, 1U);
  EXPECT_EQ(lost_by(run, Mechanism::broker_lost), 1U);
}

INSTANTIATE_TEST_SUITE_P(WithALog, ReplicaOfTheLog,
                         ::testing::Values("broadcast:interest+resume", "session_share:mailbox"),
                         [](const auto& row) {
                           std::string name = row.param;
                           for (char& c : name) c = std::isalnum(c) != 0 ? c : '_';
                           return name;
                         });

// ---- registry_failover --------------------------------------------------------------------------

// Bob moves from n1 to n2 before 10 s; Ann writes to him after the failover, from n3.
RunRecord after_bob_moved(const std::string& lag, const std::string& preset) {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "failover", "why": "a lag",
    "time": {"warmup": "10s", "measure": "40s", "drain": "30s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "round_robin"},
                "net": {"client_node": "20ms"}},
    "client": {"backoff": {"kind": "full_jitter", "first": "10ms", "cap": "10ms"}},
    "clients": {"ann": {"on": "n3"}, "bob": {"on": "n1"}},
    "script": [
      {"at": "9500ms", "do": "crash", "on": "n1"},
      {"at": "10s", "as": "failover", "for": "1s", "do": "registry_failover", "lag": ")json" +
                                   lag + R"json("},
      {"at": "15s", "do": "send", "by": "ann", "to": "user:bob"}]})json");
  const RunRecord run = play(scenario, strategy(preset), 1);
  EXPECT_TRUE(complete(run)) << preset;
  EXPECT_EQ(totals(run).owed, 1U);
  return run;
}

std::uint64_t billed_to(const RunRecord& run, std::size_t fault) {
  return static_cast<std::uint64_t>(static_cast<double>(run.faults[fault].pairs_lost));
}

TEST(ReplicaOfTheRegistry, that_is_not_behind_knows_the_way) {
  EXPECT_EQ(totals(after_bob_moved("0s", "routed")).lost, 0U);
}

TEST(ReplicaOfTheRegistry, that_is_behind_leads_to_where_somebody_was) {
  const RunRecord run = after_bob_moved("1s", "routed");

  EXPECT_EQ(totals(run).lost, 1U);
  EXPECT_EQ(billed_to(run, 1), 1U);  // the failover's, and not the crash's
}

TEST(ReplicaOfTheRegistry, that_is_behind_is_asked_again_by_the_hardened_form) {
  EXPECT_EQ(totals(after_bob_moved("1s", "routed:hardened")).lost, 0U);
}

}  // namespace
}  // namespace squall::testing
